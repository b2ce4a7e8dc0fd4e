"""The bill of a month: of nobody, of 10,000 users a month, and of the stated scale after one and
five years.

What each operation takes is measured with the functions' own handlers on moto; the settings are
read from the synthesized template; prices and their sources are in `bench/prices.json`. The lines
are in `docs/cost.md`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

from bench.bill_model import Habits, Lines, Scale, Settings, bill, idle
from bench.bill_operations import measure
from bench.figures import Figure
from tests.infra.templates import Template, stand_in_layers, stand_in_site
from tests.pictures import SHARED_DATA, jpeg
from tools.errors import Unavailable

PHOTO_BYTES: Final = 200_000
"""The average photo of the service that this is written for."""
_SIDE: Final = 2_048
"""The longer side in pixels that phones send such photos with."""


@dataclass(frozen=True, slots=True)
class Size:
    photos: int
    """How many real photos are uploaded; none for one that is made up."""
    scales: tuple[str, ...]


_SCALES: Final = {
    "10,000 users a month": Scale("small", 100_000, 10_000, 6_150, 12_300, 12),
    "stated scale, one year": Scale("large", 500e6, 1_626_000, 1e6, 2e6, 12),
    "stated scale, five years": Scale("large", 500e6, 1_626_000, 1e6, 2e6, 60),
}
"""61.5 % of a month's visitors come on a day, as in docs/feed-cost.md, and post twice."""
FULL: Final = Size(6, tuple(_SCALES))
TOY: Final = Size(0, ("10,000 users a month",))
MINUTES: Final = 2.0
LARGE: Final[Mapping[str, Any]] = {
    "preset": "large",
    "stage": "prod",
    "alarm_email": "operators@example.com",
    "account_concurrency": 4_000,
}


def run(size: Size) -> list[Figure]:
    photos = list(_real(size.photos)) if size.photos else [jpeg(640, 480)]
    measured = measure(photos)
    small = read_settings({})
    large = read_settings(LARGE) if len(size.scales) > 1 else small
    figures = list(_figures("idle", idle(small)))
    for name in size.scales:
        scale = _SCALES[name]
        settings = large if scale.name == "large" else small
        figures += _figures(name, bill(scale, settings, measured, Habits()))
    figures.append(Figure("an original, in the average", measured.original_bytes / 1e3, "KB"))
    for name, bytes_ in measured.rendition_bytes.items():
        figures.append(Figure(f"rendition {name}, in the average", bytes_ / 1e3, "KB"))
    for name, taken in measured.operations.items():
        read, written = taken.read.total() / 2, float(taken.written.total())
        figures.append(Figure(f"{name}: read units", read, "RRU"))
        figures.append(Figure(f"{name}: write units", written, "WRU"))
    return figures


def _figures(name: str, lines: Lines) -> Iterator[Figure]:
    for line, cost in sorted(lines.items(), key=lambda one: -one[1]):
        yield Figure(f"{name}: {line}", cost, "USD")
    yield Figure(f"{name}: all", sum(lines.values()), "USD")


def read_settings(context: Mapping[str, Any]) -> Settings:
    """The settings of a deployment, from the template that is synthesized for it."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "site").mkdir()
        built = {
            "layers_dir": str(stand_in_layers(base / "layers")),
            "site_dir": str(stand_in_site(base / "site")),
        }
        template = Template.synthesized({**built, **context}, base / "out")
    return settings_of(template)


def settings_of(template: Template) -> Settings:
    """What a template says of the things that cost."""
    tables = {name: template.table(name.capitalize()) for name in ("metadata", "feed")} | {
        "search": template.all("AWS::DynamoDB::Table")[
            template.id_of("AWS::DynamoDB::Table", "SearchIndex")
        ]
    }
    (rule,) = (
        rule
        for rule in template.buckets()["originals"]["LifecycleConfiguration"]["Rules"]
        if rule["Id"] == "rarely-read"
    )
    functions = template.functions()
    (days,) = {group["RetentionInDays"] for group in template.all("AWS::Logs::LogGroup").values()}
    return Settings(
        queues=len(template.all("AWS::Lambda::EventSourceMapping")) - 1,
        alarms=len(template.all("AWS::CloudWatch::Alarm")),
        dashboards=len(template.all("AWS::CloudWatch::Dashboard")),
        memory_mb={name: function["MemorySize"] for name, function in functions.items()},
        infrequent=frozenset(
            name
            for name, table in tables.items()
            if table.get("TableClass") == "STANDARD_INFREQUENT_ACCESS"
        ),
        originals_after_30_days=rule["Transitions"][0]["StorageClass"],
        log_days=days,
        traced=functions["api"].get("TracingConfig") == {"Mode": "Active"},
    )


def _real(count: int) -> Iterator[bytes]:
    """Real photos at the average size: scaled to a phone's, and encoded at the best quality that
    has no more than that many bytes."""
    found: Sequence[Path] = sorted((SHARED_DATA / "photos" / "phones").rglob("*.jp*g"))
    if len(found) < count:
        raise Unavailable(f"{SHARED_DATA} has fewer than {count} photos.")
    for path in found[:: max(1, len(found) // count)][:count]:
        with Image.open(path) as image:
            small = image.convert("RGB")
            small.thumbnail((_SIDE, _SIDE))
        yield min(
            (_encoded(small, quality) for quality in range(30, 96, 5)),
            key=lambda content: abs(len(content) - PHOTO_BYTES),
        )


def _encoded(image: Image.Image, quality: int) -> bytes:
    content = BytesIO()
    image.save(content, "JPEG", quality=quality)
    return content.getvalue()

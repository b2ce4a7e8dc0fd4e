"""The bill of a month: of nobody, of 10,000 users a month, and of the stated scale after one and
five years.

What each operation takes is measured with the functions' own handlers on moto, and the settings
are read from the synthesized templates. At full size the tables are written into `docs/cost.md`;
the one of nobody is in README, which `make costs` writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

from bench import bill_page, bill_report
from bench.bill_habits import EXPLORED_PAGE, FIVE_YEARS, ONE_YEAR, TEN_THOUSAND, Habits
from bench.bill_measured import Measured
from bench.bill_model import Line, Month, bill, idle, total
from bench.bill_operations import measure
from bench.bill_settings import read_settings
from bench.figures import Figure
from shutterfeed.domain.explore import MAX_EXPLORED
from tests.pictures import SHARED_DATA, jpeg
from tools import paths
from tools.errors import Unavailable

_SIDE: Final = 2_048
"""The longer side, in pixels, of photos that phones send."""


@dataclass(frozen=True, slots=True)
class Size:
    photos: int
    """How many real photos are uploaded; none for one that is made up."""
    followed: int
    """Accounts that the reader of the feed pages follows."""
    comments: int
    """Comments on the post whose page is read."""
    explored: int
    """Posts on the list to explore. As many others contend for it."""
    large: bool
    """Whether the large preset is synthesized too, for the stated scale."""
    page: Path | None
    """The page whose tables are written."""


_FOLLOWED: Final = 115
"""Accounts that a reader follows on average: docs/feed-cost.md."""
FULL: Final = Size(6, _FOLLOWED, 20, MAX_EXPLORED, large=True, page=paths.ROOT / "docs" / "cost.md")
TOY: Final = Size(0, 10, 1, EXPLORED_PAGE, large=False, page=None)
MINUTES: Final = 0.5
_SMALL: Final[Mapping[str, Any]] = {"stage": "prod"}
_LARGE: Final[Mapping[str, Any]] = {
    "stage": "prod",
    "preset": "large",
    "alarm_email": "operators@example.com",
    "account_concurrency": 4_000,
}


def run(size: Size) -> list[Figure]:
    photos = list(_real(size.photos)) if size.photos else [jpeg(640, 480)]
    measured = measure(photos, size.followed, size.comments, size.explored)
    small = read_settings(_SMALL)
    large = read_settings(_LARGE) if size.large else small
    months = {
        "10,000 users a month": Month(TEN_THOUSAND, Habits(), measured, small),
        "one year": Month(ONE_YEAR, Habits(), measured, large),
        "five years": Month(FIVE_YEARS, Habits(), measured, large),
        "five years, a video for 100 photos": Month(
            FIVE_YEARS, replace(Habits(), video_share=0.01), measured, large
        ),
    }
    columns = {name: bill(month) for name, month in months.items()}
    if size.page:
        tables = bill_report.tables(columns, months["one year"], months["five years"])
        text = size.page.read_text(encoding="utf-8")
        size.page.write_text(bill_page.filled(text, tables), encoding="utf-8")
    return [*_figures({"idle": idle(small), **columns}), *_measurements(measured)]


def _figures(columns: Mapping[str, Sequence[Line]]) -> Iterator[Figure]:
    for name, lines in columns.items():
        for line in sorted(lines, key=lambda line: -line.usd):
            yield Figure(f"{name}: {line.name}", line.usd, "USD")
        goal = "<= 5" if name == "idle" else None
        yield Figure(f"{name}: all", total(lines), "USD", goal)


def _measurements(measured: Measured) -> Iterator[Figure]:
    for name, bytes_ in measured.rendition_bytes.items():
        yield Figure(f"average size of {name}", bytes_ / 1e3, "KB")
    for operation, taken in measured.operations.items():
        yield Figure(f"{operation}: read units", taken.halves.total() / 2, "RRU")
        yield Figure(f"{operation}: write units", float(taken.written.total()), "WRU")


def _real(count: int) -> Iterator[bytes]:
    """Real photos of about the average size: scaled to a phone's, and encoded at the quality that
    comes closest to it."""
    found = sorted((SHARED_DATA / "photos" / "phones").rglob("*.jp*g"))
    if len(found) < count:
        raise Unavailable(f"{SHARED_DATA} has fewer than {count} photos.")
    wanted = Habits().photo_bytes
    for path in found[:: len(found) // count][:count]:
        with Image.open(path) as image:
            small = image.convert("RGB")
            small.thumbnail((_SIDE, _SIDE))
        yield min(
            (_encoded(small, quality) for quality in range(30, 96, 5)),
            key=lambda content: abs(len(content) - wanted),
        )


def _encoded(image: Image.Image, quality: int) -> bytes:
    content = BytesIO()
    image.save(content, "JPEG", quality=quality)
    return content.getvalue()

"""How much longer a user's upload takes while another user sends 500 photos, or 30 videos.

It is a model, not a measurement: the queues with the executions that the stack gives them, SQS and
Lambda as their documentation describes them, and the service's own rules for each user's share. The
500 photos, or the 30 videos of three minutes, arrive all at once; a photo or video of somebody else
comes at a random moment while they are processed. The ratio is that of the 95th percentile of its
time to `published` with them and without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import quantiles
from typing import Any, Final

from bench.fairness_model import Rules, Work, times_of_another
from bench.figures import Figure
from bench.progress import clear, show
from infra.settings import LOCAL_STAGE, REPOSITORY, Settings
from shutterfeed import topology
from shutterfeed.domain.media import Medium
from shutterfeed.domain.videos import VideoFacts, predicted_seconds


@dataclass(frozen=True, slots=True)
class Size:
    photos: int
    videos: int
    samples: int
    """How many uploads of others each figure is made of."""


FULL: Final = Size(500, 30, 400)
TOY: Final = Size(60, 6, 4)
MINUTES: Final = 2.0
_SEED: Final = 7
_GOAL: Final = "<= 3"
_PHOTO_SECONDS: Final = {"ingest": 0.1, "render": 0.3, "publish": 0.03}
"""A photo of 12 megapixels takes 0.42 s to `published` when nothing waits (`dedup_timing`)."""
_STORING: Final = 100_000_000
"""Bytes that `dedup_hash` hashes and copies in a second."""
_MAIL: Final = "operators@example.com"
"""A preset with a budget asks whom to warn."""
_NOISY, _OTHER = "noisy", "other"
_LONG_SECONDS, _SHORT_SECONDS = 180, 15


@dataclass(frozen=True, slots=True)
class Case:
    """What one user sends, what another sends meanwhile, and by which rules both are processed."""

    name: str
    rules: Rules
    noise: list[Work]
    other: Work
    goal: str | None = _GOAL

    def measured(self, samples: int) -> Figure:
        show(self.name)
        beside = _p95(times_of_another(self.rules, self.noise, self.other, samples, _SEED))
        alone = _p95(times_of_another(self.rules, [], self.other, samples, _SEED))
        clear()
        name = f"{self.name}: {beside:.1f} s, alone {alone:.1f} s"
        return Figure(name, beside / alone, "ratio", self.goal)


def run(size: Size) -> list[Figure]:
    return [case.measured(size.samples) for case in cases(size)]


def cases(size: Size) -> list[Case]:
    photos = [_photo(_NOISY)] * size.photos
    videos = [_video(_NOISY, _LONG_SECONDS)] * size.videos
    others = {
        f"video of {seconds} s": _video(_OTHER, seconds)
        for seconds in (_LONG_SECONDS, _SHORT_SECONDS)
    }
    return [
        *_cases("photo", photos, _photo(_OTHER)),
        *(case for name, other in others.items() for case in _cases(name, videos, other)),
        Case("photo beside videos", _rules(), videos, _photo(_OTHER)),
    ]


def _cases(name: str, noise: list[Work], other: Work) -> list[Case]:
    aws, small, local = _rules(), _rules(account_concurrency=10), _rules(stage=LOCAL_STAGE)
    one_queue = replace(aws, lanes=False)
    return [
        Case(name, aws, noise, other),
        *(
            Case(f"{name}, preset {preset}", _rules(preset=preset, alarm_email=_MAIL), noise, other)
            for preset in _other_presets()
        ),
        Case(f"{name}, without fair queues", replace(aws, fair=False), noise, other),
        Case(f"{name}, in an account of 10 executions", small, noise, other),
        Case(f"{name}, on the local cloud", local, noise, other),
        Case(f"{name}, fair queues alone", one_queue, noise, other, None),
        Case(f"{name}, one queue a step", replace(one_queue, fair=False), noise, other, None),
    ]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[94]


def _other_presets() -> list[str]:
    """Those that a deployment has only if it asks for them."""
    context = _context()
    return [preset for preset in context["presets"] if preset != context["preset"]]


def _context() -> Mapping[str, Any]:
    context: Mapping[str, Any] = json.loads((REPOSITORY / "cdk.json").read_text())["context"]
    return context


def _rules(**context: Any) -> Rules:
    """The executions that the stack gives each queue."""
    settings = Settings.from_context({**_context(), **context}.get)
    executions = {lane.name: settings.started_by_queue(lane) for lane in topology.LANES}
    # The local cloud starts all executions at once, and delivers in order.
    on_aws = settings.stage != LOCAL_STAGE
    return Rules(executions, ramps=on_aws, fair=on_aws)


def _photo(user: str) -> Work:
    return Work(user, Medium("photo", "image/jpeg", 3_000_000, ""), _PHOTO_SECONDS)


def _video(user: str, seconds: int) -> Work:
    """1080p at 30 frames a second and 8 Mbit/s. Transcoding takes as long as is predicted, which is
    more than it takes in truth."""
    facts = VideoFacts(1920, 1080, 30.0, seconds * 1000, has_audio=True)
    size = seconds * 1_000_000
    medium = Medium(
        "video", "video/mp4", size, "", width=1920, height=1080, duration_ms=seconds * 1000
    )
    spent = {
        "ingest": 0.1 + size / _STORING,
        "transcode": predicted_seconds(facts, size),
        "publish": _PHOTO_SECONDS["publish"],
    }
    return Work(user, medium, spent)

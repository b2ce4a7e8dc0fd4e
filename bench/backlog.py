"""A model: what waits, and how long, if everything grows tenfold for three hours.

It plays the queues with the executions that each preset gives them. The usual load is that of the
stated scale: two million photos and a million visitors a day. The times are those that other
benchmarks measured. `docs/scale.md` has the results.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.backlog_model import Course, Lane, drained_after, path_delays, play, surge
from bench.figures import Figure
from infra.settings import REPOSITORY, Settings
from shutterfeed import topology


@dataclass(frozen=True, slots=True)
class Size:
    peak_s: int
    after_s: int
    """How long the queues are watched after the peak."""


FULL: Final = Size(3 * 3600, 24 * 3600)
TOY: Final = Size(300, 600)
MINUTES: Final = 0.2

_DAY: Final = 86_400
_TIMES: Final = 10
PHOTOS: Final = 2_000_000 / _DAY
"""Photos a second, on average over a day."""
VISITORS: Final = 1_000_000 / _DAY
FOLLOWS: Final = 2 * VISITORS
"""An assumption: a visitor follows two people a day."""
REQUESTS: Final = 30 * VISITORS
"""API requests: a visitor makes about thirty a day."""
_BULK: Final = 0.2
"""An assumption: a fifth of a peak's photos is beyond their users' shares."""
_VIDEOS: Final = 0.01
"""An assumption: one upload in a hundred is a video, of half a minute."""
SECONDS: Final = {
    "ingest": 0.1,
    "render": 0.3,
    "transcode": 30.0,
    "publish": 0.03,
    "fan_out": 0.1,
    "deliver": 0.1,
    "index": 0.2,
}
"""The seconds of a message: the first four as in `bench/fairness.py` and `bench/transcode.py`, a
post's fan-out a few round trips, its index about twelve batch writes."""
PUBLISH_MESSAGES: Final = 2
"""A photo's outcome, and its post."""


def run(size: Size) -> list[Figure]:
    return [*_preset("small", size), *_preset("large", size)]


def settings_of(preset: str) -> Settings:
    defaults: Mapping[str, Any] = json.loads((REPOSITORY / "cdk.json").read_text())["context"]
    chosen = {"preset": preset, "alarm_email": "operators@example.com"}
    return Settings.from_context({**defaults, **chosen}.get)


def courses(settings: Settings, size: Size) -> dict[str, Course]:
    """What becomes of each queue's messages. `collect` is left out: it works a week later."""
    lanes = {
        lane.name: Lane(settings.started_by_queue(lane), SECONDS[lane.worker.step])
        for lane in topology.LANES
        if lane.worker.step in SECONDS
    }

    def arriving(a_second: float) -> list[float]:
        return surge(a_second, _TIMES, size.peak_s, size.after_s)

    found: dict[str, Course] = {}
    for ending, share in (("", 1 - _BULK), ("_bulk", _BULK)):
        ingest = found[f"ingest{ending}"] = play(lanes[f"ingest{ending}"], arriving(PHOTOS * share))
        photos = [(1 - _VIDEOS) * one for one in ingest.leaving]
        videos = [_VIDEOS * one for one in ingest.leaving]
        found[f"render{ending}"] = play(lanes[f"render{ending}"], photos)
        found[f"transcode{ending}"] = play(lanes[f"transcode{ending}"], videos)
    renderers = [f"{step}{ending}" for step in ("render", "transcode") for ending in ("", "_bulk")]
    rendered = zip(*(found[name].leaving for name in renderers), strict=True)
    ready = [PUBLISH_MESSAGES * sum(lanes_of_step) for lanes_of_step in rendered]
    published = found["publish"] = play(lanes["publish"], ready)
    posts = [one / PUBLISH_MESSAGES for one in published.leaving]
    found["fan_out"] = play(lanes["fan_out"], posts)
    follows = arriving(FOLLOWS + VISITORS)  # Each visitor's feed is prepared at most once a day.
    chunks = [a + b for a, b in zip(found["fan_out"].leaving, follows, strict=True)]
    found["deliver"] = play(lanes["deliver"], chunks)
    found["index"] = play(lanes["index"], posts)
    return found


def _preset(name: str, size: Size) -> Iterator[Figure]:
    settings, is_large = settings_of(name), name == "large"
    found = courses(settings, size)
    for lane, course in found.items():
        yield Figure(f"{name}: {lane}, most that wait", max(course.backlog), "")
    goal = "<= 0.1" if is_large else None
    drained = drained_after(found, size.peak_s) / 3600
    yield Figure(f"{name}: hours from the peak's end until nothing waits", drained, "h", goal)
    for what, path in _PATHS.items():
        delays = sorted(path_delays([found[lane] for lane in path], size.peak_s))
        p99 = delays[int(len(delays) * 0.99)]
        goal = "<= 60" if is_large and what in _PROMPT else None
        yield Figure(f"{name}: {what}, p99 of what it waits", p99, "s", goal)
    refused = max(0.0, 1 - settings.throttle_rate / (_TIMES * REQUESTS))
    yield Figure(
        f"{name}: requests refused by the throttle",
        100 * refused,
        "%",
        "<= 0" if is_large else None,
    )
    most = sum(settings.started_by_queue(lane) for lane in topology.LANES)
    yield Figure(f"{name}: executions that all queues may start", most, "")


_PATHS: Final = {
    "photo to published": ("ingest", "render", "publish"),
    "photo to a follower's feed": ("ingest", "render", "publish", "fan_out", "deliver"),
    "photo to the search": ("ingest", "render", "publish", "index"),
    "photo beyond a user's share to published": ("ingest_bulk", "render_bulk", "publish"),
    "video to published": ("ingest", "transcode", "publish"),
}
_PROMPT: Final = tuple(_PATHS)[:3]

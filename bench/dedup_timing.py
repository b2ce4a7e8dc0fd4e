"""Whether an uploader can tell from times that a content was known before, on a local cloud of its
own.

500 photos are uploaded by one of two users, and some time later by the other: 500 uploads of new
and 500 of known content, in pairs, in each pair in random order, so that both kinds meet the same
load. The uploader looks at their post as fast as the API answers. How well each time that they can
measure tells the kinds apart is the area under the ROC curve (Mann-Whitney): 0.5 is a coin.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.deployment import deployed
from bench.figures import Figure
from bench.progress import clear, show
from bench.rank import distinguishability
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tools.pictures import landscape

_PAUSE_SECONDS: Final = 0.005
_PATIENCE_SECONDS: Final = 60.0
_GOAL: Final = "<= 0.55"


@dataclass(frozen=True, slots=True)
class Size:
    """How many photos, and files that are refused; `between` are uploads of new content between
    the first and the second of one content, and also the warm-up."""

    photos: int
    refused: int
    between: int


FULL: Final = Size(photos=500, refused=400, between=20)
TOY: Final = Size(photos=2, refused=2, between=1)
MINUTES: Final = 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What an uploader saw: seconds from the last byte, and each look that showed a change."""

    accepted: float
    """Seconds until the storage answered."""
    processing: float
    """Seconds until the post was not `pending` any more."""
    final: float
    """Seconds until the post was `published` or `failed`."""
    shown: tuple[str, ...]
    """The post's states in the order seen, and the shape of the last answer."""


@dataclass(frozen=True, slots=True)
class Kinds:
    new: Sequence[Seen]
    known: Sequence[Seen]


def run(size: Size) -> list[Figure]:
    with deployed() as deployment:
        people = [deployment.person(handle) for handle in ("first_uploader", "second_uploader")]
        good = _measured("photos", people, size.photos, size.between, landscape)
        bad = _measured("refused", people, size.refused, size.between, _broken)
    return [*_figures("photo", good), *_figures("refused", bad)]


def _broken(seed: int) -> bytes:
    content = landscape(seed)
    return content[: len(content) // 2]


def _measured(
    name: str, people: Sequence[Api], count: int, between: int, make: Callable[[int], bytes]
) -> Kinds:
    chance = random.Random(count)  # noqa: S311 - an order, no secret
    new: list[Seen] = []
    known: list[Seen] = []
    for number in range(count + between):
        first = (new, people[number % 2], number)
        second = (known, people[1 - (number - between) % 2], number - between)
        pair = [first, second] if number >= between else [first]
        for seen, api, seed in chance.sample(pair, len(pair)):
            seen.append(_watched(api, Photo(make(seed))))
        show(f"{name}: {number + 1} of {count + between}")
    clear()
    return Kinds(new[between:], known)


def _watched(api: Api, photo: Photo) -> Seen:
    created = api.create_post([photo])
    post_id: str = created["post"]["id"]
    start = time.perf_counter()
    api.upload(created["uploads"][0], photo)
    accepted = time.perf_counter() - start
    at = {"pending": 0.0}
    while True:
        post = api.post(post_id)
        now = time.perf_counter() - start
        at.setdefault(post["state"], now)
        if post["state"] in ("published", "failed"):
            break
        if now > _PATIENCE_SECONDS:
            raise TimeoutError(f"the post is still {post['state']}")
        time.sleep(_PAUSE_SECONDS)
    (medium,) = post["media"]
    shape = sorted([*post, *medium, *(r["name"] for r in medium["renditions"])])
    changes = sorted(time for state, time in at.items() if state != "pending")
    return Seen(accepted, changes[0], changes[-1], (post["state"], *shape))


def _figures(name: str, kinds: Kinds) -> list[Figure]:
    figures = []
    for what in ("accepted", "processing", "final"):
        new, known = ([getattr(seen, what) for seen in side] for side in (kinds.new, kinds.known))
        figures += [
            Figure(f"{name}: {what}, new, median", median(new), "s"),
            Figure(f"{name}: {what}, known, median", median(known), "s"),
            Figure(f"{name}: {what}, AUC", distinguishability(new, known), "", _GOAL),
        ]
    shapes = {seen.shown for side in (kinds.new, kinds.known) for seen in side}
    return [*figures, Figure(f"{name}: shapes of the answer", len(shapes), "", "<= 1")]

"""Does an uploader see from the clock that a content was known before? On a local cloud of its own.

500 photos are uploaded by one of two users, and some time later by the other: 500 uploads of new
and 500 of known content, in pairs, in each pair in random order, so that both kinds meet the same
load. The uploader looks at their post as fast as the API answers. How well each time that they can
measure tells the kinds apart is the area under the ROC curve (Mann-Whitney): 0.5 is a coin.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.figures import Figure
from bench.rank import distinguishability
from tools.client import LOCAL_CONFIRMATION_CODE, Accounts, Api, Photo, upload
from tools.cloud import LocalCloud
from tools.deploy import deploy
from tools.pictures import landscape

UPLOADS: Final = 500
REFUSED: Final = 400
_BETWEEN: Final = 20
"""Uploads of new content between the first and the second of one content; also the warm-up."""
_PASSWORD: Final = "Correct-horse-7-battery"  # noqa: S105 - of a cloud that ends with this run
_PAUSE_SECONDS: Final = 0.005
_PATIENCE_SECONDS: Final = 60.0
_GOAL: Final = "<= 0.55"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an uploader saw: seconds from the last byte, and each look that showed a change."""

    accepted: float
    """Until the storage answered."""
    processing: float
    """Until the post was not `pending` any more."""
    settled: float
    """Until it was `published` or `failed`."""
    shown: tuple[str, ...]
    """The states, in order, and the answer's shape at the end."""


@dataclass(frozen=True, slots=True)
class Kinds:
    new: Sequence[Seen]
    known: Sequence[Seen]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(Path(folder) / "state")
        cloud.start()
        try:
            outputs = deploy(cloud.endpoint)
            accounts = Accounts(cloud.endpoint, outputs["UserPoolClientId"])
            people = [_sign_up(accounts, Api(outputs["ApiUrl"]), n) for n in ("first", "second")]
            good = _measured("photos", people, UPLOADS, landscape)
            bad = _measured("refused", people, REFUSED, _broken)
        finally:
            cloud.stop()
    return [*_figures("photo", good), *_figures("refused", bad)]


def _sign_up(accounts: Accounts, nobody: Api, handle: str) -> Api:
    email = f"{handle}@example.com"
    accounts.sign_up(email, _PASSWORD)
    accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
    api = nobody.as_user(accounts.sign_in(email, _PASSWORD).access)
    api.edit_me(handle=handle)
    return api


def _broken(seed: int) -> bytes:
    content = landscape(seed)
    return content[: len(content) // 2]


def _measured(name: str, people: Sequence[Api], count: int, make: Callable[[int], bytes]) -> Kinds:
    chance = random.Random(count)  # noqa: S311 - an order, no secret
    new: list[Seen] = []
    known: list[Seen] = []
    for number in range(count + _BETWEEN):
        first = (new, people[number % 2], number)
        second = (known, people[1 - (number - _BETWEEN) % 2], number - _BETWEEN)
        pair = [first, second] if number >= _BETWEEN else [first]
        for seen, api, seed in chance.sample(pair, len(pair)):
            seen.append(_watched(api, Photo(make(seed))))
        print(f"\r{name}: {number + 1} of {count + _BETWEEN}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return Kinds(new[_BETWEEN:], known)


def _watched(api: Api, photo: Photo) -> Seen:
    created = api.create_post([photo])
    post_id: str = created["post"]["id"]
    start = time.perf_counter()
    answer = upload(created["uploads"][0], photo)
    if answer.status >= 400:
        raise RuntimeError(f"the upload was answered {answer.status}: {answer.body[:300]!r}")
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
    for what in ("accepted", "processing", "settled"):
        new, known = ([getattr(seen, what) for seen in side] for side in (kinds.new, kinds.known))
        figures += [
            Figure(f"{name}: {what}, new, median", median(new), "s"),
            Figure(f"{name}: {what}, known, median", median(known), "s"),
            Figure(f"{name}: {what}, AUC", distinguishability(new, known), "", _GOAL),
        ]
    shapes = {seen.shown for side in (kinds.new, kinds.known) for seen in side}
    return [*figures, Figure(f"{name}: shapes of the answer", len(shapes), "", "<= 1")]

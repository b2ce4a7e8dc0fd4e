"""Presigned upload to visible in a follower's feed, on a local cloud of its own, over HTTP.

The clock starts when the photo's bytes are on their way and stops when the follower's feed has the
post; the feed is asked every 20 ms, so a figure is at most that much too high. Functions are warm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import quantiles
from typing import Final

from bench.deployment import deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from tools.pictures import landscape

FULL: Final = 50
"""How many uploads are made."""
TOY: Final = 2
MINUTES: Final = 3.0
_WARM_UP: Final = 5
_AUTHOR, _READER = "feed_author", "feed_reader"
_POLL_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 60.0


def run(uploads: int) -> list[Figure]:
    with deployed() as deployment:
        author, reader = map(deployment.person, (_AUTHOR, _READER))
        return _figures(_measured(author, reader, uploads))


def _measured(author: Api, reader: Api, uploads: int) -> list[float]:
    """The seconds from upload to visible, for each photo."""
    reader.follow(_AUTHOR)
    found = []
    warm_up = min(_WARM_UP, uploads // 2)
    for number in range(uploads + warm_up):
        show(f"upload {number + 1} of {uploads + warm_up}")
        photo = Photo(landscape(number))
        created = author.create_post([photo])
        post_id: str = created["post"]["id"]
        start = time.perf_counter()
        author.upload(created["uploads"][0], photo)
        found.append(_until(lambda: reader.feed(limit=1), _shows(post_id), start))
    clear()
    return found[warm_up:]


def _shows(post_id: str) -> Callable[[Json], bool]:
    return lambda feed: any(post["id"] == post_id for post in feed["items"])


def _until(read: Callable[[], Json], accepts: Callable[[Json], bool], start: float) -> float:
    while not accepts(read()):
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise TimeoutError("the post did not appear in the feed")
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - start


def _figures(times: Sequence[float]) -> list[Figure]:
    cuts = quantiles(times, n=100, method="inclusive")
    return [
        Figure("upload to feed, p50", cuts[49], "s"),
        Figure("upload to feed, p95", cuts[94], "s", "<= 3"),
        Figure("upload to feed, slowest", max(times), "s"),
    ]

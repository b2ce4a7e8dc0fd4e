"""How much longer others' photos take on a local cloud while one user's 120 are processed.

It measures what `fairness` models, at the size of a laptop: all functions share this machine's
cores there, and each queue starts two executions. Other users send photos, one after another, first
while nothing else happens, then while the 120 are processed.

Functions are warm: before anything is measured, somebody sends a quarter as many photos, just as
the 120 are sent later. Otherwise the 120 would start a dozen interpreters at once, for eight
requests at a time and two executions a queue, and the cores would do nothing else for seconds. In
AWS each of them starts on a machine of its own. Photos are painted before they are sent, as their
senders' computers are not the cloud's either.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from statistics import quantiles
from typing import Final

from bench.deployment import deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tools.pictures import landscape


@dataclass(frozen=True, slots=True)
class Size:
    noise: int
    """How many photos the one user sends."""
    samples: int
    """How many photos of others are measured alone; beside the noise, as many as come."""

    @property
    def rehearsal(self) -> int:
        return self.noise // 4


FULL: Final = Size(120, 15)
TOY: Final = Size(4, 2)
MINUTES: Final = 4.0
_OTHERS: Final = 5
_PARALLEL: Final = 8
_PAUSE_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 300.0
_numbers = count()


def run(size: Size) -> list[Figure]:
    with deployed() as deployment:
        first, noisy = deployment.person("fair_first"), deployment.person("fair_noisy")
        # Several, as none of them is to use up a share.
        others = cycle([deployment.person(f"fair_other_{n}") for n in range(_OTHERS)])
        show(f"warming up with {size.rehearsal} photos")
        with _noise(first, size.rehearsal) as processed:
            while not processed():
                time.sleep(_POLL_SECONDS)
        show("alone")
        alone = [_time_to_published(next(others)) for _ in range(size.samples)]
        show(f"beside {size.noise} photos")
        with _noise(noisy, size.noise) as processed:
            beside = [_time_to_published(next(others))]
            while not processed():
                beside.append(_time_to_published(next(others)))
        clear()
    return [
        Figure("time to published alone, p95", _p95(alone), "s"),
        Figure(f"beside {size.noise} photos of another, p95", _p95(beside), "s"),
        Figure("beside / alone", _p95(beside) / _p95(alone), "ratio", "<= 3"),
    ]


@contextmanager
def _noise(api: Api, number: int) -> Iterator[Callable[[], bool]]:
    """One user sends photos in the background. The block is told whether all are published."""
    photos = [_photo() for _ in range(number)]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        posts = [pool.submit(_sent, api, photo) for photo in photos]
        deadline = time.monotonic() + _PATIENCE_SECONDS

        def processed() -> bool:
            if time.monotonic() > deadline:
                raise TimeoutError("the photos have not been processed in time")
            while posts and posts[-1].done() and _is_published(api, posts[-1].result()):
                posts.pop()
            return not posts

        yield processed


def _is_published(api: Api, post_id: str) -> bool:
    return bool(api.post(post_id)["state"] == "published")


def _photo() -> Photo:
    return Photo(landscape(next(_numbers)))


def _sent(api: Api, photo: Photo) -> str:
    created = api.create_post([photo])
    api.upload(created["uploads"][0], photo)
    post_id: str = created["post"]["id"]
    return post_id


def _time_to_published(api: Api) -> float:
    """Seconds from the moment in which the bytes are on their way."""
    time.sleep(_PAUSE_SECONDS)
    photo = _photo()
    created = api.create_post([photo])
    start = time.perf_counter()
    api.upload(created["uploads"][0], photo)
    while api.post(created["post"]["id"])["state"] != "published":
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise TimeoutError("the photo was not published")
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - start


def _p95(times: list[float]) -> float:
    """Of one time that time, since all may be processed before a second photo is sent."""
    return quantiles(times, n=100, method="inclusive")[94] if len(times) > 1 else times[0]

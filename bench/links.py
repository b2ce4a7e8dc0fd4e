"""CPU time of signing the links of a page: 20 posts of two photos each, and their authors' avatars.

Each photo and each avatar takes one HMAC, whatever the number of its files.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from statistics import median
from typing import Final

from bench.figures import Figure
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.photos import RENDITIONS, SQUARE_NAME
from shutterfeed.services.links import MediaLinks

FULL: Final = 2_000
"""How many pages are signed."""
TOY: Final = 20
MINUTES: Final = 0.1
_POSTS: Final = 20
_MEDIA: Final = 2 * _POSTS
_GOAL: Final = "<= 1"
_NAMES: Final = tuple(spec.name for spec in RENDITIONS)


def run(pages: int) -> Sequence[Figure]:
    links = MediaLinks(base_url="https://x.example/media", key="k" * 43, clock=SystemClock())
    numbers = count(1)
    took = [_page(links, _media(numbers, _MEDIA), _media(numbers, _POSTS)) for _ in range(pages)]
    made = _MEDIA + _POSTS
    return [
        Figure("CPU of the links of 20 posts", median(took) * 1e3, "ms", _GOAL),
        Figure("CPU of a medium", median(took) / made * 1e6, "us"),
    ]


def _media(numbers: count[int], number: int) -> list[tuple[str, str]]:
    """The ids of blobs and media that no page before had: links are remembered."""
    return [(random_id(next(numbers)), random_id(next(numbers))) for _ in range(number)]


def _page(
    links: MediaLinks, photos: Sequence[tuple[str, str]], avatars: Sequence[tuple[str, str]]
) -> float:
    """The seconds of CPU for one page."""
    begun = time.process_time()
    for blob_id, media_id in photos:
        files = links.of(blob_id, media_id, private=False)
        for name in _NAMES:
            files.to(name)
    for blob_id, media_id in avatars:
        links.of(blob_id, media_id, private=False).to(SQUARE_NAME)
    return time.process_time() - begun

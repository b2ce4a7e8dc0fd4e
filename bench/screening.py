"""Screening: how long a hash takes to compute, and to be looked for in a list.

The list has random hashes; what is looked for is in no list, as nearly everything is, or differs
from an entry in 31 bits. A hash is computed of a picture in the size of a rendition.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Final

from PIL import Image

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.pdq import perceptual_hash
from shutterfeed.adapters.screening.hash_index import HashIndex
from shutterfeed.domain.perceptual import BITS, MAX_DISTANCE

FULL: Final = 1_000_000
TOY: Final = 1_000
MINUTES: Final = 1.0
_SEARCHES: Final = 100
_COMPUTED: Final = 20
_WEIGHED: Final = 50_000
"""The most hashes whose memory is measured, which takes several times as long as to list them."""


def run(size: int) -> Sequence[Figure]:
    """Measure with a list of `size` hashes."""
    source = random.Random(size)  # noqa: S311 - the same in every run
    picture = Image.frombytes("RGB", (24, 24), source.randbytes(3 * 24 * 24)).resize((640, 853))
    times = min(_COMPUTED, size // 1_000)
    computing = [_milliseconds(lambda: perceptual_hash(picture)) for _ in range(times)]
    show("making the index")
    listed = [source.getrandbits(BITS) for _ in range(size)]
    began = time.process_time()
    index = HashIndex.of(listed)
    making = time.process_time() - began
    show("searching")
    missing = [source.getrandbits(BITS) for _ in range(_SEARCHES)]
    near = [_differing(source.choice(listed), source) for _ in range(_SEARCHES)]
    found = [index.nearest(number) for number in near]
    misses = sorted(_milliseconds(partial(index.nearest, number)) for number in missing)
    hits = sorted(_milliseconds(partial(index.nearest, number)) for number in near)
    clear()
    return [
        Figure("computing a hash, CPU", median(computing), "ms"),
        Figure("making the index, CPU", making, "s"),
        Figure("memory of the index, a hash", _bytes_a_hash(source, min(size, _WEIGHED)), "bytes"),
        Figure("search without a match, CPU, median", median(misses), "ms", "<= 20"),
        Figure("search without a match, CPU, p95", misses[95 * len(misses) // 100], "ms", "<= 20"),
        Figure("search with a match, CPU, p95", hits[95 * len(hits) // 100], "ms", "<= 20"),
        Figure("found", 100 * sum(each is not None for each in found) / len(found), "%", ">= 100"),
    ]


def _differing(number: int, source: random.Random) -> int:
    """A hash that differs in as many bits as may be."""
    for bit in source.sample(range(BITS), MAX_DISTANCE):
        number ^= 1 << bit
    return number


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def _bytes_a_hash(source: random.Random, most: int) -> float:
    """The memory for each hash of a list of `most`, without what is there for any list."""
    sizes = []
    for size in (0, most):
        tracemalloc.start()
        index = HashIndex.of([source.getrandbits(BITS) for _ in range(size)])
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del index
    return (sizes[1] - sizes[0]) / most

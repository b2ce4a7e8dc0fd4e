"""100,000 mutations, every truncation and every shared hostile file through the confined codec.

Each file is decoded in a child of its own as in production. A file must end as published or
refused; `other` counts what did not. Memory is the largest resident memory of a child. As many
files as there are cores are decoded at once, at the lowest priority, which makes the slowest
slower.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.ending import quiet_worker
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.confinement import CodecFailed, ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.domain.photos import PhotoRefused
from tests import hostile
from tests.pictures import SHARED_DATA

_SLICE: Final = 500
_MB: Final = 1024
_CODEC: Final = ConfinedCodec()


@dataclass(frozen=True, slots=True)
class Size:
    """How many mutations of small good files, and which real files, with all truncations."""

    mutations: int
    real: tuple[str, ...]
    """Glob patterns within the shared data."""


FULL: Final = Size(100_000, ("hostile/*.*", "photos/*/*.*"))
TOY: Final = Size(22, ())
MINUTES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """Files to try: a real one and its truncations, or a slice of one good file's mutations."""

    path: Path | None = None
    seed: str = ""
    number: int = 0
    count: int = 0


@dataclass(slots=True)
class Tally:
    """How many files ended in each way, the slowest in seconds, and the largest memory in MB."""

    tried: int = 0
    refused: int = 0
    published: int = 0
    other: int = 0
    slowest: float = 0.0
    memory: float = 0.0

    def add(self, more: Tally) -> None:
        self.tried += more.tried
        self.refused += more.refused
        self.published += more.published
        self.other += more.other
        self.slowest = max(self.slowest, more.slowest)
        self.memory = max(self.memory, more.memory)


def run(size: Size) -> list[Figure]:
    total, jobs = Tally(), list(_jobs(size))
    start = time.monotonic()
    context = multiprocessing.get_context("fork")
    with context.Pool(os.cpu_count(), initializer=_begin) as workers:
        for done, tally in enumerate(workers.imap_unordered(_try, jobs), start=1):
            total.add(tally)
            minutes = (time.monotonic() - start) / 60
            show(f"{total.tried:,} files, {done} of {len(jobs)} jobs, {minutes:.1f} min")
    clear()
    return [
        Figure("tried", total.tried, "files"),
        Figure("refused", total.refused, "files"),
        Figure("published", total.published, "files"),
        Figure("other", total.other, "files", "<= 0"),
        Figure("slowest", total.slowest, "s", "<= 20"),
        Figure("largest memory", total.memory, "MB", "<= 512"),
    ]


def _begin() -> None:
    """What each worker process does first."""
    quiet_worker()
    os.nice(19)


def _jobs(size: Size) -> Iterator[Job]:
    for pattern in size.real:
        for path in sorted(SHARED_DATA.glob(pattern)):
            yield Job(path)
    seeds = hostile.seeds()
    each = -(-size.mutations // len(seeds))
    for name in seeds:
        for number, first in enumerate(range(0, each, _SLICE)):
            yield Job(seed=name, number=number, count=min(_SLICE, each - first))


def _try(job: Job) -> Tally:
    """One job, in one of the worker processes."""
    tally = Tally()
    content_type, files = _files(job)
    for content in files:
        tally.tried += 1
        start = time.perf_counter()
        try:
            result = hostile.outcome(_CODEC, content, content_type)
        except CodecFailed as error:
            tally.other += 1
            print(f"\n{job}: {error}", file=sys.stderr)
        else:
            tally.refused += isinstance(result, PhotoRefused)
            tally.published += not isinstance(result, PhotoRefused)
        tally.slowest = max(tally.slowest, time.perf_counter() - start)
    # The children are the decoder server's, whose end tells us the peak of all.
    decoding.stop()
    tally.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MB
    return tally


def _files(job: Job) -> tuple[str, Iterable[bytes]]:
    """The type that a job's files are declared as, and the files."""
    if job.path is not None:
        content = job.path.read_bytes()
        cut = [] if job.path.parent.name == "hostile" else hostile.truncations(content)
        return hostile.kind_of(content), [content, *cut]
    content = hostile.seeds()[job.seed]
    return hostile.kind_of(content), hostile.mutations(
        content, f"{job.seed} {job.number}", job.count
    )

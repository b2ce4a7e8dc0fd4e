"""100,000 mutations, every truncation and every shared hostile file through the confined codec.

Each file is decoded in a child of its own as in production. A file must end as published or
refused; `other` counts what did not. Memory is the largest that a child was resident in.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from typing import Final

from bench.figures import Figure
from shutterfeed.adapters.confinement import CodecFailed, ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused
from tests import hostile
from tests.pictures import SHARED_DATA

MUTATIONS: Final = 100_000
_MB: Final = 1024


def run() -> list[Figure]:
    codec = ConfinedCodec(PillowImageCodec())
    tried = refused = published = other = 0
    slowest = 0.0
    for content, content_type in _files():
        tried += 1
        if tried % 500 == 0:
            print(f"\r{tried:,} files", end="", file=sys.stderr, flush=True)
        start = time.perf_counter()
        try:
            result = hostile.outcome(codec, content, content_type)
        except CodecFailed as error:
            other += 1
            print(f"\n{error}", file=sys.stderr)
        else:
            refused += isinstance(result, PhotoRefused)
            published += not isinstance(result, PhotoRefused)
        slowest = max(slowest, time.perf_counter() - start)
    print(file=sys.stderr)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MB
    return [
        Figure("tried", tried, "files"),
        Figure("refused", refused, "files"),
        Figure("published", published, "files"),
        Figure("other", other, "files", "<= 0"),
        Figure("slowest", slowest, "s", "<= 20"),
        Figure("largest memory", memory, "MB", "<= 512"),
    ]


def _files() -> Iterator[tuple[bytes, str]]:
    """Every file to try, with the type it is declared as."""
    for folder in ("hostile", "photos/*"):
        for path in sorted(SHARED_DATA.glob(f"{folder}/*.*")):
            content = path.read_bytes()
            content_type = hostile.kind_of(content)
            yield content, content_type
            if folder != "hostile":
                yield from ((part, content_type) for part in hostile.truncations(content))
    seeds = hostile.seeds()
    for name, content in seeds.items():
        content_type = hostile.kind_of(content)
        for each in hostile.mutations(content, name, -(-MUTATIONS // len(seeds))):
            yield each, content_type

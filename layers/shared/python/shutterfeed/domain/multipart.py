"""Large files go to storage in parts, so that a broken connection costs one part, not the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MULTIPART_THRESHOLD: Final = 16 * 1024 * 1024
"""The size in bytes above which a file is uploaded in parts; below, one request is simpler."""
MAX_PARTS: Final = 100
"""The highest number of parts of a file: few enough for one answer with a link for each, and for
one page of the storage's own list of parts."""
RESUMABLE: Final = timedelta(days=2)
"""How long parts are kept while others are missing. The bucket's lifecycle does not remove them
sooner."""
PART_LINK_LIFETIME: Final = timedelta(hours=1)
"""The links of all parts are given out at once, so the last link must outlive all other parts: the
largest file, 300 MB, takes 42 minutes at one megabit a second. A link accepts only one part of one
upload with one size."""

_USUAL_PART: Final = 8 * 1024 * 1024
"""The usual size of a part, in bytes. S3 requires 5 MiB or more; a part that is lost costs about a
minute at one megabit a second."""
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A part that arrived; `tag` is the storage's ETag for exactly these bytes."""

    number: int
    size: int
    tag: str


def in_parts(size: int) -> bool:
    """Whether a file of `size` bytes is uploaded in parts."""
    return size > MULTIPART_THRESHOLD


def part_size(size: int) -> int:
    """The size of every part but the last: a whole number of mebibytes, large enough that
    `MAX_PARTS` parts hold the file."""
    needed = -(-size // (MAX_PARTS * _MEBIBYTE)) * _MEBIBYTE
    return max(_USUAL_PART, needed)


def part_sizes(size: int) -> dict[int, int]:
    """The size of each part of a file in bytes, by its number; the first is number 1."""
    each = part_size(size)
    starts = range(0, size, each)
    return {number: min(each, size - start) for number, start in enumerate(starts, start=1)}


def missing(size: int, arrived: Mapping[int, Part]) -> Sequence[int]:
    """The numbers of the parts that have not arrived, or arrived with a wrong size."""
    return [
        number
        for number, expected in part_sizes(size).items()
        if number not in arrived or arrived[number].size != expected
    ]

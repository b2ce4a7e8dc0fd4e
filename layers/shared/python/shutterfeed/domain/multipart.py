"""Large files go to storage in parts, so that a broken connection costs one part, not the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MULTIPART_THRESHOLD: Final = 16 * 1024 * 1024
"""Bytes. Larger files are uploaded in parts; up to here one request is less trouble."""
MAX_PARTS: Final = 100
"""Few enough for one answer with a link for each, and for one page of the storage's own list."""
RESUMABLE: Final = timedelta(days=2)
"""How long parts are kept for the rest to follow. The bucket's lifecycle removes them no sooner."""
PART_LINK_LIFETIME: Final = timedelta(hours=1)
"""The links of all parts are given out at once, so the last one waits for all the others: the
largest file, 300 MB, takes 42 minutes at one megabit a second. A link takes one part of one upload
of one size, which is no more than the 15 minutes of a form allow in all."""

_USUAL_PART: Final = 8 * 1024 * 1024
"""Above the 5 MiB that S3 asks for, and at one megabit a second about a minute of work to lose."""
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A part that arrived; `tag` is what the storage calls exactly these bytes."""

    number: int
    size: int
    tag: str


def in_parts(size: int) -> bool:
    """Whether a file of so many bytes is uploaded in parts."""
    return size > MULTIPART_THRESHOLD


def part_size(size: int) -> int:
    """The bytes of every part but the last: whole mebibytes, so that `MAX_PARTS` are enough."""
    needed = -(-size // (MAX_PARTS * _MEBIBYTE)) * _MEBIBYTE
    return max(_USUAL_PART, needed)


def part_sizes(size: int) -> dict[int, int]:
    """The bytes of each part of a file, by its number; the first is 1."""
    each = part_size(size)
    starts = range(0, size, each)
    return {number: min(each, size - start) for number, start in enumerate(starts, start=1)}


def missing(size: int, arrived: Mapping[int, Part]) -> Sequence[int]:
    """The numbers of the parts that are still to come, or came with a wrong size."""
    return [
        number
        for number, expected in part_sizes(size).items()
        if number not in arrived or arrived[number].size != expected
    ]

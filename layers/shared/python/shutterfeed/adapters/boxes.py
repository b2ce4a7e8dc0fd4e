"""The boxes of ISO media files (ISO/IEC 14496-12), of which HEIC and AVIF files are made.

The bytes come from strangers: a box ends with its parent at the latest, and what is broken is left
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_VISUAL_SAMPLE_ENTRY: Final = 78
"""The bytes of a picture's sample entry before its boxes."""
_MOST_BOXES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four letters, and where its content begins and ends in the file."""

    kind: bytes
    start: int
    end: int


def within(content: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes from one offset of the file to another."""
    end = min(end, len(content))
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        length, header = int.from_bytes(content[start : start + 4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        elif length == 0:
            length = end - start  # up to the end
        if length < header:
            return
        stop = min(start + length, end)
        yield Box(content[start + 4 : start + 8], start + header, stop)
        start += length


def find(content: bytes, box: Box | None, *path: bytes, skip: int = 0) -> Box | None:
    """The first box at this path within a box; None for `box` is the whole file. `skip` is the
    number of bytes before the first of the boxes in `box`."""
    start, end = (0, len(content)) if box is None else (box.start + skip, box.end)
    for part in within(content, start, end):
        if part.kind == path[0]:
            return find(content, part, *path[1:]) if len(path) > 1 else part
    return None


def announced_end(content: bytes) -> int:
    """The offset at which an ISO media file's last box ends, by the length that it declares."""
    position = 0
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        if length == 1:
            length = int.from_bytes(content[position + 8 : position + 16], "big")
        if length < 8:
            # 0 means up to the end of the file; other small numbers are no valid length.
            return len(content)
        position += length
    return position


def has_movie(content: bytes) -> bool:
    """Whether the file has a sequence of pictures."""
    return find(content, None, b"moov") is not None


def primary_properties(content: bytes) -> list[Box]:
    """The properties of the picture that the file shows as a still."""
    meta = find(content, None, b"meta")
    primary = find(content, meta, b"pitm", skip=4) if meta else None
    if meta is None or primary is None:
        return []
    size = 4 if content[primary.start : primary.start + 1] != b"\0" else 2
    return item_properties(content, meta).get(_number(content, primary.start + 4, size), [])


def item_properties(content: bytes, meta: Box) -> dict[int, list[Box]]:
    """The properties of each item of the file, in their order."""
    containers = find(content, meta, b"iprp", skip=4)
    listed = find(content, containers, b"ipco") if containers else None
    linked = find(content, containers, b"ipma") if containers else None
    if listed is None or linked is None:
        return {}
    properties = list(within(content, listed.start, listed.end))
    return {
        item: [properties[number - 1] for number in numbers if 0 < number <= len(properties)]
        for item, numbers in _associated(content, linked).items()
    }


def _associated(content: bytes, box: Box) -> dict[int, list[int]]:
    """The numbers, from 1, of each item's properties, by an `ipma` box."""
    version, flags = _number(content, box.start, 1), _number(content, box.start + 3, 1)
    item_size, number_size = 4 if version else 2, 2 if flags & 1 else 1
    # The highest bit says whether the property is essential.
    mask = (1 << (8 * number_size - 1)) - 1
    found: dict[int, list[int]] = {}
    at = box.start + 8
    for _ in range(min(_MOST_BOXES, _number(content, box.start + 4, 4))):
        if at + item_size + 1 > box.end:
            break
        item, count = _number(content, at, item_size), content[at + item_size]
        at += item_size + 1
        places = range(at, min(at + count * number_size, box.end), number_size)
        numbers = [_number(content, place, number_size) & mask for place in places]
        found.setdefault(item, numbers)
        at += count * number_size
    return found


def sequence_properties(content: bytes) -> list[Box]:
    """The properties of the pictures of the file's sequence; empty if it has none."""
    movie = find(content, None, b"moov")
    if movie is None:
        return []
    for track in within(content, movie.start, movie.end):
        if track.kind == b"trak":
            described = find(content, track, b"mdia", b"minf", b"stbl", b"stsd")
            entry = _first(content, described, skip=8) if described else None
            if entry is not None:
                return list(within(content, entry.start + _VISUAL_SAMPLE_ENTRY, entry.end))
    return []


def _first(content: bytes, box: Box, skip: int) -> Box | None:
    return next(within(content, box.start + skip, box.end), None)


def _number(content: bytes, start: int, size: int) -> int:
    return int.from_bytes(content[start : start + size], "big")

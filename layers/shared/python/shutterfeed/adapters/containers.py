"""Tells by the structure of a video file whether all of it is there.

ffmpeg shows what it finds: a file whose second half was never uploaded becomes a shorter video.
But the parts that a file consists of state their sizes, so one that ends too early says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from shutterfeed.adapters import matroska

_MAX_PARTS: Final = 200_000
_NEEDED: Final = frozenset({b"moov", b"mdat", b"moof"})
"""The boxes of an MP4 that hold its index or its content. Only these must be whole: some cameras
write what they like behind them."""
_MAX_INDEX_BYTES: Final = 64 << 20
_FIELDS: Final = b"\0\0\0\x0afiel\x02"
"""The beginning of a box that says of a track that its frames consist of two fields each."""
_BOTTOM_FIRST: Final = frozenset({6, 14})


def breaks_off(path: Path, *, is_webm: bool) -> bool:
    """Whether the file ends, or stops making sense, before its content does."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if is_webm:
            return _webm_breaks_off(file, size)
        return any(end > size for kind, _, end in _boxes(file, size) if kind in _NEEDED)


def lacks_index(path: Path) -> bool:
    """Whether an MP4 or MOV has content without the index of it, which many cameras write last."""
    with path.open("rb") as file:
        kinds = {kind for kind, _, _ in _boxes(file, path.stat().st_size)}
    return b"mdat" in kinds and b"moov" not in kinds


def field_order(path: Path) -> str | None:
    """The order of the fields that an MP4 or MOV states for its pictures: `tff` if the top field
    comes first, `bff` if the bottom field does, None if it does not say that they are interlaced.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        for kind, start, end in _boxes(file, size):
            if kind == b"moov" and end - start <= _MAX_INDEX_BYTES:
                file.seek(start)
                index = file.read(end - start)
                stated = index.partition(_FIELDS)[2]
                if stated:
                    return "bff" if stated[0] in _BOTTOM_FIRST else "tff"
    return None


def _boxes(file: IO[bytes], size: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of each box at the top level of an MP4."""
    at = 0
    for _ in range(_MAX_PARTS):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind, used = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, used = int.from_bytes(head[8:], "big"), 16
        elif length == 0:
            length = size - at  # The last box may say that it goes on to the end.
        if length < used:
            return
        yield kind, at + used, at + length
        at += length


def _webm_breaks_off(file: IO[bytes], size: int) -> bool:
    at, end = 0, size
    for _ in range(_MAX_PARTS):
        if at >= end:
            return False
        file.seek(at)
        try:
            element, length, used = matroska.head(file.read(16))
        except ValueError:
            return True
        at += used
        # What states no size is the container of a live recording; its elements follow, as do
        # those of a segment and of a cluster of pictures.
        if length is not None:
            if at + length > size:
                return True
            if element == matroska.SEGMENT:
                end = at + length
            elif element != matroska.CLUSTER:
                at += length
    return False

"""Reads a video's size and length from its container: MP4 and MOV (boxes), WebM (EBML).

Only the index is read, never the pictures. Every fault of a file ends in `UnknownVideo`; the
service examines the file again, more thoroughly.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

_MAX_INDEX_BYTES: Final = 64 * 1024 * 1024
"""The largest size of a file's `moov` box: an hour of video has about two megabytes."""
_MAX_BOXES: Final = 100_000
"""The highest number of boxes at one level. Only a hostile file has more."""


class UnknownVideo(ValueError):
    """The file does not say how large or how long the video is; the message says why."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Size in pixels as the video is to be seen, and length in milliseconds: one that was filmed
    upright is as wide as its frames are high."""

    width: int
    height: int
    duration_ms: int


def read_facts(file: IO[bytes], content_type: str) -> VideoFacts:
    """The facts that the file states about itself. Raises `UnknownVideo`."""
    try:
        facts = _webm(file) if content_type == "video/webm" else _mp4(file)
    except UnknownVideo:
        raise
    except (struct.error, IndexError, ValueError, ArithmeticError) as error:
        raise UnknownVideo("its index is damaged") from error
    if facts.width < 1 or facts.height < 1:
        raise UnknownVideo("it has no pictures in it")
    if facts.duration_ms < 1:
        raise UnknownVideo("it does not say how long it is")
    return facts


# --- MP4 and MOV: boxes of four bytes of size, four of kind, then the content ----------------


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """The offset of the content."""
    end: int


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            [size] = struct.unpack(">Q", file.read(8))
            header = 16
        elif size == 0:
            size = end - start
        if size < header:
            raise UnknownVideo("its index is damaged")
        yield _Box(kind, start + header, min(start + size, end))
        start += size
    raise UnknownVideo("its index has too many parts")


def _find(file: IO[bytes], inside: _Box, *path: bytes) -> _Box | None:
    """The first box at this path of kinds; None if there is none."""
    for box in _boxes(file, inside.start, inside.end):
        if box.kind == path[0]:
            return _find(file, box, *path[1:]) if path[1:] else box
    return None


def _content(file: IO[bytes], box: _Box, most: int = 4096) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, most))


def _mp4(file: IO[bytes]) -> VideoFacts:
    whole = _Box(b"", 0, file.seek(0, io.SEEK_END))
    moov = _find(file, whole, b"moov")
    if moov is None:
        raise UnknownVideo("it has no index, as if its recording had been cut off")
    if moov.end - moov.start > _MAX_INDEX_BYTES:
        raise UnknownVideo("its index is too large")
    file.seek(moov.start)
    index = io.BytesIO(file.read(moov.end - moov.start))
    root = _Box(b"moov", 0, moov.end - moov.start)
    for track in _boxes(index, root.start, root.end):
        if track.kind != b"trak" or _handler(index, track) != b"vide":
            continue
        header = _find(index, track, b"tkhd")
        width, height = (0, 0) if header is None else _shown(_content(index, header))
        if header is not None and width and height:
            duration = (
                _movie_ms(index, root)
                or _track_ms(index, track)
                or _segments_ms(file, whole)
                or _fragments_ms(file, whole, index, root, track)
            )
            return VideoFacts(width, height, duration)
    raise UnknownVideo("it has no pictures in it")


def _shown(header: bytes) -> tuple[int, int]:
    """Width and height by a track's header. A matrix that swaps the axes turns the picture by a
    quarter (ISO 14496-12, 8.3.2)."""
    matrix = 52 if header[0] == 1 else 40
    [to_x_of_x, to_y_of_x] = struct.unpack_from(">ii", header, matrix)
    [width, height] = struct.unpack_from(">II", header, matrix + 36)
    width, height = (width + 0x8000) >> 16, (height + 0x8000) >> 16
    is_turned = to_x_of_x == 0 and to_y_of_x != 0
    return (height, width) if is_turned else (width, height)


def _handler(file: IO[bytes], track: _Box) -> bytes:
    box = _find(file, track, b"mdia", b"hdlr")
    return b"" if box is None else _content(file, box)[8:12]


def _movie_ms(file: IO[bytes], moov: _Box) -> int:
    """The length by the movie's header, or else by the header of its fragments; 0 if unknown."""
    header = _find(file, moov, b"mvhd")
    if header is None:
        return 0
    scale, duration = _time(_content(file, header))
    if duration == 0 and (extended := _find(file, moov, b"mvex", b"mehd")):
        content = _content(file, extended)
        form = ">Q" if content[0] == 1 else ">I"
        [duration] = struct.unpack_from(form, content, 4)
    return round(duration * 1000 / scale) if scale else 0


def _track_ms(file: IO[bytes], track: _Box) -> int:
    header = _find(file, track, b"mdia", b"mdhd")
    if header is None:
        return 0
    scale, duration = _time(_content(file, header))
    return round(duration * 1000 / scale) if scale else 0


def _segments_ms(file: IO[bytes], whole: _Box) -> int:
    """The length by the index of segments at the beginning of streamed files; 0 if unknown."""
    box = _find(file, whole, b"sidx")
    if box is None:
        return 0
    content = _content(file, box, 1024 * 1024)
    [scale] = struct.unpack_from(">I", content, 8)
    at = 12 + (16 if content[0] == 1 else 8) + 2
    [count] = struct.unpack_from(">H", content, at)
    total = sum(struct.unpack_from(">I", content, at + 2 + 12 * n + 4)[0] for n in range(count))
    return round(total * 1000 / scale) if scale else 0


def _fragments_ms(file: IO[bytes], whole: _Box, index: IO[bytes], moov: _Box, track: _Box) -> int:
    """The length by all fragments of a track, which a recording that was streamed consists of; 0
    if there are none (ISO 14496-12, 8.8)."""
    header, times = _find(index, track, b"tkhd"), _find(index, track, b"mdia", b"mdhd")
    if header is None or times is None:
        return 0
    content = _content(index, header)
    track_id = content[20:24] if content[0] == 1 else content[12:16]
    scale, _ = _time(_content(index, times))
    default = _default_ticks(index, moov, track_id)
    ticks = 0
    for moof in _boxes(file, whole.start, whole.end):
        if moof.kind == b"moof":
            for fragment in _boxes(file, moof.start, moof.end):
                if fragment.kind == b"traf":
                    ticks = max(ticks, _fragment_end(file, fragment, track_id, default, ticks))
    return round(ticks * 1000 / scale) if scale else 0


def _default_ticks(index: IO[bytes], moov: _Box, track_id: bytes) -> int:
    """The length of a sample that a fragment does not give another."""
    extension = _find(index, moov, b"mvex")
    for box in _boxes(index, extension.start, extension.end) if extension else ():
        content = _content(index, box)
        if box.kind == b"trex" and content[4:8] == track_id:
            return int.from_bytes(content[12:16], "big")
    return 0


def _fragment_end(
    file: IO[bytes], fragment: _Box, track_id: bytes, default: int, start: int
) -> int:
    """Where a fragment ends, in ticks; 0 if it belongs to another track. It begins at `start`
    unless it says otherwise."""
    for box in _boxes(file, fragment.start, fragment.end):
        content = _content(file, box, _MAX_INDEX_BYTES)
        flags = int.from_bytes(content[1:4], "big")
        if box.kind == b"tfhd":
            if content[4:8] != track_id:
                return 0
            if flags & 0x08:
                at = 8 + 8 * bool(flags & 0x01) + 4 * bool(flags & 0x02)
                default = int.from_bytes(content[at : at + 4], "big")
        elif box.kind == b"tfdt":
            start = int.from_bytes(content[4 : 12 if content[0] == 1 else 8], "big")
        elif box.kind == b"trun":
            start += _run_ticks(content, flags, default)
    return start


def _run_ticks(content: bytes, flags: int, default: int) -> int:
    """The length of a run of samples. Each has up to four numbers, of which the first may be its
    length."""
    [count] = struct.unpack_from(">I", content, 4)
    if not flags & 0x100:
        return int(count * default)
    first = 8 + 4 * bool(flags & 0x01) + 4 * bool(flags & 0x04)
    step = 4 * (flags >> 8 & 0x0F).bit_count()
    within = range(first, min(first + count * step, len(content) - 3), step)
    return sum(int.from_bytes(content[at : at + 4], "big") for at in within)


def _time(header: bytes) -> tuple[int, int]:
    """The ticks per second and the length in ticks, by a movie's or a medium's header."""
    if header[0] == 1:
        scale, duration = struct.unpack_from(">IQ", header, 20)
        unknown = duration == 2**64 - 1
    else:
        scale, duration = struct.unpack_from(">II", header, 12)
        unknown = duration == 2**32 - 1
    return scale, 0 if unknown else duration


# --- WebM: elements of a variable-length id and size, then the content -----------------------

_SEGMENT: Final = 0x18538067
_INFO: Final = 0x1549A966
_SCALE: Final = 0x2AD7B1
_DURATION: Final = 0x4489
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_VIDEO: Final = 0xE0
_WIDTH: Final = 0xB0
_HEIGHT: Final = 0xBA
_CLUSTER: Final = 0x1F43B675
_CLUSTER_TIME: Final = 0xE7
_SIMPLE_BLOCK: Final = 0xA3
_BLOCK_GROUP: Final = 0xA0
_BLOCK: Final = 0xA1
_ENTERED: Final = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO, _CLUSTER, _BLOCK_GROUP})
_MAX_ELEMENTS: Final = 2_000_000
_NANOSECONDS: Final = 1_000_000


def _webm(file: IO[bytes]) -> VideoFacts:
    width = height = 0
    scale, duration = _NANOSECONDS, 0.0
    cluster = last = 0
    for kind, content in _elements(file):
        match kind:
            case _ if kind == _SCALE:
                scale = int.from_bytes(content, "big")
            case _ if kind == _DURATION:
                duration = struct.unpack(">d" if len(content) == 8 else ">f", content)[0]
            case _ if kind == _WIDTH:
                width = width or int.from_bytes(content, "big")
            case _ if kind == _HEIGHT:
                height = height or int.from_bytes(content, "big")
            case _ if kind == _CLUSTER_TIME:
                cluster = int.from_bytes(content, "big")
            case _ if kind in {_SIMPLE_BLOCK, _BLOCK}:
                # The time comes after the track's number, which is one byte below 128 tracks.
                last = max(last, cluster + int.from_bytes(content[1:3], "big", signed=True))
            case _ if kind == _CLUSTER and duration and width and height:
                break
    # A browser's recording does not state its length; the time of its last picture is used.
    ticks = duration or float(last)
    return VideoFacts(width, height, round(ticks * scale / _NANOSECONDS))


def _elements(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The kind and the first bytes of every element; those in a container follow the container."""
    end = file.seek(0, io.SEEK_END)
    at = 0
    for _ in range(_MAX_ELEMENTS):
        file.seek(at)
        head = file.read(12)
        if not head:
            return
        kind, used = _number(head, keep_marker=True)
        size, more = _number(head[used:], keep_marker=False)
        start = at + used + more
        unknown = size == (1 << 7 * more) - 1
        if kind in _ENTERED:
            yield kind, b""
            at = start
        elif unknown or start + size > end:
            return
        else:
            file.seek(start)
            yield kind, file.read(min(size, 16))
            at = start + size


def _number(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML number, and the number of its bytes: one more than its first byte has leading zeros.

    Raises `UnknownVideo`.
    """
    if not data or data[0] == 0:
        raise UnknownVideo("its index is damaged")
    length = 9 - data[0].bit_length()
    if len(data) < length:
        raise UnknownVideo("it ends in the middle of its index")
    value = int.from_bytes(data[:length], "big")
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length

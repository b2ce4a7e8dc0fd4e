"""The structure of a JPEG, read without decoding: how it is coded, in which passes, and where its
data end. Memory and damage are judged by it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.photos import PhotoRefused

MAX_SCANS: Final = 100
"""The highest number of passes of a JPEG. A pass of a few bytes takes as long to decode as the
picture is large. Encoders make about 10 passes; 100 passes of 100 megapixels take about 6 s."""

END: Final = b"\xff\xd9"
"""The marker at the end of a JPEG."""

_ESCAPED: Final = re.compile(rb"\xff[\x00\xd0-\xd7]")
_LOOKED_AT: Final = 1 << 16
_FEW: Final = 4
_MANY_VALUES: Final = 128
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN, _END_OF_IMAGE, _HUFFMAN_TABLES = 0xDA, 0xD9, 0xC4
_FRAMES: Final = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ARITHMETIC: Final = frozenset({0xC9, 0xCA})
_UNSUPPORTED: Final = {
    **dict.fromkeys((0xC3, 0xCB), "a lossless JPEG"),
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF), "a hierarchical JPEG"),
    0xF7: "a JPEG-LS",
}
"""The kinds of JPEG that neither our decoder nor browsers can read, by the marker of the frame."""
_END_OF_BLOCK: Final = 0
"""The symbol for: the rest of the block has no details."""
_UNREACHED: Final = 16
"""More than any bit of a coefficient."""
_COEFFICIENTS: Final = 64
"""The number of coefficients of a block of pixels."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over the picture: some of its colours, and of these some of the details.

    The coefficients from `first` to `last` are refined from bit `highest`, or from nothing if that
    is 0, down to bit `lowest`; its data stand from `start` up to, but without, `end`.
    """

    colours: frozenset[int]
    first: int
    last: int
    highest: int
    lowest: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JpegStructure:
    """What a JPEG says about itself.

    `buffered` is the number of bytes that the decoder collects before it has the first row of
    pixels: if the colours or their details come one after the other, these are all coefficients of
    the picture; if they come together, there are none.
    """

    width: int
    height: int
    buffered: int
    is_arithmetic: bool
    scans: tuple[Scan, ...]
    end: int
    """The offset at which the picture's last data end: that of the end marker, if there is one."""
    has_end: bool
    zeros_are_flat: bool
    """Whether zeros among the data may stand for an area of one colour. With the Huffman tables
    that most cameras use they would stand for a pattern that no photo has."""
    is_whole: bool
    """Whether there is a pass for each colour and for each of its details. A pass itself may be cut
    short."""

    @property
    def comes_by_rows(self) -> bool:
        """Whether the decoder has rows of pixels before it has read the whole file."""
        return not (self.buffered or self.is_arithmetic)


@dataclass(frozen=True, slots=True)
class _Frame:
    marker: int
    precision: int
    width: int
    height: int
    sampling: dict[int, tuple[int, int]]
    """The horizontal and the vertical sampling factor of each colour."""

    def coefficients(self) -> int:
        """The number of bytes of all coefficients of the picture."""
        across = max((across for across, _ in self.sampling.values()), default=1) or 1
        down = max((down for _, down in self.sampling.values()), default=1) or 1
        share = sum(x * y for x, y in self.sampling.values()) / (across * down)
        return round(2 * self.width * self.height * share)


def read_structure(content: bytes) -> JpegStructure | None:
    """The structure of a JPEG; None if it has no frame, and so no picture.

    Raises `PhotoRefused` for a kind of JPEG that cannot be decoded, and for one with more passes
    than any encoder makes.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    frame: _Frame | None = None
    scans: list[Scan] = []
    shortest: set[int] = set()
    opened: tuple[bytes, int] | None = None
    position, end, has_end = 2, len(content), False
    while found := _MARKER.search(content, position):
        marker = content[found.start() + 1]
        if opened is not None:
            scans.append(_scan(*opened, found.start()))
            opened = None
        if marker == _END_OF_IMAGE:
            end, has_end = found.start(), True
            break
        length = int.from_bytes(content[found.end() : found.end() + 2], "big")
        segment = content[found.end() + 2 : found.end() + length]
        # Continue after the segment, whose length includes its own two bytes.
        position = found.end() + length
        if marker in _FRAMES and frame is None:
            frame = _frame(marker, segment)
        if marker == _HUFFMAN_TABLES:
            shortest |= _shortest(segment)
        if marker == _START_OF_SCAN:
            _check_count(len(scans) + 1)
            opened = segment, position
    if opened is not None:
        scans.append(_scan(*opened, end))
    if frame is None:
        return None
    return JpegStructure(
        frame.width,
        frame.height,
        frame.coefficients() if _is_buffered(frame, scans) else 0,
        frame.marker in _ARITHMETIC,
        tuple(scans),
        end,
        has_end,
        shortest == {_END_OF_BLOCK},
        _is_whole(frame, scans),
    )


def _frame(marker: int, segment: bytes) -> _Frame:
    sampling = {
        segment[at]: (segment[at + 1] >> 4, segment[at + 1] & 15)
        for at in range(6, len(segment) - 2, 3)
    }
    frame = _Frame(
        marker,
        segment[0] if segment else 0,
        int.from_bytes(segment[3:5], "big"),
        int.from_bytes(segment[1:3], "big"),
        sampling,
    )
    kind = _UNSUPPORTED.get(marker)
    if kind is None and frame.precision in {12, 16}:
        kind = f"a JPEG of {frame.precision} bits a colour"
    if kind is None and not frame.height:
        kind = "a JPEG that says its height only at its end"
    if kind is not None:
        raise PhotoRefused(
            "unsupported_codec",
            f"The photo is {kind}, which cannot be read. Please save it again as an ordinary JPEG.",
        )
    return frame


def _scan(header: bytes, start: int, end: int) -> Scan:
    count = header[0] if header else 0
    colours = frozenset(header[1 : 1 + 2 * count : 2])
    details = header[1 + 2 * count : 4 + 2 * count].ljust(3, b"\0")
    return Scan(colours, details[0], details[1], details[2] >> 4, details[2] & 15, start, end)


def _shortest(tables: bytes) -> set[int]:
    """What the code of zeros alone means in each of some Huffman tables for details."""
    meanings, at = set(), 0
    while at + 17 < len(tables):
        if tables[at] >> 4:
            meanings.add(tables[at + 17])
        at += 17 + sum(tables[at + 1 : at + 17])
    return meanings


def _check_count(scans: int) -> None:
    if scans > MAX_SCANS:
        raise PhotoRefused(
            "undecodable",
            f"The photo is built up in more than {MAX_SCANS} passes. Please save it again as an "
            "ordinary JPEG.",
        )


def goes_on_behind_end(content: bytes, end: int) -> bool:
    """Whether what follows an end marker at `end` are more data of a picture.

    Behind a picture there may be a second one, a film, or whatever else a camera appends. In the
    data of a JPEG, and hardly anywhere else, each byte FF is followed by a zero or is a marker.
    """
    following = content[end + 2 : end + 2 + _LOOKED_AT]
    next_picture = following.find(b"\xff\xd8\xff")
    following = following if next_picture < 0 else following[:next_picture]
    last = _MARKER.search(following)
    data = following[: last.start()] if last else following[:-1]
    escaped = len(_ESCAPED.findall(data))
    return escaped >= _FEW and data.count(b"\xff") == escaped and len(set(data)) >= _MANY_VALUES


def _is_buffered(frame: _Frame, scans: list[Scan]) -> bool:
    """Whether the colours or their details come one after the other."""
    return frame.marker in _PROGRESSIVE or any(
        len(scan.colours) < len(frame.sampling) for scan in scans
    )


def _is_whole(frame: _Frame, scans: list[Scan]) -> bool:
    if frame.marker not in _PROGRESSIVE:
        return frame.sampling.keys() <= {colour for scan in scans for colour in scan.colours}
    reached: dict[tuple[int, int], int] = {}
    for scan in scans:
        for colour in scan.colours & frame.sampling.keys():
            for coefficient in range(scan.first, min(scan.last, _COEFFICIENTS - 1) + 1):
                detail = colour, coefficient
                if scan.highest and reached.get(detail, _UNREACHED) > scan.highest:
                    # A pass between this one and an earlier one is missing.
                    return False
                reached[detail] = scan.lowest
    return len(reached) >= _COEFFICIENTS * len(frame.sampling) and not any(reached.values())

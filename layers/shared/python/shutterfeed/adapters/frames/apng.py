"""Takes an animated PNG apart, of which Pillow then decodes each part as a PNG of its own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shutterfeed.adapters import chunks
from shutterfeed.adapters.frames.canvas import Box, Dispose, Part

_SHARED: Final = (b"PLTE", b"tRNS")
"""The chunks besides the header that a decoder needs for every part."""
_DISPOSALS: Final = (Dispose.KEEP, Dispose.CLEAR, Dispose.RESTORE)
_CONTROL: Final = struct.Struct(">4x4I2H2B")


@dataclass(frozen=True, slots=True)
class Apng:
    """An animated PNG: its size in pixels, and its parts; none if it is a still."""

    size: tuple[int, int]
    parts: list[Part]


@dataclass(slots=True)
class _Reading:
    """The file as far as it was read: what all parts share, and the latest part."""

    header: bytes = b""
    shared: dict[bytes, bytes] = field(default_factory=dict)
    control: bytes = b""
    pixels: list[bytes] = field(default_factory=list)


def is_animated(content: bytes) -> bool:
    """Whether a PNG file says that it is animated."""
    return b"acTL" in chunks.before_the_picture(content)


def taken_apart(content: bytes) -> Apng:
    """Raises `ValueError` for a broken animation, and `EOFError` for one whose end is missing."""
    if not is_animated(content):
        return Apng(_size(chunks.before_the_picture(content).get(b"IHDR", b"")), [])
    reading = _Reading()
    parts = list(_parts(content, reading))
    return Apng(_size(reading.header), parts)


def _parts(content: bytes, reading: _Reading) -> Iterator[Part]:
    for chunk in chunks.of_png(content):
        if chunk.kind == b"IHDR":
            reading.header = bytes(chunk.body)
        elif chunk.kind in _SHARED:
            reading.shared[chunk.kind] = bytes(chunk.body)
        elif chunk.kind in (b"fcTL", b"IEND"):
            if reading.control:
                yield _part(reading)
            reading.control, reading.pixels = bytes(chunk.body), []
            if chunk.kind == b"IEND":
                return
        elif chunk.kind == b"IDAT" and reading.control:
            # Without a control chunk before it, the PNG's own picture is no part of the animation.
            reading.pixels.append(bytes(chunk.body))
        elif chunk.kind == b"fdAT":
            reading.pixels.append(bytes(chunk.body[4:]))
    raise EOFError("truncated")


def _part(reading: _Reading) -> Part:
    if len(reading.control) != _CONTROL.size or len(reading.header) != 13:
        raise ValueError("a broken header")
    width, height, left, top, number, unit, dispose, blend = _CONTROL.unpack(reading.control)
    box = Box(left, top, left + width, top + height)
    whole = _size(reading.header)
    if not width or not height or box.right > whole[0] or box.bottom > whole[1]:
        raise ValueError("a frame beyond the picture")
    header = struct.pack(">II", width, height) + reading.header[8:]
    file = b"".join(
        (
            chunks.SIGNATURE,
            chunks.packed(b"IHDR", header),
            *(chunks.packed(kind, body) for kind, body in reading.shared.items()),
            chunks.packed(b"IDAT", b"".join(reading.pixels)),
            chunks.packed(b"IEND", b""),
        )
    )
    return Part(
        file,
        box,
        _DISPOSALS[dispose] if dispose < len(_DISPOSALS) else Dispose.KEEP,
        over=blend == 1,
        duration=1000 * number / (unit or 100),
    )


def _size(header: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", header[:8])
    return width, height

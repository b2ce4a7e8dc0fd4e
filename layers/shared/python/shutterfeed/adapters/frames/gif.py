"""Takes a GIF apart, of which Pillow then decodes each part as a picture of its own.

Pillow's own composition shows the background colour, or black, where browsers show nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shutterfeed.adapters.frames.canvas import Box, Dispose, Part

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL: Final = 0xF9
_SCREEN_BYTES: Final = 13
_INTERLACED: Final = 0x40
_DISPOSALS: Final = {2: Dispose.CLEAR, 3: Dispose.RESTORE, 4: Dispose.RESTORE}
"""The number 4 is not in the standard, but in old files, and browsers know it."""


@dataclass(frozen=True, slots=True)
class Gif:
    """A GIF: its size in pixels, and its parts."""

    size: tuple[int, int]
    parts: list[Part]


def taken_apart(content: bytes) -> Gif:
    """Raises `ValueError` for a file that is no GIF or has no picture, and `EOFError` for one whose
    end is missing."""
    if not content.startswith((b"GIF87a", b"GIF89a")):
        raise ValueError("not a GIF")
    try:
        screen = struct.unpack("<HH", content[6:10])
        parts = list(_parts(content))
    except (IndexError, struct.error) as error:
        raise EOFError("truncated") from error
    if not parts:
        raise ValueError("a GIF without a picture")
    # Browsers enlarge the screen for the first picture alone.
    first = parts[0].box
    return Gif((max(screen[0], first.right), max(screen[1], first.bottom)), parts)


def _parts(content: bytes) -> Iterator[Part]:
    at, palette = _palette(content, content[10], _SCREEN_BYTES)
    control = bytes(4)
    while at < len(content) and content[at] != _TRAILER:
        if content[at] == _EXTENSION:
            if content[at + 1] == _CONTROL and content[at + 2] == len(control):
                control = content[at + 3 : at + 7]
            at = _after_blocks(content, at + 2)
        elif content[at] == _IMAGE:
            part, at = _part(content, at, palette, control)
            yield part
            control = bytes(4)
        elif content[at] == 0:
            at += 1  # Some encoders write one empty block too many.
        else:
            raise ValueError("neither a picture nor an extension")


def _part(content: bytes, at: int, shared: bytes, control: bytes) -> tuple[Part, int]:
    """The picture at this offset, and the offset behind it."""
    left, top, width, height, flags = struct.unpack("<4HB", content[at + 1 : at + 10])
    pixels, own = _palette(content, flags, at + 10)
    end = _after_blocks(content, pixels + 1)
    packed, delay, transparent = struct.unpack("<BHB", control)
    palette = own or shared
    described = flags & _INTERLACED
    if palette:
        described |= 0x80 | (len(palette) // 3).bit_length() - 2
    file = b"".join(
        (
            struct.pack("<6sHH3x", b"GIF89a", width, height),
            struct.pack("<4BHBB", _EXTENSION, _CONTROL, 4, packed & 1, 0, transparent, 0),
            struct.pack("<B4xHHB", _IMAGE, width, height, described),
            palette,
            content[pixels:end],
            bytes((_TRAILER,)),
        )
    )
    box = Box(left, top, left + width, top + height)
    dispose = _DISPOSALS.get(packed >> 2 & 7, Dispose.KEEP)
    return Part(file, box, dispose, over=True, duration=delay * 10.0), end


def _palette(content: bytes, flags: int, at: int) -> tuple[int, bytes]:
    """The offset behind the palette that may be at this offset, and the palette."""
    end = at + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    return end, content[at:end]


def _after_blocks(content: bytes, at: int) -> int:
    """The offset behind the blocks that begin at this offset, of which an empty one is the last."""
    while length := content[at]:
        at += length + 1
    return at + 1

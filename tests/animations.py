"""Small animated pictures for tests, whose every detail is chosen."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from shutterfeed.adapters import chunks

BLACK, RED, GREEN, BLUE = range(4)
PALETTE = b"\0\0\0\xff\0\0\0\xff\0\0\0\xff"


@dataclass(frozen=True)
class Area:
    """A frame in one colour of `PALETTE`, where it is drawn, and what becomes of it then (the
    number in the file); `hole` says that its right half is transparent."""

    colour: int
    left: int
    top: int
    width: int
    height: int
    dispose: int = 0
    hole: bool = False
    duration: int = 100

    def row(self) -> bytes:
        solid = self.width // 2 if self.hole else self.width
        return bytes([self.colour] * solid + [BLACK] * (self.width - solid))


def gif(screen: tuple[int, int], areas: Sequence[Area]) -> bytes:
    """A GIF; black is transparent in frames with a hole."""
    parts = [b"GIF89a", struct.pack("<HHBBB", *screen, 0x81, BLUE, 0), PALETTE]
    for area in areas:
        packed = area.dispose << 2 | area.hole
        parts.append(struct.pack("<4BHBB", 0x21, 0xF9, 4, packed, area.duration // 10, BLACK, 0))
        place = (area.left, area.top, area.width, area.height)
        parts += [struct.pack("<B4HB", 0x2C, *place, 0), _compressed(area.row() * area.height)]
    return b"".join([*parts, b";"])


def _compressed(pixels: bytes) -> bytes:
    """Pixels of two bits as LZW, whose table is emptied before a code could need more bits."""
    clear, end = 4, 5
    codes = [code for at in range(0, len(pixels), 2) for code in (clear, *pixels[at : at + 2])]
    bits = "".join(f"{code:03b}" for code in reversed([*codes, end]))
    data = int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")
    blocks = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"\2" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def apng(
    screen: tuple[int, int], areas: Sequence[Area], *, before: Sequence[tuple[bytes, bytes]] = ()
) -> bytes:
    """An animated PNG with a palette; black is transparent. The first area must be the whole
    screen. `before` are further chunks before the one that says that it is animated."""
    sequence = 0
    parts = [chunks.SIGNATURE]
    parts.append(chunks.packed(b"IHDR", struct.pack(">IIBBBBB", *screen, 8, 3, 0, 0, 0)))
    parts += [chunks.packed(kind, body) for kind, body in before]
    parts.append(chunks.packed(b"acTL", struct.pack(">II", len(areas), 0)))
    parts += [chunks.packed(b"PLTE", PALETTE), chunks.packed(b"tRNS", b"\0")]
    for area in areas:
        place = (area.width, area.height, area.left, area.top)
        control = struct.pack(
            ">5I2H2B", sequence, *place, area.duration, 1000, area.dispose, area.hole
        )
        pixels = zlib.compress((b"\0" + area.row()) * area.height)
        parts.append(chunks.packed(b"fcTL", control))
        sequence += 1
        if sequence == 1:
            parts.append(chunks.packed(b"IDAT", pixels))
        else:
            parts.append(chunks.packed(b"fdAT", struct.pack(">I", sequence) + pixels))
            sequence += 1
    return b"".join([*parts, chunks.packed(b"IEND", b"")])

"""The chunks of PNG files (https://www.w3.org/TR/png-3/)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its four letters, and its content as it is in the file, however wrong its checksum
    is."""

    kind: bytes
    body: memoryview


def of_png(content: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG file, up to the first that is not all there."""
    view, at = memoryview(content), len(SIGNATURE)
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if at + 12 + length > len(content):
            return
        yield Chunk(content[at + 4 : at + 8], view[at + 8 : at + 8 + length])
        at += 12 + length


def before_the_picture(content: bytes) -> dict[bytes, bytes]:
    """The first chunk of each kind before the pixels of a PNG file."""
    found: dict[bytes, bytes] = {}
    for chunk in of_png(content):
        if chunk.kind == b"IDAT":
            break
        found.setdefault(chunk.kind, bytes(chunk.body))
    return found


def packed(kind: bytes, body: bytes) -> bytes:
    """A chunk as bytes, with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

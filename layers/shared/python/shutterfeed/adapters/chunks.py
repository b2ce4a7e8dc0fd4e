"""The chunks of PNG files (https://www.w3.org/TR/png-3/)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_PROFILE: Final = 8 << 20
"""The largest colour profile, in bytes, that is applied. Those of displays have some kilobytes,
those of printers up to some megabytes."""

_SHORTEST: Final = {
    b"tRNS": 1,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"cICP": 4,
    b"iCCP": 3,
    b"eXIf": 0,
    b"acTL": 8,
    b"fcTL": 26,
    b"fdAT": 4,
}
"""The optional chunks that matter to the picture, and their shortest lengths: transparency, colour,
orientation, animation."""


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


def without_burdens(content: bytes) -> bytes:
    """A PNG file without optional chunks that do not matter to the picture, or are broken.

    Pillow would refuse the picture for a broken or large chunk of text, which is none of our
    business and which browsers do not look at either.
    """
    kept, start, end = [], 0, len(SIGNATURE)
    for chunk in of_png(content):
        begin, end = end, end + 12 + len(chunk.body)
        is_optional = chunk.kind[0] & 0x20
        if is_optional and not _is_sound(chunk, content[end - 4 : end]):
            kept.append(content[start:begin])
            start = end
    return b"".join((*kept, content[start:])) if kept else content


def has_sound_pixels(content: bytes) -> bool:
    """Whether the checksums of the pixels of a PNG file are right, as far as the file goes."""
    end = len(SIGNATURE)
    for chunk in of_png(content):
        end += 12 + len(chunk.body)
        if chunk.kind == b"IDAT" and not _has_checksum(chunk, content[end - 4 : end]):
            return False
    return True


def _has_checksum(chunk: Chunk, checksum: bytes) -> bool:
    return zlib.crc32(chunk.body, zlib.crc32(chunk.kind)) == int.from_bytes(checksum, "big")


def _is_sound(chunk: Chunk, checksum: bytes) -> bool:
    shortest = _SHORTEST.get(chunk.kind)
    if shortest is None or len(chunk.body) < shortest:
        return False
    if not _has_checksum(chunk, checksum):
        return False
    return chunk.kind != b"iCCP" or _unpacks(bytes(chunk.body))


def _unpacks(named: bytes) -> bool:
    """Whether a colour profile, behind its name and method, is compressed properly and not too
    large."""
    _, _, compressed = named.partition(b"\0")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(compressed[1:], MAX_PROFILE)
    except zlib.error:
        return False
    return bool(profile) and not unpacking.unconsumed_tail

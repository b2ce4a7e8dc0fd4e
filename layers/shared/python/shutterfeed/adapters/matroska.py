"""Reads the elements that Matroska files, and so WebM files, consist of.

An element is an id, a size and a content; both numbers tell by their first bits how long they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

SEGMENT: Final = 0x18538067
CLUSTER: Final = 0x1F43B675
TRACKS: Final = 0x1654AE6B
TRACK: Final = 0xAE
CODEC: Final = 0x86
PICTURE: Final = 0xE0
WIDTH: Final = 0xB0
HEIGHT: Final = 0xBA
INTERLACED: Final = 0x9A
"""1 if the picture is interlaced, 2 if it is not."""
ALPHA: Final = 0x53C0
COLOUR: Final = 0x55B0
TRANSFER: Final = 0x55BA
PROJECTION: Final = 0x7670
ROLL: Final = 0x7675
"""The degrees by which the picture has to be turned counterclockwise, a floating point number."""


def inside(content: bytes, *path: int) -> dict[int, bytes] | None:
    """The elements in the first element at the end of `path`, by their ids; None if there is none.
    If an id occurs several times, the last one counts."""
    for wanted in path:
        found = next((inner for element, inner in elements(content) if element == wanted), None)
        if found is None:
            return None
        content = found
    return dict(elements(content))


def number(elements_by_id: dict[int, bytes], element: int) -> int:
    """The whole number in an element; 0 if there is no such element."""
    return int.from_bytes(elements_by_id.get(element, b""), "big")


def real(elements_by_id: dict[int, bytes], element: int) -> float:
    """The floating point number in an element; 0 if there is no such element."""
    content = elements_by_id.get(element, b"")
    form = {4: ">f", 8: ">d"}.get(len(content))
    value: float = struct.unpack(form, content)[0] if form else 0.0
    return value


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The ids and contents of a series of elements."""
    at = 0
    while at < len(content):
        element, size, used = head(content[at : at + 16])
        at += used
        end = len(content) if size is None else at + size
        yield element, content[at:end]
        at = end


def head(content: bytes) -> tuple[int, int | None, int]:
    """An element's id, the size of its content, and the number of bytes that both take. The size is
    None if it is not stated; the element then ends where its container does.

    Raises `ValueError` if there is no such element.
    """
    id_length = _length(content)
    size_length = _length(content[id_length:])
    used = id_length + size_length
    if len(content) < used:
        raise ValueError("the element is cut off")
    unknown = (1 << 7 * size_length) - 1
    size = int.from_bytes(content[id_length:used], "big") & unknown
    return int.from_bytes(content[:id_length], "big"), None if size == unknown else size, used


def _length(content: bytes) -> int:
    """The number of bytes of the number at the beginning, by its first byte."""
    if not content or not content[0]:
        raise ValueError("there is no number")
    return 9 - content[0].bit_length()

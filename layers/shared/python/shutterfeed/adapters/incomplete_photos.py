"""What is said of a photo whose file is damaged, and how damage is recognised in any format.

An interrupted copy or a broken card leaves zeros where data should be. Coded pictures have no long
runs of zeros, since those would be coded shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import PhotoRefused

DAMAGED: Final = Note(
    "incomplete",
    "The photo's file is damaged: parts of the picture may be missing or look wrong. If you have "
    "another copy, please post that.",
)


_UNIT_LENGTH: Final = 4
"""The number of bytes that say the length of a unit of HEVC data. Every encoder uses so many."""
_HEVC_ZEROS: Final = 16
_ZEROS: Final = 64
_WEBP_HEAD: Final = 12
_WEBP_FRAME_HEAD: Final = 16
_WEBP_BLOCK: Final = 16


def incomplete(share: float | None = None) -> PhotoRefused:
    """The refusal of a photo of which a part is missing: this share of it, if that is known."""
    what = "a part" if share is None else f"about {max(1, round(share * 100))} %"
    return PhotoRefused(
        "truncated",
        f"The photo is incomplete: {what} of it is missing. Please upload it again, from another "
        "copy if there is one.",
    )


def check_hevc(content: bytes, extents: Iterable[tuple[int, int]]) -> None:
    """Raise `PhotoRefused` if the HEVC data of a picture, which stand in these parts of the file,
    are incomplete.

    The decoder shows what it can, and leaves the rest grey or takes it from elsewhere. But the data
    are units that say their length, and the coding avoids three zeros within a unit.
    """
    for start, end in extents:
        at = start
        while at < end:
            length = int.from_bytes(content[at : at + _UNIT_LENGTH], "big")
            at += _UNIT_LENGTH + length
            if length == 0 or at > min(end, len(content)):
                raise incomplete()
        if has_zeros(content, start, end, _HEVC_ZEROS):
            raise incomplete()


def check_av1(content: bytes, extents: Iterable[tuple[int, int]]) -> None:
    """Raise `PhotoRefused` if the AV1 data of a picture, which stand in these parts of the file,
    are incomplete."""
    for start, end in extents:
        if end > len(content) or has_zeros(content, start, end, _ZEROS):
            raise incomplete()


def check_webp(content: bytes, width: int, height: int) -> None:
    """Raise `PhotoRefused` if the data of a WebP's first picture are incomplete.

    Its lossy coding makes zeros of large areas of one colour, but no more than a bit or two for
    each block.
    """
    blocks = -(-width // _WEBP_BLOCK) * -(-height // _WEBP_BLOCK)
    start, end = _webp_data(content)
    if has_zeros(content, start, end, _ZEROS + blocks // 16):
        raise incomplete()


def _webp_data(content: bytes) -> tuple[int, int]:
    """From where and to where the data of the first picture stand."""
    at = _WEBP_HEAD
    while at + 8 <= len(content):
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if kind in {b"VP8 ", b"VP8L"}:
            return at + 8, at + 8 + length
        # A frame of an animation has its data in it, behind its position and size.
        at += 8 + (_WEBP_FRAME_HEAD if kind == b"ANMF" else length + length % 2)
    return 0, 0


def has_zeros(content: bytes, start: int, end: int, length: int) -> bool:
    """Whether there are `length` bytes of zeros, one after the other, between two offsets."""
    return content.find(bytes(length), start, end) >= 0

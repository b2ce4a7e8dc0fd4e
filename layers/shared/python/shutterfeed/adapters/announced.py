"""What a photo's file says of its picture before a decoder sees it: the size, and how it is coded.

Decoders have limits of their own and report them like damage. So what is too large, or coded in a
way that no decoder of ours knows, is refused by name here.
"""

from __future__ import annotations

from typing import Final

from shutterfeed.adapters.heif_items import HeifPicture, read_picture
from shutterfeed.adapters.heif_tiles import check_tiles, too_large_a_grid
from shutterfeed.adapters.incomplete_photos import check_av1, check_hevc, check_webp
from shutterfeed.domain.photos import HEIF_TYPES, PhotoRefused, check_memory, check_size

_CODED: Final = {
    "image/heic": frozenset({b"hvc1"}),
    "image/heif": frozenset({b"hvc1"}),
    "image/avif": frozenset({b"av01"}),
}
"""The types of coded items that the decoders know."""
_NAMES: Final = {
    b"av01": "AV1",
    b"avc1": "H.264",
    b"evc1": "EVC",
    b"hvc1": "HEVC",
    b"j2k1": "JPEG 2000",
    b"jpeg": "JPEG",
    b"unci": "uncompressed",
    b"vvc1": "VVC",
}


def check_announced(content: bytes, content_type: str) -> None:
    """Raise `PhotoRefused` for a photo that says itself that it cannot be processed.

    A file whose header says nothing, or nonsense, passes: its decoder will refuse it. JPEG has a
    structure of its own.
    """
    if content_type in _CODED:
        picture = read_picture(content)
        if picture is None:
            return
        _check_coding(picture, content_type)
        size: tuple[int, int] | None = (picture.width, picture.height)
    else:
        picture, size = None, _size(content, content_type)
    if size is not None:
        check_size(*size)
        _check_memory(content, content_type, size)
    if content_type == "image/webp" and size is not None:
        check_webp(content, *size)
    if picture is not None:
        check = check_av1 if content_type == "image/avif" else check_hevc
        check(content, picture.data)


def _check_memory(content: bytes, content_type: str, size: tuple[int, int]) -> None:
    if content_type in HEIF_TYPES and (grid := too_large_a_grid(content, content_type, *size)):
        check_tiles(grid, content_type, len(content))
    else:
        check_memory(content_type, *size, size=len(content))


def _check_coding(picture: HeifPicture, content_type: str) -> None:
    unknown = sorted(picture.codings - _CODED[content_type])
    if unknown:
        name = _NAMES.get(unknown[0]) or unknown[0].decode("ascii", "replace")
        kind = "an AVIF" if content_type == "image/avif" else "a HEIF"
        raise PhotoRefused(
            "unsupported_codec",
            f"The photo is {kind} file coded as {name}, which cannot be read. Please save it again "
            "as an ordinary JPEG.",
        )


def _size(content: bytes, content_type: str) -> tuple[int, int] | None:
    if content_type == "image/png" and content[12:16] == b"IHDR":
        return _big(content[16:20]), _big(content[20:24])
    if content_type == "image/gif":
        return _little(content[6:8]), _little(content[8:10])
    if content_type == "image/webp":
        return _webp_size(content)
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    if kind == b"VP8 ":
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    if kind == b"VP8L":
        sides = _little(content[21:25])
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    return None


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")

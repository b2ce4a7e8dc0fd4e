"""What is said of a photo whose file is damaged, and how damage is recognised in any format.

An interrupted copy or a broken card leaves zeros where data should be. Coded pictures have no long
runs of zeros, since those would be coded shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from typing import Final, NamedTuple

from PIL import Image

from shutterfeed.adapters.heif_items import Extent
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
_WEBP_LOSSY_ZEROS: Final = 8
_WEBP_LOSSLESS_ZEROS: Final = _WEBP_BLOCK**2 * 3 // 8
"""The most zeros of a block of one colour, in bytes. Fast encoders (libwebp's method 0, which
Chromium and Android have for lossless pictures) write as many: seven, or a bit for each channel of
each pixel. Better ones write hardly any."""
_WEBP_USUAL_SHARE: Final = 16
"""Half a bit of zeros for each block of any kind is usual, as where all blocks are alike."""


def incomplete(share: float | None = None) -> PhotoRefused:
    """The refusal of a photo of which a part is missing: this share of it, if that is known."""
    what = "a part" if share is None else f"about {max(1, round(share * 100))} %"
    return PhotoRefused(
        "truncated",
        f"The photo is incomplete: {what} of it is missing. Please upload it again, from another "
        "copy if there is one.",
    )


def check_hevc(content: bytes, data: Iterable[Sequence[Extent]]) -> None:
    """Raise `PhotoRefused` if the HEVC data of a picture's items, each of which stand in these
    parts of the file, are incomplete.

    The decoder shows what it can, and leaves the rest grey or takes it from elsewhere. But the data
    are units that say their length, and the coding avoids three zeros within a unit.
    """
    for extents in data:
        units, at, end = _joined(content, extents)
        if has_zeros(units, at, end, _HEVC_ZEROS):
            raise incomplete()
        while at < end:
            length = int.from_bytes(units[at : at + _UNIT_LENGTH], "big")
            at += _UNIT_LENGTH + length
            if length == 0 or at > end:
                raise incomplete()


def check_av1(content: bytes, data: Iterable[Sequence[Extent]]) -> None:
    """Raise `PhotoRefused` if the AV1 data of a picture's items, each of which stand in these parts
    of the file, are incomplete."""
    for extents in data:
        if has_zeros(*_joined(content, extents), _ZEROS):
            raise incomplete()


def _joined(content: bytes, extents: Sequence[Extent]) -> tuple[bytes, int, int]:
    """The bytes in which the data of one item stand together, and from where to where they do.
    Raises `PhotoRefused` if the file ends before."""
    if any(end > len(content) for _, end in extents):
        raise incomplete()
    if len(extents) == 1:
        # No copy is needed.
        return content, *extents[0]
    joined = b"".join(content[start:end] for start, end in extents)
    return joined, 0, len(joined)


def check_webp(content: bytes, width: int, height: int) -> None:
    """Raise `PhotoRefused` if the data of a WebP's first picture have more zeros than any picture
    of this size."""
    data = _webp_data(content)
    if data is not None and _is_emptied(content, data, _blocks((width, height))):
        raise incomplete()


def check_decoded_webp(content: bytes, picture: Image.Image) -> None:
    """Raise `PhotoRefused` if the data of a lossy WebP have more zeros than the areas of one colour
    or pattern in its picture account for. What is decoded from zeros is such an area, but a far
    smaller one than data of that length would have filled."""
    data = _webp_data(content)
    if data is None or data.is_lossless:
        return
    usual = _ZEROS + _blocks(picture.size) // _WEBP_USUAL_SHARE
    if has_zeros(content, data.start, data.end, usual) and _is_emptied(
        content, data, _repeated_blocks(picture)
    ):
        raise incomplete()


class _WebpData(NamedTuple):
    """From where to where the data of a WebP's first picture stand."""

    start: int
    end: int
    is_lossless: bool


def _webp_data(content: bytes) -> _WebpData | None:
    at = _WEBP_HEAD
    while at + 8 <= len(content):
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if kind in {b"VP8 ", b"VP8L"}:
            return _WebpData(at + 8, at + 8 + length, kind == b"VP8L")
        # A frame of an animation has its data in it, behind its position and size.
        at += 8 + (_WEBP_FRAME_HEAD if kind == b"ANMF" else length + length % 2)
    return None


def _is_emptied(content: bytes, data: _WebpData, plain: int) -> bool:
    """Whether there are more zeros than so many blocks of one colour can have."""
    each = _WEBP_LOSSLESS_ZEROS if data.is_lossless else _WEBP_LOSSY_ZEROS
    return has_zeros(content, data.start, data.end, _ZEROS + each * plain)


def _blocks(size: tuple[int, int]) -> int:
    across, down = (-(-length // _WEBP_BLOCK) for length in size)
    return across * down


def _repeated_blocks(picture: Image.Image) -> int:
    """The number of blocks that are the same as the one above."""
    width, height = picture.size
    corners = product(range(0, width, _WEBP_BLOCK), range(0, height, _WEBP_BLOCK))
    blocks = (
        picture.crop((x, y, min(x + _WEBP_BLOCK, width), min(y + _WEBP_BLOCK, height)))
        for x, y in corners
    )
    pixels = (block.convert("RGB").tobytes() for block in blocks)
    return sum(one == other for one, other in pairwise(pixels))


def has_zeros(content: bytes, start: int, end: int, length: int) -> bool:
    """Whether there are `length` bytes of zeros, one after the other, between two offsets."""
    return content.find(bytes(length), start, end) >= 0

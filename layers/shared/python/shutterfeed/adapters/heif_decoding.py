"""Decodes HEIC and other HEIF files with libheif."""

from __future__ import annotations

from typing import Any, Final

import pillow_heif
from PIL import Image

from shutterfeed.adapters import boxes, exif, heif_tiles
from shutterfeed.adapters.announced import check_announced
from shutterfeed.adapters.colour import described as colours
from shutterfeed.adapters.colour.conversion import ToSrgb
from shutterfeed.adapters.cropping import Shown, cut
from shutterfeed.adapters.decoded import STILL, Decoded
from shutterfeed.adapters.heif_items import Grid, most_extents
from shutterfeed.adapters.scaling import Source, shrink
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import (
    PhotoRefused,
    Planner,
    check_frames,
    check_memory,
    check_size,
    working_size,
)

_ALIKE: Final = frozenset({"altr", "ster"})
"""The groups in a HEIF file whose pictures show the same: alternatives, and one for each eye."""
_MOST_EXTENTS: Final = 32
"""The most pieces of an item that libheif reads with its own limits. It lifts them only all at
once; what they guard, size and memory, is limited by `check_announced` and the kernel as well."""

# Only the picture itself is decoded: a thumbnail in the file may show something else, and every
# further decoder is one more that a stranger's bytes can attack.
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
# The function has one core; more threads would only take more memory.
pillow_heif.options.DECODE_THREADS = 1


def decode(content: bytes, content_type: str, crop: Crop | None, planner: Planner) -> Decoded:
    """Decode a photo, or the part of it in `crop`, with libheif. It turns the picture according to
    the file's own properties, which decide; an EXIF orientation in the file only repeats them."""
    if boxes.announced_end(content) > len(content):
        # libheif would show the part that is there, and leave the rest grey.
        raise EOFError("truncated")
    if boxes.find(content, None, b"meta") is None and boxes.has_movie(content):
        raise PhotoRefused(
            "unsupported_type",
            "The file is a sequence of pictures without one that stands for all. Please save it as "
            "a video.",
        )
    check_announced(content, content_type)
    pillow_heif.options.DISABLE_SECURITY_LIMITS = most_extents(content) > _MOST_EXTENTS
    opened: Any = pillow_heif.HeifFile
    pictures = opened(content, remove_stride=False)
    check_frames(len(pictures))
    picture = pictures[pictures.primary_index]
    width, height = picture.size
    check_size(width, height)
    shown = Shown(width, height, crop)
    grid = heif_tiles.too_large_a_grid(content, content_type, width, height)
    target = working_size(*shown.box.size, planner)
    if grid is None:
        check_memory(content_type, width, height, size=len(content))
        scaled = _whole(picture, shown, target)
    else:
        scaled = _by_tiles(content, grid, shown, target)
    return Decoded(
        *shown.box.size,
        ToSrgb(colours.of_heif(picture.info)).convert(scaled),
        exif.capture(exif.parsed(picture.info.get("exif") or b"")),
        _left_out(content, pictures),
    )


def _whole(picture: Any, shown: Shown, target: tuple[int, int]) -> Image.Image:
    """What is shown of the picture, in the size `target`."""
    announced = picture.size
    pixels, stride, mode = memoryview(picture.data), picture.stride, picture.mode
    width, height = picture.size
    if (width, height) != announced:
        raise ValueError(f"the picture is not {announced}")

    def rows(top: int, bottom: int) -> Image.Image:
        part = pixels[top * stride : bottom * stride]
        return Image.frombytes(mode, (width, bottom - top), part, "raw", mode, stride)

    shown.check()
    part = cut(Source(width, height, rows), shown.box)
    return shrink(part, target)


def _by_tiles(content: bytes, grid: Grid, shown: Shown, target: tuple[int, int]) -> Image.Image:
    """The same, of which only some rows of tiles are decoded at a time."""
    turns = heif_tiles.turns(content, grid)
    announced, stored = (shown.width, shown.height), (grid.width, grid.height)
    if heif_tiles.turned_size(stored, turns) != announced:
        raise ValueError(f"the picture is not {announced}")
    part = cut(heif_tiles.source(content, grid), heif_tiles.as_stored(shown.box, announced, turns))
    picture = shrink(part, heif_tiles.turned_size(target, turns))
    shown.check()
    for turn in turns:
        picture = picture.transpose(turn)
    return picture


def _left_out(content: bytes, pictures: Any) -> tuple[Note, ...]:
    """What a HEIF file has besides its primary picture that somebody would miss. Another version of
    the same picture is not missed, nor is the other eye's."""
    if boxes.has_movie(content):
        return (STILL,)
    primary = pictures.primary_index
    groups = pictures.info.get("entity_groups", ())
    alike = {
        index
        for group in groups
        if group["type"] in _ALIKE and primary in group["images"]
        for index in group["images"]
    }
    others = len(set(range(len(pictures))) - alike - {primary})
    if not others:
        return ()
    return (
        Note(
            "pictures_left_out",
            f"The file has {others + 1:,} pictures. Only the one that it is opened with is shown.",
        ),
    )

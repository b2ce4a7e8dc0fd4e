"""Decodes a HEIC that is made of tiles one row of tiles after the other.

libheif decodes a picture as a whole, for which one of 200 megapixels would take more than a
gigabyte. So each tile is handed to it as a small HEIC of its own.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import Any, Final

import pillow_heif
from PIL import Image

from shutterfeed.adapters import cropping
from shutterfeed.adapters.boxes import Box
from shutterfeed.adapters.heif_items import Grid, Tile, read_grid
from shutterfeed.adapters.scaling import Source
from shutterfeed.domain.photos import PhotoRefused, check_memory

_HANDLED: Final = frozenset(
    {b"clli", b"colr", b"imir", b"irot", b"ispe", b"mdcv", b"pasp", b"pixi"}
)
"""The properties of a whole picture that this module applies, or that change no pixels."""
_KEPT_ROWS: Final = 2
"""The rows of tiles that are kept: what is asked for may begin in the last one."""
_BYTES_PER_PIXEL: Final = 4
_TURNS: Final = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}
_MIRRORS: Final = (Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)
_FROM_THE_RIGHT: Final = frozenset(
    {Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270, Image.Transpose.FLIP_LEFT_RIGHT}
)
"""The turns after which what was above or left is right."""
_FROM_BELOW: Final = frozenset(
    {Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.FLIP_TOP_BOTTOM}
)
"""The turns after which what was above or left is below."""
_SIDEWAYS: Final = frozenset({Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270})


def too_large_a_grid(content: bytes, content_type: str, width: int, height: int) -> Grid | None:
    """The tiles of a picture of this size that has to be decoded by its tiles: as a whole it would
    take too much memory. None if it need not, or cannot."""
    try:
        check_memory(content_type, width, height, size=len(content))
    except PhotoRefused:
        grid = read_grid(content)
        if grid is None or not {box.kind for box in grid.properties} <= _HANDLED:
            return None
        return grid
    return None


def check_tiles(grid: Grid, content_type: str, size: int) -> None:
    """Raise `PhotoRefused` if decoding a file of `size` bytes by its tiles is predicted to take too
    much memory."""
    check_memory(
        content_type,
        grid.tile_width,
        grid.tile_height,
        size=size,
        buffered=_KEPT_ROWS * _BYTES_PER_PIXEL * grid.width * grid.tile_height,
        pixels=grid.width * grid.height,
    )


def source(content: bytes, grid: Grid) -> Source:
    """The picture as it is stored, whose rows are decoded on demand, from the first to the last.

    Raises `ValueError` while they are if a tile is not as its file describes it.
    """
    return Source(grid.width, grid.height, partial(_Rows(content, grid).between))


def turns(content: bytes, grid: Grid) -> tuple[Image.Transpose, ...]:
    """How the picture is turned and mirrored to be upright, in this order."""
    found: list[Image.Transpose] = []
    for box in grid.properties:
        value = content[box.start] if box.start < box.end else 0
        if box.kind == b"irot" and value & 3:
            found.append(_TURNS[value & 3])
        elif box.kind == b"imir":
            found.append(_MIRRORS[value & 1])
    return tuple(found)


def turned_size(size: tuple[int, int], by: tuple[Image.Transpose, ...]) -> tuple[int, int]:
    """A size after these turns, and before them as well."""
    is_sideways = sum(turn in _SIDEWAYS for turn in by) % 2
    return (size[1], size[0]) if is_sideways else size


def as_stored(
    box: cropping.Box, size: tuple[int, int], by: tuple[Image.Transpose, ...]
) -> cropping.Box:
    """A box of the picture after these turns, which then has this size, as it was before."""
    left, upper, right, lower = box
    width, height = size
    for turn in reversed(by):
        if turn in _FROM_THE_RIGHT:
            left, right = width - right, width - left
        if turn in _FROM_BELOW:
            upper, lower = height - lower, height - upper
        if turn in _SIDEWAYS:
            left, upper, right, lower = upper, left, lower, right
            width, height = height, width
    return cropping.Box(left, upper, right, lower)


class _Rows:
    """The last rows of tiles that were decoded."""

    def __init__(self, content: bytes, grid: Grid) -> None:
        self._content, self._grid = content, grid
        self._colours = tuple(
            box
            for box in grid.properties
            if box.kind == b"colr" and content[box.start : box.start + 4] == b"nclx"
        )
        self._decoded: dict[int, Image.Image] = {}

    def between(self, top: int, bottom: int) -> Image.Image:
        height = self._grid.tile_height
        first = self._row(top // height)
        part = Image.new(first.mode, (self._grid.width, bottom - top))
        for number in range(top // height, (bottom - 1) // height + 1):
            part.paste(self._row(number), (0, number * height - top))
        return part

    def _row(self, number: int) -> Image.Image:
        if number not in self._decoded:
            self._decoded = dict(list(self._decoded.items())[1 - _KEPT_ROWS :])
            self._decoded[number] = self._assembled(number)
        return self._decoded[number]

    def _assembled(self, number: int) -> Image.Image:
        grid, row = self._grid, None
        tiles = grid.tiles[number * grid.columns : (number + 1) * grid.columns]
        for column, tile in enumerate(tiles):
            picture = self._decoded_tile(tile)
            if row is None:
                row = Image.new(picture.mode, (grid.width, grid.tile_height))
            row.paste(picture, (column * grid.tile_width, 0))
        if row is None:
            raise ValueError("there are fewer tiles than rows")
        return row

    def _decoded_tile(self, tile: Tile) -> Image.Image:
        opened: Any = pillow_heif.HeifFile
        picture = opened(self._alone(tile), remove_stride=False)[0]
        pixels, size = bytes(picture.data), picture.size
        if size != (self._grid.tile_width, self._grid.tile_height):
            raise ValueError("a tile has another size than its file says")
        return Image.frombytes(picture.mode, size, pixels, "raw", picture.mode, picture.stride)

    def _alone(self, tile: Tile) -> bytes:
        """A HEIC of the tile alone."""
        content, grid = self._content, self._grid
        size = struct.pack(">III", 0, grid.tile_width, grid.tile_height)
        properties = [
            _copied(content, tile.configuration),
            _box(b"ispe", size),
            *(_copied(content, box) for box in self._colours),
        ]
        data = b"".join(content[start:end] for start, end in tile.data)
        kind = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
        head = len(kind) + len(_described(properties, 0, len(data))) + 8
        return kind + _described(properties, head, len(data)) + _box(b"mdat", data)


def _described(properties: list[bytes], start: int, length: int) -> bytes:
    """The `meta` box of a file with one item, whose data stand at `start`."""
    # The highest bit says that a decoder needs the property.
    linked = bytes([0x81, *range(2, len(properties) + 1)])
    return _box(
        b"meta",
        bytes(4),
        _box(b"hdlr", bytes(8), b"pict", bytes(13)),
        _box(b"pitm", struct.pack(">IH", 0, 1)),
        _box(b"iloc", struct.pack(">IHHHHHII", 0, 0x4400, 1, 1, 0, 1, start, length)),
        _box(b"iinf", struct.pack(">IH", 0, 1), _box(b"infe", b"\2\0\0\0\0\1\0\0hvc1\0")),
        _box(
            b"iprp",
            _box(b"ipco", *properties),
            _box(b"ipma", struct.pack(">IIHB", 0, 1, 1, len(linked)), linked),
        ),
    )


def _copied(content: bytes, box: Box) -> bytes:
    return _box(box.kind, content[box.start : box.end])


def _box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I", 8 + sum(map(len, parts))) + kind + b"".join(parts)

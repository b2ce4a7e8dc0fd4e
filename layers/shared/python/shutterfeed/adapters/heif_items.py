"""The items of a HEIF file (ISO/IEC 23008-12), which AVIF is too: how its picture is coded, of
which tiles it is made, and where its data are. They are read before libheif or libavif see the
file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shutterfeed.adapters import boxes
from shutterfeed.adapters.boxes import Box

_FULL: Final = 4
"""The length of the version and flags with which some boxes begin."""
_MOST_ITEMS: Final = 10_000
_MOST_EXTENTS: Final = 100_000
"""The most extents of all items. Nothing that makes photos writes more than a few for each."""
_MOST_TIMES: Final = 4
"""How many times the data of a file may be used in all."""
_CHANGING: Final = frozenset({b"clap", b"imir", b"irot"})
"""The properties that cut or turn a picture."""
_DERIVED: Final = frozenset({b"grid", b"iden", b"iovl"})
"""The types of items that are made of others."""

_LONGEST_LAYOUT: Final = 12
"""The bytes of a grid's data where its numbers are wide."""

Extent = tuple[int, int]
"""The offsets in the file between which data stand."""


@dataclass(frozen=True, slots=True)
class HeifPicture:
    """The primary picture of a file. `codings` are the types of its coded items, such as `hvc1`."""

    width: int
    height: int
    codings: frozenset[bytes]
    data: tuple[tuple[Extent, ...], ...]
    """The places of the data of each of these items: one extent, or several that follow one
    another. What items share is there once."""


def read_picture(content: bytes) -> HeifPicture | None:
    """The primary picture as its file describes it; None if it describes none.

    Raises `ValueError` if its data would be much more than the file has.
    """
    meta = boxes.find(content, None, b"meta")
    size = _size(content)
    if meta is None or size is None:
        return None
    types, parts = _types(content, meta), _parts(content, meta)
    coded: set[int] = set()
    waiting = [_primary(content, meta)]
    while waiting:
        item = waiting.pop()
        if types.get(item) in _DERIVED:
            # Each item is taken apart once, so that a picture made of itself ends.
            waiting += parts.pop(item, ())
        else:
            coded.add(item)
    codings = frozenset(types[item] for item in coded if item in types)
    extents = _extents(content, meta)
    located = tuple(sorted({tuple(extents[item]) for item in coded if item in extents}))
    if sum(end - start for each in located for start, end in each) > _MOST_TIMES * len(content):
        raise ValueError("the same data are used again and again")
    return HeifPicture(*size, codings, located) if codings else None


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of a grid: its decoder's configuration (`hvcC`), and the places of its data."""

    configuration: Box
    data: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A primary picture that is made of tiles of one size, row by row, and the first part of it."""

    width: int
    height: int
    columns: int
    tile_width: int
    tile_height: int
    tiles: tuple[Tile, ...]
    properties: tuple[Box, ...]
    """What the file says of the whole, such as its colours and how it is turned."""


def read_grid(content: bytes) -> Grid | None:
    """The primary picture, if it is a grid of HEVC tiles about which nothing is unusual."""
    meta = boxes.find(content, None, b"meta")
    if meta is None:
        return None
    primary, types = _primary(content, meta), _types(content, meta)
    items, extents = _parts(content, meta).get(primary, []), _extents(content, meta)
    layout = _layout(content, extents.get(primary, []))
    if (
        types.get(primary) != b"grid"
        or layout is None
        or len(items) != layout.rows * layout.columns
    ):
        return None
    properties = boxes.item_properties(content, meta)
    described = [properties.get(item, []) for item in items]
    if any(types.get(item) != b"hvc1" for item in items) or not all(map(_is_plain, described)):
        return None
    sizes = {_described_size(content, each) for each in described}
    if len(sizes) != 1 or not layout.is_covered_by(*next(iter(sizes))):
        return None
    tiles = tuple(
        Tile(_of_kind(each, b"hvcC"), tuple(extents.get(item, ())))
        for item, each in zip(items, described, strict=True)
    )
    whole = tuple(properties.get(primary, ()))
    return Grid(layout.width, layout.height, layout.columns, *sizes.pop(), tiles, whole)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The numbers of tiles of a grid, and the size of what is shown of them."""

    rows: int
    columns: int
    width: int
    height: int

    def is_covered_by(self, width: int, height: int) -> bool:
        """Whether tiles of this size suffice, and none is needless."""
        return all(
            (count - 1) * side < shown <= count * side
            for count, side, shown in (
                (self.columns, width, self.width),
                (self.rows, height, self.height),
            )
        )


def _layout(content: bytes, extents: Sequence[Extent]) -> _Layout | None:
    """The layout by the data of a grid."""
    if sum(end - start for start, end in extents) > _LONGEST_LAYOUT:
        return None
    data = b"".join(content[start:end] for start, end in extents)
    size = 4 if data[1:2] == b"\1" else 2
    if len(data) != 4 + 2 * size:
        return None
    width, height = (int.from_bytes(data[at : at + size], "big") for at in (4, 4 + size))
    return _Layout(data[2] + 1, data[3] + 1, width, height)


def most_extents(content: bytes) -> int:
    """The highest number of extents in which the data of an item stand. Raises `ValueError` for
    more than any photo has."""
    meta = boxes.find(content, None, b"meta")
    if meta is None:
        return 0
    return max((len(each) for each in _extents(content, meta).values()), default=0)


class _Reader:
    """Reads the numbers of a box one after the other."""

    def __init__(self, content: bytes, box: Box) -> None:
        self._content, self._at, self._end = content, box.start, box.end

    @property
    def is_at_end(self) -> bool:
        return self._at >= self._end

    def letters(self, length: int = 4) -> bytes:
        start, self._at = self._at, self._at + length
        return self._content[start : min(self._at, self._end)]

    def number(self, length: int) -> int:
        return int.from_bytes(self.letters(length), "big")

    def version(self) -> int:
        return self.number(_FULL) >> 24


def _size(content: bytes) -> tuple[int, int] | None:
    properties = boxes.primary_properties(content)
    if any(box.kind == b"ispe" for box in properties):
        return _described_size(content, properties)
    return None


def _described_size(content: bytes, properties: Iterable[Box]) -> tuple[int, int]:
    reader = _Reader(content, _of_kind(properties, b"ispe"))
    reader.version()
    return reader.number(4), reader.number(4)


def _of_kind(properties: Iterable[Box], kind: bytes) -> Box:
    return next(box for box in properties if box.kind == kind)


def _is_plain(properties: Iterable[Box]) -> bool:
    kinds = {box.kind for box in properties}
    return kinds >= {b"hvcC", b"ispe"} and not kinds & _CHANGING


def _primary(content: bytes, meta: Box) -> int:
    box = boxes.find(content, meta, b"pitm", skip=_FULL)
    if box is None:
        return 0
    reader = _Reader(content, box)
    return reader.number(2 if reader.version() == 0 else 4)


def _types(content: bytes, meta: Box) -> dict[int, bytes]:
    """The type of each item."""
    types: dict[int, bytes] = {}
    listed = boxes.find(content, meta, b"iinf", skip=_FULL)
    if listed is None:
        return types
    head = _FULL + (2 if _Reader(content, listed).version() == 0 else 4)
    for box in boxes.within(content, listed.start + head, listed.end):
        reader = _Reader(content, box)
        version = reader.version()
        if box.kind == b"infe" and version >= 2:
            item = reader.number(2 if version == 2 else 4)
            reader.number(2)
            types[item] = reader.letters()
    return types


def _parts(content: bytes, meta: Box) -> dict[int, list[int]]:
    """The items of which each derived item is made."""
    parts: dict[int, list[int]] = {}
    references = boxes.find(content, meta, b"iref", skip=_FULL)
    if references is None:
        return parts
    width = 2 if _Reader(content, references).version() == 0 else 4
    for box in boxes.within(content, references.start + _FULL, references.end):
        if box.kind == b"dimg":
            reader = _Reader(content, box)
            whole, count = reader.number(width), min(reader.number(2), _MOST_ITEMS)
            parts[whole] = [reader.number(width) for _ in range(count)]
    return parts


def _extents(content: bytes, meta: Box) -> dict[int, list[Extent]]:
    """Where the data of each item stand, of those whose data are in the file itself. Raises
    `ValueError` for more extents than any photo has."""
    extents: dict[int, list[Extent]] = {}
    box = boxes.find(content, meta, b"iloc", skip=_FULL)
    if box is None:
        return extents
    own = boxes.find(content, meta, b"idat", skip=_FULL)
    bases = {0: 0, 1: own.start if own else 0}
    reader = _Reader(content, box)
    version, sizes = reader.version(), reader.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = 2 if version < 2 else 4
    total = 0
    for _ in range(min(reader.number(wide), _MOST_ITEMS)):
        if reader.is_at_end:
            break
        item = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(base_size)
        count = reader.number(2)
        total += count
        if total > _MOST_EXTENTS:
            raise ValueError("the data are in too many pieces")
        for _ in range(count):
            reader.number(index_size)
            start = base + bases.get(method, 0) + reader.number(offset_size)
            length = reader.number(length_size)
            if method in bases:
                extents.setdefault(item, []).append((start, start + length))
    return extents

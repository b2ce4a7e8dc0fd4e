"""A JPEG whose decoder is watched, since Pillow does not pass on what libjpeg warns about.

libjpeg shows a picture whose data end early, or do not fit its size, without an error: what is
missing stays grey. So the decoder gets the data in pieces, and between two pieces we look which
rows it has made: if some are missing when it has had all data of the picture, the file is
incomplete; if none is missing although there is much more data, it is damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from shutterfeed.adapters.incomplete_photos import has_zeros, incomplete
from shutterfeed.adapters.jpeg_structure import END, JpegStructure, goes_on_behind_end

_PIECE: Final = 1 << 20
_LOOKAHEAD: Final = bytes(8)
"""libjpeg wants to see as many bytes behind those that it decodes."""
_MARKED_ROWS: Final = 32
_MARKED_COLUMNS: Final = 8
_MARKS: Final = bytes(at * 89 % 251 for at in range(4 * _MARKED_ROWS * _MARKED_COLUMNS))
"""The values of the marks, in all channels. Any do that no row of a picture has by chance."""
_SMALLEST: Final = 16
"""Pictures that are smaller on a side are not watched: marks would hardly be told from pixels."""
_FEW_ROWS: Final = 0.02
"""The share of the rows that may be missing from a picture that is published all the same."""
_SURPLUS_SHARE: Final = 50
"""Data are surplus if they are more than this part of the picture's: cameras may pad them."""
_SURPLUS_BYTES: Final = 4096
_EMPTY: Final = 1024
"""The number of zeros, one after the other, that are no data of a picture."""
_THREE_EIGHTHS: Final = 3
"""The divisor by which libjpeg-turbo is told to scale down to 3/8, as it takes eighths only, and
of these the smallest that is not below."""
_LESS_MARGIN: Final = 0.88
"""The share of the size that is asked for that 3/8 may fall short by: asked for with a margin of
1.25, a margin of 1.1 is left. The SSIM to a full decode is then 0.997 to 0.998, as at a half."""
_OTHER_DATA: Final = bytes(range(1, 251)) * 16
"""Data that are unlike any picture's."""


class WatchedJpeg(JpegImageFile):
    """A JPEG that may lack its end marker. Raises `PhotoRefused` from `load` if its picture is
    incomplete. After `load`, `is_damaged` says whether its data did not fit the picture, or a few
    rows are missing."""

    def __init__(self, content: bytes, structure: JpegStructure, tail: bytes = b"") -> None:
        """Open a JPEG. `tail` is decoded behind its own data."""
        self.is_damaged = False
        self._content = content
        self._structure = structure
        self._tail = tail
        self._pieces = self._by_rows() if structure.comes_by_rows else self._at_once()
        self._marked: list[int] = []
        super().__init__(BytesIO(content))

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Let the decoder scale down, to about `size` or more: by 2, 4 and 8 as Pillow does, and to
        3/8, which saves a fifth of the time of scaling photos of 12 megapixels."""
        whole = self.size
        drafted = super().draft(mode, size)
        if drafted is None or size is None or self.decoderconfig[0] != 2:
            return drafted
        scaled = (-(-whole[0] * 3 // 8), -(-whole[1] * 3 // 8))
        if any(has < _LESS_MARGIN * wanted for has, wanted in zip(scaled, size, strict=True)):
            return drafted
        self.tile = [self.tile[0]._replace(extents=(0, 0, *scaled))]
        self._size, self.decoderconfig = scaled, (_THREE_EIGHTHS, 0)
        return drafted

    def load_prepare(self) -> None:
        """Mark some rows of the empty picture, which the decoder will overwrite."""
        super().load_prepare()
        self._drafted = list(self.tile)
        width, height = self.size
        if min(width, height) < _SMALLEST:
            return
        values = _MARKS[: _MARKED_ROWS * _MARKED_COLUMNS * len(self.getbands())]
        self._marks = Image.frombytes(self.mode, (_MARKED_COLUMNS, _MARKED_ROWS), values).im
        self._marked = [(height - 1) * row // (_MARKED_ROWS - 1) for row in range(_MARKED_ROWS)]
        for number, row in enumerate(self._marked):
            mark = self._marks.crop((0, number, _MARKED_COLUMNS, number + 1))
            self.im.paste(mark, (0, row, _MARKED_COLUMNS, row + 1))

    def load_read(self, read_bytes: int) -> bytes:  # noqa: ARG002 - Pillow's signature
        """The next piece of the file, as Pillow asks for it."""
        return next(self._pieces, b"")

    def load_end(self) -> None:
        """Find out whether a picture without end marker, which came as a whole, is complete: then
        what follows its data changes nothing."""
        structure = self._structure
        if structure.comes_by_rows or structure.has_end or self._tail:
            return
        other = WatchedJpeg(self._content, structure, _OTHER_DATA)
        other.tile, other.decoderconfig, other._size = self._drafted, self.decoderconfig, self.size
        other.load()
        if other.tobytes() != self.tobytes():
            raise incomplete()

    def _by_rows(self) -> Iterator[bytes]:
        scan = self._structure.scans[0]
        surplus = max(_SURPLUS_BYTES, (scan.end - scan.start) // _SURPLUS_SHARE)
        early = max(0, scan.end - surplus)
        # That is so if the decoder asks for no more than this piece.
        self.is_damaged = scan.start < early
        yield from self._slices(0, early)
        self.is_damaged = self._has_empty_data()
        if self._marked and scan.start < early and not self._missing_share():
            self.is_damaged = True
        yield from self._slices(early, scan.end)
        yield _LOOKAHEAD
        if share := self._missing_share():
            if share > _FEW_ROWS:
                raise incomplete(share)
            self.is_damaged = True
        yield END

    def _at_once(self) -> Iterator[bytes]:
        structure = self._structure
        if not structure.is_whole or (structure.is_arithmetic and not structure.has_end):
            raise incomplete()
        if structure.has_end and goes_on_behind_end(self._content, structure.end):
            raise incomplete()
        self.is_damaged = self._has_empty_data()
        if structure.is_arithmetic:
            # This decoder cannot wait for more.
            yield self._content[: structure.end] + END
        else:
            yield from self._slices(0, structure.end)
            yield self._tail + END

    def _has_empty_data(self) -> bool:
        if self._structure.zeros_are_flat and self._structure.comes_by_rows:
            return False
        return any(
            has_zeros(self._content, scan.start, scan.end, _EMPTY)
            for scan in self._structure.scans
            if scan.last > 0
        )

    def _slices(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, _PIECE):
            yield self._content[at : min(at + _PIECE, end)]

    def _missing_share(self) -> float:
        """The share of the rows that the decoder has not made yet, at least."""
        for number, row in enumerate(self._marked):
            if all(
                self.im.getpixel((at, row)) == self._marks.getpixel((at, number))
                for at in range(_MARKED_COLUMNS)
            ):
                return 1 - row / self.size[1]
        return 0.0

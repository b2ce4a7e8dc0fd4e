"""Plain tables, in which each row is one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shutterfeed_cli.wording import one_line

_BETWEEN: Final = "  "
_ELLIPSIS: Final = "…"
_LEAST: Final = 8
"""The width to which a column may be cut, in cells of the terminal."""
_TEXTS: Final = frozenset(
    {"caption", "collection", "comment", "name", "place", "what", "why", "you are told of"}
)
"""The columns that may be cut: ids, handles, and moments are shown whole."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title above each column."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self, width: int | None = None) -> list[str]:
        """The titles and then the rows, a line each. If they are wider than `width` cells, texts
        are cut as far as needed and possible."""
        cells = [[one_line(cell) for cell in row] for row in (self.titles, *self.rows)]
        widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
        if width is not None:
            self._narrow(widths, width)
        return [
            _BETWEEN.join(_fitted(*cell) for cell in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]

    def _narrow(self, widths: list[int], width: int) -> None:
        texts = [at for at, title in enumerate(self.titles) if title in _TEXTS]
        excess = sum(widths) + len(_BETWEEN) * (len(widths) - 1) - width
        while excess > 0 and texts:
            widest = max(texts, key=lambda at: widths[at])
            if widths[widest] <= _LEAST:
                return
            widths[widest] -= 1
            excess -= 1


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table with these titles and rows."""
    return Table(titles, list(rows))


def width_of(text: str) -> int:
    """The number of cells that the text takes in a terminal."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _fitted(text: str, width: int) -> str:
    """The text, cut or padded to exactly `width` cells."""
    taken = width_of(text)
    if taken <= width:
        return text + " " * (width - taken)
    kept, left = [], width - 1
    for character in text:
        left -= _cells(character)
        if left < 0:
            break
        kept.append(character)
    cut = "".join(kept).rstrip() + _ELLIPSIS
    return cut + " " * (width - width_of(cut))

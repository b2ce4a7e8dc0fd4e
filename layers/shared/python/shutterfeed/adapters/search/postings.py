"""The content of an entry of the term index, from which a hit is ranked without any other read.

A posting is the entry of a document under one of its terms. It holds hashes of all its other terms,
four characters each: a write of up to 1 KB costs the same as one of ten bytes, and so the entries
under the rarest word of a query already tell which documents have its other words too.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Final

from shutterfeed.domain.search import Circle, MediaKind, PostDocument, UserDocument

CELL_MARK: Final = "~"
"""The first character of a geohash among the terms. No term of a text contains it."""
POSTS: Final = "P"
USERS: Final = "U"
TAGS: Final = "T"

CELL_SIZES: Final = {5: (4.9, 4.9), 4: (19.5, 39.1), 3: (156.0, 156.0), 2: (624.0, 1250.0)}
"""The height, and the width at the equator, of a geohash cell in kilometres, by its number of
letters."""
_MAX_CELLS: Final = 16
_KM_PER_DEGREE: Final = 111.19
"""The kilometres of one degree of latitude, or of longitude at the equator."""
_BASE32: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
_HASH_CHARACTERS: Final = 4
_MEDIA: Final = {MediaKind.PHOTO: "p", MediaKind.VIDEO: "v"}


@dataclass(frozen=True, slots=True)
class Posting:
    """A document as an entry describes it. `length` is the number of its different terms."""

    popularity: int
    media: frozenset[MediaKind]
    latitude: float | None
    longitude: float | None
    length: int
    hashes: frozenset[str]

    def has(self, term: str) -> bool:
        """Whether the document has a term. The hashes make it wrong one time in 130,000 for a
        document with 128 terms."""
        return hash_of(term) in self.hashes

    def is_in(self, circle: Circle) -> bool:
        if self.latitude is None or self.longitude is None:
            return False
        return circle.holds(self.latitude, self.longitude)


def describe(document: PostDocument | UserDocument) -> str:
    """The text that each of a document's postings holds."""
    terms = document.terms
    media, place = "", ""
    if isinstance(document, PostDocument):
        media = "".join(_MEDIA[kind] for kind in sorted(document.media))
        if document.place is not None and (point := document.place.point) is not None:
            place = ",".join(f"{degrees:.5f}" for degrees in point)
    hashes = "".join(map(hash_of, terms))
    return "|".join((str(document.popularity), media, place, str(len(terms)), hashes))


def parse(text: str) -> Posting:
    popular, media, place, length, hashes = text.split("|", 4)
    latitude, longitude = map(float, place.split(",")) if place else (None, None)
    size = _HASH_CHARACTERS
    return Posting(
        int(popular),
        frozenset(kind for kind, letter in _MEDIA.items() if letter in media),
        latitude,
        longitude,
        int(length),
        frozenset(hashes[i : i + size] for i in range(0, len(hashes), size)),
    )


@lru_cache(maxsize=4096)
def hash_of(term: str) -> str:
    digest = hashlib.blake2b(term.encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def cells_of(latitude: float, longitude: float) -> tuple[str, ...]:
    """The terms under which a place is found, from small cells to large ones."""
    return tuple(CELL_MARK + geohash(latitude, longitude, letters) for letters in CELL_SIZES)


def cells_around(circle: Circle) -> tuple[str, ...]:
    """The terms of the cells that cover a circle: of the smallest size with which few are
    enough."""
    reach = circle.km / _KM_PER_DEGREE
    # Cells are narrowest where the circle comes closest to a pole.
    edge = cos(radians(min(89.9, abs(circle.latitude) + reach)))
    over_the_pole = abs(circle.latitude) + reach >= 90
    across = 180.0 if over_the_pole else min(180.0, reach / edge)
    letters, rows, columns = _grid(reach, across)
    cells = {
        CELL_MARK + geohash(max(-90.0, min(90.0, latitude)), _wrapped(longitude), letters)
        for latitude in _steps(circle.latitude, reach, rows)
        for longitude in _steps(circle.longitude, across, columns)
    }
    return tuple(sorted(cells))


def _grid(reach: float, across: float) -> tuple[int, int, int]:
    """The number of letters of the cells, and how many of them are needed from south to north and
    from west to east. `reach` and `across` are in degrees."""
    grid = (0, 0, 0)
    for letters, (tall, wide) in CELL_SIZES.items():
        rows = int(2 * reach * _KM_PER_DEGREE / tall) + 2
        columns = int(2 * across * _KM_PER_DEGREE / wide) + 2
        grid = letters, rows, columns
        if rows * columns <= _MAX_CELLS:
            break
    return grid


def _steps(middle: float, reach: float, count: int) -> list[float]:
    """Points from one end to the other whose distances are not larger than a cell."""
    return [middle - reach + 2 * reach * step / count for step in range(count + 1)]


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def geohash(latitude: float, longitude: float, letters: int) -> str:
    """The geohash of a point. Each bit halves the area, first from east to west:
    https://en.wikipedia.org/wiki/Geohash."""
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    point = (longitude, latitude)
    text, bits = "", 0
    for step in range(5 * letters):
        low, high = ranges[step % 2]
        middle = (low + high) / 2
        upper = point[step % 2] >= middle
        ranges[step % 2] = [middle, high] if upper else [low, middle]
        bits = bits * 2 + upper
        if step % 5 == 4:
            text += _BASE32[bits]
            bits = 0
    return text


def letters_left(word: str, most: int) -> frozenset[str]:
    """The texts that remain of a word's beginning when up to `most` letters are removed.

    Two words with up to `most` typing errors between them have one of these texts in common (the
    idea of SymSpell), which turns a search for similar words into look-ups.
    """
    left = {word[:_SIGNIFICANT]}
    fresh = left
    for _ in range(most):
        fresh = {text[:i] + text[i + 1 :] for text in fresh for i in range(len(text))} - {""}
        left |= fresh
    return frozenset(left)


_SIGNIFICANT: Final = 7
"""The number of a word's first letters that are used; more would only cost more entries."""

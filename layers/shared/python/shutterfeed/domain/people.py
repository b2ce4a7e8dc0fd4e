"""People tagged in photos and videos: who can be seen in them, and where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import InvalidInput

MAX_TAGGED: Final = 20
"""The highest number of tags of one post, in all its media together."""
_DIGITS: Final = 4
"""Decimal places of a position: finer than the pixels of a screen."""


@dataclass(frozen=True, slots=True)
class TaggedPerson:
    """A person in a medium of a post. `x` and `y` are fractions of its width and height, from the
    upper left corner."""

    media_id: str
    user_id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person whom an author tags in one medium, by today's handle; `x` and `y` as in
    `TaggedPerson`."""

    handle: str
    x: float
    y: float

    def of(self, media_id: str, user_id: str) -> TaggedPerson:
        return TaggedPerson(media_id, user_id, round(self.x, _DIGITS), round(self.y, _DIGITS))


def check_point(x: float, y: float, field: str) -> None:
    """Raise `InvalidInput` unless both are from 0 to 1."""
    # Written so that NaN, which compares false with everything, is refused too.
    if not (0 <= x <= 1 and 0 <= y <= 1):
        message = "x and y must be from 0 to 1: fractions of the width and height."
        raise InvalidInput("invalid_position", message, field)


def check_number(tagged: Collection[TaggedPerson], field: str) -> None:
    """Raise `InvalidInput` if a post would have too many tags, or a person two in one medium."""
    if len(tagged) > MAX_TAGGED:
        message = f"A post has at most {MAX_TAGGED} tags of people; these are {len(tagged)}."
        raise InvalidInput("too_many_people", message, field)
    if len({(person.media_id, person.user_id) for person in tagged}) < len(tagged):
        message = "A person can be tagged only once in each photo or video."
        raise InvalidInput("tagged_twice", message, field)

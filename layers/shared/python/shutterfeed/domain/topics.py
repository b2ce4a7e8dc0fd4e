"""Topics: the hashtags and places under which posts are listed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.text import TAG_MARK, fold, is_tag, slug

PLACE_MARK: Final = "@"
"""The first character of a place among the terms of posts. No term of a text contains it."""


class PostOrder(StrEnum):
    """The order of the posts of a topic."""

    NEWEST = "newest"
    BEST = "best"
    """Well-liked posts and new ones compete, by `ranking.rank`."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A hashtag or a place, by the term under which the index lists its posts."""

    term: str

    @classmethod
    def hashtag(cls, tag: str) -> Topic:
        """The topic of a folded hashtag without `#`."""
        return cls(TAG_MARK + tag)

    @classmethod
    def place(cls, key: str) -> Topic:
        """The topic of a place, by its key: see `place_key`."""
        return cls(PLACE_MARK + key)

    @property
    def is_place(self) -> bool:
        return self.term.startswith(PLACE_MARK)

    @property
    def key(self) -> str:
        """The hashtag without `#`, or the key of the place."""
        return self.term[1:]


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What the index knows of a topic: what its posts call it, and how many they are."""

    name: str
    posts: int


def parse_tag(text: str) -> str:
    """A hashtag as it is indexed, from a text with or without `#`. Raises `InvalidInput`."""
    tag = fold(text.strip()).removeprefix(TAG_MARK)
    if not is_tag(tag):
        raise InvalidInput(
            "invalid_hashtag", "A hashtag has only letters, digits, emoji and underscores.", "tag"
        )
    return tag


def place_key(name: str) -> str | None:
    """The text that is the same for all spellings of a place's name, and stands in the address of
    its page: `st-gallen` for `St. Gallen`. None for a name without letters, digits and emoji, which
    has no page."""
    return slug(name) or None


def parse_place(text: str) -> str:
    """The key of a place, from its name or the key itself. Raises `InvalidInput`."""
    key = place_key(text)
    if key is None:
        message = "The name of a place has a letter, a digit or an emoji."
        raise InvalidInput("invalid_place_name", message, "place")
    return key

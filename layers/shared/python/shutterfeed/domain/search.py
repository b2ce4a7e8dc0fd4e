"""What can be found, and by what: documents of the search index, queries, and how hits are ranked.

Match quality comes first: an exact handle, then a beginning, then words, then words with one or
two typing errors. Among matches of like quality the new and the popular come first, which can
raise a hit's score by a quarter at most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.characters import QUERY, check_characters
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import PostId, ulid_time
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.text import (
    TAG_MARK,
    fold,
    hashtags,
    is_plain_word,
    is_tag,
    query_words,
    words,
)
from shutterfeed.domain.users import Profile, is_handle

MAX_QUERY: Final = 200
"""Characters of a query, as much as a person types."""
MAX_QUERY_TERMS: Final = 32
"""Further words of a query are left out."""
MAX_POST_TERMS: Final = 128
"""Different terms of one post that the index holds; a caption's end may lie beyond."""
MAX_TAGS: Final = 30
"""Hashtags of one post that count; Instagram's limit."""
MAX_DEPTH: Final = 1_000
"""How far a search can be paged: who has not found it by then asks again."""
MAX_KM: Final = 500.0
DEFAULT_KM: Final = 10.0
MAX_NUMBER: Final = 40
"""Characters of a number in a query string."""
_LATITUDE: Final = r"-?(?:[1-8]?[0-9](?:\.[0-9]{1,20})?|90(?:\.0{1,20})?)"
_LONGITUDE: Final = r"-?(?:(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,20})?|180(?:\.0{1,20})?)"
POINT: Final = f"{_LATITUDE},{_LONGITUDE}"
"""The pattern of a whole point: latitude and longitude in degrees."""
ONE_TYPO_FROM: Final = 4
TWO_TYPOS_FROM: Final = 8
MAX_START: Final = 64
"""Characters of a name or place that type-ahead compares."""
HANDLE_MARK: Final = "@"

_EARTH_KM: Final = 6371.0
_NAME_STARTS: Final = 4
"""Words of a name or place from which type-ahead begins."""
HALF_LIFE_DAYS: Final = 30.0
NEW: Final = 0.15
"""By what being new lifts a score at most; half of it is gone after `HALF_LIFE_DAYS`."""
POPULAR: Final = 0.10
POPULAR_BITS: Final = 20
"""A million likes or followers: more lift no higher."""
CLOSENESS: Final[Mapping[int, float]] = {0: 1.0, 1: 0.6, 2: 0.4}
"""What a match is worth by its typing errors."""
COMPLETED: Final = 0.7
"""What it is worth where only the beginning was typed."""
EXACT_HANDLE: Final = 100.0
HANDLE_START: Final = 60.0
NAME_START: Final = 40.0
ALL_WORDS: Final = 30.0
"""A user's score for being met so, plus `POPULARITY_STEP` for each bit of their followers."""
POPULARITY_STEP: Final = 0.2


class SearchKind(StrEnum):
    POSTS = "posts"
    USERS = "users"
    HASHTAGS = "hashtags"
    ALL = "all"


class MediaKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"


class SuggestionKind(StrEnum):
    USER = "user"
    HASHTAG = "hashtag"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class PostDocument:
    """A published post as the index has it. `version` grows with every change of the post."""

    post_id: PostId
    version: int
    position: str
    words: tuple[str, ...]
    """Of caption and place, in order."""
    tags: tuple[str, ...]
    place: Place | None
    media: frozenset[MediaKind]
    popularity: int = 0
    """The likes' order of magnitude: 0, as nobody can like a post yet. Like a user's it has to be
    noted on the post, under a revision; the count itself is never indexed."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Different ones, hashtags with their mark and first."""
        marked = (TAG_MARK + tag for tag in self.tags)
        return tuple(dict.fromkeys((*marked, *self.words)))[:MAX_POST_TERMS]


@dataclass(frozen=True, slots=True)
class UserDocument:
    """A user as the index has them."""

    user_id: str
    version: int
    handle: str
    name: str
    popularity: int

    @property
    def terms(self) -> tuple[str, ...]:
        """The whole handle with its mark, its parts, and the name's words."""
        parts = re.split("[._]", self.handle)
        return tuple(dict.fromkeys((HANDLE_MARK + self.handle, *parts, *words(self.name))))


@dataclass(frozen=True, slots=True)
class Gone:
    """A post or user that must not be found any more."""

    subject: PostId | str
    version: int


Document = PostDocument | UserDocument | Gone


def subject_of(document: Document) -> PostId | str:
    """Whose document it is: a post's id, or a user's."""
    match document:
        case PostDocument(post_id=post_id):
            return post_id
        case UserDocument(user_id=user_id):
            return user_id
        case Gone(subject=subject):
            return subject


def post_document(post_id: PostId, post: Post | None) -> PostDocument | Gone:
    """What the index should hold of a post; `Gone` unless it is published."""
    if post is None:
        return Gone(post_id, _LAST_VERSION)
    if post.state is not PostState.PUBLISHED or post.position is None:
        return Gone(post_id, post.revision)
    place = post.place
    return PostDocument(
        post_id,
        post.revision,
        post.position,
        (*words(post.caption), *(words(place.name) if place else ())),
        tuple(hashtags(post.caption)[:MAX_TAGS]),
        place,
        frozenset(media_kind(medium.content_type) for medium in post.media),
    )


def user_document(user_id: str, profile: Profile | None) -> UserDocument | Gone:
    """What the index should hold of a user: always the same of one revision, so that it does not
    matter which of two workers writes it. Hence the popularity that was noted, not the count."""
    if profile is None:
        return Gone(user_id, _LAST_VERSION)
    return UserDocument(
        user_id,
        profile.revision,
        profile.handle,
        profile.display_name,
        profile.popularity,
    )


_LAST_VERSION: Final = 2**53
"""Of what is gone for good: nothing can be newer."""


def media_kind(content_type: str) -> MediaKind:
    return MediaKind.VIDEO if content_type.startswith("video/") else MediaKind.PHOTO


def popularity(count: int) -> int:
    """Followers or likes as an order of magnitude (its bits), so that it seldom changes."""
    return max(count, 0).bit_length()


def start_keys(text: str) -> tuple[str, ...]:
    """The beginnings under which type-ahead finds a text: of it all, and of its later words."""
    parts = plain(text).split()
    return tuple(" ".join(parts[i:]) for i in range(min(len(parts), _NAME_STARTS)))


def plain(text: str) -> str:
    """A text folded, its words and marks kept, with single spaces: what type-ahead compares."""
    return " ".join(fold(text).split())[:MAX_START].rstrip()


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `km` of a point."""

    latitude: float
    longitude: float
    km: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.distance(latitude, longitude) <= self.km

    def distance(self, latitude: float, longitude: float) -> float:
        """In kilometres, along the surface."""
        a, b = math.radians(self.latitude), math.radians(latitude)
        across = math.radians(longitude - self.longitude)
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
        return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class Term:
    """One word or hashtag of a query; the last word may be only the beginning of one."""

    text: str
    typos: int = 0
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Only `parse_query` makes one, within its limits."""

    terms: tuple[Term, ...]
    handle: str | None = None
    """All of it as a handle, or a handle's beginning, where it may be one."""
    start: str = ""
    """All of it as type-ahead compares."""
    near: Circle | None = None
    media: MediaKind | None = None


def parse_query(text: str, near: Circle | None = None, media: MediaKind | None = None) -> Query:
    """Raises `InvalidInput` for a text that is too long, has control characters, or has nothing in
    it to look for (unless a place is named)."""
    text = _checked(text)
    tags = hashtags(text)[:MAX_TAGS]
    rest = _without_tags(text) if tags else text
    found = query_words(rest)
    terms = [Term(TAG_MARK + tag, 0) for tag in tags]
    typing = not text[-1:].isspace()
    for index, word in enumerate(found):
        last = typing and index == len(found) - 1 and not tags
        terms.append(Term(word, allowed_typos(word), last and word[-1:].isalnum()))
    unique = tuple({term.text: term for term in terms}.values())[:MAX_QUERY_TERMS]
    if not unique and near is None:
        raise InvalidInput("empty_query", "There is nothing in it to search for.", "q")
    return Query(unique, _as_handle(text), plain(text), near, media)


def parse_tag(text: str) -> str:
    """A hashtag as it is indexed, with or without its mark. Raises `InvalidInput`."""
    tag = fold(text.strip()).removeprefix(TAG_MARK)
    if not is_tag(tag):
        raise InvalidInput(
            "invalid_hashtag", "A hashtag has letters, digits, emoji and underscores.", "tag"
        )
    return tag


def parse_circle(near: str | None, km: str | None) -> Circle | None:
    """A circle from `lat,lon` and a radius (10 km without one); None without a point, to which a
    radius adds nothing. Raises `InvalidInput`."""
    radius = DEFAULT_KM if km is None else _kilometres(km)
    if near is None:
        return None
    if not re.fullmatch(POINT, near):
        raise InvalidInput(
            "invalid_near", "A place is `lat,lon` in degrees, like 52.52,13.405.", "near"
        )
    latitude, longitude = map(float, near.split(","))
    return Circle(latitude, longitude, radius)


def _kilometres(text: str) -> float:
    # As clients print a number, whatever its digits.
    kilometres = float(text) if len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) else 0.0
    if not 0 < kilometres <= MAX_KM:
        raise InvalidInput(
            "invalid_km", f"A radius is a number above 0 and up to {MAX_KM:.0f} km.", "km"
        )
    return kilometres


_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


def allowed_typos(word: str) -> int:
    """How many typing errors are forgiven in a word; none in digits, emoji and unspaced scripts."""
    if not is_plain_word(word) or len(word) < ONE_TYPO_FROM:
        return 0
    return 1 if len(word) < TWO_TYPOS_FROM else 2


def typos_between(a: str, b: str, most: int) -> int | None:
    """Letters missing, added, wrong or swapped with their neighbour; None above `most`."""
    if abs(len(a) - len(b)) > most:
        return None
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        line = [i]
        for j, other in enumerate(b, start=1):
            cost = min(row[j] + 1, line[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return None
        before, row = row, line
    return row[-1] if row[-1] <= most else None


def lift(position: str, popular: int, as_of: datetime) -> float:
    """By what a hit's quality is multiplied for being new and popular: 1 to 1.25."""
    days = max(0.0, (as_of - ulid_time(position)).total_seconds() / 86_400)
    newness = math.exp2(-days / HALF_LIFE_DAYS)
    return 1 + NEW * newness + POPULAR * min(popular, POPULAR_BITS) / POPULAR_BITS


def _checked(text: str) -> str:
    if len(text) > MAX_QUERY:
        raise InvalidInput("query_too_long", f"A query has at most {MAX_QUERY} characters.", "q")
    check_characters(text, QUERY, "q")
    return text


def _without_tags(text: str) -> str:
    """The words that stand outside hashtags, of which the tags themselves are looked for."""
    folded = fold(text)
    for tag in hashtags(text):
        folded = folded.replace(TAG_MARK + tag, " ")
    return folded


def _as_handle(text: str) -> str | None:
    candidate = text.strip().removeprefix(HANDLE_MARK).lower()
    return candidate if is_handle(candidate) or _HANDLE_START.fullmatch(candidate) else None


_HANDLE_START: Final = re.compile(r"[a-z0-9](?:[._]?[a-z0-9]){0,29}[._]?")


def score_of(matched: Sequence[tuple[float, float]], length: int, usual_length: float) -> float:
    """BM25 of a document in which each matched term stands once: its rarity and how well the
    word asked for was met (1 for exactly)."""
    norm = _K1 * (1 - _B + _B * length / max(usual_length, 1.0))
    return sum(rarity * closeness * (_K1 + 1) / (1 + norm) for rarity, closeness in matched)


_K1: Final = 1.2
_B: Final = 0.5


def rarity(frequency: float, documents: float) -> float:
    """BM25's inverse document frequency, never negative."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))

"""The documents of the search index, queries, and how hits are ranked.

Match quality comes first: an exact handle, then a beginning, then words, then words with one or
two typing errors. Among matches of similar quality the new and the popular come first: that can
raise a hit's score by up to a quarter.
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
from shutterfeed.domain.ids import POST_ID, PostId, ulid_time
from shutterfeed.domain.mentions import without
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.ranking import rank
from shutterfeed.domain.text import (
    TAG_MARK,
    fold,
    hashtags,
    is_plain_word,
    query_words,
    without_hashtags,
    words,
)
from shutterfeed.domain.topics import Topic, place_key
from shutterfeed.domain.users import Profile, is_handle

MAX_QUERY: Final = 200
"""The highest number of characters of a query: more than people type."""
MAX_QUERY_TERMS: Final = 32
"""The highest number of words of a query; further words are ignored."""
MAX_POST_TERMS: Final = 128
"""The highest number of different terms of one post in the index; the last words of a long caption
may be missing."""
MAX_TAGS: Final = 30
"""The highest number of hashtags of one post that the index holds, the same as Instagram's."""
MAX_DEPTH: Final = 1_000
"""The highest number of hits that can be paged through; people refine their query before that."""
MAX_KM: Final = 500.0
DEFAULT_KM: Final = 10.0
MAX_NUMBER: Final = 40
"""The highest number of characters of a number in a query string."""
_LATITUDE: Final = r"-?(?:[1-8]?[0-9](?:\.[0-9]{1,20})?|90(?:\.0{1,20})?)"
_LONGITUDE: Final = r"-?(?:(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,20})?|180(?:\.0{1,20})?)"
POINT: Final = f"{_LATITUDE},{_LONGITUDE}"
"""The pattern of a whole point: latitude and longitude in degrees."""
ONE_TYPO_FROM: Final = 4
TWO_TYPOS_FROM: Final = 8
MAX_START: Final = 64
"""The number of characters of a name or place that type-ahead compares."""
HANDLE_MARK: Final = "@"

_EARTH_KM: Final = 6371.0
_NAME_STARTS: Final = 4
"""The number of words of a name or place at which a typed text may begin."""
HALF_LIFE_DAYS: Final = 30.0
NEW: Final = 0.15
"""The share by which a brand-new hit's score is raised; after `HALF_LIFE_DAYS` it is half of
that."""
POPULAR: Final = 0.10
POPULAR_BITS: Final = 20
"""The highest order of magnitude that raises a score: a million likes or followers."""
CLOSENESS: Final[Mapping[int, float]] = {0: 1.0, 1: 0.6, 2: 0.4}
"""The weight of a match, by its number of typing errors."""
COMPLETED: Final = 0.7
"""The weight of a match if only the beginning of the word was typed."""
EXACT_HANDLE: Final = 100.0
HANDLE_START: Final = 60.0
NAME_START: Final = 40.0
ALL_WORDS: Final = 30.0
"""The score of a user for each way in which they match. `POPULARITY_STEP` is added for each bit of
their number of followers."""
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
    """A published post as the index holds it."""

    post_id: PostId
    version: int
    position: str
    words: tuple[str, ...]
    """The words of the caption and of the place, in order."""
    tags: tuple[str, ...]
    place: Place | None
    media: frozenset[MediaKind]
    popularity: int = 0
    """The order of magnitude of the post's likes, as it is noted on the post under a revision; the
    number itself is never indexed."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The different terms: hashtags first, with `#`, and then words."""
        marked = (TAG_MARK + tag for tag in self.tags)
        return tuple(dict.fromkeys((*marked, *self.words)))[:MAX_POST_TERMS]

    @property
    def place_key(self) -> str | None:
        """The key of its place; None if it has none, or one without a page."""
        return place_key(self.place.name) if self.place else None

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics under which it is listed."""
        places = (self.place_key,) if self.place_key else ()
        return (*map(Topic.hashtag, self.tags), *map(Topic.place, places))

    @property
    def rank(self) -> int:
        """Its rank among the best posts of a topic, by the lowest number of likes that its
        `popularity` may stand for."""
        return rank(ulid_time(self.position), 1 << max(self.popularity - 1, 0))


@dataclass(frozen=True, slots=True)
class UserDocument:
    """A user as the index holds them."""

    user_id: str
    version: int
    handle: str
    name: str
    popularity: int

    @property
    def terms(self) -> tuple[str, ...]:
        """The whole handle with `@`, the parts of the handle, and the words of the name."""
        parts = re.split("[._]", self.handle)
        return tuple(dict.fromkeys((HANDLE_MARK + self.handle, *parts, *words(self.name))))


@dataclass(frozen=True, slots=True)
class Gone:
    """A post or user that must not be found any more."""

    subject: PostId | str
    version: int


Document = PostDocument | UserDocument | Gone


def subject_of(document: Document) -> PostId | str:
    """The id of the post or user that a document describes."""
    match document:
        case PostDocument(post_id=post_id):
            return post_id
        case UserDocument(user_id=user_id):
            return user_id
        case Gone(subject=subject):
            return subject


def post_document(
    post_id: PostId, post: Post | None, author: Profile | None
) -> PostDocument | Gone:
    """The document that the index should hold for a post; `Gone` unless it is published, no
    moderator has hidden it, and its author is found and not private. Whatever is left in the index
    of it could be read by all: its hashtags and places are suggested to whoever types. The version
    grows with every change of the post, and whenever the account becomes private or public, is
    closed or comes back, is limited or suspended, or is so no longer."""
    if post is None or author is None:
        return Gone(post_id, _LAST_VERSION)
    version = post.revision + author.switches
    is_hidden = author.private or not author.is_found or post.is_withdrawn
    if post.state is not PostState.PUBLISHED or post.position is None or is_hidden:
        return Gone(post_id, version)
    # People change their handles, and the index would have the former ones.
    place, caption = post.place, without(post.caption, post.mentions)
    return PostDocument(
        post_id,
        version,
        post.position,
        (*words(caption), *(words(place.name) if place else ())),
        tuple(hashtags(caption)[:MAX_TAGS]),
        place,
        frozenset(media_kind(medium.content_type) for medium in post.media),
        post.popularity,
    )


def user_document(user_id: str, profile: Profile | None) -> UserDocument | Gone:
    """The document that the index should hold for a user. One revision always gives the same
    document, so that it does not matter which of two workers writes it; hence the noted popularity
    instead of the present number of followers."""
    if profile is None:
        return Gone(user_id, _LAST_VERSION)
    if not profile.is_found:
        return Gone(user_id, profile.revision)
    return UserDocument(
        user_id,
        profile.revision,
        profile.handle,
        profile.display_name,
        profile.popularity,
    )


_RANK_DIGITS: Final = 14
RANK_SORT: Final = f"[0-9]{{{_RANK_DIGITS}}}#{POST_ID}"
"""The pattern of a whole `rank_sort`."""
_LAST_VERSION: Final = 2**53
"""The version of a document that is gone for good: no version can be newer."""


def rank_sort(document: PostDocument) -> str:
    """The position of a post among the best of its topics: the rank, in digits, and its id."""
    return f"{rank_text(document.rank)}#{document.post_id}"


def rank_text(rank: int) -> str:
    """A rank as a text that sorts like the number."""
    return f"{rank:0{_RANK_DIGITS}}"


def media_kind(content_type: str) -> MediaKind:
    return MediaKind.VIDEO if content_type.startswith("video/") else MediaKind.PHOTO


def popularity(count: int) -> int:
    """Followers or likes as an order of magnitude (its bits), so that it seldom changes."""
    return max(count, 0).bit_length()


def popularity_of_likes(likes: int) -> int:
    """The likes of a post as an order of magnitude. A few count as none: most posts have no more,
    and to note them would cost more than the likes."""
    return popularity(likes) if likes >= NOTED_LIKES else 0


def noted_popularity(likes: int, noted: int) -> int:
    """The order of magnitude that is to be noted on a post where `noted` is. It falls only when it
    is two too high, so that a like which is given and taken back does not change it every time."""
    now = popularity_of_likes(likes)
    return noted if popularity(likes) == noted - 1 else now


NOTED_LIKES: Final = 4
"""The lowest number of likes of which the order of magnitude is noted."""


def start_keys(text: str) -> tuple[str, ...]:
    """The keys under which type-ahead finds a text: the beginnings of the whole text and of its
    later words."""
    parts = plain(text).split()
    return tuple(" ".join(parts[i:]) for i in range(min(len(parts), _NAME_STARTS)))


def plain(text: str) -> str:
    """The text as type-ahead compares it: folded, with its words and marks, and single spaces."""
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
        """The distance of a point from the centre, in kilometres along the surface."""
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
    """A parsed query. Only `parse_query` makes one, so its limits always hold."""

    terms: tuple[Term, ...]
    handle: str | None = None
    """The whole query as a handle or as a handle's beginning; None if it cannot be one."""
    start: str = ""
    """The whole query as type-ahead compares it."""
    near: Circle | None = None
    media: MediaKind | None = None


def parse_query(text: str, near: Circle | None = None, media: MediaKind | None = None) -> Query:
    """Parse a query. Raises `InvalidInput` if the text is too long, has control characters, or has
    no letter, digit or emoji (unless a place is given)."""
    text = _check_text(text)
    tags = hashtags(text)[:MAX_TAGS]
    # Hashtags are looked for as whole tags, not as words.
    rest = without_hashtags(text) if tags else text
    found = query_words(rest)
    terms = [Term(TAG_MARK + tag, 0) for tag in tags]
    typing = not text[-1:].isspace()
    for index, word in enumerate(found):
        last = typing and index == len(found) - 1 and not tags
        terms.append(Term(word, allowed_typos(word), last and word[-1:].isalnum()))
    unique = tuple({term.text: term for term in terms}.values())[:MAX_QUERY_TERMS]
    if not unique and near is None:
        message = "q must have a letter, a digit or an emoji to search for."
        raise InvalidInput("empty_query", message, "q")
    return Query(unique, _as_handle(text), plain(text), near, media)


def parse_circle(near: str | None, km: str | None) -> Circle | None:
    """A circle around the point `near` (`lat,lon`) with a radius of `km` kilometres, by default 10.
    None if there is no point; then `km` has no effect. Raises `InvalidInput`."""
    radius = DEFAULT_KM if km is None else _kilometres(km)
    if near is None:
        return None
    if not re.fullmatch(POINT, near):
        raise InvalidInput(
            "invalid_near", "near must be `lat,lon` in degrees, like 52.52,13.405.", "near"
        )
    latitude, longitude = map(float, near.split(","))
    return Circle(latitude, longitude, radius)


def _kilometres(text: str) -> float:
    # Clients print numbers in different ways: 5, 5.0, 5e0.
    kilometres = float(text) if len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) else 0.0
    if not 0 < kilometres <= MAX_KM:
        raise InvalidInput(
            "invalid_km", f"km must be a number above 0 and up to {MAX_KM:.0f}.", "km"
        )
    return kilometres


_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


def allowed_typos(word: str) -> int:
    """The number of typing errors that are forgiven in a word: 0 in digits, emoji and scripts
    without spaces."""
    if not is_plain_word(word) or len(word) < ONE_TYPO_FROM:
        return 0
    return 1 if len(word) < TWO_TYPOS_FROM else 2


def typos_between(a: str, b: str, most: int) -> int | None:
    """The number of typing errors between two words: letters that are missing, added, wrong or
    swapped with their neighbour. None if there are more than `most`."""
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
    """The factor by which a new or popular hit's quality is multiplied: 1 to 1.25."""
    days = max(0.0, (as_of - ulid_time(position)).total_seconds() / 86_400)
    newness = math.exp2(-days / HALF_LIFE_DAYS)
    return 1 + NEW * newness + POPULAR * min(popular, POPULAR_BITS) / POPULAR_BITS


def _check_text(text: str) -> str:
    if len(text) > MAX_QUERY:
        message = f"A query may have at most {MAX_QUERY} characters."
        raise InvalidInput("query_too_long", message, "q")
    check_characters(text, QUERY, "q")
    return text


def _as_handle(text: str) -> str | None:
    candidate = text.strip().removeprefix(HANDLE_MARK).lower()
    return candidate if is_handle(candidate) or _HANDLE_START.fullmatch(candidate) else None


_HANDLE_START: Final = re.compile(r"[a-z0-9](?:[._]?[a-z0-9]){0,29}[._]?")


def score_of(matched: Sequence[tuple[float, float]], length: int, usual_length: float) -> float:
    """The BM25 score of a document in which each matched term occurs once. `matched` holds, for
    each term, its rarity and how well it matches the word of the query (1 if exactly)."""
    norm = _K1 * (1 - _B + _B * length / max(usual_length, 1.0))
    return sum(rarity * closeness * (_K1 + 1) / (1 + norm) for rarity, closeness in matched)


_K1: Final = 1.2
_B: Final = 0.5


def rarity(frequency: float, documents: float) -> float:
    """BM25's inverse document frequency, never negative."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))

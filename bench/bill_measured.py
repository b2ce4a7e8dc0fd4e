"""What the measurements hand to the model of the bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """Something that people do, from the request to the last worker that it sets to work."""

    SIGN_UP = "first request of a new user"
    OPEN = "own profile, when the site is loaded"
    FIRST_PAGE = "feed page, first of a visit"
    PAGE_BELOW = "feed page below"
    LOOK = "look for new posts"
    PROFILE = "profile"
    POSTS = "page of a profile's posts"
    FOLLOW = "follow"
    POST = "post of one photo"
    UPLOADS = "look into the upload ledger"
    REQUEST = "request to follow, seen and accepted"
    SUGGESTIONS = "suggestions of whom to follow, the first of a day"
    LISTS = "count of who is popular, and the list of posts to explore"
    EXPLORE = "page of posts to explore"
    PLACES = "places to choose from for a post"
    FIRST_LIKE = "like that its author is told of"
    LIKE = "like that joins others"
    SAVE = "save"
    COMMENT = "comment"
    READ_POST = "post by its id, and a page of its comments"
    LIKERS = "page of who likes a post"
    BADGE = "number of what is new in one's activity"
    ACTIVITY = "page of one's activity, seen"
    PUBLIC_PAGE = "page of a post with its card, signed out"
    PUBLIC_POST = "post, signed out"
    PUBLIC_PROFILE = "profile and a page of its posts, signed out"
    ATOM = "Atom feed"
    OEMBED = "oEmbed answer"


@dataclass(slots=True)
class Taken:
    """What was taken meanwhile."""

    halves: Counter[str] = field(default_factory=Counter)
    """Halves of read units by table, since an eventually consistent read takes half a unit."""
    written: Counter[str] = field(default_factory=Counter)
    """Write units by table, with those of its indexes."""
    stored: Counter[str] = field(default_factory=Counter)
    """Bytes that were added to each table."""
    indexed: Counter[str] = field(default_factory=Counter)
    """Bytes that were added to each table's indexes."""
    puts: int = 0
    gets: int = 0
    sends: int = 0
    """Requests to SQS that send messages."""
    messages: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    """Runs of functions, by name."""
    logged: int = 0
    """Bytes that the functions logged."""

    def read(self, table: str) -> float:
        """The read units taken from a table."""
        return self.halves[table] / 2


@dataclass(frozen=True, slots=True)
class Measured:
    """What the operations take, and how large the renditions of an average photo are."""

    operations: Mapping[Operation, Taken]
    rendition_bytes: Mapping[str, float]
    """The mean size of each rendition, by its name, such as `640.webp`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What costs in a deployment although nobody uses it."""

    queues: int
    """Queues that Lambda asks for messages."""
    alarms: int
    dashboards: int
    memory_mb: Mapping[str, int]
    """The memory of functions, by name."""


@dataclass(frozen=True, slots=True)
class Settings(Standing):
    """What the synthesized template says of the things that cost."""

    infrequent: frozenset[str]
    """The tables in the class Standard-Infrequent Access."""
    originals_class: str
    """The storage class of originals after 30 days."""
    log_days: int
    traced: bool

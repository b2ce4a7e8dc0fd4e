"""The search index: searching it, writing it, and building it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import Document, Query, SuggestionKind
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts

UNFINISHED: Final = -1
"""Stands for the version of a document that is written, or removed, only in part."""

NOTICED_AFTER_SECONDS: Final = 6.0
"""The time after which every container knows of a new generation: they look every five seconds."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion for what is being typed. For a user, `text` is their id."""

    kind: SuggestionKind
    text: str


class SearchDocuments(Protocol):
    """The part of the search index that writes documents, to keep it like the metadata table."""

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """Put or remove documents. A document that is older than the stored one changes nothing.

        Returns, by subject, why a document could not be written; all others have been.
        """
        ...


class SearchIndex(SearchDocuments, Protocol):
    """The search index. Eventually consistent.

    It finds what was indexed; the caller checks whether that may still be seen.
    """

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        """A page of matching posts that were published until `as_of`, best first. The next position
        is an offset."""
        ...

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        """A page of the ids of matching users, best first. The next position is an offset."""
        ...

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        """Matching hashtags that are in use, without `#`: first the exact one, then the most
        used."""
        ...

    def places(self, query: Query, limit: int) -> tuple[str, ...]:
        """The names of places that begin like the query, most used first."""
        ...

    def listed(self, topic: Topic, order: PostOrder, after: str | None, limit: int) -> Page[PostId]:
        """A page of the posts of a topic. The next position is the last post's publish position, or
        for the best its `rank_sort`. A post whose rank changes meanwhile may be missed, or come
        again if it falls."""
        ...

    def facts(self, topic: Topic) -> TopicFacts:
        """What the index knows of a topic. One without posts is called by its key."""
        ...

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        """Suggestions that begin like the query, up to `limit`, most popular first."""
        ...


class Searchable(Protocol):
    """All posts and users in the metadata table, for maintenance only: it scans."""

    def page(self, after: str | None, limit: int) -> Page[PostId | str]:
        """A page of the ids of users and of posts in any state. It reads about `limit` items of any
        kind, so it may be shorter."""
        ...


@dataclass(frozen=True, slots=True)
class StraySearch:
    """The numbers of entries that were checked, that no document has, and that were removed."""

    looked_at: int
    found: int
    removed: int
    next_position: str | None


class SearchGenerations(SearchIndex, Protocol):
    """The search index with its generations, for maintenance. Searches use only one generation.

    Between `begin` and `switch`, `apply` also writes to the new generation, once every container
    knows of it: after `NOTICED_AFTER_SECONDS`.
    """

    def begin(self) -> str:
        """Begin a new, empty generation. One that was begun before, but never switched to, is given
        up."""
        ...

    def fill(self, generation: str, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """Write documents like `apply`, but only to this generation."""
        ...

    def switch(self, generation: str) -> None:
        """Let searches use this generation from now on."""
        ...

    def drop_others(self) -> bool:
        """Remove a part of the entries of all other generations. False if nothing is left."""
        ...

    def versions(self, subjects: Sequence[PostId | str]) -> Mapping[PostId | str, int]:
        """The versions of the documents that can be found now; `UNFINISHED` for a document whose
        entries are not yet all written or all removed."""
        ...

    def held(self, after: str | None, limit: int) -> Page[PostId | str]:
        """A page of the subjects of all documents that have entries in the index."""
        ...

    def stray_entries(self, after: str | None, limit: int, *, repair: bool) -> StraySearch:
        """Compare a page of entries with their documents. With `repair`, entries that no document
        has are removed, unless the document changes at the same time."""
        ...

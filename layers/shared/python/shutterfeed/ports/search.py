"""The search index and how it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import Document, Query, SuggestionKind

UNFINISHED: Final = -1
"""In place of a document's version."""

NOTICED_AFTER_SECONDS: Final = 6.0
"""Containers look every five seconds which generations there are."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody may be about to type; for a user, the id in place of the text."""

    kind: SuggestionKind
    text: str


class SearchDocuments(Protocol):
    """The search index as those see it who keep it like the metadata table."""

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """Put or remove documents; one older than what is there changes nothing.

        Those that could not be written, by their subject, and why: the others are done.
        """
        ...


class SearchIndex(SearchDocuments, Protocol):
    """What can be found. Eventually consistent.

    It finds what was indexed: whether that may still be seen, the caller asks.
    """

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        """Best first, of those published until `as_of`; the next position is an offset."""
        ...

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        """Ids, best first; the next position is an offset."""
        ...

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        """Those in use, without their mark: the tag asked for, then by use."""
        ...

    def tagged(self, tag: str, before: str | None, limit: int) -> Page[PostId]:
        """Newest first; the next position is one of publishing."""
        ...

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        """What begins like the query, most popular first."""
        ...


class Searchable(Protocol):
    """Everything in the metadata table that may be found, for maintenance only: it scans."""

    def page(self, after: str | None, limit: int) -> Page[PostId | str]:
        """Ids of posts in any state and of users, by the way of about `limit` items of any kind."""
        ...


@dataclass(frozen=True, slots=True)
class StraySearch:
    """How many entries were looked at, were of no document, and were removed."""

    looked_at: int
    found: int
    removed: int
    next_position: str | None


class SearchGenerations(SearchIndex, Protocol):
    """The search index as maintenance sees it: of several generations, searches see one.

    Between `begin` and `switch`, `apply` writes to the new one too, once every container has
    noticed: within `NOTICED_AFTER_SECONDS`.
    """

    def begin(self) -> str:
        """A new, empty generation; one that was begun before and not switched to is given up."""
        ...

    def fill(self, generation: str, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """`apply`, to this generation alone."""
        ...

    def switch(self, generation: str) -> None:
        """From now on it is the one that is searched."""
        ...

    def drop_others(self) -> bool:
        """Remove a part of what belongs to other generations. False where nothing is left."""
        ...

    def versions(self, subjects: Sequence[PostId | str]) -> Mapping[PostId | str, int]:
        """Of the documents that can be found now; `UNFINISHED` for one that is not written, or not
        taken out, to the last entry."""
        ...

    def held(self, after: str | None, limit: int) -> Page[PostId | str]:
        """The subjects of all documents of which something can be found."""
        ...

    def stray_entries(self, after: str | None, limit: int, *, repair: bool) -> StraySearch:
        """Hold a page of entries against the documents they are of. Those that no document has are
        removed, when told so, unless the document changes at the same time."""
        ...

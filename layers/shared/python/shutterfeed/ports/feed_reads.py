"""Feeds as they are read: whose posts stand in them, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shutterfeed.domain.delivery import Head, Reader
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.viewing import Stored, Wanted


@dataclass(frozen=True, slots=True)
class FeedStart:
    """The first round trip of a feed page."""

    reader: Reader
    pushed: Page[FeedEntry]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class FeedWanted:
    """What the second round trip asks for; heads and timelines by their authors."""

    shown: Wanted = field(default_factory=Wanted)
    heads: Collection[str] = ()
    timelines: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class FeedView:
    """The second round trip: what a page of a feed is made of."""

    stored: Stored
    heads: Mapping[str, Head]
    timelines: Mapping[str, Page[Post]]


class FeedReads(Protocol):
    """Reads for a page of a feed, each one round trip however much it asks for."""

    def start(self, reader_id: str, before: FeedEntry | None, limit: int) -> FeedStart:
        """The reader strongly consistent, so that whom they have unfollowed is gone; the rest
        eventually."""
        ...

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        """What `ViewingReads.read` gives of what is to be shown (but no followers that are counted
        apart), and in the same round trip heads and timelines: up to `limit` published posts of
        each author, below `before`. Eventually consistent; heads may be seconds old."""
        ...

    def heads(self, author_ids: Iterable[str]) -> dict[str, Head]:
        """Of any number of authors. Eventually consistent."""
        ...

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        """By author, the entries of up to `limit` published posts below an entry. Eventually
        consistent."""
        ...


class HeadCache(Protocol):
    """Heads of celebrities for a few seconds, each at most as old as the implementation says.

    What it has of them is never promised: it may forget any at any time.
    """

    def get_many(self, author_ids: Collection[str]) -> dict[str, Head]:
        """Those it has."""
        ...

    def put_many(self, heads: Collection[Head]) -> None:
        """Heads that were just read. One does not take the place of a newer version."""
        ...

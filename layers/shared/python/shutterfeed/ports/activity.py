"""Notices of what others did, and the people behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.activity import Act, Notice, NoticeKind
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.pages import Page


class Notices(Protocol):
    """Users' notices. Each goes by itself, `NOTICE_RETENTION` after it appeared."""

    def newest(self, owner_id: str, kind: NoticeKind, subject: str) -> Notice | None:
        """The notice of a subject with the highest number. Strongly consistent."""
        ...

    def open(self, notice: Notice) -> bool:
        """Write a new notice. False if its subject has one with this number."""
        ...

    def close(self, notice: Notice, until: datetime) -> bool:
        """End an open notice. False if it was closed meanwhile, or is gone."""
        ...

    def page(
        self, owner_id: str, now: datetime, after: str | None, limit: int, since: datetime | None
    ) -> Page[Notice]:
        """A page of the notices that have appeared by now, newest first; only those that have
        appeared after `since`, if that is given. Eventually consistent. Positions of pages are
        positions of notices."""
        ...


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people who did something to one subject within a stretch of time."""

    kind: NoticeKind
    subject: str
    shard: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it, and when they did."""

    user_id: str
    at: datetime


class Crowds(Protocol):
    def newest(self, crowds: Sequence[Crowd], limit: int) -> list[tuple[Person, ...]]:
        """The last people of each crowd, up to `limit`, last first. One round trip for all.
        Eventually consistent. Of those who like a post there may be somebody whose like was being
        taken back when a process ended."""
        ...

    def with_comments(
        self, crowds: Sequence[Crowd], limit: int, comment_ids: Collection[CommentId]
    ) -> tuple[list[tuple[Person, ...]], dict[CommentId, Comment]]:
        """The last people of each crowd, as `newest` gives them, and up to 100 comments, of which
        those are returned that exist: all in one round trip, unless a reply may wait for its root.
        Eventually consistent, for half of what `Comments` takes."""
        ...

    def stands(self, act: Act) -> bool:
        """Whether what somebody did has not been undone. Strongly consistent."""
        ...

"""Notices, and the people behind them, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed import keys
from shutterfeed.domain.activity import Act, Notice, NoticeKind
from shutterfeed.domain.changes import NoticeOpened
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId, ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.retention import NOTICE_RETENTION
from shutterfeed.ports.activity import Crowd, Person
from tests.fakes.metadata import Metadata, page_of


@dataclass(frozen=True, slots=True)
class FakeNotices:
    data: Metadata

    def newest(self, owner_id: str, kind: NoticeKind, subject: str) -> Notice | None:
        wanted = (owner_id, kind, subject)
        found = [
            notice
            for notice in self.data.notices.values()
            if (notice.owner_id, notice.kind, notice.subject) == wanted
        ]
        return max(found, key=lambda notice: notice.number, default=None)

    def open(self, notice: Notice) -> bool:
        key = _key(notice)
        if key in self.data.notices:
            return False
        self.data.notices[key] = notice
        self.data.expiries[key] = notice.appears_at + NOTICE_RETENTION
        self.data.changes.append(NoticeOpened(notice))
        return True

    def close(self, notice: Notice, until: datetime) -> bool:
        key = _key(notice)
        if self.data.notices.get(key) != notice:
            return False
        self.data.notices[key] = replace(notice, until=until)
        return True

    def page(
        self, owner_id: str, now: datetime, after: str | None, limit: int, since: datetime | None
    ) -> Page[Notice]:
        found = [
            replace(notice, openers=())
            for notice in self.data.notices.values()
            if notice.owner_id == owner_id
            and notice.appears_at <= now
            and (after is None or notice.position < after)
            and (since is None or notice.appears_at > since)
        ]
        found.sort(key=lambda notice: notice.position, reverse=True)
        return page_of(found, limit, lambda notice: notice.position)


def _key(notice: Notice) -> keys.Key:
    return keys.notice(notice.owner_id, notice.kind, notice.subject, notice.number)


@dataclass(frozen=True, slots=True)
class FakeCrowds:
    data: Metadata

    def newest(self, crowds: Sequence[Crowd], limit: int) -> list[tuple[Person, ...]]:
        return [self._newest(crowd, limit) for crowd in crowds]

    def _newest(self, crowd: Crowd, limit: int) -> tuple[Person, ...]:
        within = [
            person for person in self._people(crowd) if crowd.since < person.at <= crowd.until
        ]
        within.sort(key=lambda person: person.at, reverse=True)
        return tuple(within[:limit])

    def _people(self, crowd: Crowd) -> Iterator[Person]:
        for person_id, subject, at in self._acts(crowd.kind):
            if str(subject) == crowd.subject:
                yield Person(person_id, ulid_time(at))

    def _acts(self, kind: NoticeKind) -> Iterator[tuple[str, object, str]]:
        """Who did something of this kind, to what, and the ULID of when they did."""
        data = self.data
        match kind:
            case NoticeKind.FOLLOW:
                yield from ((who, whom, at) for (who, whom), at in data.edges.items())
            case NoticeKind.FOLLOW_REQUEST:
                yield from ((who, whom, at) for (who, whom), at in data.requests.items())
            case NoticeKind.COMMENT_LIKE:
                yield from ((who, what, at) for (what, who), at in data.comment_likes.items())
            case NoticeKind.LIKE:
                yield from ((who, what, at) for (who, what), at in data.likes.items())
            case _:
                raise ValueError(f"{kind} is no group")

    def with_comments(
        self, crowds: Sequence[Crowd], limit: int, comment_ids: Collection[CommentId]
    ) -> tuple[list[tuple[Person, ...]], dict[CommentId, Comment]]:
        comments = {i: self.data.comments[i] for i in comment_ids if i in self.data.comments}
        return self.newest(crowds, limit), comments

    def stands(self, act: Act) -> bool:
        match act.kind:
            case NoticeKind.COMMENT_LIKE:
                return (CommentId.parse(act.subject), act.person_id) in self.data.comment_likes
            case NoticeKind.LIKE:
                return (act.person_id, PostId.parse(act.subject)) in self.data.likes
            case NoticeKind.FOLLOW:
                return (act.person_id, act.owner_id) in self.data.edges
            case NoticeKind.FOLLOW_REQUEST:
                return (act.person_id, act.owner_id) in self.data.requests
            case NoticeKind.REQUEST_ACCEPTED:
                return (act.owner_id, act.person_id) in self.data.edges
            case _:
                return True

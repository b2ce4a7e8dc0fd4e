"""Notices, in the partition of their owner and listed by the index of followers; and the people
behind them, whose edges that index has, or the list of those who like a post."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Table,
    Update,
    at_once,
    item_key,
    key_item,
)
from shutterfeed.adapters.dynamodb.threads import read_comments
from shutterfeed.domain.activity import Act, Notice, NoticeKind
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId, ulid, ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.retention import NOTICE_RETENTION
from shutterfeed.ports.activity import Crowd, Person
from shutterfeed.schema import (
    FOLLOWERS_INDEX,
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    PK,
    SK,
    TTL_ATTRIBUTE,
)

_OPENERS: Final = "openers"
"""The attribute of a notice with those who have opened groups of its subject. The index has it
not."""
_BIT: Final = 1 << 80
"""One more than the largest random part of a ULID."""


@dataclass(frozen=True, slots=True)
class DynamoNotices:
    table: Table

    def newest(self, owner_id: str, kind: NoticeKind, subject: str) -> Notice | None:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(owner_id))
            & Key(SK).begins_with(keys.notices_of(kind, subject)),
            limit=1,
            newest_first=True,
            consistent=True,
        )
        return to_notice(rows.items[0]) if rows.items else None

    def open(self, notice: Notice) -> bool:
        item = {
            **key_item(_key(notice)),
            FOLLOWERS_PK: keys.notices_partition(notice.owner_id),
            FOLLOWERS_SK: keys.notice_sort(notice),
            TTL_ATTRIBUTE: epoch(notice.appears_at + NOTICE_RETENTION),
            _OPENERS: [keys.opener(opener) for opener in notice.openers] or None,
        }
        try:
            self.table.write(Put(item, Attr(PK).not_exists()))
        except ConditionFailed:
            return False
        return True

    def close(self, notice: Notice, until: datetime) -> bool:
        closed = keys.notice_sort(replace(notice, until=until))
        unchanged = Attr(FOLLOWERS_SK).eq(keys.notice_sort(notice))
        try:
            self.table.write(Update(_key(notice), {FOLLOWERS_SK: closed}, condition=unchanged))
        except ConditionFailed:
            return False
        return True

    def page(
        self, owner_id: str, now: datetime, after: str | None, limit: int, since: datetime | None
    ) -> Page[Notice]:
        # All of a millisecond has appeared if its moment has come.
        end = after or ulid(now, _BIT - 1) + "~"
        begin = "" if since is None else ulid(since, _BIT - 1) + "~"
        # A position and what follows it are below the position with a tilde, and above it alone.
        if begin >= end:
            return Page((), None)
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(keys.notices_partition(owner_id))
        condition = condition & (
            Key(FOLLOWERS_SK).between(begin, end) if begin else Key(FOLLOWERS_SK).lt(end)
        )
        rows = self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)
        notices = tuple(map(to_notice, rows.items))
        return Page(notices, notices[-1].position if rows.last else None)


def to_notice(item: Item) -> Notice:
    openers = tuple(map(keys.parse_opener, item.get(_OPENERS, ())))
    notice = keys.parse_notice(item_key(item), str(item[FOLLOWERS_SK]))
    return replace(notice, openers=openers) if openers else notice


def _key(notice: Notice) -> keys.Key:
    return keys.notice(notice.owner_id, notice.kind, notice.subject, notice.number)


@dataclass(frozen=True, slots=True)
class DynamoCrowds:
    table: Table

    def newest(self, crowds: Sequence[Crowd], limit: int) -> list[tuple[Person, ...]]:
        return at_once([partial(self._newest, crowd, limit) for crowd in crowds])

    def _newest(self, crowd: Crowd, limit: int) -> tuple[Person, ...]:
        bounds = ulid(crowd.since, _BIT - 1) + "~", ulid(crowd.until, _BIT - 1) + "~"
        if bounds[0] >= bounds[1]:
            return ()
        in_table = crowd.kind is NoticeKind.LIKE
        pk, sk = (PK, SK) if in_table else (FOLLOWERS_PK, FOLLOWERS_SK)
        rows = self.table.query(
            Key(pk).eq(_partition(crowd)) & Key(sk).between(*bounds),
            index=None if in_table else FOLLOWERS_INDEX,
            limit=limit,
            newest_first=True,
        )
        return tuple(_to_person(str(item[sk])) for item in rows.items)

    def with_comments(
        self, crowds: Sequence[Crowd], limit: int, comment_ids: Collection[CommentId]
    ) -> tuple[list[tuple[Person, ...]], dict[CommentId, Comment]]:
        if not comment_ids:
            return self.newest(crowds, limit), {}
        calls: list[Callable[[], Any]] = [
            partial(read_comments, self.table, comment_ids, consistent=False),
            *(partial(self._newest, crowd, limit) for crowd in crowds),
        ]
        comments, *people = at_once(calls)
        return people, comments

    def stands(self, act: Act) -> bool:
        match act.kind:
            case NoticeKind.FOLLOW:
                key = keys.follow(act.person_id, act.owner_id)
            case NoticeKind.FOLLOW_REQUEST:
                key = keys.request(act.person_id, act.owner_id)
            case NoticeKind.LIKE:
                key = keys.like(act.person_id, PostId.parse(act.subject))
            case NoticeKind.COMMENT_LIKE:
                key = keys.comment_like(CommentId.parse(act.subject), act.person_id)
            case NoticeKind.REQUEST_ACCEPTED:
                key = keys.follow(act.owner_id, act.person_id)
            case _:
                return True
        return self.table.get(key) is not None


def _partition(crowd: Crowd) -> str:
    """The partition that lists a crowd: of the index, or of the table if it is of likes. Raises
    `ValueError` for a kind that is no group."""
    match crowd.kind:
        case NoticeKind.FOLLOW:
            return keys.followers_partition(crowd.subject, crowd.shard)
        case NoticeKind.FOLLOW_REQUEST:
            return keys.requests_partition(crowd.subject)
        case NoticeKind.COMMENT_LIKE:
            return keys.comment_likers_partition(CommentId.parse(crowd.subject))
        case NoticeKind.LIKE:
            return keys.likers_partition(PostId.parse(crowd.subject), crowd.shard)
        case _:
            raise ValueError(f"{crowd.kind} is no group")


def _to_person(sort: str) -> Person:
    moment, person_id = keys.parse_followers_sort(sort)
    return Person(person_id, ulid_time(moment))

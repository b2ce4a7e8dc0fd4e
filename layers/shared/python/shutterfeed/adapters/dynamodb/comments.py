"""Comments. A comment and the post's number of comments change in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.commented import Commented
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Put,
    Rows,
    Table,
    Update,
    Write,
    at_once,
    is_now,
    item_key,
    key_item,
)
from shutterfeed.adapters.dynamodb.threads import Threads, to_comment
from shutterfeed.domain.comments import Comment, CommentId, Order, Thread
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.ports.comments import Claim, Discussion
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK, PK, SK

_COMMENT: Final = "comment"
_LIKES: Final = "likes"
_VERSION: Final = "version"
_REMOVED: Final = "removed"
_ROOTS: Final = "roots"
_REMOVED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class DynamoComments:
    table: Table

    def claimed(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        return Commented(self.table).find(author_id, digest, since)

    def claim(
        self, author_id: str, claim: Claim, since: datetime, spending: Spending = NOTHING
    ) -> Claim:
        return Commented(self.table).claim(author_id, claim, since, spending)

    def add(self, comment: Comment) -> bool:
        writes: list[Write] = [Put(_comment_item(comment), Attr(PK).not_exists())]
        writes += _effects(None, comment)
        try:
            self._write(writes)
        except ConditionFailed:
            return False
        return True

    def get_many(self, comment_ids: Collection[CommentId]) -> dict[CommentId, Comment]:
        wanted = [keys.comment(comment_id) for comment_id in comment_ids]
        found = map(to_comment, self.table.get_many(wanted, consistent=True))
        return {comment.id: comment for comment in found}

    def change(self, before: Comment, after: Comment, spending: Spending = NOTHING) -> bool:
        fields = _fields(after)
        update = Update(
            keys.comment(before.id),
            set={name: value for name, value in fields.items() if value is not None},
            remove=[name for name, value in fields.items() if value is None],
            add={_VERSION: 1},
            condition=Attr(_VERSION).eq(before.version),
        )
        try:
            self._write([update, *_effects(before, after)], spending)
        except ConditionFailed:
            return False
        return True

    def discussion(
        self, post_id: PostId, viewer_id: str, order: Order, after: str | None, limit: int
    ) -> Discussion:
        threads = Threads(self.table, post_id, order)
        calls: list[Any] = [
            partial(threads.page, after, limit),
            partial(self.pinned, post_id),
            partial(self.liked, post_id, viewer_id),
        ]
        return Discussion(*at_once(calls))

    def look_up(self, comment_id: CommentId, viewer_id: str) -> Discussion:
        return _discussion(at_once(self._looking_up(comment_id, viewer_id)))

    def thread(
        self, root_id: CommentId, viewer_id: str, after: str | None, limit: int
    ) -> tuple[Discussion, Page[Comment]]:
        replies = partial(self.replies, root_id, after, limit)
        *found, page = at_once([*self._looking_up(root_id, viewer_id), replies])
        return _discussion(found), page

    def _looking_up(self, comment_id: CommentId, viewer_id: str) -> list[Any]:
        return [
            partial(self.table.get, keys.comment(comment_id)),
            partial(self._count, comment_id),
            partial(self.pinned, comment_id.post_id),
            partial(self.liked, comment_id.post_id, viewer_id),
        ]

    def _count(self, comment_id: CommentId) -> int:
        """The number of replies that count; a reply has none."""
        if comment_id.reply is not None:
            return 0
        return Threads(self.table, comment_id.post_id, Order.OLDEST).count(comment_id)

    def threads_of(self, root_ids: Sequence[CommentId]) -> tuple[Thread, ...]:
        calls: list[Any] = [partial(self.table.get, keys.comment(i)) for i in root_ids]
        calls += [partial(self._count, root_id) for root_id in root_ids]
        answers = at_once(calls)
        found = zip(answers[: len(root_ids)], answers[len(root_ids) :], strict=True)
        return tuple(Thread(to_comment(item), replies) for item, replies in found if item)

    def replies(self, root_id: CommentId, after: str | None, limit: int) -> Page[Comment]:
        start = None if after is None else CommentId(root_id.post_id, root_id.root, after)
        rows = self._replies(root_id, None if start is None else keys.comment(start), limit)
        found = tuple(map(to_comment, rows.items))
        return Page(found, found[-1].id.ulid if rows.last else None)

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[CommentId]:
        return Commented(self.table).made_by(author_id, before, limit)

    def held_for(self, owner_id: str, before: str | None, limit: int) -> Page[CommentId]:
        condition: ConditionBase = Key(PK).eq(keys.user_partition(owner_id))
        condition = condition & Key(SK).begins_with(keys.HELD_PREFIX)
        start = None if before is None else keys.held_entry(owner_id, before)
        rows = self.table.query(
            condition,
            after=None if start is None else key_item(start),
            limit=limit,
            newest_first=True,
            consistent=True,
        )
        found = tuple(CommentId.parse(item[_COMMENT]) for item in rows.items)
        return Page(found, found[-1].ulid if rows.last else None)

    def liked(self, post_id: PostId, user_id: str) -> frozenset[CommentId]:
        rows = self.table.query(
            Key(PK).eq(keys.answers_partition(post_id))
            & Key(SK).begins_with(keys.comment_likes(user_id)),
            limit=None,
            consistent=True,
        )
        return frozenset(keys.parse_comment_like(item_key(item)) for item in rows.items)

    def like(
        self, comment_id: CommentId, user_id: str, like_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        edge = {
            **key_item(keys.comment_like(comment_id, user_id)),
            FOLLOWERS_PK: keys.comment_likers_partition(comment_id),
            FOLLOWERS_SK: keys.followers_sort(like_ulid, user_id),
        }
        there = Attr(PK).exists() & Attr(_REMOVED).not_exists()
        writes = (
            Put(edge, Attr(PK).not_exists()),
            Update(keys.comment(comment_id), add={_LIKES: 1}, condition=there),
        )
        return self._written(writes, spending)

    def unlike(self, comment_id: CommentId, user_id: str) -> bool:
        writes = (
            Delete(keys.comment_like(comment_id, user_id), Attr(PK).exists()),
            Update(keys.comment(comment_id), add={_LIKES: -1}, condition=Attr(PK).exists()),
        )
        return self._written(writes, NOTHING)

    def pinned(self, post_id: PostId) -> tuple[str, ...]:
        item = self.table.get(keys.pinned(post_id))
        return () if item is None else tuple(item[_ROOTS])

    def pin(
        self,
        post_id: PostId,
        before: Sequence[str],
        after: Sequence[str],
        spending: Spending = NOTHING,
    ) -> bool:
        key, unchanged = keys.pinned(post_id), is_now(_ROOTS, list(before))
        write = Put({**key_item(key), _ROOTS: list(after)}, unchanged)
        return self._written([write if after else Delete(key, unchanged)], spending)

    def remove_all(self, post_id: PostId) -> None:
        everything = Key(PK).eq(keys.answers_partition(post_id))
        while True:
            rows = self.table.query(everything, limit=_REMOVED_AT_ONCE, consistent=True)
            found = [item_key(item) for item in rows.items]
            comments = [to_comment(i) for i in rows.items if i[SK].startswith(keys.COMMENT_PREFIX)]
            waiting = [keys.held(comment.id) for comment in comments if comment.held]
            # What is listed for the owner goes first: it is found by its comment alone.
            self.table.write_many(deletes=waiting)
            self.table.write_many(deletes=found)
            if rows.last is None:
                break
        # The likes are found by the counts, so these go with them.
        uncounted = Update(keys.counts(post_id), remove=("comments",), condition=Attr(PK).exists())
        with suppress(ConditionFailed):
            self.table.write(uncounted)

    def _replies(self, root_id: CommentId, after: keys.Key | None, limit: int) -> Rows:
        return self.table.query(
            Key(PK).eq(keys.answers_partition(root_id.post_id))
            & Key(SK).begins_with(keys.comment(root_id).sk + "#"),
            after=None if after is None else key_item(after),
            limit=limit,
            consistent=True,
        )

    def _write(self, writes: Sequence[Write], spending: Spending = NOTHING) -> None:
        if len(writes) > 1 or spending.charges:
            transact(self.table, writes, spending)
        else:
            self.table.write(writes[0])

    def _written(self, writes: Sequence[Write | Check], spending: Spending) -> bool:
        try:
            transact(self.table, writes, spending)
        except ConditionFailed:
            return False
        return True


def _discussion(found: Sequence[Any]) -> Discussion:
    """One comment with what belongs to it, as read by `_looking_up`."""
    item, replies, pinned, liked = found
    threads = () if item is None else (Thread(to_comment(item), replies),)
    return Discussion(Page(threads, None), pinned, liked)


def _effects(before: Comment | None, after: Comment) -> list[Write]:
    """What else changes with a comment: the post's number of comments, and the list of those that
    wait for its owner."""
    writes: list[Write] = []
    counted = int(after.counts) - int(before is not None and before.counts)
    if counted:
        writes.append(Update(keys.counts(after.id.post_id), add={"comments": counted}))
    was_held = before is not None and before.held
    if after.held and not was_held:
        writes.append(Put({**key_item(keys.held(after.id)), _COMMENT: str(after.id)}))
    if was_held and not after.held:
        writes.append(Delete(keys.held(after.id)))
    return writes


def _comment_item(comment: Comment) -> Item:
    written = {"by": comment.author_id, _LIKES: comment.likes, _VERSION: comment.version}
    return {**key_item(keys.comment(comment.id)), **written, **_fields(comment)}


def _fields(comment: Comment) -> Item:
    """What changes of a comment; None for an attribute that it does not have."""
    mentions = [f"{mention.handle} {mention.user_id}" for mention in comment.mentions]
    return {
        "text": comment.text,
        "mentions": mentions or None,
        "edited_at": None if comment.edited_at is None else timestamp(comment.edited_at),
        "hidden": comment.hidden or None,
        "held": comment.held or None,
        _REMOVED: comment.removed or None,
    }

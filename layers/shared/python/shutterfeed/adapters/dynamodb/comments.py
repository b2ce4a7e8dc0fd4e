"""Comments. A comment, the post's number of comments and its root's numbers of replies change in
one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.comment_writes import (
    BY,
    HELD_COMMENT,
    LIKES,
    REMOVED,
    THERE,
    changing,
    making,
    releasing,
)
from shutterfeed.adapters.dynamodb.commented import Commented
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    Write,
    at_once,
    is_now,
    item_key,
    key_item,
)
from shutterfeed.adapters.dynamodb.threads import Threads, read_comments, to_comment
from shutterfeed.domain.comments import (
    Comment,
    CommentId,
    Order,
    comment_not_found,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.ports.comments import Claim, Discussion, Notes
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK, PK, SK

_ROOTS: Final = "roots"
_VERSION: Final = "version"
_REPLIES: Final = "replies"
_WAITING: Final = "waiting"
_RELEASE_READS: Final = 20
"""Of how many pages of replies marks are taken off."""
_AT_ONCE: Final = 100
_COMMENTS: Final = (keys.COMMENT_PREFIX, keys.REPLY_PREFIX)


@dataclass(frozen=True, slots=True)
class DynamoComments:
    table: Table

    def claimed(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        return Commented(self.table).find(author_id, digest, since)

    def notes(self, author_id: str) -> Notes:
        return Commented(self.table).recent(author_id)

    def claim(
        self,
        author_id: str,
        claim: Claim,
        since: datetime,
        spending: Spending = NOTHING,
        *,
        notes: Notes | None = None,
    ) -> Claim:
        return Commented(self.table).claim(author_id, claim, since, spending, notes)

    def add(self, comment: Comment) -> bool:
        try:
            self._write(making(comment))
        except ConditionFailed as error:
            if 0 in error.failed:
                return False
            if comment.waits is None:
                raise comment_not_found() from error
            # Its root has begun to count since it was read.
            return self.add(replace(comment, waits=None))
        return True

    def get_many(self, comment_ids: Collection[CommentId]) -> dict[CommentId, Comment]:
        return read_comments(self.table, comment_ids)

    def change(self, before: Comment, after: Comment, spending: Spending = NOTHING) -> bool:
        try:
            self._write(changing(before, after), spending)
        except ConditionFailed:
            return False
        return True

    def discussion(
        self, post_id: PostId, viewer_id: str, order: Order, after: str | None, limit: int
    ) -> Discussion:
        threads = Threads(self.table, post_id)
        calls: list[Any] = [
            partial(threads.roots, order, after, limit),
            partial(self.pinned, post_id),
            partial(self.liked, post_id, viewer_id),
        ]
        return Discussion(*at_once(calls))

    def look_up(self, comment_id: CommentId, viewer_id: str) -> Discussion:
        return self._discussion(at_once(self._looking_up(comment_id, viewer_id)))

    def thread(
        self, root_id: CommentId, viewer_id: str, after: str | None, limit: int
    ) -> tuple[Discussion, Page[Comment]]:
        replies = partial(Threads(self.table, root_id.post_id).replies, root_id, after, limit)
        *found, page = at_once([*self._looking_up(root_id, viewer_id), replies])
        discussion = self._discussion(found)
        root = next(iter(discussion.comments.items), None)
        below = tuple(reply.below(root) for reply in page.items)
        return discussion, replace(page, items=below)

    def _looking_up(self, comment_id: CommentId, viewer_id: str) -> list[Any]:
        return [
            partial(self.table.get, keys.comment(comment_id)),
            partial(self.pinned, comment_id.post_id),
            partial(self.liked, comment_id.post_id, viewer_id),
        ]

    def _discussion(self, found: Sequence[Any]) -> Discussion:
        """One comment with what belongs to it, as read by `_looking_up`."""
        item, pinned, liked = found
        comment = None if item is None else to_comment(item)
        if comment is not None and comment.waits is not None:
            root = self.table.get(keys.comment(comment.id.root_id))
            comment = comment.below(None if root is None else to_comment(root))
        return Discussion(Page(() if comment is None else (comment,), None), pinned, liked)

    def release(self, root_id: CommentId, number: int) -> None:
        root = self.table.get(keys.comment(root_id))
        if root is None:
            return
        threads, before = Threads(self.table, root_id.post_id), None
        for _ in range(_RELEASE_READS):
            page = threads.newest_replies(root_id, before, _AT_ONCE)
            for reply in page.items:
                if reply.waits is not None and reply.below(to_comment(root)).waits is None:
                    # Whoever has changed it since has taken the mark off.
                    with suppress(ConditionFailed):
                        self.table.write(releasing(reply))
                    number -= int(reply.stands)
            before = page.next_position
            if number <= 0 or before is None:
                break

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
        found = tuple(CommentId.parse(item[HELD_COMMENT]) for item in rows.items)
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
        there = THERE & Attr(REMOVED).not_exists()
        # Before the like: whoever likes a comment of a post has the post in their list.
        self.table.write(Put(key_item(keys.liked_comments(user_id, comment_id.post_id))))
        writes = (
            Put(edge, Attr(PK).not_exists()),
            Update(keys.comment(comment_id), add={LIKES: 1}, condition=there),
        )
        return self._written(writes, spending)

    def unlike(self, comment_id: CommentId, user_id: str) -> bool:
        writes = (
            Delete(keys.comment_like(comment_id, user_id), THERE),
            Update(keys.comment(comment_id), add={LIKES: -1}, condition=THERE),
        )
        return self._written(writes, NOTHING)

    def posts_with_likes(self, user_id: str, limit: int) -> tuple[PostId, ...]:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(user_id))
            & Key(SK).begins_with(keys.LIKED_COMMENTS_PREFIX),
            limit=limit,
            consistent=True,
        )
        return tuple(keys.parse_liked_comments(item_key(item)) for item in rows.items)

    def forget_likes(self, user_id: str, post_id: PostId) -> None:
        self.table.write(Delete(keys.liked_comments(user_id, post_id)))

    def erase(self, comment: Comment) -> bool:
        if not comment.removed:
            removed = comment.without_text()
            if not self.change(comment, removed):
                return False
            comment = replace(removed, version=comment.version + 1)
        key, unchanged = keys.comment(comment.id), Attr(_VERSION).eq(comment.version)
        try:
            if self._has_replies(comment):
                self.table.write(Update(key, set={BY: ""}, condition=unchanged))
            else:
                self.table.write(Delete(key, unchanged & _no(_REPLIES) & _no(_WAITING)))
        except ConditionFailed:
            return False
        return True

    def _has_replies(self, comment: Comment) -> bool:
        """Whether there are replies to a root, in any state: they need it."""
        if comment.id.reply is not None:
            return False
        threads = Threads(self.table, comment.id.post_id)
        return bool(threads.newest_replies(comment.id, None, 1).items)

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

    def forget(self, post_id: PostId, most: int) -> bool:
        everything = Key(PK).eq(keys.answers_partition(post_id))
        for left in range(most, 0, -_AT_ONCE):
            rows = self.table.query(everything, limit=min(left, _AT_ONCE), consistent=True)
            self._remove(rows.items)
            if rows.last is None:
                break
        else:
            return True
        # The likes are found by the counts, so these go with them.
        uncounted = Update(keys.counts(post_id), remove=("comments",), condition=Attr(PK).exists())
        with suppress(ConditionFailed):
            self.table.write(uncounted)
        return False

    def _remove(self, items: Sequence[Item]) -> None:
        found = [item for item in items if item[SK].startswith(_COMMENTS)]
        likes = [item_key(item) for item in items if item[SK].startswith(keys.COMMENT_LIKES_PREFIX)]
        listed = (
            keys.liked_comments(
                keys.parse_comment_liker(like), keys.parse_comment_like(like).post_id
            )
            for like in likes
        )
        self.table.write_many(deletes=dict.fromkeys(listed))
        held = [comment.id for comment in map(to_comment, found) if comment.held]
        # What is listed for the owner goes first: it is found by its comment alone.
        self.table.write_many(deletes=map(keys.held, held))
        self.table.write_many(deletes=map(item_key, items))

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


def _no(number: str) -> ConditionBase:
    """The condition that a root's number of replies is zero."""
    return Attr(number).not_exists() | Attr(number).eq(0)

"""The comments of a post as a list of roots, each with the number of its replies.

The replies to a root stand right behind it in the partition, so that one query reads roots and
replies together, and no counter has to be kept. Of a very long thread only the first
`MAX_COUNTED_REPLIES` are counted: from there the list goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.domain.comments import MAX_COUNTED_REPLIES, Comment, CommentId, Order, Thread
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.pages import Page
from shutterfeed.schema import PK, SK

_READ_AT_LEAST: Final = 20
_READ_OF_A_THREAD: Final = 250
_READS: Final = 20
"""How many queries a page takes at most: what was removed is read, too."""
_END: Final = "~"
"""Stands behind every ULID."""


@dataclass(frozen=True, slots=True)
class Threads:
    table: Table
    post_id: PostId
    order: Order

    def page(self, after: str | None, limit: int) -> Page[Thread]:
        """A page of roots; see `ports/comments.py`."""
        found: list[Thread] = []
        position, is_end = after, False
        for _ in range(_READS):
            threads, is_end = self._read(position, max(_READ_AT_LEAST, 2 * limit))
            found += [thread for thread in threads if not _has_vanished(thread)]
            if threads:
                position = threads[-1].root.id.root
            if is_end or len(found) >= limit:
                break
        if len(found) > limit:
            found, is_end = found[:limit], False
            position = found[-1].root.id.root
        return Page(tuple(found), None if is_end else position)

    def count(self, root_id: CommentId) -> int:
        """How many replies to a root count, up to `MAX_COUNTED_REPLIES`."""
        counted, last = 0, keys.comment(root_id).sk + "#"
        while counted < MAX_COUNTED_REPLIES:
            items, is_end = self._query(last, keys.after_thread(root_id).sk, _READ_OF_A_THREAD)
            counted += sum(to_comment(item).counts for item in items)
            if is_end:
                break
            last = items[-1][SK] + _END
        return min(counted, MAX_COUNTED_REPLIES)

    def _read(self, after: str | None, items: int) -> tuple[list[Thread], bool]:
        """The threads that are found in so many items, all of them whole, and whether the list ends
        with them."""
        is_newest = self.order is Order.NEWEST
        first, last = keys.COMMENT_PREFIX, keys.COMMENT_PREFIX + _END
        if after is not None and is_newest:
            last = keys.comment(CommentId(self.post_id, after)).sk
        elif after is not None:
            first = keys.after_thread(CommentId(self.post_id, after)).sk
        rows, is_end = self._query(first, last, items, newest_first=is_newest)
        ids = [keys.parse_comment(item_key(item)).root for item in rows]
        roots = [root for root in dict.fromkeys(ids) if root != after]
        if not is_end and len(roots) > 1:
            roots = roots[:-1]  # The last may have more replies than were read.
            return list(self._whole(rows, roots)), False
        if not is_end and roots:
            return [self._long(roots[0])], False
        return list(self._whole(rows, roots)), is_end

    def _whole(self, items: list[Item], roots: list[str]) -> Iterator[Thread]:
        comments = [to_comment(item) for item in items]
        by_root: dict[str, list[Comment]] = {root: [] for root in roots}
        for comment in comments:
            if comment.id.root in by_root:
                by_root[comment.id.root].append(comment)
        for thread in by_root.values():
            root = next((comment for comment in thread if comment.id.reply is None), None)
            if root is not None:
                yield Thread(root, sum(c.counts for c in thread if c.id.reply is not None))

    def _long(self, root: str) -> Thread:
        """A thread that has more replies than one query has read."""
        root_id = CommentId(self.post_id, root)
        item = self.table.get(keys.comment(root_id))
        if item is None:
            raise LookupError(f"replies without a root: {root_id}")
        return Thread(to_comment(item), self.count(root_id))

    def _query(
        self, first: str, last: str, limit: int, *, newest_first: bool = False
    ) -> tuple[list[Item], bool]:
        rows = self.table.query(
            Key(PK).eq(keys.answers_partition(self.post_id)) & Key(SK).between(first, last),
            limit=limit,
            newest_first=newest_first,
            consistent=True,
        )
        return rows.items, rows.last is None


def to_comment(item: Item) -> Comment:
    mentions = (mention.split(" ") for mention in item.get("mentions", ()))
    edited_at = item.get("edited_at")
    return Comment(
        keys.parse_comment(item_key(item)),
        item["by"],
        item["text"],
        tuple(Mention(handle, user_id) for handle, user_id in mentions),
        None if edited_at is None else datetime.fromisoformat(edited_at),
        hidden="hidden" in item,
        held="held" in item,
        removed="removed" in item,
        likes=item["likes"],
        version=item["version"],
    )


def _has_vanished(thread: Thread) -> bool:
    return thread.root.removed and thread.replies == 0

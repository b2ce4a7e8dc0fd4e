"""The comments of a post as they are read.

All roots stand next to each other in the partition, and so do the replies to each root. A root has
the numbers of its replies, so no list of roots reads replies. A reply that waits for its root says
which state of the root it has seen; whether it still waits is decided when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import TAKEN_DOWN
from shutterfeed.adapters.dynamodb.table import Item, Rows, Table, item_key, key_item
from shutterfeed.domain.comments import Comment, CommentId, Order
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.pages import Page
from shutterfeed.schema import PK, SK

_READS: Final = 20
"""How many queries a page takes at most: roots that were removed are read, too."""
_READ_AGAIN: Final = 100
"""How many roots are read to fill a page; removed ones are small."""


@dataclass(frozen=True, slots=True)
class Threads:
    table: Table
    post_id: PostId

    def roots(self, order: Order, after: str | None, limit: int) -> Page[Comment]:
        """A page of roots; see `ports/comments.py`."""
        found: list[Comment] = []
        position, is_end, wanted = after, False, limit + 1
        for _ in range(_READS):
            start = None if position is None else CommentId(self.post_id, position)
            rows = self._query(
                keys.COMMENT_PREFIX, start, wanted, newest_first=order is Order.NEWEST
            )
            roots = list(map(to_comment, rows.items))
            found += [root for root in roots if root.replies or not root.removed]
            position = roots[-1].id.root if roots else position
            is_end = rows.last is None
            if is_end or len(found) > limit:
                break
            wanted = _READ_AGAIN
        if len(found) > limit:
            return Page(tuple(found[:limit]), found[limit - 1].id.root)
        return Page(tuple(found), None if is_end else position)

    def replies(self, root_id: CommentId, after: str | None, limit: int) -> Page[Comment]:
        """A page of the replies to a root, oldest first, as they are stored."""
        return self._replies(root_id, after, limit)

    def newest_replies(self, root_id: CommentId, before: str | None, limit: int) -> Page[Comment]:
        """A page of the replies to a root, newest first, as they are stored."""
        return self._replies(root_id, before, limit, newest_first=True)

    def _replies(
        self, root_id: CommentId, after: str | None, limit: int, *, newest_first: bool = False
    ) -> Page[Comment]:
        start = None if after is None else CommentId(self.post_id, root_id.root, after)
        rows = self._query(keys.replies(root_id), start, limit, newest_first=newest_first)
        found = tuple(map(to_comment, rows.items))
        return Page(found, found[-1].id.ulid if rows.last else None)

    def _query(
        self, beginning: str, after: CommentId | None, limit: int, *, newest_first: bool = False
    ) -> Rows:
        partition = Key(PK).eq(keys.answers_partition(self.post_id))
        return self.table.query(
            partition & Key(SK).begins_with(beginning),
            after=None if after is None else key_item(keys.comment(after)),
            limit=limit,
            newest_first=newest_first,
            consistent=True,
        )


def read_comments(
    table: Table, comment_ids: Collection[CommentId], *, consistent: bool = True
) -> dict[CommentId, Comment]:
    """Those of the comments that exist. The roots of replies that may wait are read, too, in a
    second round trip, unless they are among them."""
    found = _read(table, comment_ids, consistent)
    waiting = {comment.id.root_id for comment in found.values() if comment.waits is not None}
    missing = sorted(waiting - found.keys(), key=str)
    roots = found | _read(table, missing, consistent)
    return {c.id: c.below(roots.get(c.id.root_id)) for c in found.values()}


def _read(
    table: Table, comment_ids: Iterable[CommentId], consistent: bool
) -> dict[CommentId, Comment]:
    wanted = [keys.comment(comment_id) for comment_id in comment_ids]
    items = table.get_many(wanted, consistent=consistent) if wanted else []
    return {comment.id: comment for comment in map(to_comment, items)}


def to_comment(item: Item) -> Comment:
    """A comment as it is stored: a reply that waited for its root is still marked."""
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
        taken_down=item.get(TAKEN_DOWN),
        likes=item["likes"],
        version=item["version"],
        replies=item.get("replies", 0),
        waiting=item.get("waiting", 0),
        shows=item.get("shows", 0),
        waits=item.get("waits"),
    )

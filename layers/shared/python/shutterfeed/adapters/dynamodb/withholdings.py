"""What is withheld of contents, and the marks of that on posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.avatars import marking_avatar
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.records import CASES, WITHHELD, denial_item
from shutterfeed.adapters.dynamodb.table import Check, ConditionFailed, Delete, Put, Table, Write
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.marks import cropped_blob_ids, is_marked_as, is_withheld, withheld_mark
from shutterfeed.domain.posts import Post, PostState

_ATTEMPTS: Final = 10
"""How often a mark is tried while others change the same post."""


@dataclass(frozen=True, slots=True)
class DynamoWithholdings:
    table: Table

    def cases(self, sha256: str) -> frozenset[str]:
        item = self.table.get(keys.withheld(sha256))
        return frozenset((item or {}).get(CASES, ()))

    def mark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        return self._changed(post_id, sha256, case_id, is_put=True)

    def unmark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        return self._changed(post_id, sha256, case_id, is_put=False)

    def _changed(self, post_id: PostId, sha256: str, case_id: str, *, is_put: bool) -> bool:
        posts, mark = DynamoPosts(self.table), withheld_mark(sha256, case_id)
        # The mark and what is withheld change together, or not at all: an undo that overtakes a
        # worker leaves no mark.
        stands: ConditionBase = Attr(CASES).contains(case_id)
        lifted: ConditionBase = Attr(CASES).not_exists() | ~stands
        check = Check(keys.withheld(sha256), stands if is_put else lifted)
        for _ in range(_ATTEMPTS):
            post = posts.get(post_id)
            if post is None or is_marked_as(post, sha256, case_id, is_put=is_put):
                return False
            marks = post.withheld | {mark} if is_put else post.withheld - {mark}
            after = replace(post, withheld=marks)
            writes = posts.marking(post, after, {WITHHELD: set(marks) or None})
            writes += _denying(post, after, sha256)
            if post.state is PostState.AVATAR:
                writes.append(marking_avatar(post, marks))
            try:
                self.table.transact([check, *writes])
            except ConditionFailed as error:
                if 0 in error.failed:
                    return False
                continue
            return True
        raise Busy


def _denying(before: Post, after: Post, sha256: str) -> list[Write]:
    """The writes that let the edge deny what a post shows cropped of a content, or show it again.
    Where it is whole, one decision denies it for all posts (`marks.py`)."""
    is_denied = is_withheld(after, sha256)
    if is_denied is is_withheld(before, sha256):
        return []
    return [
        Put(denial_item(blob_id, None)) if is_denied else Delete(keys.denial(blob_id))
        for blob_id in cropped_blob_ids(after, sha256)
    ]

"""The writes that put and take the marks of moderators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.records import (
    BLOB_ID,
    CASES,
    LABELLED,
    TAKEN_DOWN,
    denial_item,
    timestamp,
)
from shutterfeed.adapters.dynamodb.table import Delete, Item, Put, Table, Update, Write, key_item
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.marks import Mark, MarkKind, already_done
from shutterfeed.domain.moderation import CaseId
from shutterfeed.keys import Key
from shutterfeed.schema import OPEN_PK, OPEN_SK

_LIMITED: Final = "limited"
_SUSPENSION: Final = "suspension"
_SESSIONS_ENDED: Final = "sessions_ended_at"
_SWITCHED: Final = {"revision": 1, "switches": 1}
"""The search index goes by these: neither the user nor their posts are found, or they are again."""
_ON_POSTS: Final = {MarkKind.LABELLED: LABELLED, MarkKind.TAKEN_DOWN: TAKEN_DOWN}


@dataclass(frozen=True, slots=True)
class Marking:
    """Makes the writes of one decision. Marks of the same item come in one write."""

    table: Table
    case_id: CaseId
    at: str
    """The moment of the decision, as items have it."""

    def writes(self, puts: Sequence[Mark], takes: Sequence[Mark]) -> Iterator[Write]:
        """The writes that put some marks and take others, on condition that the items are as they
        were just read. Raises `Conflict` if a mark that is to be put stands already."""
        posts: defaultdict[PostId, dict[str, str | None]] = defaultdict(dict)
        users: defaultdict[str, list[tuple[Mark, bool]]] = defaultdict(list)
        wanted = [(mark, True) for mark in puts] + [(mark, False) for mark in takes]
        for mark, is_put in wanted:
            match mark.kind:
                case MarkKind.LABELLED | MarkKind.TAKEN_DOWN:
                    value = str(self.case_id) if is_put else None
                    posts[PostId.parse(mark.subject)][_ON_POSTS[mark.kind]] = value
                case MarkKind.COMMENT_TAKEN_DOWN:
                    yield from self._comment(CommentId.parse(mark.subject), is_put=is_put)
                case MarkKind.WITHHELD:
                    yield from self._content(mark.subject, is_put=is_put)
                case MarkKind.LIMITED | MarkKind.SUSPENDED:
                    users[mark.subject].append((mark, is_put))
        for post_id, fields in posts.items():
            yield from self._post(post_id, fields)
        for user_id, marks in users.items():
            yield from self._user(user_id, marks)

    def _post(self, post_id: PostId, fields: Mapping[str, str | None]) -> list[Write]:
        posts = DynamoPosts(self.table)
        post = posts.get(post_id)
        if post is None:
            return []
        changes: dict[str, Any] = {}
        for name, value in fields.items():
            current = getattr(post, name)
            if self._changes(current, is_put=value is not None):
                changes[name] = value
        return posts.marking(post, replace(post, **changes), changes) if changes else []

    def _comment(self, comment_id: CommentId, *, is_put: bool) -> list[Write]:
        key = keys.comment(comment_id)
        item = self.table.get(key)
        if item is None or not self._changes(item.get(TAKEN_DOWN), is_put=is_put):
            return []
        return [self._one(key, item, {TAKEN_DOWN: str(self.case_id) if is_put else None})]

    def _content(self, sha256: str, *, is_put: bool) -> list[Write]:
        key = keys.withheld(sha256)
        before = frozenset((self.table.get(key) or {}).get(CASES, ()))
        case_id = str(self.case_id)
        after = before | {case_id} if is_put else before - {case_id}
        if after == before:
            return []
        same: ConditionBase = Attr(CASES).eq(set(before)) if before else Attr(CASES).not_exists()
        if not after:
            return [Delete(key, same), *self._denying(sha256, is_put=False)]
        denying = self._denying(sha256, is_put=True) if not before else []
        return [Put({**key_item(key), CASES: set(after)}, same), *denying]

    def _denying(self, sha256: str, *, is_put: bool) -> list[Write]:
        """The write that lets the edge deny a content, or show it again."""
        blob = self.table.get(keys.blob(sha256))
        if blob is None:
            return []
        blob_id = str(blob[BLOB_ID])
        return [Put(denial_item(blob_id, None)) if is_put else Delete(keys.denial(blob_id))]

    def _user(self, user_id: str, marks: Sequence[tuple[Mark, bool]]) -> list[Write]:
        key = keys.profile(user_id)
        item = self.table.get(key)
        if item is None:
            return []
        changes: dict[str, Any] = {}
        writes: list[Write] = []
        for mark, is_put in marks:
            name = _LIMITED if mark.kind is MarkKind.LIMITED else _SUSPENSION
            current = item.get(name)
            owner = current["case_id"] if isinstance(current, dict) else current
            if not self._changes(owner, is_put=is_put):
                continue
            changes[name] = (self._of_user(mark)) if is_put else None
            if mark.kind is MarkKind.SUSPENDED and is_put:
                changes[_SESSIONS_ENDED] = self.at
            if mark.until is not None:
                writes.append(self._due(mark, is_put=is_put))
        return [replace(self._one(key, item, changes), add=_SWITCHED), *writes] if changes else []

    def _of_user(self, mark: Mark) -> str | Item:
        case_id = str(self.case_id)
        if mark.kind is MarkKind.LIMITED:
            return case_id
        until = {} if mark.until is None else {"until": timestamp(mark.until)}
        return {"case_id": case_id, **until}

    def _due(self, mark: Mark, *, is_put: bool) -> Write:
        """The write of what makes a suspension end by itself."""
        key = keys.suspension_due(self.case_id)
        if mark.until is None or not is_put:
            return Delete(key)
        sort = keys.suspension_due_sort(mark.until, self.case_id)
        return Put({**key_item(key), OPEN_PK: keys.SUSPENSIONS, OPEN_SK: sort})

    def _changes(self, current: str | None, *, is_put: bool) -> bool:
        """Whether a mark has to be written. Raises `Conflict` if it stands already."""
        if is_put and current is not None:
            raise already_done()
        return is_put or current == str(self.case_id)

    @staticmethod
    def _one(key: Key, item: Item, changes: Mapping[str, Any]) -> Update:
        """The update of an item whose marks are as they were read."""
        condition: ConditionBase = Attr("pk").exists()
        for name in changes:
            if name != _SESSIONS_ENDED:
                known = item.get(name)
                same = Attr(name).not_exists() if known is None else Attr(name).eq(known)
                condition = condition & same
        return Update(
            key,
            set={name: value for name, value in changes.items() if value is not None},
            remove=[name for name, value in changes.items() if value is None],
            condition=condition,
        )

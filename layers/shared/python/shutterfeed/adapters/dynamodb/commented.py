"""What a user's comments take from their limit, and which they made with which idempotency key.

One write notes all of it, and decides whether a request is a repetition. The notes are pages of up
to `ENTRIES` comments, none larger than a write unit. A page that is full is not changed any more;
the next one goes on with what is left of the limit. So the pages are also the list of all that the
user has said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import charging
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Table,
    Update,
    item_key,
)
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Spending, charged, microseconds
from shutterfeed.domain.pages import Page
from shutterfeed.ports.comments import Claim
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

ENTRIES: Final = 7
"""How many comments a page notes: with ids of replies it then has just under 1 KB."""
_ENTRY: Final = "k"
"""The beginning of the attributes that note a comment, by the digest of its key."""
_NUMBER: Final = "n"
_READ: Final = 3
_ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class Commented:
    """The notes of all users."""

    table: Table

    def find(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        return self._look(author_id, digest, since)[1]

    def claim(self, author_id: str, claim: Claim, since: datetime, spending: Spending) -> Claim:
        for _ in range(_ATTEMPTS):
            last, earlier = self._look(author_id, claim.digest, since)
            if earlier is not None:
                return earlier
            spending.check(last or {})
            try:
                self.table.write(_noting(author_id, last, claim, spending))
            except ConditionFailed:
                continue
            return claim
        raise Busy

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[CommentId]:
        """Positions are `<page> <ULID>`."""
        page, _, end = (before or "").partition(" ")
        found: list[tuple[int, CommentId]] = []
        for item in self._pages(author_id, int(page) if page else None):
            number = keys.parse_commented(item_key(item))
            ids = sorted((claim.comment_id for claim in _claims(item)), key=_age, reverse=True)
            is_first = page and number == int(page)
            found += [(number, i) for i in ids if not is_first or i.ulid < end]
            if len(found) > limit:
                break
        shown = found[:limit]
        position = f"{shown[-1][0]} {shown[-1][1].ulid}" if len(found) > limit else None
        return Page(tuple(comment_id for _, comment_id in shown), position)

    def _look(
        self, author_id: str, digest: str, since: datetime
    ) -> tuple[Item | None, Claim | None]:
        """The last page, and what was made with this key since that moment."""
        last: Item | None = None
        oldest = ulid(since, 0)
        for item in self._pages(author_id, None):
            last = last or item
            claims = list(_claims(item))
            for claim in claims:
                if claim.digest == digest and claim.comment_id.ulid >= oldest:
                    return last, claim
            if all(claim.comment_id.ulid < oldest for claim in claims):
                break
        return last, None

    def _pages(self, author_id: str, upto: int | None) -> Iterator[Item]:
        """The user's pages, newest first, beginning with that one."""
        condition: ConditionBase = Key(PK).eq(keys.user_partition(author_id))
        if upto is None:
            condition = condition & Key(SK).begins_with(keys.COMMENTED_PREFIX)
        else:
            first, last = keys.commented(author_id, 0), keys.commented(author_id, upto)
            condition = condition & Key(SK).between(first.sk, last.sk)
        after: Item | None = None
        while True:
            rows = self.table.query(
                condition, after=after, limit=_READ, newest_first=True, consistent=True
            )
            yield from rows.items
            after = rows.last
            if after is None:
                return


def _noting(author_id: str, last: Item | None, claim: Claim, spending: Spending) -> Update:
    """The write that notes a comment and makes the charge: in the last page as it was read, or if
    that has no room, in a new one."""
    name = _ENTRY + claim.digest
    entry = {name: f"{claim.fingerprint} {claim.comment_id}"}
    if last is None or last[_NUMBER] >= ENTRIES or name in last:
        page = 0 if last is None else keys.parse_commented(item_key(last)) + 1
        now = microseconds(spending.at)
        left = {c.name: charged((last or {}).get(c.name, 0), now, c) for c in spending.charges}
        first = {**entry, **left, _NUMBER: 1}
        return Update(keys.commented(author_id, page), set=first, condition=Attr(PK).not_exists())
    room = Attr(name).not_exists() & Attr(_NUMBER).lt(ENTRIES)
    update = Update(item_key(last), set=entry, add={_NUMBER: 1}, condition=room)
    if not spending.charges:
        return update
    charge = charging(update.key, spending.charges, spending.at, last)
    kept = {n: value for n, value in charge.set.items() if n != TTL_ATTRIBUTE}
    condition = room if charge.condition is None else room & charge.condition
    return replace(
        update, set={**entry, **kept}, add={**charge.add, _NUMBER: 1}, condition=condition
    )


def _claims(item: Item) -> Iterator[Claim]:
    for name, value in item.items():
        if name.startswith(_ENTRY) and name != PK:
            yield _to_claim(name, value)


def _to_claim(name: str, value: Any) -> Claim:
    fingerprint, _, comment_id = str(value).partition(" ")
    return Claim(name.removeprefix(_ENTRY), CommentId.parse(comment_id), fingerprint)


def _age(comment_id: CommentId) -> str:
    return comment_id.ulid

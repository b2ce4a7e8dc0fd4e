"""What a user's comments take from their limit, and which they made with which idempotency key.

One write notes all of it, and decides whether a request is a repetition. The notes are pages of up
to `ENTRIES` comments, none larger than a write unit. A page that is full is not changed any more;
the next one goes on with what is left of the limit. So the pages are also the list of all that the
user has said.

A key is looked for in the `RECENT` last pages, which have all keys of 24 hours of nearly everybody.
Of somebody who comments more, each key also gets an item of its own, from the page on that is noted
as `apart`. So finding a key takes the same few reads however much somebody comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import charging
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Rows,
    Table,
    Update,
    at_once,
    item_key,
    key_item,
)
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import ulid, ulid_time
from shutterfeed.domain.limits import Spending, charged, microseconds
from shutterfeed.domain.pages import Page
from shutterfeed.ports.comments import Claim, Notes
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

ENTRIES: Final = 7
"""How many comments a page notes: with ids of replies it then has just under 1 KB."""
_ENTRY: Final = "k"
"""The beginning of the attributes that note a comment, by the digest of its key."""
_NUMBER: Final = "n"
RECENT: Final = 4
"""How many pages are read to find a key: together one read unit."""
_APART: Final = "apart"
"""The attribute of a page with the number of the first page of which each key is an item of its
own. Missing if all keys of 24 hours are in the last pages."""
_CLAIM: Final = "claim"
_KEPT: Final = timedelta(days=2)
"""When the item of a key expires, after the comment."""
_END: Final = "~"
"""Stands behind every page."""
_READ: Final = 4
"""How many pages are read at once for the list of one's own comments: together one read unit, and
more than 20 comments."""
_ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class Commented:
    """The notes of all users."""

    table: Table

    def find(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        pages = self.recent(author_id)
        return _find(pages, digest, since) or self._find_apart(author_id, pages, digest, since)

    def claim(
        self,
        author_id: str,
        claim: Claim,
        since: datetime,
        spending: Spending,
        notes: Notes | None = None,
    ) -> Claim:
        for _ in range(_ATTEMPTS):
            pages, notes = self.recent(author_id) if notes is None else notes, None
            if (earlier := _find(pages, claim.digest, since)) is not None:
                # Whoever noted it may have ended before its key was an item.
                self._set_apart(author_id, pages[0], earlier)
                return earlier
            if earlier := self._find_apart(author_id, pages, claim.digest, since):
                return earlier
            spending.check(pages[0] if pages else {})
            try:
                noted = self.table.write(_noting(author_id, pages, claim, since, spending))
            except ConditionFailed:
                continue
            self._set_apart(author_id, noted, claim)
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

    def recent(self, author_id: str) -> Notes:
        """The user's last pages, newest first."""
        return self._query(author_id, 0, None, RECENT).items

    def _find_apart(
        self, author_id: str, pages: Notes, digest: str, since: datetime
    ) -> Claim | None:
        """What was made with a key that is not in the last pages: it is an item of its own, or in
        one of the pages before the first of which keys are."""
        if not pages or _APART not in pages[0]:
            return None
        first = pages[0][_APART]
        last = min(first, keys.parse_commented(item_key(pages[-1]))) - 1
        calls: list[Callable[[], list[Item]]] = [
            partial(self._key_item, author_id, digest),
            partial(self._between, author_id, first - RECENT, last),
        ]
        return _find([item for items in at_once(calls) for item in items], digest, since)

    def _key_item(self, author_id: str, digest: str) -> list[Item]:
        item = self.table.get(keys.comment_key(author_id, digest))
        return [] if item is None else [{_ENTRY + digest: item[_CLAIM]}]

    def _between(self, author_id: str, first: int, last: int) -> list[Item]:
        return self._query(author_id, first, last, RECENT).items if first <= last else []

    def _set_apart(self, author_id: str, page: Mapping[str, Any], claim: Claim) -> None:
        """Give a key an item of its own, if those of its page have some."""
        if _APART in page:
            item = key_item(keys.comment_key(author_id, claim.digest))
            expiry = epoch(ulid_time(claim.comment_id.ulid) + _KEPT)
            self.table.write(Put({**item, _CLAIM: _to_text(claim), TTL_ATTRIBUTE: expiry}))

    def _pages(self, author_id: str, upto: int | None) -> Iterator[Item]:
        """The user's pages, newest first, beginning with that one."""
        after: Item | None = None
        while True:
            rows = self._query(author_id, 0, upto, _READ, after)
            yield from rows.items
            after = rows.last
            if after is None:
                return

    def _query(
        self, author_id: str, first: int, last: int | None, limit: int, after: Item | None = None
    ) -> Rows:
        begin = keys.commented(author_id, first).sk
        end = keys.COMMENTED_PREFIX + _END if last is None else keys.commented(author_id, last).sk
        return self.table.query(
            Key(PK).eq(keys.user_partition(author_id)) & Key(SK).between(begin, end),
            after=after,
            limit=limit,
            newest_first=True,
            consistent=True,
        )


def _noting(
    author_id: str, pages: Notes, claim: Claim, since: datetime, spending: Spending
) -> Update:
    """The write that notes a comment and makes the charge: in the last page as it was read, or if
    that has no room, in a new one."""
    last = pages[0] if pages else None
    name = _ENTRY + claim.digest
    entry = {name: _to_text(claim)}
    if last is None or last[_NUMBER] >= ENTRIES or name in last:
        page = 0 if last is None else keys.parse_commented(item_key(last)) + 1
        now = microseconds(spending.at)
        left = {c.name: charged((last or {}).get(c.name, 0), now, c) for c in spending.charges}
        first = {**entry, **left, _NUMBER: 1, **_apart(page, pages, since)}
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


def _apart(page: int, pages: Notes, since: datetime) -> Item:
    """What a new page says of the keys that are items: they are as long as the last pages do not
    have all keys of the time."""
    if len(pages) < RECENT or not any(_is_since(claim, since) for claim in _claims(pages[-1])):
        return {}
    return {_APART: pages[0].get(_APART, page)}


def _find(pages: Iterable[Mapping[str, Any]], digest: str, since: datetime) -> Claim | None:
    """What was made with a key since that moment, as far as pages have noted it."""
    claims = (claim for page in pages for claim in _claims(page) if claim.digest == digest)
    return next((claim for claim in claims if _is_since(claim, since)), None)


def _is_since(claim: Claim, since: datetime) -> bool:
    return claim.comment_id.ulid >= ulid(since, 0)


def _claims(item: Mapping[str, Any]) -> Iterator[Claim]:
    for name, value in item.items():
        if name.startswith(_ENTRY) and name != PK:
            yield _to_claim(name, value)


def _to_text(claim: Claim) -> str:
    return f"{claim.fingerprint} {claim.comment_id}"


def _to_claim(name: str, value: Any) -> Claim:
    fingerprint, _, comment_id = str(value).partition(" ")
    return Claim(name.removeprefix(_ENTRY), CommentId.parse(comment_id), fingerprint)


def _age(comment_id: CommentId) -> str:
    return comment_id.ulid

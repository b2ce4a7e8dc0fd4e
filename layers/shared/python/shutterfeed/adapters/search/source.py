"""All posts and users that search may find, in pages of a scan; for maintenance only."""

from __future__ import annotations

from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Table, item_key
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.schema import PK, SK


@dataclass(frozen=True, slots=True)
class DynamoSearchable:
    """Posts and users in the metadata table. A position is a key whose two parts are separated by a
    blank, as no key contains blanks."""

    table: Table

    def page(self, after: str | None, limit: int) -> Page[PostId | str]:
        rows = self.table.scan(
            Attr(SK).begins_with(keys.POST_PREFIX) | Attr(SK).eq(keys.PROFILE),
            after=None if after is None else dict(zip((PK, SK), after.split(" "), strict=True)),
            limit=limit,
            attributes=(PK, SK),
        )
        found: list[PostId | str] = []
        for item in rows.items:
            key = item_key(item)
            is_profile = key.sk == keys.PROFILE
            found.append(keys.parse_profile(key) if is_profile else keys.parse_post(key))
        last = f"{rows.last[PK]} {rows.last[SK]}" if rows.last else None
        return Page(tuple(found), last)

"""Closed accounts. When one is to be erased, the table's TTL removes the note of its closing; the
stream's record of that begins the erasure, and whether it is due the profile decides."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.profiles import owned
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    key_item,
)
from shutterfeed.domain.users import HANDLE_REST, Profile
from shutterfeed.schema import PK, TTL_ATTRIBUTE

_CLOSED_AT: Final = "closed_at"
_ERASE_AT: Final = "erase_at"
_SESSIONS_ENDED: Final = "sessions_ended_at"
_ERASING: Final = "erasing"
_NOT_BEGUN: Final[ConditionBase] = Attr(_ERASING).not_exists() | Attr(_ERASING).eq(
    False  # noqa: FBT003 - the value
)
"""The condition that the erasing has not begun."""
_CHANGED: Final = {"revision": 1, "switches": 1}
"""The search index goes by these: neither the user nor their posts are found, or they are again."""
_NOBODY: Final = "nobody"
"""The owner of a handle whose user was erased: nobody takes it back while it rests."""


@dataclass(frozen=True, slots=True)
class DynamoClosings:
    table: Table

    def close(
        self, user_id: str, at: datetime, erase_at: datetime, began_at: datetime | None = None
    ) -> bool:
        is_open: ConditionBase = Attr(PK).exists() & Attr(_CLOSED_AT).not_exists()
        if began_at is not None:
            lasts = Attr(_SESSIONS_ENDED).lt(timestamp(began_at))
            is_open = is_open & (Attr(_SESSIONS_ENDED).not_exists() | lasts)
        closed = {_CLOSED_AT: timestamp(at), _ERASE_AT: timestamp(erase_at)}
        return self._written(
            Update(
                keys.profile(user_id),
                set={**closed, _SESSIONS_ENDED: timestamp(at)},
                add=_CHANGED,
                condition=is_open,
            ),
            Put(_note(user_id, erase_at)),
        )

    def hasten(self, user_id: str, closed_at: datetime, erase_at: datetime) -> bool:
        same = Attr(_CLOSED_AT).eq(timestamp(closed_at))
        return self._written(
            Update(
                keys.profile(user_id),
                set={_ERASE_AT: timestamp(erase_at)},
                condition=same & _NOT_BEGUN,
            ),
            Put(_note(user_id, erase_at)),
        )

    def reopen(self, user_id: str, closed_at: datetime) -> bool:
        same = Attr(_CLOSED_AT).eq(timestamp(closed_at))
        return self._written(
            Update(
                keys.profile(user_id),
                remove=(_CLOSED_AT, _ERASE_AT),
                add=_CHANGED,
                condition=same & _NOT_BEGUN,
            ),
            Delete(keys.closing(user_id)),
        )

    def begin_erasing(self, user_id: str, closed_at: datetime) -> bool:
        same = Attr(_CLOSED_AT).eq(timestamp(closed_at))
        return self._written(Update(keys.profile(user_id), set={_ERASING: True}, condition=same))

    def forget(self, profile: Profile, at: datetime) -> None:
        handle = owned(profile.handle, _NOBODY) | {TTL_ATTRIBUTE: epoch(at + HANDLE_REST)}
        self._written(
            Delete(keys.profile(profile.user_id), Attr(PK).exists()),
            Put(handle),
            Put({**key_item(keys.gone(profile.user_id)), "at": timestamp(at)}),
            Delete(keys.closing(profile.user_id)),
        )

    def _written(self, *writes: Update | Put | Delete) -> bool:
        with suppress(ConditionFailed):
            self.table.transact(writes)
            return True
        return False


def _note(user_id: str, erase_at: datetime) -> Item:
    """The item that expires once the account is to be erased, and not a second before."""
    return {**key_item(keys.closing(user_id)), TTL_ATTRIBUTE: epoch(erase_at) + 1}

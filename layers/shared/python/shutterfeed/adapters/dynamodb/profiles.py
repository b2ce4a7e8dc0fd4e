"""Profiles and handle claims.

A claim with an expiry belongs to a handle that was given up: nobody is found by it, and until it
expires only its former owner can take it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import spend, transact
from shutterfeed.adapters.dynamodb.records import (
    epoch,
    plain,
    profile_item,
    timestamp,
    to_profile,
)
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Item,
    Put,
    Table,
    Update,
    Write,
    item_key,
    key_item,
    retried,
)
from shutterfeed.domain.activity import ActivitySettings
from shutterfeed.domain.errors import Busy, SessionEnded
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.users import (
    HANDLE_REST,
    CommentsFrom,
    MentionsFrom,
    Profile,
    SensitiveView,
    recent_renames,
)
from shutterfeed.ports.profiles import HandleTaken
from shutterfeed.schema import PK, TTL_ATTRIBUTE

_OWNER = "user_id"
_SHARDS = "follower_shards"
_POPULARITY = "popularity"
_RENAMED_AT = "renamed_at"
_SESSIONS_ENDED_AT = "sessions_ended_at"
_WORDS = "words"
_ERASED = 2
"""The index of the condition that no account of the user was erased."""
_REVISED = {"revision": 1}
_SWITCHED = {"switches": 1}


@dataclass(frozen=True, slots=True)
class DynamoProfiles:
    table: Table

    def get(self, user_id: str) -> Profile | None:
        profile = self.item(user_id)
        if profile is None:
            return None
        return with_followers(self.table, [profile], consistent=True)[user_id]

    def item(self, user_id: str, *, lagging: bool = False) -> Profile | None:
        item = self.table.get(keys.profile(user_id), consistent=not lagging)
        return to_profile(item) if item else None

    def id_of(self, handle: str) -> str | None:
        item = self.table.get(keys.handle(handle))
        return str(item[_OWNER]) if item and TTL_ATTRIBUTE not in item else None

    def holder_of(self, handle: str, at: datetime) -> str | None:
        item = self.table.get(keys.handle(handle))
        if item is None or item.get(TTL_ATTRIBUTE, epoch(at) + 1) <= epoch(at):
            return None
        return str(item[_OWNER])

    def ids_of(self, handles: Collection[str]) -> dict[str, str]:
        items = self.table.get_many(map(keys.handle, handles))
        held = (item for item in items if TTL_ATTRIBUTE not in item)
        return {keys.parse_handle(item_key(item)): str(item[_OWNER]) for item in held}

    def create(self, profile: Profile) -> bool:
        absent = Attr(PK).not_exists()
        claim = _claim(profile.handle, profile.user_id, profile.created_at)
        never_erased = Check(keys.gone(profile.user_id), absent)
        try:
            self.table.transact((Put(profile_item(profile), absent), claim, never_erased))
        except ConditionFailed as error:
            if 0 in error.failed:
                return False
            if _ERASED in error.failed:
                raise SessionEnded from error
            raise HandleTaken(profile.handle) from error
        return True

    def edit(
        self,
        user_id: str,
        display_name: str | None,
        bio: str | None,
        spending: Spending = NOTHING,
        *,
        private: bool | None = None,
        sensitive: SensitiveView | None = None,
        public_page: bool | None = None,
        comments_from: CommentsFrom | None = None,
        held_words: Sequence[str] | None = None,
        activity: ActivitySettings | None = None,
        mentions_from: MentionsFrom | None = None,
        welcomed: bool | None = None,
    ) -> None:
        fields = {
            "display_name": display_name,
            "bio": bio,
            "private": private,
            "sensitive": sensitive,
            "public_page": public_page,
            "comments_from": comments_from,
            "held_words": None if held_words is None else len(held_words),
            "activity": None if activity is None else plain(activity),
            "mentions_from": mentions_from,
            "welcomed": welcomed,
        }
        changes = {name: value for name, value in fields.items() if value is not None}
        if changes:  # DynamoDB refuses an empty update.
            revised = _REVISED if "display_name" in changes else {}
            switched = _SWITCHED if private is not None else {}
            update = Update(
                keys.profile(user_id),
                set=changes,
                add={**revised, **switched},
                condition=Attr(PK).exists(),
            )
            writes: list[Write] = [update]
            if held_words is not None:
                words = key_item(keys.held_words(user_id)) | {_WORDS: list(held_words)}
                writes.append(Put(words))
            transact(self.table, writes, spending)

    def held_words(self, user_id: str) -> tuple[str, ...]:
        item = self.table.get(keys.held_words(user_id))
        return () if item is None else tuple(item[_WORDS])

    def spread_followers(self, user_id: str, shards: int) -> None:
        few = Attr(PK).exists() & (Attr(_SHARDS).not_exists() | Attr(_SHARDS).lt(shards))
        update = Update(keys.profile(user_id), set={_SHARDS: shards}, condition=few)

        # The item is spread because transactions contend for it, and each of them stands in the
        # way of this write too.
        def attempt() -> bool | None:
            try:
                self.table.write(update)
            except ConditionFailed:
                return True
            except Busy:
                return None
            return True

        retried(attempt)

    def note_popularity(self, user_id: str, old: int, new: int) -> None:
        noted: ConditionBase = Attr(_POPULARITY).eq(old)
        if old == 0:
            noted = noted | Attr(_POPULARITY).not_exists()
        update = Update(
            keys.profile(user_id),
            set={_POPULARITY: new},
            add=_REVISED,
            condition=Attr(PK).exists() & noted,
        )
        with suppress(ConditionFailed):
            self.table.write(update)

    def end_sessions(self, user_id: str, at: datetime) -> None:
        ended = {_SESSIONS_ENDED_AT: timestamp(at)}
        self.table.write(Update(keys.profile(user_id), set=ended, condition=Attr(PK).exists()))

    def see_activity(self, user_id: str, at: datetime, spending: Spending = NOTHING) -> None:
        # Charged in a write of its own, on the guess that the allowance is full, this takes two
        # write units; a transaction of both would take four.
        spend(self.table, spending, {})
        seen = {"activity_seen_at": timestamp(at)}
        self.table.write(Update(keys.profile(user_id), set=seen, condition=Attr(PK).exists()))

    def rename(
        self, user_id: str, old: str, new: str, at: datetime, before: Sequence[datetime] = ()
    ) -> bool:
        renames = [timestamp(moment) for moment in (*recent_renames(before, at), at)]
        writes = (
            _claim(new, user_id, at),
            Update(
                keys.profile(user_id),
                set={"handle": new, _RENAMED_AT: renames},
                add=_REVISED,
                condition=Attr("handle").eq(old) & _renamed(before),
            ),
            Put(
                owned(old, user_id) | {TTL_ATTRIBUTE: epoch(at + HANDLE_REST)},
                Attr(_OWNER).eq(user_id),
            ),
        )
        try:
            self.table.transact(writes)
        except ConditionFailed as error:
            if 0 in error.failed:
                raise HandleTaken(new) from error
            return False
        return True


def with_followers(
    table: Table, profiles: Iterable[Profile], consistent: bool
) -> dict[str, Profile]:
    """The profiles by id, with the followers that are counted apart."""
    found = {profile.user_id: profile for profile in profiles}
    counts = [
        keys.follower_count(profile.user_id, shard)
        for profile in found.values()
        if profile.follower_shards > 1
        for shard in range(profile.follower_shards)
    ]
    for item in table.get_many(counts, consistent):
        user_id = keys.parse_follower_count(item_key(item))
        profile = found[user_id]
        found[user_id] = replace(profile, followers=profile.followers + item["followers"])
    return found


def _renamed(at: Sequence[datetime]) -> ConditionBase:
    """The profile was renamed at these moments, and at no others."""
    same: ConditionBase = Attr(_RENAMED_AT).eq([timestamp(moment) for moment in at])
    return same if at else same | Attr(_RENAMED_AT).not_exists()


def _claim(handle: str, user_id: str, at: datetime) -> Put:
    # TTL removes items late; a claim past its expiry is as good as gone.
    free = Attr(PK).not_exists() | Attr(TTL_ATTRIBUTE).lte(epoch(at))
    return Put(owned(handle, user_id), free | Attr(_OWNER).eq(user_id))


def owned(handle: str, user_id: str) -> Item:
    """The item of a handle claim."""
    return {**key_item(keys.handle(handle)), _OWNER: user_id}

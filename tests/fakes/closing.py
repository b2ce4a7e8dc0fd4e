"""Closed accounts in memory, and all that an erasure removes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from shutterfeed import keys
from shutterfeed.domain.changes import ClosingEnded, FollowChanged, ProfileChanged
from shutterfeed.domain.erasures import Content, Erasable, ErasedAccount, Erasure, digest_of
from shutterfeed.domain.users import HANDLE_REST, Profile
from tests.fakes.feeds import FakeFeeds
from tests.fakes.metadata import FakeRequests, Metadata


@dataclass(frozen=True, slots=True)
class FakeClosings:
    data: Metadata

    def close(
        self, user_id: str, at: datetime, erase_at: datetime, began_at: datetime | None = None
    ) -> bool:
        profile = self.data.profiles.get(user_id)
        if profile is None or profile.is_closed:
            return False
        if began_at is not None and profile.has_ended(began_at):
            return False
        closed = replace(profile, closed_at=at, erase_at=erase_at, sessions_ended_at=at)
        self._change(closed)
        self.data.expiries[keys.closing(user_id)] = erase_at
        return True

    def hasten(self, user_id: str, closed_at: datetime, erase_at: datetime) -> bool:
        profile = self.data.profiles.get(user_id)
        if profile is None or profile.closed_at != closed_at or profile.erasing:
            return False
        self.data.write_profile(replace(profile, erase_at=erase_at))
        self.data.expiries[keys.closing(user_id)] = erase_at
        return True

    def reopen(self, user_id: str, closed_at: datetime) -> bool:
        profile = self.data.profiles.get(user_id)
        if profile is None or profile.closed_at != closed_at or profile.erasing:
            return False
        self._change(replace(profile, closed_at=None, erase_at=None))
        self._drop_note(user_id)
        return True

    def begin_erasing(self, user_id: str, closed_at: datetime) -> bool:
        profile = self.data.profiles.get(user_id)
        if profile is None or profile.closed_at != closed_at:
            return False
        self.data.write_profile(replace(profile, erasing=True))
        return True

    def forget(self, profile: Profile, at: datetime) -> None:
        user_id = profile.user_id
        if self.data.profiles.pop(user_id, None) is None:
            return
        self.data.changes.append(ProfileChanged(profile, None))
        del self.data.handles[profile.handle]
        self.data.resting[profile.handle] = "nobody"
        self.data.expiries[keys.handle(profile.handle)] = at + HANDLE_REST
        self.data.gone[keys.gone(user_id)] = at
        self._drop_note(user_id)

    def _change(self, profile: Profile) -> None:
        changed = replace(profile, revision=profile.revision + 1, switches=profile.switches + 1)
        self.data.write_profile(changed)

    def _drop_note(self, user_id: str) -> None:
        if self.data.expiries.pop(keys.closing(user_id), None) is not None:
            self.data.changes.append(ClosingEnded(user_id))


@dataclass(frozen=True, slots=True)
class FakeTraces:
    data: Metadata
    feeds: FakeFeeds

    def unfollow(self, user_id: str, most: int) -> bool:
        return self._cut(((one, other) for one, other in self.data.edges if one == user_id), most)

    def lose_followers(self, user_id: str, most: int) -> bool:
        edges = ((one, other) for one, other in self.data.edges if other == user_id)
        return self._cut(edges, most)

    def _cut(self, edges: Iterable[tuple[str, str]], most: int) -> bool:
        found = list(islice(edges, most))
        for follower_id, followee_id in found:
            del self.data.edges[follower_id, followee_id]
            self.data.pulled.discard((follower_id, followee_id))
            self.data.subscriptions.get(followee_id, {}).pop(follower_id, None)
            # Of the two, one is being erased, whose numbers nobody sees any more.
            for user_id, number in ((follower_id, "following"), (followee_id, "followers")):
                if user_id in self.data.profiles and not self.data.profiles[user_id].erasing:
                    self.data.count(user_id, **{number: -1})
            change = FollowChanged(follower_id, followee_id, follows=False)
            self.data.changes.append(change)
        return bool(found)

    def withdraw(self, user_id: str, most: int) -> bool:
        found = list(islice((edge for edge in self.data.requests if user_id in edge), most))
        for edge in found:
            FakeRequests(self.data).withdraw(*edge)
        return bool(found)

    def sweep(self, user_id: str, most: int) -> bool:
        """All at once, whatever `most` says: a process in memory can end only between calls."""
        del most
        data, partition = self.data, keys.user_partition(user_id)
        by_user: list[dict[str, Any]] = [
            *(data.held_words, data.claims, data.stored, data.acquaintances, data.recent_posts),
            *(data.readers, data.subscriptions, data.exports),
            *(self.feeds.feeds, self.feeds.snapshots, self.feeds.snapshots_expire),
        ]
        for kept in by_user:
            kept.pop(user_id, None)
        by_edge: list[dict[Any, Any]] = [
            *(data.mutes, data.hashtags, data.saves, data.collections, data.appearances),
        ]
        for edges in by_edge:
            for edge in [edge for edge in edges if edge[0] == user_id]:
                del edges[edge]
        by_key: list[dict[keys.Key, Any]] = [
            *(data.notices, data.devices, data.allowances, data.creations),
        ]
        for items in by_key:
            for key in [key for key in items if key.pk == partition]:
                del items[key]
        for report in [one for one in data.reports if one[1] == user_id]:
            del data.reports[report]
        data.reported.pop(user_id, None)
        for followers in data.hashtag_followers.values():
            followers.pop(user_id, None)
        for pairs in (data.pulled, data.unfollowed):
            pairs -= {pair for pair in pairs if pair[0] == user_id}
        kept_keys = (keys.closing(user_id), *self._posts(user_id))
        for key in [key for key in data.expiries if key.pk == partition]:
            if key not in kept_keys:
                del data.expiries[key]
        return False

    def _posts(self, user_id: str) -> list[keys.Key]:
        return [keys.post(post_id) for post_id in self.data.posts if post_id.author_id == user_id]


@dataclass
class FakeErasureRecords:
    records: dict[str, ErasedAccount] = field(default_factory=dict)
    parts: dict[tuple[str, str], tuple[Content, ...]] = field(default_factory=dict)

    def begin(self, account: ErasedAccount) -> None:
        self.records.setdefault(account.user_id, account)

    def note_contents(self, user_id: str, part: str, contents: Sequence[Content]) -> None:
        if contents:
            self.parts[user_id, part] = tuple(contents)

    def finish(self, user_id: str, at: datetime) -> None:
        record = self.records.get(user_id)
        if record is not None and record.finished_at is None:
            self.records[user_id] = replace(record, finished_at=at)

    def get(self, user_id: str) -> ErasedAccount | None:
        return self.records.get(user_id)

    def waiting(self) -> Iterable[ErasedAccount]:
        return list(self.records.values())

    def contents(self, user_id: str) -> Iterable[Content]:
        return [c for (owner, _), part in self.parts.items() if owner == user_id for c in part]

    def forget(self, user_id: str) -> None:
        self.records.pop(user_id, None)
        self.parts = {key: part for key, part in self.parts.items() if key[0] != user_id}


@dataclass
class FakeErasureList:
    noted: dict[Erasure, datetime] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)

    def note(self, kind: Erasable, subject: str, at: datetime) -> None:
        self.noted.setdefault(Erasure(kind, digest_of(kind, subject)), at)

    def all(self) -> Iterable[Erasure]:
        return list(self.noted)

    def note_receipt(self, digest: str, receipt: str, at: datetime) -> None:
        del at
        self.receipts[digest] = receipt

    def has_receipt(self, digest: str) -> bool:
        return digest in self.receipts


@dataclass
class FakeAccounts:
    """Remembers the accounts that were deleted, and those whose sign-ins were ended. All that were
    not deleted have an address."""

    deleted: list[str] = field(default_factory=list)
    signed_out: list[str] = field(default_factory=list)

    def email_of(self, account: str) -> str | None:
        return None if account in self.deleted else f"{account}@example.com"

    def end_sign_ins(self, account: str) -> None:
        self.signed_out.append(account)

    def delete(self, account: str) -> None:
        if account not in self.deleted:
            self.deleted.append(account)

"""Reads everything that is needed to show posts and users, in one batch of several kinds of
items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.profiles import with_followers
from shutterfeed.adapters.dynamodb.records import to_counts, to_post, to_profile
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.domain.visibility import Relation, Viewer
from shutterfeed.keys import Key, Kind
from shutterfeed.ports.viewing import Stored, Wanted


@dataclass(frozen=True, slots=True)
class DynamoViewingReads:
    table: Table

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=False)

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=True)

    def _read(self, viewer: Viewer, wanted: Wanted, consistent: bool) -> Stored:
        found = by_kind(self.table.get_many(wanted_keys(viewer, wanted), consistent))
        stored = to_stored(found)
        shown = [stored.profiles[i] for i in wanted.users if i in stored.profiles]
        exact = with_followers(self.table, shown, consistent)
        return Stored(stored.posts, stored.counts, {**stored.profiles, **exact}, stored.relations)


def wanted_keys(viewer: Viewer, wanted: Wanted) -> Iterator[Key]:
    """The keys of all items to read."""
    yield from map(keys.post, wanted.posts)
    yield from map(keys.counts, wanted.posts)
    yield from map(keys.counts, wanted.at_hand)
    authors = (post_id.author_id for post_id in wanted.posts)
    users = (*wanted.users, *wanted.uncounted)
    yield from map(keys.profile, (*authors, *wanted.authors, *users))
    if viewer.user_id is not None:
        for user_id in users:
            yield keys.follow(viewer.user_id, user_id)


def by_kind(items: Iterable[Item]) -> dict[Kind, list[Item]]:
    """The items by their kinds, which their keys tell. Raises `MalformedKey` for any other kind."""
    found: dict[Kind, list[Item]] = {kind: [] for kind in Kind}
    for item in items:
        found[keys.kind_of(item_key(item))].append(item)
    return found


def to_stored(found: dict[Kind, list[Item]]) -> Stored:
    posts, profiles = map(to_post, found[Kind.POST]), map(to_profile, found[Kind.PROFILE])
    return Stored(
        {post.id: post for post in posts},
        {keys.parse_counts(item_key(item)): to_counts(item) for item in found[Kind.COUNTS]},
        {profile.user_id: profile for profile in profiles},
        {
            keys.parse_follow(item_key(item))[1]: Relation(follows=True)
            for item in found[Kind.FOLLOW]
        },
    )

"""Reads everything that is needed to show posts and users, in one batch of several kinds of
items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blocks import BY
from shutterfeed.adapters.dynamodb.mutes import to_muted
from shutterfeed.adapters.dynamodb.profiles import with_followers
from shutterfeed.adapters.dynamodb.records import to_counts, to_post, to_profile
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer
from shutterfeed.keys import Key, Kind
from shutterfeed.ports.system import Clock
from shutterfeed.ports.viewing import Stored, Wanted


@dataclass(frozen=True, slots=True)
class DynamoViewingReads:
    table: Table
    clock: Clock

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=False)

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=True)

    def _read(self, viewer: Viewer, wanted: Wanted, consistent: bool) -> Stored:
        items = [*wanted_keys(wanted), *relation_keys(viewer, wanted)]
        found = by_kind(self.table.get_many(items, consistent))
        relations = to_relations(viewer, owners(wanted), found, self.clock.now())
        stored = replace(to_stored(found), relations=relations)
        shown = [
            stored.profiles[i]
            for i in wanted.users
            if i in stored.profiles and not stored.relation_to(i).is_cut
        ]
        exact = with_followers(self.table, shown, consistent)
        return replace(stored, profiles={**stored.profiles, **exact})


def wanted_keys(wanted: Wanted) -> Iterator[Key]:
    """The keys of all items that are shown."""
    yield from map(keys.post, wanted.posts)
    yield from map(keys.counts, wanted.posts)
    yield from map(keys.counts, wanted.at_hand)
    authors = (post_id.author_id for post_id in wanted.posts)
    users = (*wanted.users, *wanted.uncounted)
    yield from map(keys.profile, (*authors, *wanted.authors, *users))


def owners(wanted: Wanted) -> set[str]:
    """The users whose posts or profiles are wanted."""
    authors = {post_id.author_id for post_id in (*wanted.posts, *wanted.at_hand)}
    return {*authors, *wanted.authors, *wanted.users, *wanted.uncounted}


def relation_keys(viewer: Viewer, wanted: Wanted) -> Iterator[Key]:
    """The keys of the items that tell the viewer's relations: of each owner whether one has blocked
    the other, of users besides whether the viewer follows them; and all whom the viewer has
    muted."""
    viewer_id = viewer.user_id
    if viewer_id is None:
        return
    others = owners(wanted) - {viewer_id}
    for user_id in sorted(others):
        yield keys.pair(viewer_id, user_id)
    for user_id in sorted({*wanted.users, *wanted.uncounted} & others):
        yield keys.follow(viewer_id, user_id)
    if others:
        yield keys.reader_mutes(viewer_id)


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
    )


def to_relations(
    viewer: Viewer, user_ids: Iterable[str], found: dict[Kind, list[Item]], now: datetime
) -> dict[str, Relation]:
    """The viewer's relations to users, except those to whom there is none."""
    edges = [keys.parse_follow(item_key(item)) for item in found[Kind.FOLLOW]]
    follows = {followee for follower, followee in edges if viewer.is_user(follower)}
    pairs = {keys.parse_pair(item_key(item)): item[BY] for item in found[Kind.BLOCK]}
    blockers = {user_id: by for pair, by in pairs.items() for user_id in pair}
    muted = to_muted(next(iter(found[Kind.MUTES]), None))
    relations = {
        user_id: Relation(
            follows=user_id in follows,
            has_blocked=viewer.user_id in blockers.get(user_id, ()),
            is_blocked=user_id in blockers.get(user_id, ()),
            has_muted=muted.has(user_id, now),
        )
        for user_id in user_ids
        if not viewer.is_user(user_id)
    }
    return {user_id: it for user_id, it in relations.items() if it != STRANGERS}

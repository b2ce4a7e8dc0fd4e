"""Reads everything that is needed to show posts and users, in one batch of several kinds of
items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
        items = wanted_keys(viewer, wanted, with_relations=True)
        found = by_kind(self.table.get_many(items, consistent))
        stored = replace(to_stored(found), relations=_to_relations(viewer, found))
        shown = [stored.profiles[i] for i in wanted.users if i in stored.profiles]
        exact = with_followers(self.table, shown, consistent)
        return replace(stored, profiles={**stored.profiles, **exact})


def wanted_keys(viewer: Viewer, wanted: Wanted, *, with_relations: bool = False) -> Iterator[Key]:
    """The keys of all items to read. A feed needs no relations: it knows them already, from
    `Reader.relation_to`."""
    yield from map(keys.post, wanted.posts)
    yield from map(keys.counts, wanted.posts)
    yield from map(keys.counts, wanted.at_hand)
    authors = (post_id.author_id for post_id in wanted.posts)
    users = (*wanted.users, *wanted.uncounted)
    yield from map(keys.profile, (*authors, *wanted.authors, *users))
    if with_relations and viewer.user_id is not None:
        yield from _relation_keys(viewer.user_id, wanted)


def _relation_keys(viewer_id: str, wanted: Wanted) -> Iterator[Key]:
    """The keys of the items that tell the viewer's relations: for the author of each post one,
    whether the viewer follows them; for each user three, also whether they follow the viewer, and
    whether the viewer has asked to follow them."""
    users = {*wanted.users, *wanted.uncounted} - {viewer_id}
    authors = {post_id.author_id for post_id in (*wanted.posts, *wanted.at_hand)} - {viewer_id}
    for user_id in sorted(users | authors):
        yield keys.follow(viewer_id, user_id)
    for user_id in sorted(users):
        yield keys.follow(user_id, viewer_id)
        yield keys.request(viewer_id, user_id)


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


def _to_relations(viewer: Viewer, found: dict[Kind, list[Item]]) -> dict[str, Relation]:
    edges = [keys.parse_follow(item_key(item)) for item in found[Kind.FOLLOW]]
    follows = {followee for follower, followee in edges if viewer.is_user(follower)}
    followers = {follower for follower, followee in edges if viewer.is_user(followee)}
    requested = {keys.parse_request(item_key(item))[1] for item in found[Kind.REQUEST]}
    return {
        user_id: Relation(
            follows=user_id in follows,
            is_followed=user_id in followers,
            has_requested=user_id in requested,
        )
        for user_id in follows | followers | requested
    }

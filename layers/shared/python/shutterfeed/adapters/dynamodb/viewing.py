"""Reads everything that is needed to show posts and users, in one batch of several kinds of
items."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blocks import BY
from shutterfeed.adapters.dynamodb.likes import to_own_like
from shutterfeed.adapters.dynamodb.mutes import to_muted, to_reported
from shutterfeed.adapters.dynamodb.own_edges import finding, finding_likes, finding_own, own_keys
from shutterfeed.adapters.dynamodb.profiles import with_followers
from shutterfeed.adapters.dynamodb.records import to_counts, to_post, to_profile
from shutterfeed.adapters.dynamodb.table import Item, Table, at_once, item_key
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer, is_kept_from
from shutterfeed.keys import Key, Kind
from shutterfeed.ports.likes import OwnLike
from shutterfeed.ports.system import Clock
from shutterfeed.ports.viewing import Stored, Wanted

_MANY: Final = 10
"""The number of a user's own posts from which on they are read as a range."""


@dataclass(frozen=True, slots=True)
class DynamoViewingReads:
    table: Table
    clock: Clock

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=False)

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self._read(viewer, wanted, consistent=True)

    def _read(self, viewer: Viewer, wanted: Wanted, consistent: bool) -> Stored:
        items = wanted_keys(viewer, wanted, with_relations=True)
        posts = (*wanted.posts, *wanted.at_hand)
        if len(posts) == 1:
            calls = self.table.getting([*items, *own_keys(viewer, posts)], consistent)
        else:
            calls = [
                *self.table.getting(items, consistent),
                *finding_own(self.table, viewer, posts),
            ]
        calls += finding(self.table, [keys.post(i) for i in sorted(_own_many(viewer, wanted))])
        calls += finding_likes(self.table, wanted.likes)
        calls += self._finding_named(viewer, wanted)
        found = by_kind(item for batch in at_once(calls) for item in batch)
        owners = _Owners.of(viewer, wanted).all
        packed = next(iter(found[Kind.MUTES]), None)
        muted, reported, now = to_muted(packed), to_reported(packed), self.clock.now()
        relations = to_relations(
            viewer, found, owners, lambda user_id: muted.has(user_id, now), reported.has
        )
        for user_id in wanted.followed:
            relations[user_id] = Relation(
                follows=True,
                has_muted=muted.has(user_id, now),
                has_reported=reported.has(user_id),
            )
        stored = replace(
            to_stored(viewer, found),
            relations=relations,
            reported=reported,
            barred=_barred(wanted.guests, found),
            likes=frozenset(_likes(found)) & frozenset(wanted.likes),
            left=next(iter(found[Kind.LIMITS]), {}),
            own_likes=_own_likes(viewer, found) if wanted.own else {},
        )
        exact = with_followers(self.table, _shown(viewer, wanted, stored), consistent)
        return replace(stored, profiles={**stored.profiles, **exact})

    def _finding_named(self, viewer: Viewer, wanted: Wanted) -> list[Callable[[], list[Item]]]:
        """The requests that find which of those who are named the viewer follows or has asked to:
        most people follow few and have asked fewer, so that a range takes less than many keys."""
        user_id, named = viewer.user_id, sorted(_Owners.of(viewer, wanted).named)
        if user_id is None:
            return []
        ranges = ([edge(user_id, i) for i in named] for edge in (keys.follow, keys.request))
        return [call for some in ranges for call in finding(self.table, some)]


def _shown(viewer: Viewer, wanted: Wanted, stored: Stored) -> Iterator[Profile]:
    """The wanted users who may be shown. Of somebody who is hidden nothing more is read: that
    would tell that they exist."""
    for user_id in wanted.users:
        profile = stored.profiles.get(user_id)
        if profile is None or stored.relation_to(user_id).is_cut:
            continue
        if not is_kept_from(viewer, profile):
            yield profile


@dataclass(frozen=True, slots=True)
class _Owners:
    """Those whose profiles and posts are wanted, except the viewer and those of whom the relation
    is known."""

    users: frozenset[str]
    authors: frozenset[str]
    """Those of posts."""
    named: frozenset[str]
    """Those of whom it is told what they did."""
    all: frozenset[str]

    @classmethod
    def of(cls, viewer: Viewer, wanted: Wanted) -> _Owners:
        known = {viewer.user_id, *wanted.followed}
        users = frozenset((*wanted.users, *wanted.uncounted)) - known
        named = frozenset(wanted.named) - known
        posts = (*wanted.posts, *wanted.at_hand, *wanted.bare)
        authors = frozenset(post_id.author_id for post_id in posts) - known
        others = named | (frozenset((*wanted.authors, *wanted.people)) - known)
        return cls(users, authors, named, users | authors | others)


def wanted_keys(viewer: Viewer, wanted: Wanted, *, with_relations: bool = False) -> Iterator[Key]:
    """The keys of all items to read. A feed needs no relations but those to people in its posts: it
    knows the others already, from `Reader.relation_to`."""
    yield from map(keys.post, wanted.posts)
    in_range = _own_many(viewer, wanted)
    yield from (keys.post(post_id) for post_id in wanted.bare if post_id not in in_range)
    yield from map(keys.counts, wanted.posts)
    yield from map(keys.counts, (*wanted.at_hand, *wanted.counts_of))
    authors = (post_id.author_id for post_id in wanted.posts)
    users = (*wanted.users, *wanted.uncounted, *wanted.named)
    yield from map(keys.profile, (*authors, *wanted.authors, *wanted.people, *users))
    yield from (keys.pair(*pair) for pair in sorted(set(wanted.guests)) if len(set(pair)) > 1)
    if viewer.user_id is None:
        return
    if wanted.own:
        yield keys.profile(viewer.user_id)
    if wanted.left:
        yield keys.limits(viewer.user_id)
    if not with_relations:
        wanted = Wanted(people=wanted.people)
    yield from _relation_keys(viewer.user_id, _Owners.of(viewer, wanted))
    if wanted.needs_mutes(viewer):
        yield keys.reader_mutes(viewer.user_id)


def _own_many(viewer: Viewer, wanted: Wanted) -> frozenset[PostId]:
    """The viewer's own bare posts, if there are many: then most of them stand side by side, where a
    range of them takes a third of what they take one by one."""
    own = frozenset(post_id for post_id in wanted.bare if viewer.is_user(post_id.author_id))
    return own if len(own) >= _MANY else frozenset()


def relation_keys(viewer: Viewer, author_ids: Collection[str]) -> Iterator[Key]:
    """The keys of the items that tell the relations to the authors of posts."""
    if viewer.user_id is not None:
        authors = frozenset(author_ids) - {viewer.user_id}
        yield from _relation_keys(
            viewer.user_id, _Owners(frozenset(), authors, frozenset(), authors)
        )


def _relation_keys(viewer_id: str, owners: _Owners) -> Iterator[Key]:
    """The keys of the items that tell the viewer's relations: for everybody one, whether one has
    blocked the other; for the author of each post one more, whether the viewer follows them; for
    each user three more, also whether they follow the viewer, and whether the viewer has asked to
    follow them. The edges to those who are named are read as a range."""
    for user_id in sorted(owners.all):
        yield keys.pair(viewer_id, user_id)
    for user_id in sorted(owners.users | owners.authors):
        yield keys.follow(viewer_id, user_id)
    for user_id in sorted(owners.users):
        yield keys.follow(user_id, viewer_id)
        yield keys.request(viewer_id, user_id)


def _barred(
    guests: Iterable[tuple[str, str]], found: dict[Kind, list[Item]]
) -> frozenset[tuple[str, str]]:
    """Those of the pairs of an owner and a guest of which the owner has blocked the guest."""
    by = {item_key(item): item[BY] for item in found[Kind.BLOCK]}
    return frozenset(pair for pair in guests if pair[0] in by.get(keys.pair(*pair), ()))


def _likes(found: dict[Kind, list[Item]]) -> Iterator[tuple[str, PostId]]:
    """The likes that exist, as pairs of a user and a post."""
    return (keys.parse_like(item_key(item)) for item in found[Kind.LIKE])


def _own_likes(viewer: Viewer, found: dict[Kind, list[Item]]) -> dict[PostId, OwnLike]:
    likes = {keys.parse_like(item_key(item)): to_own_like(item) for item in found[Kind.LIKE]}
    return {post_id: like for (who, post_id), like in likes.items() if viewer.is_user(who)}


def by_kind(items: Iterable[Item]) -> dict[Kind, list[Item]]:
    """The items by their kinds, which their keys tell. Raises `MalformedKey` for any other kind."""
    found: dict[Kind, list[Item]] = {kind: [] for kind in Kind}
    for item in items:
        found[keys.kind_of(item_key(item))].append(item)
    return found


def to_stored(viewer: Viewer, found: dict[Kind, list[Item]]) -> Stored:
    posts, profiles = map(to_post, found[Kind.POST]), map(to_profile, found[Kind.PROFILE])
    return Stored(
        {post.id: post for post in posts},
        {keys.parse_counts(item_key(item)): to_counts(item) for item in found[Kind.COUNTS]},
        {profile.user_id: profile for profile in profiles},
        liked=frozenset(post_id for user_id, post_id in _likes(found) if viewer.is_user(user_id)),
        saved=frozenset(keys.parse_save(item_key(item))[1] for item in found[Kind.SAVE]),
    )


def blocks_with(
    viewer: Viewer, found: dict[Kind, list[Item]], user_ids: Iterable[str]
) -> dict[str, Relation]:
    """The viewer's relations to those of the users whom they have blocked, or who have blocked
    them, as far as blocks go."""
    blockers = _blockers(viewer, found)
    return {
        user_id: Relation(
            has_blocked=viewer.user_id in blockers[user_id], is_blocked=user_id in blockers[user_id]
        )
        for user_id in user_ids
        if user_id in blockers
    }


def _blockers(viewer: Viewer, found: dict[Kind, list[Item]]) -> dict[str, Collection[str]]:
    """Who has blocked whom of the viewer and another, by the ids of both."""
    pairs = {keys.parse_pair(item_key(item)): item[BY] for item in found[Kind.BLOCK]}
    return {user_id: by for pair, by in pairs.items() for user_id in pair if viewer.user_id in pair}


def to_relations(
    viewer: Viewer,
    found: dict[Kind, list[Item]],
    user_ids: Iterable[str],
    has_muted: Callable[[str], bool] = lambda _: False,
    has_reported: Callable[[str], bool] = lambda _: False,
) -> dict[str, Relation]:
    """The viewer's relations to users, without those to whom there is none; `has_muted` and
    `has_reported` say of whom that is so."""
    edges = [keys.parse_follow(item_key(item)) for item in found[Kind.FOLLOW]]
    follows = {followee for follower, followee in edges if viewer.is_user(follower)}
    followers = {follower for follower, followee in edges if viewer.is_user(followee)}
    requested = {keys.parse_request(item_key(item))[1] for item in found[Kind.REQUEST]}
    blockers = _blockers(viewer, found)
    relations = {
        user_id: Relation(
            follows=user_id in follows,
            is_followed=user_id in followers,
            has_requested=user_id in requested,
            has_blocked=viewer.user_id in blockers.get(user_id, ()),
            is_blocked=user_id in blockers.get(user_id, ()),
            has_muted=has_muted(user_id),
            has_reported=has_reported(user_id),
        )
        for user_id in user_ids
    }
    return {user_id: relation for user_id, relation in relations.items() if relation != STRANGERS}

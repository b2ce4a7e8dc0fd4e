"""What likes and saves cost, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb import feed_reads, own_edges, viewing
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.own_edges import finding_own
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import post_item, profile_item
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.table import item_key, key_item
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance, Spending
from shutterfeed.domain.posts import LIKE_SHARDS, Post, PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from shutterfeed.ports.likes import FOLLOWED
from shutterfeed.ports.viewing import Wanted
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK
from shutterfeed.services.liked_by import LikedByService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.system import START, FakeClock
from tests.limits import plenty_but
from tests.wire import Wire, units_of

if TYPE_CHECKING:
    from shutterfeed.services.progress import ProgressService

BOB = samples.user_id(2)
LIMITS = plenty_but(likes=Allowance(1_000, 300))
ATTEMPTS = 10
"""Calls made at the same time may miss one another on a busy machine."""


@pytest.fixture(scope="module")
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does. Each test writes about posts
    and users of its own."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


def _posts(count: int, author: int) -> list[Post]:
    """Published posts, one an hour."""
    return [
        samples.post(author, number, at=START + timedelta(hours=number), state=PostState.PUBLISHED)
        for number in range(1, count + 1)
    ]


def _spending(user_id: str, seconds: int) -> Spending:
    """One of several charges, so that the allowance is not full."""
    return LIMITS.spending(user_id, START + timedelta(seconds=seconds), likes=1)


def _units(tables: Tables, call: Callable[[], object]) -> dict[str, float]:
    with units_of(tables.metadata.client) as units:
        call()
    return units


def _billed(tables: Tables, call: Callable[[], object]) -> int:
    """The write units that AWS bills for a call: one for a write of up to 1 KB that changes no
    index, and two for each in a transaction, of which DynamoDB Local tells only one."""
    wire = Wire(tables.metadata.client)
    with wire.tapped():
        units = _units(tables, call)
    single = {"PutItem", "UpdateItem", "DeleteItem"}
    billed = sum(name in single for name, _ in wire.calls)
    billed += sum(2 * len(parameters.get("TransactItems", ())) for _, parameters in wire.calls)
    assert units["write"] <= billed
    return billed


@pytest.mark.parametrize("shards", [1, LIKE_SHARDS])
def test_a_like_takes_six_write_units_with_its_charge_and_its_entry(
    tables: Tables, shards: int
) -> None:
    likes, user_id = DynamoLikes(tables.metadata), samples.user_id(100 + shards)
    for seconds, post in enumerate(_posts(3, 10)):
        like = partial(likes.like, user_id, post.id, shards, ulid(START, seconds))
        assert _billed(tables, partial(like, _spending(user_id, seconds))) == 6
        repeated = _units(tables, partial(like, _spending(user_id, seconds)))
        assert (repeated["write"], repeated["read"] <= 2) == (0, True)
        assert _billed(tables, partial(likes.unlike, user_id, post.id, shards)) == 5


def test_a_save_takes_two_write_units_with_its_charge(tables: Tables) -> None:
    saves, user_id = DynamoSaves(tables.metadata), samples.user_id(200)
    for seconds, post in enumerate(_posts(3, 10)):
        save = partial(saves.save, user_id, post.id, ulid(START, seconds))
        units = _units(tables, partial(save, _spending(user_id, seconds)))
        assert (units["write"], units["read"] <= 2) == (2, True)
        assert _units(tables, partial(save, _spending(user_id, seconds)))["write"] == 0
        collect = partial(save, _spending(user_id, seconds), samples.user_id(0))
        assert _units(tables, collect)["write"] == 2
        assert _units(tables, partial(saves.unsave, user_id, post.id))["write"] == 1


def test_what_the_reader_likes_takes_half_a_unit_of_a_feed_page_and_what_is_saved_another(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All posts of the page are liked and saved, and some around them."""
    posts = _posts(24, 20)
    _write(tables, posts)
    for post in posts:
        DynamoLikes(tables.metadata).like(BOB, post.id, 1, ulid(START, 1))
        DynamoSaves(tables.metadata).save(BOB, post.id, ulid(START, 1))
    ids = [post.id for post in posts[2:22]]
    wire = Wire(tables.metadata.client, latency=lambda: 0.05)
    reads = DynamoFeedReads(tables.metadata, tables.feed)
    view = partial(reads.view, Viewer(BOB), FeedWanted(Wanted(posts=ids)), None, 20)
    trips = set()
    for _ in range(ATTEMPTS):
        wire.clear()
        with wire.tapped():
            stored = view().stored
        trips.add(wire.trips)
        assert stored.liked == stored.saved == set(ids)
    assert 1 in trips
    units = _units(tables, view)
    monkeypatch.setattr(feed_reads, "finding_own", lambda *_: [])
    assert units["read"] - _units(tables, view)["read"] == 1


def test_what_the_viewer_likes_and_has_saved_of_a_list_takes_one_unit(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts, user_id = _posts(20, 21), samples.user_id(400)
    _write(tables, posts)
    for post in posts:
        DynamoLikes(tables.metadata).like(user_id, post.id, 1, ulid(START, 1))
    reads = DynamoViewingReads(tables.metadata, FakeClock())
    read = partial(reads.read, Viewer(user_id), Wanted(posts=[post.id for post in posts]))
    units = _units(tables, read)
    monkeypatch.setattr(viewing, "finding_own", lambda *_: [])
    # DynamoDB Local asks nothing for the saves, of which there are none.
    assert units["read"] - _units(tables, read)["read"] == 0.5


def test_who_likes_a_lot_waits_for_no_second_request(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They like 200 others between the first and the last post of the list."""
    posts, user_id = _posts(220, 24), samples.user_id(401)
    own = [keys.like(user_id, post.id) for post in posts]
    tables.metadata.write_many({**key_item(key), "at": ulid(START, 1)} for key in own)
    ids = [post.id for post in posts[::11]]
    wire, found = Wire(tables.metadata.client), set()
    with wire.tapped():
        for call in finding_own(tables.metadata, Viewer(user_id), ids):
            found |= {item_key(item) for item in call()}
    assert found == {keys.like(user_id, post_id) for post_id in ids}
    assert [name for name, _ in wire.calls] == ["Query", "Query"], "the likes, and the saves"
    monkeypatch.setattr(own_edges, "RANGE", 100)
    with wire.tapped():
        likes, _ = finding_own(tables.metadata, Viewer(user_id), ids)
        assert {item_key(item) for item in likes()} == found
    assert [name for name, _ in wire.calls][2:] == ["Query", "BatchGetItem"]


def test_removing_the_likes_of_a_post_that_is_gone_takes_two_write_units_each(
    tables: Tables,
) -> None:
    likes, [post] = DynamoLikes(tables.metadata), _posts(1, 22)
    for number in range(30):
        likes.like(samples.user_id(300 + number), post.id, 1, ulid(START, number))
    removal = _units(tables, lambda: likes.forget(post.id, 1_000))
    assert removal["write"] == 2 * 30
    units = _units(tables, lambda: likes.forget(post.id, 1_000))
    assert units["write"] == 1, "the counts"
    again = _units(tables, lambda: likes.forget(post.id, 1_000))
    assert again["write"] == 0


def test_copying_the_likes_of_a_hot_post_takes_one_write_unit(tables: Tables) -> None:
    likes, [post] = DynamoLikes(tables.metadata), _posts(1, 23)
    likes.spread(post.id, LIKE_SHARDS)
    for number in range(40):
        user_id = samples.user_id(300 + number)
        likes.like(user_id, post.id, LIKE_SHARDS, ulid(START, number))
    units = _units(tables, lambda: likes.count(post.id))
    assert (units["write"], units["read"] <= 1 + LIKE_SHARDS) == (1, True)
    assert _units(tables, lambda: likes.count(post.id))["write"] == 0


def _write(tables: Tables, posts: list[Post]) -> None:
    tables.metadata.write_many(map(post_item, posts))
    tables.metadata.write_many([profile_item(samples.profile(20 + n)) for n in range(2)])


@pytest.mark.parametrize(
    ("posts", "friends", "follows_authors", "most"),
    [(20, 20, False, 86.5), (20, 20, True, 66.5), (5, 5, True, 21.5), (5, 1, True, 17.5)],
)
def test_naming_who_likes_the_posts_of_a_page_takes_two_round_trips(
    tables: Tables, posts: int, friends: int, follows_authors: bool, most: float
) -> None:
    """Every post has another author and 40 likes, the last one by a friend: by another one each, or
    by the same one. The viewer follows 250 users."""
    base = 1_000 * posts + 200 * friends + 100 * follows_authors
    viewer, likes = samples.user_id(base + 99), DynamoLikes(tables.metadata)
    liked = _liked_by_friends(tables, base, posts, friends)
    ids = [post.id for post in liked]
    followed = [*range(base, base + friends), *range(900)]
    if follows_authors:
        followed[:0] = range(base + 50, base + 50 + posts)
    _follow(tables, viewer, [samples.user_id(number) for number in followed[:FOLLOWED]])
    service = LikedByService(likes=likes, viewing=_viewing(tables))
    name = partial(service.named, Viewer(viewer), [*map(str, ids)])
    wire, trips = Wire(tables.metadata.client, latency=lambda: 0.05), set()
    for _ in range(ATTEMPTS):
        wire.clear()
        with wire.tapped():
            name()
        trips.add(wire.trips)
    assert 2 in trips
    named = name()
    friendly = {samples.user_id(number) for number in range(base, base + friends)}
    assert {view.profile.user_id for view in named.values()} == friendly
    assert len(named) == posts
    first = _units(tables, partial(likes.recent, viewer, ids))
    assert first == {"read": posts / 2 + 6, "write": 0}
    # Every item asked for takes half a unit, also one that does not exist, for which DynamoDB Local
    # asks nothing; and so does every query of somebody's likes.
    asked = wire.calls[posts + 1 :]
    table, queries = tables.metadata.name, [call for call, _ in asked if call == "Query"]
    reads = [asks["RequestItems"][table]["Keys"] for call, asks in asked if call != "Query"]
    items = [key for read in reads for key in read]
    assert first["read"] + (len(items) + len(queries)) / 2 == most
    units = _units(tables, name)
    assert (units["write"], units["read"] <= most) == (0, True)


def _viewing(tables: Tables) -> ViewingService:
    metadata = tables.metadata
    reads, profiles = DynamoViewingReads(metadata, FakeClock()), DynamoProfiles(metadata)
    progress = cast("ProgressService", None)
    return ViewingService(reads=reads, profiles=profiles, progress=progress)


def _follow(tables: Tables, viewer: str, followed: list[str]) -> None:
    tables.metadata.write_many(
        {
            **key_item(keys.follow(viewer, user_id)),
            FOLLOWERS_PK: keys.followers_partition(user_id, 0),
            FOLLOWERS_SK: keys.liker_sort(ulid(START, number), viewer),
        }
        for number, user_id in enumerate(followed)
    )


def _liked_by_friends(tables: Tables, base: int, posts: int, friends: int) -> list[Post]:
    """Published posts of different authors, which a friend likes, and 39 others."""
    liked = [samples.post(base + 50 + n, 1, state=PostState.PUBLISHED) for n in range(posts)]
    tables.metadata.write_many(map(post_item, liked))
    people = [*range(base, base + 40), *range(base + 50, base + 50 + posts)]
    tables.metadata.write_many(profile_item(samples.profile(number)) for number in people)
    for index, post in enumerate(liked):
        first = base + index % friends
        crowd = [first, *(number for number in range(base, base + 40) if number != first)]
        for number, user in enumerate(map(samples.user_id, crowd)):
            entry = keys.liker(post.id, 0, ulid(START, 1_000 - number), user)
            edge = {**key_item(keys.like(user, post.id)), "at": ulid(START, 1_000 - number)}
            tables.metadata.write_many([key_item(entry), edge])
    return liked

"""What is read of whatever somebody is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads, by_kind
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.mutes import Mute
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.visibility import NOBODY, Relation, Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from shutterfeed.ports.viewing import Stored, Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START, FakeClock

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
COUNTS = PostCounts(likes=3, comments=1)

Read = Callable[[Viewer, Wanted], Stored]


@pytest.fixture(params=["read", "read_now"])
def read(store: Store, request: pytest.FixtureRequest) -> Read:
    for number in (1, 2, 3):
        store.profiles.create(samples.profile(number))
    method: Read = getattr(store.viewing, request.param)
    return method


def _post(store: Store, number: int, author: int = 1) -> Post:
    post = samples.post(author, number)
    assert store.posts.create(post, (), f"key {number}", "") is None
    return post


def test_posts_come_with_their_counts_and_authors(store: Store, read: Read) -> None:
    mine, yours = _post(store, 1), _post(store, 2, author=2)
    gone = samples.post(3, 9)
    store.count(mine.id, COUNTS)
    found = read(NOBODY, Wanted(posts=[mine.id, yours.id, gone.id, mine.id]))
    assert found.posts == {mine.id: mine, yours.id: yours}
    assert found.counts == {mine.id: COUNTS}
    assert set(found.profiles) == {ADA, BOB, CY}
    assert found.relations == {}


def test_of_posts_at_hand_the_counts_alone_are_read(store: Store, read: Read) -> None:
    post = _post(store, 1)
    store.count(post.id, COUNTS)
    found = read(Viewer(BOB), Wanted(at_hand=[post.id, samples.post(2, 9).id]))
    assert found == Stored(counts={post.id: COUNTS})


def test_users_come_with_whether_the_viewer_follows_them_and_authors_do_not(
    store: Store, read: Read
) -> None:
    for followee in (1, 3):
        store.follows.follow(BOB, samples.profile(followee), ulid(START, followee))
    found = read(Viewer(BOB), Wanted(authors=[ADA], users=[BOB, CY, "nobody"]))
    assert set(found.profiles) == {ADA, BOB, CY}
    assert found.relations == {CY: Relation(follows=True)}
    assert found.profiles[CY].followers == 1
    assert read(NOBODY, Wanted(users=[ADA, CY])).relations == {}


def test_posts_come_with_whether_the_viewer_follows_their_authors(store: Store, read: Read) -> None:
    store.follows.follow(BOB, samples.profile(1), ulid(START, 1))
    store.follows.follow(ADA, samples.profile(3), ulid(START, 2))
    mine, theirs = _post(store, 1, author=2), [_post(store, n, author=n) for n in (1, 3)]
    ids = [post.id for post in (mine, *theirs)]
    for wanted in (Wanted(posts=ids), Wanted(at_hand=ids)):
        assert read(Viewer(BOB), wanted).relations == {ADA: Relation(follows=True)}
        assert read(Viewer(ADA), wanted).relations == {CY: Relation(follows=True)}
        assert read(NOBODY, wanted).relations == {}


def test_users_come_with_every_relation_there_is(store: Store, read: Read) -> None:
    store.follows.follow(CY, samples.profile(2), ulid(START, 1))
    store.profiles.edit(ADA, None, None, private=True)
    store.requests.request(BOB, ADA, ulid(START, 2))
    for wanted in (Wanted(users=[ADA, BOB, CY]), Wanted(uncounted=[ADA, BOB, CY])):
        assert read(Viewer(BOB), wanted).relations == {
            ADA: Relation(has_requested=True),
            CY: Relation(is_followed=True),
        }
        assert read(Viewer(CY), wanted).relations == {BOB: Relation(follows=True)}
        assert read(Viewer(ADA), wanted).relations == {}, "who asks tells nothing of oneself"


def test_people_in_posts_come_with_whether_one_has_blocked_the_other(
    store: Store, read: Read
) -> None:
    store.follows.follow(BOB, samples.profile(1), ulid(START, 1))
    store.blocks.block(CY, Block(BOB, "bob", START))
    wanted = Wanted(people=[ADA, BOB, CY, "nobody"])
    found = read(Viewer(BOB), wanted)
    assert set(found.profiles) == {ADA, BOB, CY}
    assert found.relations == {CY: Relation(is_blocked=True)}
    assert read(Viewer(CY), wanted).relations == {BOB: Relation(has_blocked=True)}
    assert read(NOBODY, wanted).relations == {}
    page = store.reads.view(Viewer(BOB), FeedWanted(wanted), None, 20)
    assert page.stored == found, "a feed's other relations are known from its reader"


def test_users_on_a_post_come_with_whether_its_owner_has_blocked_them(
    store: Store, read: Read
) -> None:
    store.blocks.block(ADA, Block(BOB, "bob", START))
    store.blocks.block(CY, Block(ADA, "ada", START))
    guests = [(owner, guest) for owner in (ADA, CY) for guest in (ADA, BOB, CY)]
    for viewer in (Viewer(ADA), Viewer(CY), NOBODY):
        assert read(viewer, Wanted(guests=guests)).barred == {(ADA, BOB), (CY, ADA)}
    assert read(NOBODY, Wanted(users=[BOB])).barred == frozenset()


def test_who_likes_a_post_is_found_by_pairs(store: Store, read: Read) -> None:
    post, other = samples.post().id, samples.post(number=2).id
    store.likes.like(BOB, post, 1, ulid(START, 1))
    store.likes.like(BOB, other, 1, ulid(START, 2))
    store.likes.like(CY, other, 1, ulid(START, 3))
    asked = [(BOB, post), (BOB, other), (CY, post), (ADA, other)]
    for viewer in (Viewer(BOB), Viewer(ADA), NOBODY):
        stored = read(viewer, Wanted(likes=asked))
        assert stored.likes == {(BOB, post), (BOB, other)}
        assert not stored.likes & {(CY, post)}
    found = read(Viewer(ADA), Wanted(at_hand=[post], likes=asked))
    assert found.liked == frozenset(), "others' likes are not one's own"


def test_of_those_whom_the_viewer_is_known_to_follow_only_mutes_are_read(
    store: Store, read: Read
) -> None:
    store.mutes.mute(ADA, Mute(BOB, "bob", START, None))
    wanted = Wanted(authors=[BOB, CY], bare=[samples.post(2).id], followed=[BOB, CY], mixed=True)
    expected = {BOB: Relation(follows=True, has_muted=True), CY: Relation(follows=True)}
    assert read(Viewer(ADA), wanted).relations == expected


def test_nothing_is_read_of_nothing(read: Read) -> None:
    assert read(Viewer(ADA), Wanted()) == Stored()


def test_followers_that_are_counted_apart_count(store: Store, read: Read) -> None:
    store.profiles.spread_followers(ADA, 3)
    celebrity = store.profiles.get(ADA)
    assert celebrity is not None
    for follower in (BOB, CY):
        store.follows.follow(follower, celebrity, ulid(START, 1))
    assert read(Viewer(BOB), Wanted(users=[ADA, BOB])).profiles[ADA].followers == 2


@pytest.mark.parametrize("hiding", [{"private": True}, {"public_page": False}])
def test_a_celebrity_who_hides_from_strangers_takes_them_no_longer_than_nobody(
    tables: Tables, hiding: dict[str, Any]
) -> None:
    profiles = DynamoProfiles(tables.metadata)
    profiles.create(samples.profile(1))
    profiles.spread_followers(ADA, 3)
    profiles.edit(ADA, None, None, **hiding)
    reads = DynamoViewingReads(tables.metadata, FakeClock())

    def requests(viewer: Viewer, user_id: str) -> int:
        return _requests(tables.metadata, lambda: reads.read(viewer, Wanted(users=[user_id])))

    assert requests(NOBODY, ADA) == requests(NOBODY, "nobody") == 1
    assert requests(Viewer(BOB), ADA) == 2


def _requests(table: Table, call: Callable[[], object]) -> int:
    """How many requests a call makes of the database."""
    made: list[object] = []

    def note(**_: object) -> None:
        made.append(None)

    events, name = table.client.meta.events, "before-call.dynamodb"
    events.register(name, note, "count")
    try:
        call()
    finally:
        events.unregister(name, note, "count")
    return len(made)


def test_more_is_read_than_one_request_can_ask_for(store: Store) -> None:
    posts = [_post(store, number) for number in range(60)]  # with their counts, 120 items
    for post in posts[::2]:
        store.count(post.id, COUNTS)
    wanted = Wanted(posts=[post.id for post in posts], users=[ADA, BOB])
    for read in (store.viewing.read, store.viewing.read_now):
        found = read(Viewer(BOB), wanted)
        assert set(found.posts) == {post.id for post in posts}
        assert set(found.counts) == {post.id for post in posts[::2]}


def test_an_item_of_a_kind_that_nobody_asked_for_is_an_error_and_not_a_post() -> None:
    upload = keys.upload(ADA, ulid(START, 1))
    with pytest.raises(keys.MalformedKey):
        by_kind([{"pk": upload.pk, "sk": upload.sk, "media": "[]"}])

"""What is read of whatever somebody is to be shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.viewing import by_kind
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.visibility import NOBODY, Relation, Viewer
from shutterfeed.ports.viewing import Stored, Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START

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


def test_nothing_is_read_of_nothing(read: Read) -> None:
    assert read(Viewer(ADA), Wanted()) == Stored()


def test_followers_that_are_counted_apart_count(store: Store, read: Read) -> None:
    store.profiles.spread_followers(ADA, 3)
    celebrity = store.profiles.get(ADA)
    assert celebrity is not None
    for follower in (BOB, CY):
        store.follows.follow(follower, celebrity, ulid(START, 1))
    assert read(Viewer(BOB), Wanted(users=[ADA, BOB])).profiles[ADA].followers == 2


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

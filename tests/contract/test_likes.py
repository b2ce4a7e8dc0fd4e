"""Likes: edges, their numbers and their lists, in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.table import Contended, Item, Table, key_item
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.ids import PostId, random_id, ulid
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.posts import LIKE_SHARDS, PostCounts
from shutterfeed.domain.visibility import NOBODY, Viewer
from shutterfeed.keys import Key
from shutterfeed.ports.likes import RECENT, Crowded, Liker, Likes, OwnLike, RecentLikers
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB, CAL = samples.user_id(1), samples.user_id(2), samples.user_id(3)
POST = samples.post().id
OTHER = samples.post(number=2).id


def _ulid(number: int) -> str:
    return ulid(START + timedelta(seconds=number), number)


def _like(
    likes: Likes, user_id: str, number: int = 1, shards: int = 1, post: PostId = POST
) -> bool:
    return likes.like(user_id, post, shards, _ulid(number))


def _likers(likes: Likes, shards: int = 1) -> list[str]:
    return [liker.user_id for liker in likes.likers(POST, shards, None, 100).items]


def test_a_like_is_counted_once_and_taken_back_once(store: Store) -> None:
    assert store.likes.counts(POST) == PostCounts()
    assert [_like(store.likes, ADA, number) for number in (1, 2)] == [True, False]
    assert _like(store.likes, BOB, 3)
    assert store.likes.counts(POST).likes == 2
    assert [store.likes.unlike(ADA, POST, 1) for _ in range(2)] == [True, False]
    assert store.likes.counts(POST).likes == 1
    assert _likers(store.likes) == [BOB]
    assert _like(store.likes, ADA, 4), "once more"
    assert store.likes.counts(POST).likes == 2
    assert _likers(store.likes) == [ADA, BOB]
    assert store.likes.counts(OTHER).likes == 0


def test_a_repeated_like_is_not_charged(store: Store) -> None:
    limits = plenty_but(likes=Allowance(2, 60))

    def like(post: PostId, seconds: int) -> bool:
        spending = limits.spending(ADA, START + timedelta(seconds=seconds), likes=1)
        return store.likes.like(ADA, post, 1, _ulid(seconds), spending)

    third = samples.post(number=3).id
    assert [like(post, 0) for post in (POST, POST, OTHER)] == [True, False, True]
    with pytest.raises(LimitReached) as refused:
        like(third, 1)
    assert (refused.value.limit, refused.value.retry_after) == ("likes", 59)
    assert store.likes.counts(third).likes == 0
    assert not like(POST, 1)
    assert like(third, 60)


def test_a_like_with_what_was_read_before_is_the_same_like(store: Store) -> None:
    one = plenty_but(likes=Allowance(1, 1))
    spending = one.spending(ADA, START, likes=1)
    assert store.likes.like(ADA, POST, 1, _ulid(1), spending, left={})
    # What was read is out of date by now: the second like of the same person, and a charge.
    assert not store.likes.like(ADA, POST, 1, _ulid(2), left={})
    with pytest.raises(LimitReached):
        store.likes.like(ADA, OTHER, 1, _ulid(3), spending, left={})
    assert [store.likes.counts(post).likes for post in (POST, OTHER)] == [1, 0]
    assert _likers(store.likes) == [ADA]
    assert store.likes.likers(OTHER, 1, None, 1).next_position is None, "no entry is left"
    known = store.viewing.read_now(Viewer(ADA), Wanted(posts=[POST], own=True, left=True))
    assert known.own_likes[POST] == OwnLike(_ulid(1), 0)
    with pytest.raises(LimitReached):
        spending.check(known.left)
    assert store.likes.unlike(ADA, POST, 1, known.own_likes[POST])
    assert not store.likes.unlike(ADA, POST, 1, known.own_likes[POST]), "it was taken back"
    assert (store.likes.counts(POST).likes, _likers(store.likes)) == (0, [])


def test_who_liked_each_of_some_posts_last_comes_with_whom_one_follows(store: Store) -> None:
    for number, (user_id, post) in enumerate(
        ((ADA, POST), (BOB, POST), (CAL, POST), (ADA, OTHER), (BOB, OTHER))
    ):
        _like(store.likes, user_id, number, post=post)
    store.likes.unlike(BOB, POST, 1)
    for number in (1, 2, 3):
        store.profiles.create(samples.profile(number))
    for followed in (2, 3):
        store.follows.follow(ADA, samples.profile(followed), _ulid(10 + followed))
    third = samples.post(number=3).id
    recent = store.likes.recent(ADA, [POST, OTHER, third])
    assert recent.of_posts == {POST: (CAL, ADA), OTHER: (BOB, ADA), third: ()}
    assert recent.followed == {BOB, CAL}
    assert store.likes.recent(BOB, [POST]).followed == frozenset()
    assert store.likes.recent(None, []) == RecentLikers()


def test_the_last_thirty_likes_are_looked_at(store: Store) -> None:
    users = [random_id(number * 7919 << 64) for number in range(RECENT + 3)]
    for number, user_id in enumerate(users):
        _like(store.likes, user_id, number)
    assert store.likes.recent(ADA, [POST]).of_posts[POST] == tuple(users[:2:-1])


@pytest.mark.parametrize("shards", [1, 4])
def test_likers_are_listed_page_by_page_newest_first(store: Store, shards: int) -> None:
    users = [random_id(number * 7919 << 64) for number in range(11)]
    for number, user_id in enumerate(users):
        assert _like(store.likes, user_id, number, shards if number > 3 else 1)
    found: list[Liker] = []
    before = None
    for _ in range(10):
        page = store.likes.likers(POST, shards, before, 4)
        found += page.items
        before = page.next_position
        if before is None:
            break
    newest_first = reversed(list(enumerate(users)))
    assert found == [Liker(user_id, _ulid(number)) for number, user_id in newest_first]


def test_a_users_likes_are_listed_newest_post_first(store: Store) -> None:
    posts = [samples.post(author, number).id for author in (1, 2) for number in (1, 2, 3)]
    for number, post in enumerate(posts):
        _like(store.likes, ADA, number, post=post)
    _like(store.likes, BOB, 9)
    newest_first = sorted(posts, key=lambda post: (post.ulid, post.author_id), reverse=True)
    found: list[PostId] = []
    before = None
    for _ in range(10):
        page = store.likes.liked_by(ADA, before, 4)
        found += page.items
        before = page.next_position
        if before is None:
            break
    assert found == newest_first


def test_likes_of_a_hot_post_are_counted_in_shards_and_copied(store: Store) -> None:
    users = [samples.user_id(number) for number in range(40)]
    for number, user_id in enumerate(users[:3]):
        _like(store.likes, user_id, number)
    store.likes.spread(POST, LIKE_SHARDS)
    store.likes.spread(POST, 2)
    assert store.likes.counts(POST).like_shards == LIKE_SHARDS
    for number, user_id in enumerate(users[3:], start=3):
        # Some have read the counts before.
        _like(store.likes, user_id, number, 1 if number % 10 == 0 else LIKE_SHARDS)
    for _ in range(2):
        assert store.likes.count(POST) == PostCounts(40, 0, LIKE_SHARDS)
    assert store.likes.counts(POST).likes == 40
    assert _likers(store.likes, LIKE_SHARDS) == users[::-1]
    for user_id in users[:39]:
        assert store.likes.unlike(user_id, POST, LIKE_SHARDS)
    store.likes.count(POST)
    assert store.likes.counts(POST).likes == 1
    assert _likers(store.likes, LIKE_SHARDS) == [users[39]]
    assert store.likes.count(OTHER) is None


def test_which_posts_somebody_likes_is_read_with_them(store: Store) -> None:
    posts = [samples.post(number % 3, number).id for number in range(60)]
    liked = set(posts[10:30:2])
    for number, post in enumerate(posts):
        if post in liked or number > 25:
            _like(store.likes, BOB, number, post=post)
    for asked in (posts[10:30], [posts[12]], [posts[13]], [posts[0], posts[59]], posts[40:]):
        expected = {i for i in asked if i in liked or posts.index(i) > 25}
        for wanted in (Wanted(posts=asked), Wanted(at_hand=asked)):
            assert store.viewing.read(Viewer(BOB), wanted).liked == expected
            assert store.viewing.read_now(Viewer(BOB), wanted).liked == expected
            assert not store.viewing.read(Viewer(CAL), wanted).liked
            assert not store.viewing.read(NOBODY, wanted).liked


@pytest.mark.parametrize("shards", [1, 4])
def test_nothing_is_left_of_the_likes_of_a_post_that_is_gone(store: Store, shards: int) -> None:
    users = [samples.user_id(number) for number in range(20)]
    if shards > 1:
        store.likes.spread(POST, shards)
    for number, user_id in enumerate(users):
        _like(store.likes, user_id, number, shards)
        _like(store.likes, user_id, number, post=OTHER)
    rounds = 0
    while store.likes.forget(POST, 7):
        rounds += 1
    assert rounds >= 3
    assert not store.likes.forget(POST, 7), "once more"
    assert store.likes.counts(POST) == PostCounts()
    assert _likers(store.likes, shards) == []
    assert store.likes.liked_by(users[0], None, 9).items == (OTHER,)
    assert store.likes.counts(OTHER).likes == 20


def test_an_entry_without_a_like_goes_with_the_post(tables: Tables) -> None:
    with pytest.raises(_Ended):
        DynamoLikes(_Ends(tables.metadata.client, tables.metadata.name)).like(ADA, POST, 1, "1")
    entry = keys.liker(POST, 0, "1", ADA)
    assert tables.metadata.get(entry)
    assert DynamoLikes(tables.metadata).forget(POST, 7)
    assert tables.metadata.get(entry) is None


def test_an_entry_that_was_left_beside_a_later_like_goes_with_both(tables: Tables) -> None:
    likes = DynamoLikes(tables.metadata)
    with pytest.raises(_Ended):
        DynamoLikes(_Ends(tables.metadata.client, tables.metadata.name)).like(ADA, POST, 1, "1")
    assert _like(likes, ADA, 2)
    assert likes.forget(POST, 7)
    assert not likes.forget(POST, 7)
    for key in (keys.liker(POST, 0, "1", ADA), keys.like(ADA, POST), keys.counts(POST)):
        assert tables.metadata.get(key) is None


def test_an_entry_that_a_process_has_left_is_not_shown(tables: Tables) -> None:
    """The process ended after the entry, or before its removal."""
    likes = DynamoLikes(tables.metadata)
    ends = _Ends(tables.metadata.client, tables.metadata.name)
    with pytest.raises(_Ended):
        DynamoLikes(ends).like(ADA, POST, 1, _ulid(1))
    assert (_likers(likes), likes.counts(POST).likes) == ([], 0)
    assert _like(likes, ADA, 2)
    assert (_likers(likes), likes.counts(POST).likes) == ([ADA], 1)
    assert _like(likes, BOB, 3)
    assert likes.likers(POST, 1, None, 1).next_position is not None


class _Ended(Exception):
    pass


class _Ends(Table):
    """A table whose process ends before a transaction."""

    def transact(self, writes: Sequence[object], attempts: int = 8) -> None:  # noqa: ARG002
        raise _Ended


class _Crowd(Table):
    """A table in which every transaction meets others at its count."""

    def transact(self, writes: Sequence[object], attempts: int = 8) -> None:  # noqa: ARG002
        raise Contended([1])


def test_an_entry_that_a_process_has_left_can_be_dropped(tables: Tables) -> None:
    likes = DynamoLikes(tables.metadata)
    assert _like(likes, BOB, 2)
    left, living = (keys.liker(POST, 0, _ulid(number), BOB) for number in (1, 2))
    tables.metadata.write_many(puts=[key_item(left)])
    assert likes.drop_entry(left)
    assert tables.metadata.get(left) is None
    assert not likes.drop_entry(living)
    assert _likers(likes) == [BOB]


def test_a_crowd_is_told_from_other_contention(tables: Tables) -> None:
    _like(DynamoLikes(tables.metadata), BOB)
    crowd = DynamoLikes(_Crowd(tables.metadata.client, tables.metadata.name))
    with pytest.raises(Crowded):
        _like(crowd, ADA)
    # Counted elsewhere then, it is the same like.
    assert _like(DynamoLikes(tables.metadata), ADA, shards=4)
    assert sorted(_likers(DynamoLikes(tables.metadata), 4)) == [ADA, BOB]
    with pytest.raises(Crowded):
        crowd.unlike(BOB, POST, 1)
    with pytest.raises(Contended) as refused:
        _like(crowd, CAL, 2, 4)
    assert not isinstance(refused.value, Crowded)


def test_a_copy_of_the_shards_that_was_overtaken_is_made_again(tables: Tables) -> None:
    likes = DynamoLikes(tables.metadata)
    likes.spread(POST, 2)
    _like(likes, ADA, 1, 2)
    slow = DynamoLikes(_Overtaken(tables.metadata.client, tables.metadata.name, [likes]))
    assert slow.count(POST) == PostCounts(2, 0, 2)
    assert likes.counts(POST).likes == 2


@dataclass(frozen=True, slots=True)
class _Overtaken(Table):
    """A table whose reader of shards is overtaken once by another like, and by its copy."""

    others: list[DynamoLikes]

    def get_many(self, keys: Iterable[Key], consistent: bool = False) -> list[Item]:
        found = Table.get_many(self, keys, consistent)
        while self.others:
            others = self.others.pop()
            _like(others, BOB, 2, 2)
            others.count(POST)
        return found

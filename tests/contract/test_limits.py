"""Limits: each action and its charges are one transaction, in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.table import ConditionFailed
from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.limits import Allowance, Spending
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.retention import ALLOWANCES_RETENTION
from shutterfeed.domain.users import Profile
from shutterfeed.schema import LIMITS_FULL_WITHIN_HOURS
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB, CAL = samples.user_id(1), samples.user_id(2), samples.user_id(3)
LIMITS: Final = plenty_but(
    **{name: Allowance(2, 60) for name in ("posts", "follows", "changes", "originals")}
)
_numbers = count(1)


@pytest.fixture
def people(store: Store) -> dict[str, Profile]:
    found = {}
    for number, user_id in enumerate((ADA, BOB, CAL)):
        profile = Profile(user_id, f"user_{number}", START)
        store.profiles.create(profile)
        found[user_id] = profile
    return found


def _spending(seconds: float = 0, user_id: str = ADA, **tokens: int) -> Spending:
    return LIMITS.spending(user_id, START + timedelta(seconds=seconds), **tokens)


def _post(store: Store, spending: Spending, key: str | None = None) -> bool:
    """Whether a post was created; False if it had been before."""
    number = next(_numbers)
    post = replace(samples.post(), id=PostId(spending.user_id, ulid(START, number)))
    uploads = samples.uploads(post)
    key = key or f"key-{number}"
    return store.posts.create(post, uploads, key, "draft", spending) is None


def _follow(store: Store, people: dict[str, Profile], whom: str, seconds: float = 0) -> bool:
    spending = _spending(seconds, follows=1)
    return store.follows.follow(ADA, people[whom], ulid(START, next(_numbers)), spending)


def _delay(act: Callable[[], Any]) -> int:
    with pytest.raises(LimitReached) as refused:
        act()
    return refused.value.retry_after


def test_posts_are_limited_and_what_is_refused_leaves_nothing(store: Store) -> None:
    assert [_post(store, _spending(posts=1)) for _ in range(2)] == [True, True]
    before = store.ledger.list(ADA, None, 10)
    assert _delay(lambda: _post(store, _spending(1, posts=1))) == 59
    assert store.ledger.list(ADA, None, 10) == before
    assert _post(store, _spending(60, posts=1))
    assert _post(store, _spending(60, BOB, posts=1)), "another user's are their own"


def test_a_repeated_creation_is_free_even_when_the_limit_is_reached(store: Store) -> None:
    assert _post(store, _spending(posts=1), "same")
    assert [_post(store, _spending(posts=1), "same") for _ in range(5)] == [False] * 5
    assert _post(store, _spending(posts=1))
    assert _delay(lambda: _post(store, _spending(posts=1))) == 60
    assert not _post(store, _spending(posts=1), "same")


def test_several_allowances_are_charged_together_or_not_at_all(store: Store) -> None:
    limits = plenty_but(posts=Allowance(5, 60), bytes=Allowance(10, 3_600))

    def create(size: int, seconds: float = 0) -> bool:
        at = START + timedelta(seconds=seconds)
        return _post(store, limits.spending(ADA, at, posts=1, bytes=size))

    assert create(8)
    assert _delay(lambda: create(5)) == 3
    assert [create(1), create(1)] == [True, True]
    # Three posts of five: the refused one took none.
    assert [create(1, 60), create(1, 60), create(1, 60)] == [True, True, True]
    assert _delay(lambda: create(10, 60)) == 60, "the longer wait is that of posts"


def test_a_file_larger_than_what_may_be_sent_at_once_takes_all_of_it(store: Store) -> None:
    limits = plenty_but(bytes=Allowance(10, 3_600))
    assert _post(store, limits.spending(ADA, START, bytes=500))
    assert _delay(lambda: _post(store, limits.spending(ADA, START, bytes=500))) == 10
    assert _post(store, limits.spending(ADA, START + timedelta(seconds=10), bytes=500))


def test_follows_are_limited_and_following_again_is_free(
    store: Store, people: dict[str, Profile]
) -> None:
    assert _follow(store, people, BOB)
    assert [_follow(store, people, BOB) for _ in range(3)] == [False] * 3
    assert _follow(store, people, CAL)
    store.follows.unfollow(ADA, people[CAL], START)
    assert _delay(lambda: _follow(store, people, CAL)) == 60
    assert store.follows.followers_among(CAL, [ADA]) == set()
    assert not _follow(store, people, BOB), "still free"
    assert _follow(store, people, CAL, seconds=60)


@pytest.mark.usefixtures("people")
def test_changes_of_profiles_and_posts_are_limited_together(store: Store) -> None:
    post = replace(samples.post(), id=PostId(ADA, ulid(START, next(_numbers))))
    store.posts.create(post, samples.uploads(post), "key", "draft")
    store.profiles.edit(ADA, "Ada", None, _spending(changes=1))
    assert store.posts.edit(post.id, "new", None, (), _spending(changes=1))
    assert _delay(lambda: store.posts.edit(post.id, "newer", None, (), _spending(changes=1))) == 60
    assert _delay(lambda: store.profiles.edit(ADA, None, "bio", _spending(changes=1))) == 60
    stored = store.posts.get(post.id)
    assert stored is not None
    assert stored.caption == "new"
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert (profile.display_name, profile.bio) == ("Ada", "")


@pytest.mark.usefixtures("people")
def test_restoring_is_a_change_and_deleting_is_never_limited(store: Store) -> None:
    post = replace(samples.post(), id=PostId(ADA, ulid(START, next(_numbers))))
    store.posts.create(post, samples.uploads(post), "key", "draft")
    for _ in range(2):
        current = store.posts.get(post.id)
        assert current is not None
        assert store.posts.delete(current, START)
        deleted = store.posts.get(post.id)
        assert deleted is not None
        assert store.posts.restore(deleted, START, _spending(changes=1))
    current = store.posts.get(post.id)
    assert current is not None
    assert store.posts.delete(current, START)
    deleted = store.posts.get(post.id)
    assert deleted is not None
    assert _delay(lambda: store.posts.restore(deleted, START, _spending(changes=1))) == 60
    still = store.posts.get(post.id)
    assert still is not None
    assert still.state is PostState.DELETED


def test_what_writes_nothing_of_its_own_is_charged_alone(store: Store) -> None:
    for _ in range(2):
        store.allowances.spend(_spending(originals=1))
    assert _delay(lambda: store.allowances.spend(_spending(0.5, originals=1))) == 60
    assert store.expiry(keys.limits(ADA)) == int((START + ALLOWANCES_RETENTION).timestamp())
    assert timedelta(hours=LIMITS_FULL_WITHIN_HOURS + 24) == ALLOWANCES_RETENTION


def test_storage_has_room_until_it_is_full_and_again_when_an_entry_is_gone(store: Store) -> None:
    charged = replace(_spending(posts=1), stored=40, storage_bytes=100)
    assert _post(store, charged, "one")
    assert _post(store, charged, "two")
    before = store.ledger.list(ADA, None, 10)
    with pytest.raises(Conflict) as full:
        _post(store, charged)
    assert full.value.code == "storage_full", "although the limit is reached as well"
    assert not _post(store, charged, "one"), "a repetition is free"
    assert store.ledger.list(ADA, None, 10) == before
    assert _post(store, replace(charged, user_id=BOB)), "everybody has storage"
    entry = before.items[0].medium
    for _ in range(2):
        store.ledger.remove(ADA, entry.media_id)
    # What the entry says is given back, once.
    later = replace(_spending(3600, posts=1), storage_bytes=100, stored=20 + entry.size)
    assert _post(store, later)
    with pytest.raises(Conflict):
        _post(store, replace(later, stored=1))


def test_a_file_larger_than_all_of_the_storage_fits_nowhere(store: Store) -> None:
    with pytest.raises(Conflict):
        _post(store, replace(_spending(posts=1), stored=101, storage_bytes=100))
    assert _post(store, replace(_spending(posts=1), stored=100, storage_bytes=100))


@pytest.mark.parametrize("others", range(4))
def test_others_may_charge_between_any_two_steps(tables: Tables, others: int) -> None:
    """Another request of the same user, just before this one's first transaction."""
    profiles = DynamoProfiles(tables.metadata)
    followed = [Profile(samples.user_id(n), f"user_{n}", START) for n in range(10, 20)]
    for profile in (Profile(ADA, "ada", START), *followed):
        profiles.create(profile)
    inner = DynamoFollows(tables.metadata, tables.feed.name)
    others_left = [followed.pop() for _ in range(others)]

    def follow(follows: DynamoFollows, whom: Profile) -> bool:
        try:
            return follows.follow(ADA, whom, ulid(START, next(_numbers)), _spending(follows=1))
        except LimitReached:
            return False

    def rush() -> None:
        while others_left:
            follow(inner, others_left.pop())

    rushed = DynamoFollows(_Rushed(tables.metadata, rush), tables.feed.name)  # type: ignore[arg-type]
    made = [follow(rushed, followed.pop()) for _ in range(4)]
    assert made.count(True) == max(0, 2 - others)


class _Rushed:
    """A table before whose first transaction others make theirs."""

    def __init__(self, table: Any, rush: Callable[[], None]) -> None:
        self._table, self._rush = table, rush

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def transact(self, *transaction: Any) -> None:
        self._rush()
        self._table.transact(*transaction)


def test_the_actions_own_failure_is_told_first(tables: Tables) -> None:
    """Whatever the allowances hold: what is impossible anyway is not one too many."""
    profiles = DynamoProfiles(tables.metadata)
    profiles.create(Profile(ADA, "ada", START))
    for _ in range(2):
        profiles.edit(ADA, "Ada", None, _spending(changes=1))
    with pytest.raises(LimitReached):
        profiles.edit(ADA, "Ada", None, _spending(changes=1))
    spending = replace(_spending(changes=1), user_id=ADA)
    with pytest.raises(ConditionFailed):
        profiles.edit(BOB, "Bob", None, spending)

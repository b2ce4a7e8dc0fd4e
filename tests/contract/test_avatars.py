"""Avatars: which hidden post becomes one, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.table import Item, Table
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import Medium, Purpose, Upload
from shutterfeed.domain.posts import OPEN_SHARDS, Post, PostState
from shutterfeed.domain.users import Avatar, Profile
from tests import samples
from tests.contract.conftest import Store, people
from tests.fakes.system import START

ADA = samples.user_id(1)
LATER = START + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ada(store: Store) -> None:
    store.profiles.create(samples.profile(1))


def _asked(store: Store, number: int) -> Post:
    """A hidden post whose bytes are there; the greater the number, the later it was asked for."""
    post = replace(samples.post(number=number), caption="", purpose=Purpose.AVATAR)
    uploads = [replace(upload, purpose=Purpose.AVATAR) for upload in samples.uploads(post)]
    assert store.posts.create(post, uploads, post.id.ulid, "fingerprint") is None
    store.posts.mark_processing(post.id)
    return _post(store, post.id)


def _post(store: Store, post_id: PostId) -> Post:
    post = store.posts.get(post_id)
    assert post is not None
    return post


def _ready(post: Post) -> Medium:
    return post.media[0].ready(samples.picture(post.media[0].media_id))


def _show(store: Store, post: Post) -> PostState | None:
    return store.avatars.show(post.id, _ready(post), LATER)


def _profile(store: Store) -> Profile:
    profile = store.profiles.get(ADA)
    assert profile is not None
    return profile


def _avatar(post: Post) -> Avatar:
    medium = _ready(post)
    return Avatar(post.id.ulid, medium.media_id, medium.media_id, samples.picture().placeholder)


def _open_posts(store: Store) -> set[PostId]:
    pages = (store.open_posts.page(n, LATER, None, 100) for n in range(OPEN_SHARDS))
    return {post_id for page in pages for post_id in page.items}


def _is_gone(store: Store, post: Post, was: PostState) -> None:
    """Deleted for good: in no list, and due to expire."""
    found = _post(store, post.id)
    assert (found.state, found.deleted_from, found.deleted_at) == (PostState.DELETED, was, LATER)
    assert store.expiry(keys.post(post.id)) == int(LATER.timestamp())
    assert store.posts.deleted_by(ADA, None, 10).items == ()
    assert post.id not in _open_posts(store)


def test_the_purpose_of_post_and_ledger_entry_is_kept(store: Store) -> None:
    post = _asked(store, 1)
    assert post.purpose is Purpose.AVATAR
    (upload,) = store.ledger.of_post(post).values()
    assert upload.purpose is Purpose.AVATAR
    other = samples.post(number=2)
    store.posts.create(other, [Upload(other.id, other.media[0], START)], "other", "")
    (upload,) = store.ledger.of_post(other).values()
    assert upload.purpose is _post(store, other.id).purpose is Purpose.POST


@pytest.mark.parametrize("processing", [True, False])
def test_a_photo_becomes_the_avatar_and_its_post_is_in_no_list(
    store: Store, processing: bool
) -> None:
    before = _profile(store)
    post = _asked(store, 1)
    if not processing:
        post = replace(samples.post(number=2), purpose=Purpose.AVATAR)
        store.posts.create(post, samples.uploads(post), "pending", "fingerprint")
    assert post.id in _open_posts(store)
    assert _show(store, post) is PostState.AVATAR
    after = replace(before, avatar=_avatar(post), avatar_version=post.id.ulid)
    assert _profile(store) == after
    assert _profile(store).revision == before.revision, "nothing that search shows has changed"
    assert people(store, ADA) == {ADA: after}
    shown = replace(post, state=PostState.AVATAR, media=(_ready(post),))
    assert _post(store, post.id) == shown
    assert _post(store, post.id).revision > post.revision
    assert store.expiry(keys.post(post.id)) is None
    assert post.id not in _open_posts(store)
    assert store.posts.published_by(ADA, None, 10).items == ()
    assert store.recent_posts.get_many([ADA])[ADA].entries == ()
    # Again, and with another outcome.
    assert _show(store, post) is None
    assert not store.posts.fail(post.id, post.media, LATER)
    assert not store.posts.publish(post.id, post.media, samples.position(1), LATER)
    assert (_profile(store), _post(store, post.id)) == (after, shown)


def test_the_next_avatar_ends_the_one_before(store: Store) -> None:
    first, second = _asked(store, 1), _asked(store, 2)
    assert _show(store, first) is PostState.AVATAR
    assert _show(store, second) is PostState.AVATAR
    assert _profile(store).avatar == _avatar(second)
    _is_gone(store, first, PostState.AVATAR)
    assert _show(store, first) is None
    assert _profile(store).avatar == _avatar(second)


def test_what_was_asked_for_earlier_and_comes_later_is_dropped(store: Store) -> None:
    first, second = _asked(store, 1), _asked(store, 2)
    assert _show(store, second) is PostState.AVATAR
    assert _show(store, first) is PostState.DELETED
    assert _profile(store).avatar == _avatar(second)
    assert _post(store, second.id).state is PostState.AVATAR
    _is_gone(store, first, PostState.PROCESSING)


def test_an_avatar_is_taken_away_and_so_is_what_was_asked_for_before(store: Store) -> None:
    shown, waiting = _asked(store, 1), _asked(store, 2)
    after = _asked(store, 9)
    _show(store, shown)
    before = _profile(store)
    version = ulid(START, 5)
    until = START + timedelta(days=2)
    for _ in range(2):
        store.avatars.remove(ADA, version, LATER, denied_until=until)
        assert _profile(store) == replace(before, avatar=None, avatar_version=version)
        _is_gone(store, shown, PostState.AVATAR)
        assert store.expiry(keys.denial(_avatar(shown).media_id)) == until.timestamp()
    assert _show(store, waiting) is PostState.DELETED
    assert _profile(store).avatar is None
    _is_gone(store, waiting, PostState.PROCESSING)
    assert _show(store, after) is PostState.AVATAR
    assert _profile(store).avatar == _avatar(after)


def test_a_removal_takes_away_what_is_shown_however_clocks_differ(store: Store) -> None:
    shown, late = _asked(store, 7), _asked(store, 6)
    _show(store, shown)
    store.avatars.remove(ADA, ulid(START, 5), LATER)
    assert _profile(store).avatar is None
    _is_gone(store, shown, PostState.AVATAR)
    assert _show(store, late) is PostState.DELETED, "what was decided is not forgotten"
    assert _profile(store).avatar is None


def test_there_may_be_nothing_to_take_away(store: Store) -> None:
    store.avatars.remove(ADA, ulid(START, 5), LATER)
    assert _profile(store).avatar is None
    assert _show(store, _asked(store, 4)) is PostState.DELETED
    store.avatars.remove(samples.user_id(9), ulid(START, 5), LATER)
    assert store.profiles.get(samples.user_id(9)) is None


def test_a_photo_that_failed_leaves_the_avatar(store: Store) -> None:
    first, second = _asked(store, 1), _asked(store, 2)
    _show(store, first)
    assert store.posts.fail(second.id, (second.media[0].failed(samples.FAILURE),), LATER)
    assert _show(store, second) is None
    assert _profile(store).avatar == _avatar(first)


def test_a_post_that_never_was_shows_nothing(store: Store) -> None:
    post = samples.post(number=1)
    assert _show(store, post) is None
    assert store.posts.get(post.id) is None
    assert _profile(store).avatar is None


def test_a_medium_without_a_picture_is_no_avatar(store: Store) -> None:
    post = _asked(store, 1)
    with pytest.raises(ValueError, match="has no picture"):
        store.avatars.show(post.id, post.media[0], LATER)


def test_other_changes_of_a_profile_leave_the_avatar(store: Store) -> None:
    post = _asked(store, 1)
    _show(store, post)
    store.profiles.edit(ADA, "Ada", "bio")
    store.profiles.rename(ADA, _profile(store).handle, "ada", START)
    assert _profile(store).avatar == _avatar(post)


# Two at the same time, which only the table can show.


@dataclass(frozen=True, slots=True)
class _Meddled(Table):
    """Others change the profile right after it was read."""

    meddling: list[Callable[[], object]] = field(default_factory=list)

    def get(self, key: keys.Key, *, consistent: bool = True) -> Item | None:
        found = Table.get(self, key, consistent=consistent)
        if key.sk == keys.PROFILE and self.meddling:
            self.meddling.pop()()
        return found


@pytest.fixture
def table(store: Store) -> _Meddled:
    """The store's, for somebody who is meddled with."""
    assert isinstance(store.avatars, DynamoAvatars)
    plain = store.avatars.table
    return _Meddled(plain.client, plain.name)


on_a_table = pytest.mark.parametrize("store", ["moto"], indirect=True)


@on_a_table
@pytest.mark.parametrize("earlier_meddles", [True, False])
def test_of_two_that_are_ready_at_once_the_one_asked_for_last_stays(
    store: Store, table: _Meddled, earlier_meddles: bool
) -> None:
    first, second = _asked(store, 1), _asked(store, 2)
    told, meddler = (second, first) if earlier_meddles else (first, second)
    table.meddling.append(lambda: _show(store, meddler))
    expected = PostState.AVATAR if earlier_meddles else PostState.DELETED
    assert DynamoAvatars(table).show(told.id, _ready(told), LATER) is expected
    assert _profile(store).avatar == _avatar(second)
    assert _post(store, second.id).state is PostState.AVATAR
    _is_gone(store, first, PostState.AVATAR if earlier_meddles else PostState.PROCESSING)


@on_a_table
def test_one_that_is_ready_while_the_avatar_is_taken_away_does_not_come(
    store: Store, table: _Meddled
) -> None:
    shown, post = _asked(store, 1), _asked(store, 2)
    _show(store, shown)
    table.meddling.append(lambda: store.avatars.remove(ADA, ulid(START, 5), LATER))
    assert DynamoAvatars(table).show(post.id, _ready(post), LATER) is PostState.DELETED
    assert _profile(store).avatar is None
    _is_gone(store, shown, PostState.AVATAR)
    _is_gone(store, post, PostState.PROCESSING)


@on_a_table
def test_a_removal_takes_away_what_has_just_come(store: Store, table: _Meddled) -> None:
    first, second = _asked(store, 1), _asked(store, 2)
    _show(store, first)
    table.meddling.append(lambda: _show(store, second))
    DynamoAvatars(table).remove(ADA, ulid(START, 5), LATER)
    assert _profile(store).avatar is None
    for post in (first, second):
        _is_gone(store, post, PostState.AVATAR)


@on_a_table
def test_two_removals_at_once_are_one(store: Store, table: _Meddled) -> None:
    post = _asked(store, 1)
    _show(store, post)
    version = ulid(START, 5)
    table.meddling.append(lambda: store.avatars.remove(ADA, version, LATER))
    DynamoAvatars(table).remove(ADA, version, LATER)
    assert _profile(store).avatar is None
    _is_gone(store, post, PostState.AVATAR)


@on_a_table
def test_a_profile_that_never_rests_is_busy(store: Store, table: _Meddled) -> None:
    post = _asked(store, 900)

    versions = [ulid(START, number) for number in range(100, 150)]
    for version in reversed(versions):
        table.meddling.append(partial(store.avatars.remove, ADA, version, LATER))
    with pytest.raises(Busy):
        DynamoAvatars(table).show(post.id, _ready(post), LATER)
    with pytest.raises(Busy):
        DynamoAvatars(table).remove(ADA, ulid(START, 800), LATER)
    assert _profile(store).avatar is None
    assert _post(store, post.id).state is PostState.PROCESSING

"""Posts: which write takes a post from which state, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.mending import with_replacement, without_medium
from shutterfeed.domain.posts import (
    DELETED_RETENTION,
    OPEN_SHARDS,
    UNFINISHED_RETENTION,
    UNPUBLISHED,
    Place,
    Post,
    PostState,
)
from shutterfeed.ports.posts import Creation
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

PLACE = Place("Kurpark, Bad Homburg", 50.2269, -8.6182)
LATER = START + timedelta(hours=1)
OWN_TESTS = (PostState.AVATAR, PostState.SCHEDULED, PostState.DRAFT)
STATES = [s for s in PostState if s not in OWN_TESTS]
"""Hidden posts, scheduled ones and drafts have tests of their own."""


def _epoch(after: timedelta, since: timedelta = timedelta()) -> int:
    return int((START + since + after).timestamp())


def _create(store: Store, post: Post, key: str | None = None) -> Post:
    uploads = samples.uploads(post)
    assert store.posts.create(post, uploads, key or post.id.ulid, "fingerprint") is None
    return post


def _settled(post: Post) -> tuple[Medium, ...]:
    return tuple(medium.ready(samples.picture()) for medium in post.media)


def _in_state(store: Store, state: PostState, number: int = 1) -> Post:
    """A stored post that came to its state by the usual way."""
    if store.profiles.get(samples.user_id(1)) is None:
        store.profiles.create(samples.profile(1))
    post = _create(store, samples.post(number=number))
    if state is not PostState.PENDING:
        store.posts.mark_processing(post.id)
    if state in (PostState.PUBLISHED, PostState.DELETED):
        assert store.posts.publish(post.id, _settled(post), samples.position(number), LATER)
    if state is PostState.FAILED:
        failed = tuple(medium.failed(samples.FAILURE) for medium in post.media)
        assert store.posts.fail(post.id, failed, LATER)
    if state is PostState.DELETED:
        assert store.posts.delete(_get(store, post.id), LATER)
    return _get(store, post.id)


def _get(store: Store, post_id: PostId) -> Post:
    post = store.posts.get(post_id)
    assert post is not None
    return post


def _post_count(store: Store) -> int:
    profile = store.profiles.get(samples.user_id(1))
    assert profile is not None
    return profile.posts


def test_a_created_post_reads_back_equal_with_its_ledger_entries(store: Store) -> None:
    post = replace(samples.post(media=10), place=PLACE, caption="naïve café 🌻\nsecond line")
    _create(store, post)
    assert store.posts.get(post.id) == post
    found = store.ledger.of_post(post)
    assert found == {u.medium.media_id: u for u in samples.uploads(post)}


def test_posts_are_read_together_as_far_as_they_exist(store: Store) -> None:
    post = samples.post()
    store.posts.create(post, samples.uploads(post), "key", "fingerprint")
    assert store.posts.get_many([samples.post(1, 77).id, post.id]) == {post.id: post}


def test_a_post_that_never_was_is_not_found(store: Store) -> None:
    assert store.posts.get(samples.post().id) is None
    assert store.ledger.of_post(samples.post()) == {}


def test_a_post_that_is_never_uploaded_goes_by_itself_and_its_entries_never_before_it(
    store: Store,
) -> None:
    post = _create(store, samples.post(media=2))
    assert store.expiry(keys.post(post.id)) == _epoch(UNFINISHED_RETENTION)
    for medium in post.media:
        assert store.expiry(keys.upload(post.author_id, medium.media_id)) is None


def test_a_used_idempotency_key_gives_the_first_creation_and_writes_nothing(store: Store) -> None:
    first, second = samples.post(number=1), samples.post(number=2)
    _create(store, first, "key")
    earlier = store.posts.create(second, samples.uploads(second), "key", "other")
    assert earlier == Creation(first.id, "fingerprint")
    assert store.posts.get(second.id) is None
    assert store.ledger.of_post(second) == {}


def test_an_idempotency_key_is_good_for_a_day_and_for_one_author(store: Store) -> None:
    first, anothers = samples.post(author=1, number=1), samples.post(author=2, number=2)
    _create(store, first, "key")
    _create(store, anothers, "key")
    in_time = samples.post(number=3, at=START + timedelta(hours=23, minutes=59))
    assert store.posts.create(in_time, (), "key", "other") == Creation(first.id, "fingerprint")
    too_late = samples.post(number=4, at=START + timedelta(hours=24, minutes=1))
    _create(store, too_late, "key")
    assert store.posts.get(too_late.id) == too_late


@pytest.mark.parametrize("place", [PLACE, Place("Pole", 90.0, -180.0), Place("Gulf", 0.0, 1e-7)])
def test_a_place_reads_back_to_the_last_digit(store: Store, place: Place) -> None:
    post = _create(store, samples.post())
    assert store.posts.edit(post.id, "new", place, ())
    assert _get(store, post.id) == replace(post, caption="new", place=place)
    assert store.posts.edit(post.id, "", None, ())
    assert _get(store, post.id) == replace(post, caption="", place=None)


def test_alt_texts_and_the_time_of_taking_read_back(store: Store) -> None:
    taken = datetime(2024, 5, 1, 23, 59, tzinfo=timezone(-timedelta(hours=9, minutes=30)))
    post = replace(samples.post(media=2), alt_texts=("", "a 🌻"), taken_at=taken)
    _create(store, post)
    found = _get(store, post.id)
    assert found == post
    assert found.taken_at is not None
    assert found.taken_at.utcoffset() == taken.utcoffset()
    for texts in (("one", ""), (), ("", "two")):
        assert store.posts.edit(post.id, post.caption, None, texts)
        assert _get(store, post.id) == replace(post, alt_texts=texts)


def test_a_post_can_be_marked_as_sensitive_at_any_time(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = _create(store, replace(samples.post(), sensitive=True))
    assert _get(store, post.id).sensitive
    assert store.posts.edit(post.id, "new", None, ())
    assert _get(store, post.id).sensitive
    assert store.posts.edit(post.id, "new", None, (), sensitive=False)
    assert not _get(store, post.id).sensitive
    assert store.posts.edit(post.id, "new", None, (), sensitive=True)
    assert store.posts.publish(post.id, _settled(post), samples.position(1), LATER)
    assert _get(store, post.id).sensitive
    (listed,) = store.posts.published_by(post.author_id, None, 10).items
    assert listed.sensitive


def test_alt_texts_outlive_publishing(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = _create(store, replace(samples.post(), alt_texts=("before",)))
    assert store.posts.edit(post.id, post.caption, None, ("after",))
    assert store.posts.publish(post.id, _settled(post), samples.position(1), LATER)
    assert _get(store, post.id).alt_texts == ("after",)


@pytest.mark.parametrize("state", STATES)
def test_captions_change_in_every_state_but_deleted(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    expected = state is not PostState.DELETED
    assert store.posts.edit(post.id, "edited", PLACE, ()) is expected
    changed = replace(post, caption="edited", place=PLACE)
    assert _get(store, post.id) == (changed if expected else post)


@pytest.mark.parametrize("state", STATES)
def test_only_a_pending_post_begins_processing(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    expiry = store.expiry(keys.post(post.id))
    store.posts.mark_processing(post.id)
    store.posts.mark_processing(post.id)
    if state is PostState.PENDING:
        assert _get(store, post.id) == replace(post, state=PostState.PROCESSING)
        assert store.expiry(keys.post(post.id)) is None
    else:
        assert _get(store, post.id) == post
        assert store.expiry(keys.post(post.id)) == expiry


@pytest.mark.parametrize("state", STATES)
def test_only_an_unpublished_post_is_published_and_only_once(
    store: Store, state: PostState
) -> None:
    post = _in_state(store, state)
    count, expiry = _post_count(store), store.expiry(keys.post(post.id))
    media, position = _settled(post), samples.position(7)
    expected = state in (PostState.PENDING, PostState.PROCESSING)
    assert store.posts.publish(post.id, media, position, LATER) is expected
    assert not store.posts.publish(post.id, media, samples.position(8), LATER)
    if expected:
        published = replace(
            post, state=PostState.PUBLISHED, media=media, position=position, published_at=LATER
        )
        assert _get(store, post.id) == published
        assert store.posts.published_by(post.author_id, None, 10).items == (published,)
        assert store.expiry(keys.post(post.id)) is None
        assert _post_count(store) == count + 1
    else:
        assert _get(store, post.id) == post
        assert store.expiry(keys.post(post.id)) == expiry
        assert _post_count(store) == count


@pytest.mark.parametrize("state", STATES)
def test_only_an_unpublished_post_fails_and_only_once(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    count, expiry = _post_count(store), store.expiry(keys.post(post.id))
    media = tuple(medium.failed(samples.FAILURE) for medium in post.media)
    expected = state in (PostState.PENDING, PostState.PROCESSING)
    assert store.posts.fail(post.id, media, LATER) is expected
    assert not store.posts.fail(post.id, media, LATER + timedelta(days=1))
    if expected:
        assert _get(store, post.id) == replace(post, state=PostState.FAILED, media=media)
        later = timedelta(hours=1)
        assert store.expiry(keys.post(post.id)) == _epoch(UNFINISHED_RETENTION, since=later)
    else:
        assert _get(store, post.id) == post
        assert store.expiry(keys.post(post.id)) == expiry
    assert _post_count(store) == count


def test_a_failed_post_learns_of_its_other_media_until_all_are_final(store: Store) -> None:
    post = _create(store, samples.post(media=3))
    first, second, third = post.media
    failed = first.failed(samples.FAILURE)
    processing = replace(second, state=MediaState.PROCESSING)
    ready = second.ready(samples.picture())
    for hours, media in enumerate(
        ((failed, processing, third), (failed, ready, third), (failed, ready, third))
    ):
        assert store.posts.fail(post.id, media, START + timedelta(hours=hours))
        assert _get(store, post.id) == replace(post, state=PostState.FAILED, media=media)
        assert _open(store) == [post.id]
        expected = _epoch(UNFINISHED_RETENTION, since=timedelta(hours=hours))
        assert store.expiry(keys.post(post.id)) == expected
    settled = (failed, ready, third.failed(samples.FAILURE))
    assert store.posts.fail(post.id, settled, LATER)
    assert _open(store) == []
    # Of two gates the one that read earlier may write later.
    assert not store.posts.fail(post.id, (failed, processing, third), LATER)
    assert _get(store, post.id) == replace(post, state=PostState.FAILED, media=settled)


def test_a_failed_post_that_awaits_media_is_neither_published_nor_processing(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = _create(store, samples.post(media=2))
    media = (post.media[0].failed(samples.FAILURE), post.media[1])
    assert store.posts.fail(post.id, media, LATER)
    failed = _get(store, post.id)
    store.posts.mark_processing(post.id)
    assert not store.posts.publish(post.id, _settled(post), samples.position(1), LATER)
    assert _get(store, post.id) == failed
    assert store.posts.delete(failed, LATER)
    assert not store.posts.fail(post.id, media, LATER)
    assert _open(store) == []
    assert store.posts.restore(_get(store, post.id), LATER)
    assert _get(store, post.id) == failed
    assert _open(store) == [post.id]
    assert store.posts.fail(post.id, media, LATER)


def _failed_with_two(store: Store) -> tuple[Post, Upload]:
    """A failed post of two media, of which the second has failed; and its ledger entry."""
    store.profiles.create(samples.profile(1))
    post = replace(samples.post(media=2), alt_texts=("one", "two"))
    _create(store, post)
    first, second = post.media
    store.ledger.mark_ready(post.author_id, first.media_id, samples.picture())
    store.ledger.mark_failed(post.author_id, second.media_id, samples.FAILURE)
    media = (first.ready(samples.picture()), second.failed(samples.FAILURE))
    assert store.posts.fail(post.id, media, START)
    entry = store.ledger.get(post.author_id, second.media_id)
    assert entry is not None
    return _get(store, post.id), entry


def test_a_failed_post_goes_on_without_a_medium(store: Store) -> None:
    post, entry = _failed_with_two(store)
    assert store.expiry(keys.post(post.id)) is not None
    after = without_medium(post, post.media[1].media_id, store.ledger.of_post(post))
    assert (after.state, after.alt_texts) == (PostState.PROCESSING, ("one",))
    unread = replace(post, caption="an older one")
    moved = replace(entry, medium=replace(entry.medium, state=MediaState.PROCESSING))
    for before, failed in ((unread, entry), (post, moved)):
        assert not store.posts.mend(before, after, failed, LATER)
    assert _get(store, post.id) == post
    assert store.posts.mend(post, after, entry, LATER)
    assert _get(store, post.id) == after
    assert _open(store) == [post.id]
    assert store.expiry(keys.post(post.id)) is None
    assert not store.posts.mend(post, after, entry, LATER)
    # Gates that read the post before.
    position = samples.position(1)
    assert not store.posts.fail(post.id, post.media, LATER)
    assert not store.posts.publish(post.id, _settled(post), position, LATER)
    assert store.posts.publish(post.id, _settled(after), position, LATER)
    assert len(_get(store, post.id).media) == 1


def test_a_failed_post_gets_another_medium_in_the_place_of_one(store: Store) -> None:
    post, entry = _failed_with_two(store)
    bad = post.media[1]
    new = replace(samples.medium(300, b"new"), replaces=bad.media_id)
    after = with_replacement(post, bad.media_id, new, store.ledger.of_post(post))
    upload = Upload(post.id, new, LATER)
    assert store.posts.mend(post, after, entry, LATER, replacement=upload)
    assert _get(store, post.id) == after
    assert store.ledger.get(post.author_id, new.media_id) == upload
    assert not store.posts.fail(post.id, post.media, LATER), "its text names the old medium, too"
    assert store.posts.fail(post.id, (post.media[0], new.failed(samples.FAILURE)), LATER)
    assert _open(store) == []


def test_a_post_that_stays_failed_waits_for_its_replacement(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = _create(store, samples.post(media=2))
    media = tuple(medium.failed(samples.FAILURE) for medium in post.media)
    for medium in media:
        store.ledger.mark_failed(post.author_id, medium.media_id, samples.FAILURE)
    assert store.posts.fail(post.id, media, START)
    post, uploads = _get(store, post.id), store.ledger.of_post(post)
    assert _open(store) == []
    new = samples.medium(300, b"new")
    after = with_replacement(post, media[0].media_id, new, uploads)
    assert after.state is PostState.FAILED
    assert store.posts.mend(post, after, uploads[media[0].media_id], LATER)
    assert _open(store) == [post.id]
    later = timedelta(hours=1)
    assert store.expiry(keys.post(post.id)) == _epoch(UNFINISHED_RETENTION, since=later)
    without = without_medium(after, new.media_id, uploads)
    failed = Upload(post.id, media[0], START)
    assert store.posts.mend(after, without, failed, LATER)
    assert _open(store) == []


@pytest.mark.parametrize("state", STATES)
def test_a_post_is_deleted_from_the_state_it_was_read_in(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    assert store.posts.delete(post, LATER) is (state is not PostState.DELETED)
    deleted = _get(store, post.id)
    was = PostState.PUBLISHED if state is PostState.DELETED else state
    expected = replace(post, state=PostState.DELETED, deleted_from=was, deleted_at=LATER)
    assert deleted == expected
    assert store.posts.published_by(post.author_id, None, 10).items == ()
    assert store.posts.deleted_by(post.author_id, None, 10).items == (deleted,)
    assert _post_count(store) == 0
    later = timedelta(hours=1)
    assert store.expiry(keys.post(post.id)) == _epoch(DELETED_RETENTION, since=later)
    for earlier in (post, deleted):
        assert not store.posts.delete(earlier, LATER + timedelta(days=1))
    assert _get(store, post.id) == deleted
    assert _post_count(store) == 0
    assert store.expiry(keys.post(post.id)) == _epoch(DELETED_RETENTION, since=later)


@pytest.mark.parametrize("state", [s for s in STATES if s is not PostState.DELETED])
def test_a_restored_post_is_as_it_was(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    count = _post_count(store)
    assert store.posts.delete(post, LATER)
    deleted = _get(store, post.id)
    restored_after = timedelta(days=3)
    assert store.posts.restore(deleted, START + restored_after)
    assert not store.posts.restore(deleted, START + timedelta(days=4))
    assert _get(store, post.id) == post
    assert _post_count(store) == count
    assert store.posts.deleted_by(post.author_id, None, 10).items == ()
    published = (post,) if state is PostState.PUBLISHED else ()
    assert store.posts.published_by(post.author_id, None, 10).items == published
    unfinished = state in (PostState.PENDING, PostState.FAILED)
    assert store.expiry(keys.post(post.id)) == (
        _epoch(UNFINISHED_RETENTION, since=restored_after) if unfinished else None
    )


@pytest.mark.parametrize("state", [s for s in STATES if s is not PostState.DELETED])
def test_a_restored_post_can_go_every_way_again(store: Store, state: PostState) -> None:
    post = _in_state(store, state)
    for day in (1, 2):
        assert store.posts.delete(_get(store, post.id), LATER + timedelta(days=day))
        assert store.posts.restore(_get(store, post.id), LATER + timedelta(days=day))
    position = samples.position(9)
    expected = state in (PostState.PENDING, PostState.PROCESSING)
    assert store.posts.publish(post.id, _settled(post), position, LATER) is expected
    assert _post_count(store) == int(expected or state is PostState.PUBLISHED)


def test_only_the_deletion_that_was_read_is_undone(store: Store) -> None:
    post = _in_state(store, PostState.PUBLISHED)
    assert not store.posts.restore(post, LATER)
    assert store.posts.delete(post, LATER)
    first = _get(store, post.id)
    assert store.posts.restore(first, LATER)
    assert store.posts.delete(_get(store, post.id), LATER + timedelta(days=1))
    second = _get(store, post.id)
    assert not store.posts.restore(first, LATER)
    assert _get(store, post.id) == second
    assert _post_count(store) == 0


def test_a_deleted_post_that_is_gone_is_not_made_anew(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    for state in (PostState.PENDING, PostState.PUBLISHED):
        gone = replace(samples.post(state=state), position=samples.position(1)).deleted(LATER)
        assert not store.posts.restore(gone, LATER)
    assert store.posts.get(samples.post().id) is None
    assert _post_count(store) == 0


def test_pages_of_deleted_posts_make_up_the_whole_last_deleted_first(store: Store) -> None:
    deleted = []
    for number, state in ((1, PostState.PUBLISHED), (2, PostState.PENDING), (3, PostState.FAILED)):
        post = _in_state(store, state, number)
        at = LATER - timedelta(minutes=number)
        assert store.posts.delete(post, at)
        deleted.append(_get(store, post.id))
    # Two at the same moment.
    post = _in_state(store, PostState.PROCESSING, 4)
    assert store.posts.delete(post, LATER - timedelta(minutes=3))
    deleted.insert(2, _get(store, post.id))
    _in_state(store, PostState.PUBLISHED, 5)
    for limit in (1, 2, 3, 100):
        assert whole(partial(store.posts.deleted_by, samples.user_id(1)), limit) == deleted
    assert store.posts.deleted_by(samples.user_id(2), None, 10).items == ()


@pytest.mark.parametrize("state", [s for s in STATES if s is not PostState.PENDING])
def test_a_post_that_has_moved_on_since_it_was_read_is_not_deleted(
    store: Store, state: PostState
) -> None:
    post = _in_state(store, state)
    count, expiry = _post_count(store), store.expiry(keys.post(post.id))
    assert not store.posts.delete(replace(post, state=PostState.PENDING), LATER)
    assert _get(store, post.id) == post
    assert store.expiry(keys.post(post.id)) == expiry
    assert _post_count(store) == count


def test_nothing_is_made_of_a_post_that_is_gone(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = samples.post()
    store.posts.mark_processing(post.id)
    assert not store.posts.edit(post.id, "caption", None, ())
    assert not store.posts.publish(post.id, post.media, samples.position(1), LATER)
    assert not store.posts.fail(post.id, post.media, LATER)
    assert not store.posts.delete(post, LATER)
    assert store.posts.get(post.id) is None
    assert _post_count(store) == 0


Change = Callable[[Store, Post], object]


@pytest.mark.parametrize(
    ("published", "change"),
    [
        (
            False,
            lambda store, post: store.posts.publish(
                post.id, _settled(post), samples.position(1), LATER
            ),
        ),
        (True, lambda store, post: store.posts.delete(post, LATER)),
    ],
    ids=["publish", "delete"],
)
def test_a_change_that_cannot_be_counted_is_not_made(
    store: Store, published: bool, change: Change
) -> None:
    state = PostState.PUBLISHED if published else PostState.PENDING
    post = _create(store, samples.post(state=state))
    with pytest.raises(store.refusal):
        change(store, post)
    assert store.posts.get(post.id) == post


def test_pages_of_published_posts_make_up_the_whole_by_the_order_of_publishing(
    store: Store,
) -> None:
    order = [4, 2, 5, 1, 3]
    for place, number in enumerate(order):
        post = _in_state(store, PostState.PENDING, number)
        store.posts.publish(post.id, _settled(post), samples.position(place), LATER)
    _in_state(store, PostState.DELETED, 6)
    _in_state(store, PostState.PROCESSING, 7)
    author = samples.user_id(1)
    expected = [f"caption {number}" for number in reversed(order)]
    for limit in (1, 2, 4, 5, 100):
        found = whole(partial(store.posts.published_by, author), limit)
        assert [post.caption for post in found] == expected
    assert _post_count(store) == len(order)
    assert store.posts.published_by(samples.user_id(2), None, 10).items == ()


def _open(store: Store, until: timedelta = timedelta(days=1), limit: int = 100) -> list[PostId]:
    found: list[PostId] = []
    for shard in range(OPEN_SHARDS):
        found += whole(partial(store.open_posts.page, shard, START + until), limit)
    return found


@pytest.mark.parametrize("state", STATES)
def test_a_post_is_open_until_it_is_published_failed_or_deleted(
    store: Store, state: PostState
) -> None:
    post = _in_state(store, state)
    assert _open(store) == ([post.id] if state in UNPUBLISHED else [])
    if state in UNPUBLISHED:
        assert store.posts.delete(post, LATER)
        assert _open(store) == []
        assert store.posts.restore(_get(store, post.id), LATER)
        assert _open(store) == [post.id]


def test_open_posts_of_every_shard_are_paged_oldest_first(store: Store) -> None:
    posts = [
        _create(store, samples.post(number=number, at=START + timedelta(minutes=number)))
        for number in range(40, 0, -1)
    ]
    for limit in (1, 3, 100):
        found = _open(store, limit=limit)
        assert set(found) == {post.id for post in posts}
        shards = [keys.open_shard(post_id) for post_id in found]
        assert shards == sorted(shards)
        for shard in set(shards):
            ulids = [i.ulid for i in found if keys.open_shard(i) == shard]
            assert ulids == sorted(ulids)
    assert len({keys.open_shard(post.id) for post in posts}) > OPEN_SHARDS / 2
    young = _open(store, until=timedelta(minutes=11))
    assert {i.ulid for i in young} == {
        p.id.ulid for p in posts if p.created_at < START + timedelta(minutes=11)
    }


def test_the_place_where_a_run_broke_off_is_kept(store: Store) -> None:
    assert store.open_posts.checkpoints() == {}
    checkpoints = {
        3: keys.open_sort(samples.post().id),
        15: keys.open_sort(samples.post(number=2).id),
    }
    store.open_posts.keep_checkpoints(checkpoints)
    assert store.open_posts.checkpoints() == checkpoints
    store.open_posts.keep_checkpoints({})
    assert store.open_posts.checkpoints() == {}


def test_all_posts_of_an_author_are_listed_in_any_state_newest_first(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    posts = [samples.post(1, number) for number in range(1, 6)]
    for post in (*posts, samples.post(2, 9)):
        store.posts.create(post, (), f"key {post.id}", "")
    store.posts.publish(posts[1].id, posts[1].media, samples.position(9), START)
    store.posts.delete(posts[2], START)
    for limit in (1, 2, 5, 100):
        found = whole(partial(store.posts.made_by, samples.user_id(1)), limit)
        assert [post.id for post in found] == [post.id for post in reversed(posts)]
        assert [post.state for post in found[2:4]] == [PostState.DELETED, PostState.PUBLISHED]
    assert store.posts.made_by(samples.user_id(3), None, 10).next_position is None

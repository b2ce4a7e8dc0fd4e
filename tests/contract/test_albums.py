"""Albums of published posts: which write shows another one, and where the post is listed then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.albums import REMOVED_RETENTION, Described
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.media import Upload
from shutterfeed.domain.posts import OPEN_SHARDS, Post, PostState
from shutterfeed.domain.rearranging import rearranged
from shutterfeed.domain.scheduling import DUE_SHARDS, Due
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

ADA = samples.user_id(1)
LATER = START + timedelta(days=1)
FOREVER = START + timedelta(days=100)


def _published(store: Store, media: int = 3) -> Post:
    store.profiles.create(samples.profile(1))
    post = samples.post(media=media)
    store.posts.create(post, samples.uploads(post), "key", "fingerprint")
    ready = tuple(medium.ready(samples.picture(medium.media_id)) for medium in post.media)
    assert store.posts.publish(post.id, ready, samples.position(1), START)
    return _now(store, post)


def _now(store: Store, post: Post) -> Post:
    found = store.posts.get(post.id)
    assert found is not None
    return found


def _album(post: Post, *order: int) -> tuple[Described, ...]:
    described = [Described(medium, text) for medium, text in post.described()]
    return tuple(described[index] for index in order)


def _due(store: Store) -> list[Due]:
    pages = (store.scheduled.due(shard, FOREVER, None, 9) for shard in range(DUE_SHARDS))
    return [due for page in pages for due in page.items]


def _open(store: Store) -> list[object]:
    pages = (store.open_posts.page(n, FOREVER, None, 9) for n in range(OPEN_SHARDS))
    return [post_id for page in pages for post_id in page.items]


def test_another_album_is_written_as_a_whole_and_only_once(store: Store) -> None:
    post = _published(store)
    after = rearranged(post, _album(post, 2, 0), LATER)
    assert store.albums.rearrange(post, after, LATER)
    shown = _now(store, post)
    assert (shown, shown.revision) == (after, post.revision + 1)
    assert [one.medium for one in shown.removed] == [post.media[1]]
    assert _due(store) == [Due(post.id, LATER + REMOVED_RETENTION)]
    # Whoever has read it before comes too late.
    assert not store.albums.rearrange(post, rearranged(post, _album(post, 1), LATER), LATER)
    assert _now(store, post) == shown
    (listed,) = store.posts.published_by(ADA, None, 9).items
    assert listed.media == shown.media
    assert store.albums.rearrange(shown, replace(shown, removed=()), LATER)
    assert (_now(store, post).removed, _due(store)) == ((), [])


def test_an_album_that_waits_is_open_and_has_its_uploads(store: Store) -> None:
    post = _published(store, 1)
    new = samples.medium(900)
    after = rearranged(post, (Described(new, "a lake"), *_album(post, 0)), LATER)
    upload = Upload(post.id, new, LATER)
    spending = plenty_but().additions(ADA, LATER, [new.size])
    assert store.albums.rearrange(post, after, LATER, uploads=[upload], spending=spending)
    waiting = _now(store, post)
    assert (waiting, waiting.media) == (after, post.media)
    assert (_open(store), _due(store)) == ([post.id], [])
    assert store.ledger.get(ADA, new.media_id) == upload
    assert set(store.ledger.of_post(waiting)) == {new.media_id, post.media[0].media_id}
    assert store.posts.delete(waiting, LATER)
    assert _open(store) == []
    assert store.posts.restore(_now(store, post), LATER)
    assert _open(store) == [post.id]
    ready = Described(new.ready(samples.picture("new")), "a lake")
    shown = rearranged(_now(store, post), (ready,), LATER)
    assert store.albums.rearrange(_now(store, post), shown, LATER)
    assert _open(store) == []
    assert _due(store) == [Due(post.id, LATER + REMOVED_RETENTION)]


def test_a_restored_post_is_looked_at_when_what_was_removed_has_to_go(store: Store) -> None:
    post = _published(store)
    assert store.albums.rearrange(post, rearranged(post, _album(post, 0), LATER), LATER)
    assert store.posts.delete(_now(store, post), LATER)
    assert _due(store) == []
    assert store.posts.restore(_now(store, post), LATER)
    assert _due(store) == [Due(post.id, LATER + REMOVED_RETENTION)]


def test_a_change_that_is_one_too_many_is_not_made(store: Store) -> None:
    post = _published(store)
    limits = plenty_but(changes=Allowance(1, 1))
    first = rearranged(post, _album(post, 1, 0, 2), LATER)
    assert store.albums.rearrange(post, first, LATER, spending=limits.additions(ADA, LATER, []))
    shown = _now(store, post)
    with pytest.raises(LimitReached):
        store.albums.rearrange(shown, post, LATER, spending=limits.additions(ADA, LATER, []))
    assert _now(store, post) == shown


def test_only_a_published_post_has_an_album_that_changes(store: Store) -> None:
    post = _published(store)
    deleted = post.deleted(LATER)
    assert store.posts.delete(post, LATER)
    assert _now(store, post).state is PostState.DELETED
    assert not store.albums.rearrange(
        _now(store, post), replace(deleted, media=post.media[:1]), LATER
    )

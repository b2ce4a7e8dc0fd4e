"""The people whom a post's caption mentions, and those who are tagged in its media."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.delivery import Delivery
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Post, PostState
from tests import samples
from tests.contract.conftest import Store

BOB, CY = samples.user_id(2), samples.user_id(3)
MENTIONS = (Mention("bob", BOB),)
MEDIUM = samples.post().media[0].media_id
PEOPLE = (TaggedPerson(MEDIUM, BOB, 0.1235, 1.0), TaggedPerson(MEDIUM, CY, 0.0, 0.5))


def _post(store: Store, *, published: bool = True) -> Post:
    store.profiles.create(samples.profile(1))
    post = replace(samples.post(), mentions=MENTIONS, people=PEOPLE)
    assert store.posts.create(post, samples.uploads(post), "key", "") is None
    if published:
        ready = tuple(medium.ready(samples.picture()) for medium in post.media)
        assert store.posts.publish(post.id, ready, samples.position(1), samples.START)
    return _get(store, post.id)


def _get(store: Store, post_id: PostId) -> Post:
    post = store.posts.get(post_id)
    assert post is not None
    return post


@pytest.mark.parametrize("published", [False, True])
def test_people_come_back_with_their_post(store: Store, published: bool) -> None:
    post = _post(store, published=published)
    assert (post.mentions, post.people, post.untagged) == (MENTIONS, PEOPLE, ())
    if published:
        assert store.posts.published_by(post.author_id, None, 10).items == (post,)


def test_an_edit_changes_people_if_it_says_so(store: Store) -> None:
    post = _post(store)
    store.posts.edit(post.id, "new", None, ())
    assert _get(store, post.id) == replace(post, caption="new")
    store.posts.edit(post.id, "new", None, (), mentions=(), people=PEOPLE[:1])
    assert _get(store, post.id) == replace(post, caption="new", mentions=(), people=PEOPLE[:1])
    store.posts.edit(post.id, "@bob", None, (), mentions=MENTIONS, people=())
    assert _get(store, post.id) == replace(post, caption="@bob", people=())


@pytest.mark.parametrize("state", [PostState.PENDING, PostState.PUBLISHED, PostState.DELETED])
def test_whoever_removes_their_tags_is_not_tagged_again(store: Store, state: PostState) -> None:
    post = _post(store, published=state is not PostState.PENDING)
    if state is PostState.DELETED:
        assert store.posts.delete(post, samples.START)
    assert store.posts.untag(post.id, BOB)
    assert not store.posts.untag(post.id, BOB), "there is nothing left to remove"
    untagged = _get(store, post.id)
    assert (untagged.people, untagged.untagged, untagged.state) == (PEOPLE[1:], (BOB,), state)
    assert untagged.revision > post.revision
    if state is not PostState.DELETED:
        assert store.posts.edit(post.id, "", None, (), people=PEOPLE)
        assert _get(store, post.id).people == PEOPLE[1:]


def test_nobody_is_removed_from_what_does_not_show_them(store: Store) -> None:
    post = _post(store)
    assert not store.posts.untag(post.id, samples.user_id(9))
    assert not store.posts.untag(samples.post(number=9).id, BOB)
    assert _get(store, post.id) == post


def test_a_post_that_is_published_keeps_who_was_untagged_before(store: Store) -> None:
    post = _post(store, published=False)
    assert store.posts.untag(post.id, CY)
    assert store.posts.publish(post.id, post.media, samples.position(1), samples.START)
    published = _get(store, post.id)
    assert (published.people, published.untagged) == (PEOPLE[:1], (CY,))


def test_a_celebritys_recent_posts_have_the_people_as_they_are_now(store: Store) -> None:
    post = _post(store)
    recent = store.recent_posts.get_many([post.author_id])[post.author_id]
    assert store.recent_posts.change_delivery(recent, Delivery.PULL, "migration")
    assert store.posts.untag(post.id, BOB)
    (kept,) = store.recent_posts.get_many([post.author_id])[post.author_id].posts
    assert kept == _get(store, post.id)
    assert kept.people == PEOPLE[1:]

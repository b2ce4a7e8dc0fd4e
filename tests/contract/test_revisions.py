"""Every change of what can be found counts up, so that the search index knows the newer of two."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START

ADA = samples.user_id(1)


def _post(store: Store, post_id: PostId) -> Post:
    post = store.posts.get(post_id)
    assert post is not None
    return post


def test_every_change_of_a_post_makes_its_revision_greater(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = samples.post()
    store.posts.create(post, (), "key", "fingerprint")
    revisions = [_post(store, post.id).revision]

    def then(changed: bool) -> None:
        assert changed
        revisions.append(_post(store, post.id).revision)

    store.posts.mark_processing(post.id)
    then(store.posts.publish(post.id, post.media, samples.position(1), START))
    then(store.posts.edit(post.id, "another caption", None, ()))
    for days in (1, 2):
        at = START + timedelta(days=days)
        then(store.posts.delete(_post(store, post.id), at))
        then(store.posts.restore(_post(store, post.id), at))
    assert revisions == sorted(set(revisions))


def test_what_changes_nothing_leaves_the_revision(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    post = samples.post()
    store.posts.create(post, (), "key", "fingerprint")
    store.posts.publish(post.id, post.media, samples.position(1), START)
    before = _post(store, post.id).revision
    assert not store.posts.publish(post.id, post.media, samples.position(2), START)
    store.posts.mark_processing(post.id)
    assert _post(store, post.id).revision == before


def test_what_search_does_not_know_of_a_user_leaves_the_revision(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    store.profiles.edit(ADA, None, "Mathematics")
    store.profiles.note_popularity(ADA, 7, 8)
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert profile.revision == 0


def test_new_names_and_popularity_make_a_profiles_revision_greater(store: Store) -> None:
    store.profiles.create(samples.profile(1, "before"))
    revisions = []
    for change in range(4):
        if change == 1:
            store.profiles.edit(ADA, "Ada", None)
        if change == 2:
            store.profiles.rename(ADA, "before", "afterwards", START)
        if change == 3:
            store.profiles.note_popularity(ADA, 0, 1)
        profile = store.profiles.get(ADA)
        assert profile is not None
        revisions.append(profile.revision)
    assert revisions == sorted(set(revisions))

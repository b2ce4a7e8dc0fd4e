"""Which work follows from which change."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from shutterfeed.domain.changes import (
    BlobRemoved,
    FollowChanged,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.messages import (
    CollectBlob,
    CollectComments,
    CollectLikes,
    CollectMedia,
    FanOut,
    Followed,
    IndexPost,
    IndexUser,
    PublishMedium,
    PublishPost,
    Unfollowed,
)
from shutterfeed.domain.posts import TO_PUBLISH, Place, Post, PostState
from tests import samples
from tests.fakes.system import START
from tests.work import caused

POST_STATES = [None, *PostState]
POSTS = ("fan_out", "publish", "collect")
"""The steps that bring a post to its readers, or give its media up."""
BLOB = Blob(samples.sha256("content"), samples.user_id(1), "image/jpeg", 7)


def _post(state: PostState | None) -> Post | None:
    if state is None:
        return None
    return replace(samples.post(media=2, state=state), position=samples.position(1))


@pytest.mark.parametrize(("before", "after"), [*product(POST_STATES, POST_STATES)])
def test_only_publishing_fans_out_and_only_a_post_gone_gives_up_its_media(
    before: PostState | None, after: PostState | None
) -> None:
    post = samples.post(media=2)
    entry = FeedEntry(samples.position(1), post.id)
    expected: list[object] = []
    indexed: list[object] = []
    if after is PostState.PUBLISHED and before is not PostState.PUBLISHED:
        expected.append(FanOut(entry))
    # Also a failed post, of which one medium has still to come.
    if before is PostState.DELETED and after in (*TO_PUBLISH, PostState.FAILED):
        expected.append(PublishPost(post.id))
    if before is not None and after is None:
        references = tuple(Reference(m.sha256, post.id, m.media_id) for m in post.media)
        expected += [CollectMedia(references), CollectLikes(post.id), CollectComments(post.id)]
    if (before is PostState.PUBLISHED) is not (after is PostState.PUBLISHED):
        indexed.append(IndexPost(post.id))
    change = PostChanged(_post(before), _post(after))
    assert caused(change, *POSTS) == expected
    assert caused(change, "index") == indexed


def test_a_restored_post_whose_media_are_final_is_failed_and_done() -> None:
    media = tuple(medium.failed(samples.FAILURE) for medium in samples.post(media=2).media)
    failed = replace(samples.post(state=PostState.FAILED), media=media)
    assert caused(PostChanged(failed.deleted(START), failed), *POSTS) == []


def test_a_published_post_without_a_place_in_the_order_is_an_error() -> None:
    post = replace(samples.post(state=PostState.PUBLISHED), position=None)
    with pytest.raises(ValueError, match="has no position"):
        caused(PostChanged(None, post), *POSTS)


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"caption": "another"}, True),
        ({"place": Place("There", 1.0, 2.0)}, True),
        ({"media": ()}, True),
        ({"revision": 9}, True),
        ({"taken_at": START}, False),
        ({"sensitive": True}, False),
    ],
)
def test_a_published_post_is_indexed_anew_when_what_finds_it_changes(
    change: dict[str, Any], shows: bool
) -> None:
    post = replace(samples.post(state=PostState.PUBLISHED), position=samples.position(1))
    changed = replace(post, **change)
    assert caused(PostChanged(post, changed), "index") == ([IndexPost(post.id)] if shows else [])
    hidden = replace(post, state=PostState.DELETED), replace(changed, state=PostState.DELETED)
    assert caused(PostChanged(*hidden), "index") == []


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"handle": "another"}, True),
        ({"display_name": "Another"}, True),
        ({"popularity": 3}, True),
        ({"followers": 8}, False),  # until it is noted how popular that makes them
        ({"bio": "something", "posts": 9, "following": 3}, False),
    ],
)
def test_a_user_is_indexed_anew_when_what_finds_them_changes(
    change: dict[str, Any], shows: bool
) -> None:
    profile = replace(samples.profile(1), followers=7, popularity=2)
    work = caused(ProfileChanged(profile, replace(profile, **change)), "index")
    assert work == ([IndexUser(profile.user_id)] if shows else [])


def test_users_who_come_and_go_are_indexed() -> None:
    profile = samples.profile(1)
    assert caused(ProfileChanged(None, profile), "index") == [IndexUser(profile.user_id)]
    assert caused(ProfileChanged(profile, None), "index") == [IndexUser(profile.user_id)]


def test_a_change_made_twice_is_indexed_twice_so_that_the_index_has_the_items_revision() -> None:
    post, profile = _post(PostState.PUBLISHED), samples.profile(1)
    assert post is not None
    again = PostChanged(post, replace(post, revision=post.revision + 1))
    assert caused(again, "index") == [IndexPost(post.id)]
    renamed = ProfileChanged(profile, replace(profile, revision=profile.revision + 1))
    assert caused(renamed, "index") == [IndexUser(profile.user_id)]


def test_the_objects_of_a_blob_that_is_gone_are_removed() -> None:
    assert caused(BlobRemoved(BLOB), "collect") == [CollectBlob(BLOB)]


def test_a_post_that_readers_pull_is_not_fanned_out() -> None:
    post = _post(PostState.PUBLISHED)
    assert post is not None
    change = PostChanged(None, replace(post, pulled=True))
    assert caused(change, *POSTS) == []
    assert caused(change, "index") == [IndexPost(post.id)]


def test_both_following_and_unfollowing_are_told() -> None:
    edge = "ada", "bob"
    assert caused(FollowChanged(*edge, follows=True), "deliver") == [Followed(*edge)]
    assert caused(FollowChanged(*edge, follows=False), "deliver") == [Unfollowed(*edge)]


def test_a_new_reference_is_completed() -> None:
    reference = samples.reference("content", 1)
    assert caused(ReferenceAdded(reference), "publish") == [PublishMedium(reference)]

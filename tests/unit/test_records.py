"""Items of the tables as domain objects, and records of the stream as changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import keys
from shutterfeed.adapters.dynamodb import records
from shutterfeed.adapters.dynamodb.changes import change_of
from shutterfeed.adapters.dynamodb.table import Item, key_item, marshal, unmarshal
from shutterfeed.domain.changes import (
    BlobRemoved,
    CountsChanged,
    FollowChanged,
    LikesCountedApart,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Blob, Reference, Upload
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.users import Profile
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK
from tests import samples, strategies


def _stored(item: Item) -> Item:
    """The item as DynamoDB gives it back."""
    return unmarshal(marshal(item))


@given(strategies.profiles)
def test_profiles_read_back_equal(profile: Profile) -> None:
    assert records.to_profile(_stored(records.profile_item(profile))) == profile


@given(strategies.posts)
def test_posts_read_back_equal(post: Post) -> None:
    assert records.to_post(_stored(records.post_item(post))) == post


@given(strategies.uploads)
def test_uploads_read_back_equal(upload: Upload) -> None:
    assert records.to_upload(_stored(records.upload_item(upload))) == upload


@given(strategies.blobs)
def test_blobs_read_back_equal(blob: Blob) -> None:
    assert records.to_blob(_stored(records.blob_item(blob))) == blob


def test_pictures_without_notes_take_no_place_for_them() -> None:
    picture = samples.picture()
    noted = replace(picture, notes=(samples.NOTE,))
    for each, is_noted in ((picture, False), (noted, True)):
        blob = Blob("sha256", "blob", "image/jpeg", 7, picture=each)
        post = replace(samples.post(), media=(samples.medium(1).ready(each),))
        upload = Upload(post.id, post.media[0], samples.START)
        items = (records.blob_item(blob), records.upload_item(upload), records.post_item(post))
        assert ["notes" in str(item) for item in items] == [is_noted] * 3


def test_attributes_that_code_does_not_know_do_not_stop_it() -> None:
    item = records.post_item(samples.post()) | {"from_the_future": {"a": [1]}}
    assert records.to_post(_stored(item)) == samples.post()


def test_counts_hold_what_anybody_has_counted_yet() -> None:
    liked = key_item(keys.counts(samples.post().id)) | {"likes": 3}
    assert records.to_counts(_stored(liked)) == PostCounts(likes=3, comments=0)


def test_attributes_that_older_items_lack_take_their_defaults() -> None:
    item = records.profile_item(samples.profile(1))
    old = {name: item[name] for name in (*key_item(keys.profile("")), "handle", "created_at")}
    assert records.to_profile(_stored(old)) == samples.profile(1)


def _record(before: Item | None, after: Item | None) -> dict[str, Any]:
    image = before or after
    assert image is not None
    change: dict[str, Any] = {"Keys": marshal({"pk": image["pk"], "sk": image["sk"]})}
    if before is not None:
        change["OldImage"] = marshal(before)
    if after is not None:
        change["NewImage"] = marshal(after)
    return {"eventID": "1", "dynamodb": change}


@given(st.none() | strategies.posts, strategies.posts)
def test_a_record_of_a_post_has_it_before_and_after(before: Post | None, after: Post) -> None:
    before = None if before is None else replace(before, id=after.id)
    old = None if before is None else records.post_item(before)
    assert change_of(_record(old, records.post_item(after))) == PostChanged(before, after)


@given(strategies.posts)
def test_a_record_of_a_post_that_is_gone_has_only_what_it_was(post: Post) -> None:
    assert change_of(_record(records.post_item(post), None)) == PostChanged(post, None)


@given(strategies.blobs)
def test_only_the_end_of_a_blob_is_a_change(blob: Blob) -> None:
    item = records.blob_item(blob)
    assert change_of(_record(None, item)) is None
    assert change_of(_record(item, item)) is None
    assert change_of(_record(item, None)) == BlobRemoved(blob)


def test_records_of_follow_edges() -> None:
    edge = key_item(keys.follow("ada", "bob")) | {
        FOLLOWERS_PK: keys.followers_partition("bob", 3),
        FOLLOWERS_SK: keys.followers_sort(ulid(samples.START, 1), "ada"),
    }
    followed = FollowChanged("ada", "bob", follows=True, at=samples.START, shard=3)
    assert change_of(_record(None, edge)) == followed
    accepted = change_of(_record(None, edge | {records.ACCEPTED: True}))
    assert accepted == replace(followed, accepted=True)
    assert change_of(_record(edge, None)) == FollowChanged("ada", "bob", follows=False)
    assert change_of(_record(edge, edge | {"new": 1})) is None


@given(strategies.references)
def test_a_reference_that_waits_is_told_when_it_is_rendered(reference: Reference) -> None:
    counts = key_item(keys.reference(reference))
    waits = counts | {records.AWAITS_RENDERING: True}
    assert change_of(_record(None, waits)) is None
    assert change_of(_record(waits, counts)) == ReferenceAdded(reference)
    assert change_of(_record(waits, None)) is None
    assert change_of(_record(counts, counts)) is None


@given(strategies.references)
def test_only_a_new_reference_is_told(reference: Reference) -> None:
    item = key_item(keys.reference(reference))
    assert change_of(_record(None, item)) == ReferenceAdded(reference)
    assert change_of(_record(item, None)) is None


def test_a_profile_is_told_with_what_it_was() -> None:
    before, after = samples.profile(1, "before"), samples.profile(1, "after")
    images = records.profile_item(before), records.profile_item(after)
    assert change_of(_record(*images)) == ProfileChanged(before, after)
    assert change_of(_record(None, images[1])) == ProfileChanged(None, after)


def test_changes_of_counts_and_of_their_shards_are_told() -> None:
    post_id = samples.post().id
    one, two = (key_item(keys.counts(post_id)) | {"likes": likes} for likes in (1, 2))
    assert change_of(_record(None, one)) == CountsChanged(post_id, None, PostCounts(1))
    assert change_of(_record(one, two)) == CountsChanged(post_id, PostCounts(1), PostCounts(2))
    assert change_of(_record(one, None)) is None
    shard = key_item(keys.counts_shard(post_id, 3)) | {"likes": 1}
    assert change_of(_record(None, shard)) == LikesCountedApart(post_id)
    assert change_of(_record(shard, None)) is None


@pytest.mark.parametrize(
    "item",
    [
        records.upload_item(samples.uploads(samples.post())[0]),
        key_item(keys.handle("ada")) | {"user_id": "1"},
        key_item(keys.CURSOR_KEY) | {"secret": "00"},
        key_item(keys.ACCOUNT_KEY) | {"secret": "00"},
        key_item(keys.save("ada", samples.post().id)) | {"at": "1"},
    ],
)
def test_nothing_follows_from_records_of_other_items(item: Item) -> None:
    assert change_of(_record(None, item)) is None
    assert change_of(_record(item, None)) is None

"""Messages on queues: what is sent is what is received."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import topology
from shutterfeed.adapters.events import uploads_landed
from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import (
    CollectBlob,
    CollectMedia,
    DeliverEntry,
    DeliverMessage,
    FanOut,
    Followed,
    IndexPost,
    IndexUser,
    IngestUpload,
    MigrateReaders,
    PrepareFeed,
    PublishMedium,
    PublishPost,
    RenderPhoto,
    TranscodeVideo,
    Unfollowed,
)
from shutterfeed.keys import upload_object
from tests import samples, strategies
from tests.strategies import digests, entries, ulids

SENT: list[st.SearchStrategy[Any]] = [
    st.builds(RenderPhoto, digests, ulids, st.none() | strategies.references),
    st.builds(TranscodeVideo, digests, ulids, st.none() | strategies.references),
    st.builds(PublishMedium, strategies.references),
    st.builds(PublishPost, strategies.post_ids),
    st.builds(FanOut, entries, st.none() | st.integers(0, 99), st.none() | ulids),
    st.builds(MigrateReaders, ulids, st.text(), st.none() | ulids),
    st.builds(
        DeliverEntry,
        entries,
        st.lists(ulids, max_size=5).map(tuple),
        st.none() | strategies.instants,
    ),
    st.builds(Followed, ulids, ulids),
    st.builds(Unfollowed, ulids, ulids),
    st.builds(PrepareFeed, ulids),
    st.builds(CollectMedia, st.lists(strategies.references, max_size=3).map(tuple)),
    st.builds(CollectBlob, strategies.blobs),
    st.builds(IndexPost, strategies.post_ids),
    st.builds(IndexUser, ulids),
]
DELIVER = Codec[DeliverMessage]("deliver")


@given(st.data())
@pytest.mark.parametrize("number", range(len(SENT)))
def test_every_message_is_read_back_equal(number: int, data: st.DataObject) -> None:
    message = data.draw(SENT[number])
    codec = Codec[Any](topology.home_of(type(message).__name__).step)
    assert codec.decode(codec.encode(message)) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"kind": "Followed"}',
        '{"kind": "Unheard", "message": {}}',
        '{"kind": "Followed", "message": {}}',
        '{"kind": "Followed", "message": {"follower_id": 1, "followee_id": "b"}}',
        '{"kind": "Followed", "message": null}',
        '{"kind": ["Followed"], "message": {}}',
        Codec[CollectMedia]("collect").encode(CollectMedia(())),
    ],
)
def test_what_is_no_message_of_a_queue_is_refused(text: str) -> None:
    with pytest.raises(UnknownMessage):
        DELIVER.decode(text)


def test_a_queue_takes_no_message_of_another() -> None:
    with pytest.raises(UnknownMessage, match="IndexUser"):
        Codec[Any]("deliver").encode(IndexUser("a"))


def test_fields_that_later_versions_may_add_do_not_stop_older_workers() -> None:
    text = '{"kind": "Followed", "message": {"follower_id": "a", "followee_id": "b", "new": 1}}'
    assert DELIVER.decode(text) == Followed("a", "b")


def _notification(*object_keys: str) -> str:
    return json.dumps(
        {
            "Records": [
                {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": key}}}
                for key in object_keys
            ]
        }
    )


def test_a_notification_of_the_storage_says_which_uploads_landed() -> None:
    post_id, media_id = samples.post().id, samples.user_id(9)
    key = upload_object(post_id, media_id)
    assert list(uploads_landed(_notification(key, key.replace("/", "%2F")))) == [
        IngestUpload(post_id, media_id),
        IngestUpload(post_id, media_id),
    ]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"}),
        _notification(),
        _notification("favicon.ico", "uploads/a/b/c", "uploads/%2E%2E/x", "%FF"),
    ],
)
def test_a_notification_of_anything_else_says_nothing(body: str) -> None:
    assert list(uploads_landed(body)) == []


@given(strategies.post_ids, ulids)
def test_a_foreign_object_does_not_hide_an_upload_beside_it(post_id: PostId, media_id: str) -> None:
    body = _notification("other", upload_object(post_id, media_id))
    assert list(uploads_landed(body)) == [IngestUpload(post_id, media_id)]

"""Messages on queues: what is sent is what is received."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed import topology
from shutterfeed.adapters.events import LandedEncoder, uploads_landed
from shutterfeed.adapters.messages import Codec, UnknownMessage, tenant_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.messages import (
    KINDS,
    CollectMedia,
    DeliverEntry,
    DeliverMessage,
    Followed,
    IndexUser,
    IngestUpload,
)
from shutterfeed.keys import upload_object
from tests import samples, strategies
from tests.strategies import ulids

MADE: dict[Any, st.SearchStrategy[Any]] = {
    str: strategies.texts,
    int: strategies.counts,
    datetime: strategies.instants,
    PostId: strategies.post_ids,
    FeedEntry: strategies.entries,
    Reference: strategies.references,
    Blob: strategies.blobs,
}
"""What the fields of messages are made of: the values that their types can have in reality."""
DELIVER = Codec[DeliverMessage]("deliver")


def _any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type."""
    if kind in MADE:
        return MADE[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return st.lists(_any_of(arguments[0]), max_size=3).map(tuple)
    if arguments:
        return st.one_of([_any_of(one) for one in arguments])
    if isinstance(kind, type) and is_dataclass(kind):
        return st.builds(kind, **{n: _any_of(t) for n, t in get_type_hints(kind).items()})
    return st.from_type(kind)


MESSAGES = {name: _any_of(kind) for name, kind in KINDS.items()}
"""Any message of each kind."""


@settings(max_examples=30)
@given(st.data())
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_message_is_read_back_equal_and_names_its_user(
    kind: str, data: st.DataObject
) -> None:
    """Whatever the table names is there; only a renderer's message may be without a user. S3
    reports uploads that arrive in a notification of its own."""
    message = data.draw(MESSAGES[kind])
    nobodys = kind in {"RenderPhoto", "TranscodeVideo"} and message.reference is None
    assert (tenant_of(message) is not None) is (kind in topology.TENANTS and not nobodys)
    if kind != "IngestUpload":
        codec = Codec[Any](topology.home_of(kind).step)
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


def test_a_message_from_before_its_time_was_recorded_is_delivered() -> None:
    entry = {"position": "p", "post_id": {"author_id": "a", "ulid": "u"}}
    message = {"entry": entry, "owner_ids": ["b"]}
    decoded = DELIVER.decode(json.dumps({"kind": "DeliverEntry", "message": message}))
    assert decoded == DeliverEntry(FeedEntry("p", PostId("a", "u")), ("b",), None)


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


@pytest.mark.parametrize("bulk", [False, True])
def test_an_upload_is_handed_on_as_the_storage_tells_of_it(bulk: bool) -> None:
    landed = IngestUpload(samples.post().id, samples.user_id(9), bulk)
    assert list(uploads_landed(LandedEncoder().encode(landed))) == [landed]
    assert LandedEncoder().tenant(landed) == landed.post_id.author_id


@given(strategies.post_ids, ulids)
def test_a_foreign_object_does_not_hide_an_upload_beside_it(post_id: PostId, media_id: str) -> None:
    body = _notification("other", upload_object(post_id, media_id))
    assert list(uploads_landed(body)) == [IngestUpload(post_id, media_id)]

"""Uploads that no post needs any more are marked, so that the bucket's lifecycle takes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconcile.handler import handler as reconcile
from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, upload_all
from tests.integration.world import ORIGINALS, UPLOADS, Person, World, aws

PHOTO, OTHER = pictures.jpeg(64, 48), pictures.jpeg(48, 64, seed=2)
ABANDONED = {"abandoned": "true"}


def _lose_events(world: World) -> None:
    aws("sqs").purge_queue(QueueUrl=world.queue_url("ingest"))


def _key(created: dict[str, Any], index: int = 0) -> str:
    return str(created["uploads"][index]["fields"]["key"])


def _expire(pipeline: Pipeline, post_id: str) -> None:
    pipeline.world.expire(keys.post(PostId.parse(post_id)))
    pipeline.run()


def _ledger(client: Client, person: Person) -> list[tuple[str, str | None]]:
    """State and reason of each entry, in the order of declaration."""
    entries = client.get("/me/uploads", person).json["items"]
    return [(e["state"], e["failure"] and e["failure"]["code"]) for e in reversed(entries)]


def _media(client: Client, person: Person, post_id: str) -> list[tuple[str, str | None]]:
    media = client.get(f"/posts/{post_id}", person).json["media"]
    return [(m["state"], m["failure"] and m["failure"]["code"]) for m in media]


def test_a_deleted_post_whose_event_was_lost_takes_its_upload_along(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    created = client.create_post(ada, draft([PHOTO])).json
    upload_all(world, created, [PHOTO])
    _lose_events(world)
    client.delete(f"/posts/{created['post']['id']}", ada)
    pipeline.run()
    assert world.upload_tags(_key(created)) == {}, "it can be restored for 30 days"
    _expire(pipeline, created["post"]["id"])
    assert world.upload_tags(_key(created)) == ABANDONED
    assert client.get("/me/uploads", ada).json["items"] == []
    # An event of it that comes later still, as a dead letter that is sent back.
    world.upload(_key(created), PHOTO)
    assert world.upload_tags(_key(created)) == {}
    pipeline.run()
    assert world.upload_tags(_key(created)) == ABANDONED
    assert world.objects(ORIGINALS) == []
    assert not pipeline.failures


def test_a_published_posts_upload_that_went_long_ago_is_no_failure(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    (key,) = world.objects(UPLOADS)
    aws("s3").delete_object(Bucket=UPLOADS, Key=key)
    client.delete(f"/posts/{post_id}", ada)
    _expire(pipeline, post_id)
    assert client.get("/me/uploads", ada).json["items"] == []
    assert not pipeline.failures


def test_a_replaced_avatar_and_a_failed_post_take_their_uploads_along(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    for number, content in enumerate((PHOTO, OTHER)):
        headers = {"Idempotency-Key": f"avatar-{number}"}
        asked = client.request("POST", "/me/avatar", ada, body=declared(content), headers=headers)
        fields = asked.json["upload"]["fields"]
        world.upload(fields["key"], content, fields["Content-Type"])
        pipeline.run()
    before, after = sorted(world.objects(UPLOADS))
    replaced, _ = keys.parse_upload_object(before)
    _expire(pipeline, str(replaced))
    assert world.upload_tags(before) == ABANDONED
    assert world.upload_tags(after) == {"released": "true"}

    created = client.create_post(ada, draft([PHOTO, OTHER])).json
    upload_all(world, created, [b"wrong"], of=created["uploads"][:1])
    pipeline.run()
    assert world.upload_tags(_key(created)) == {"refused": "true"}
    upload_all(world, created, [OTHER], of=created["uploads"][1:])
    _lose_events(world)
    _expire(pipeline, created["post"]["id"])
    assert [world.upload_tags(_key(created, index)) for index in (0, 1)] == [ABANDONED] * 2
    assert not pipeline.failures


def test_parts_that_were_begun_are_dropped_with_their_post(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    body = {"media": [declared(PHOTO), declared(OTHER) | {"bytes": 20 << 20}]}
    created = client.create_post(ada, body).json
    (begun,) = aws("s3").list_multipart_uploads(Bucket=UPLOADS)["Uploads"]
    upload_all(world, created, [b"wrong"], of=created["uploads"][:1])
    pipeline.run()
    _expire(pipeline, created["post"]["id"])
    assert "Uploads" not in aws("s3").list_multipart_uploads(Bucket=UPLOADS)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        aws("s3").list_parts(Bucket=UPLOADS, Key=begun["Key"], UploadId=begun["UploadId"])
    assert not pipeline.failures


def test_what_arrived_beside_a_refused_file_is_told_as_it_is(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    created = client.create_post(ada, draft([PHOTO, OTHER])).json
    post_id = created["post"]["id"]
    upload_all(world, created, [b"wrong"], of=created["uploads"][:1])
    pipeline.run()
    upload_all(world, created, [OTHER], of=created["uploads"][1:])
    _lose_events(world)
    pipeline.run()
    refused = ("failed", "bytes_mismatch")
    assert _media(client, ada, post_id) == [refused, ("awaiting", None)]
    world.clock.advance(timedelta(minutes=31))
    answer = reconcile({}, payloads.context())
    assert answer == {"looked_at": 1, "findings": {"landed": 1}, "failures": 0}
    expected = [refused, ("processing", None)]
    assert _media(client, ada, post_id) == _ledger(client, ada) == expected
    pipeline.run()
    expected = [refused, ("ready", None)]
    assert _media(client, ada, post_id) == _ledger(client, ada) == expected
    assert client.get(f"/posts/{post_id}", ada).json["state"] == "failed"
    assert reconcile({}, payloads.context())["looked_at"] == 0


def test_one_that_never_came_says_nothing_of_the_other(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    created = client.create_post(ada, draft([PHOTO, OTHER])).json
    upload_all(world, created, [OTHER], of=created["uploads"][1:])
    _lose_events(world)
    world.clock.advance(timedelta(hours=25))
    answer = reconcile({}, payloads.context())
    assert answer["findings"] == {"never_arrived": 1, "landed": 1}
    pipeline.run()
    expected = [("failed", "never_arrived"), ("ready", None)]
    post_id = created["post"]["id"]
    assert _media(client, ada, post_id) == _ledger(client, ada) == expected
    assert reconcile({}, payloads.context())["looked_at"] == 0

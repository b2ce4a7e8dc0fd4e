"""Videos through the real handlers, transcoded by the real ffmpeg, over moto."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from reconcile.handler import handler as reconcile
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.videos import TRANSCODING_PATIENCE
from tests import pictures, videos
from tests.integration import payloads
from tests.integration.client import Client, declared
from tests.integration.pipeline import Pipeline, invoke
from tests.integration.publishing import upload_all
from tests.integration.test_reconcile import EVENT
from tests.integration.world import ORIGINALS, RENDITIONS, Person, World, aws

MOVING = {"width": 96, "height": 64, "duration_ms": 500}
ORDER = payloads.sample("sqs/transcode")


@cache
def video() -> bytes:
    return videos.made("in.mp4", *videos.pattern("96x64"), *videos.sound())


def _stored(world: World, content: bytes) -> DynamoBlobs:
    """The original that the sample message speaks of."""
    order = json.loads(ORDER["Records"][0]["body"])["message"]
    key = keys.original_object(order["sha256"], order["blob_id"])
    aws("s3").put_object(Bucket=ORIGINALS, Key=key, Body=content)
    blobs = DynamoBlobs(world.metadata)
    blobs.claim(order["sha256"], order["blob_id"], "video/mp4", len(content))
    return blobs


def _sample_sha256() -> str:
    sha256: str = json.loads(ORDER["Records"][0]["body"])["message"]["sha256"]
    return sha256


def test_the_sample_message_has_a_video_transcoded(world: World) -> None:
    blobs = _stored(world, video())
    assert invoke("transcode", ORDER) == {"batchItemFailures": []}
    blob = blobs.get(_sample_sha256())
    assert blob is not None
    assert blob.state is BlobState.READY
    assert blob.picture is not None
    assert blob.picture.clip is not None
    names = {keys.rendition_object(blob.blob_id, name) for name in blob.picture.names()}
    assert names == set(world.objects(RENDITIONS))
    key = keys.rendition_object(blob.blob_id, blob.picture.clip.name)
    answer = aws("s3").get_object(Bucket=RENDITIONS, Key=key)
    clip = answer["Body"].read()
    assert (answer["ContentType"], len(clip)) == ("video/mp4", blob.picture.clip.size)
    assert clip.index(b"moov") < clip.index(b"mdat")
    facts = videos.facts_of(clip)
    assert (facts.width, facts.height, facts.has_audio) == (96, 64, True)


def test_a_video_that_cannot_be_read_is_done_with_too(world: World) -> None:
    blobs = _stored(world, video()[:200])
    assert invoke("transcode", ORDER) == {"batchItemFailures": []}
    blob = blobs.get(_sample_sha256())
    assert blob is not None
    assert blob.failure is not None
    assert blob.failure.code == "truncated"
    assert not world.objects(RENDITIONS)


def _posted(client: Client, world: World, ada: Person, *, duration_ms: int = 500) -> str:
    photo = pictures.jpeg(64, 48)
    moving = {**declared(video(), "video/mp4"), **MOVING, "duration_ms": duration_ms}
    body = {"media": [moving, declared(photo)]}
    created = client.create_post(ada, body).json
    upload_all(world, created, [video(), photo])
    post_id: str = created["post"]["id"]
    return post_id


def test_a_post_of_video_and_photo_is_published(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = _posted(client, world, ada)
    pipeline.run()
    post = client.get(f"/posts/{post_id}", ada).json
    assert post["state"] == "published"
    moving, photo = post["media"]
    assert "/video.mp4?m=" in moving["clip"]["url"]
    assert {name: moving["clip"][name] for name in ("width", "height", "duration_ms")} == MOVING
    assert moving["clip"]["has_audio"]
    assert moving["renditions"]
    assert photo["clip"] is None


def test_a_videos_lost_message_is_sent_again_after_its_patience(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = _posted(client, world, ada)
    pipeline.pump_queue("ingest")
    assert world.waiting("transcode")
    aws("sqs").purge_queue(QueueUrl=world.queue_url("transcode"))
    pipeline.run()
    world.clock.advance(timedelta(minutes=11))
    assert reconcile(EVENT, payloads.context())["findings"] == {}
    world.clock.advance(TRANSCODING_PATIENCE)
    assert reconcile(EVENT, payloads.context())["findings"] == {"render": 1}
    pipeline.run()
    assert client.get(f"/posts/{post_id}", ada).json["state"] == "published"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"width": None}, "invalid_video", "media[0].width"),
        ({"duration_ms": 200_000}, "too_long", "media[0].duration_ms"),
        ({"width": 4096, "height": 2304, "duration_ms": 180_000}, "too_much_work", "width"),
        ({"bytes": 400 << 20}, "invalid_body", "media[0].bytes"),
    ],
)
def test_what_would_be_too_much_is_refused_at_once(
    client: Client, ada: Person, changes: Mapping[str, Any], code: str, field: str
) -> None:
    medium = {**declared(video(), "video/mp4"), **MOVING, **changes}
    answer = client.create_post(ada, {"media": [medium]})
    assert answer.status == 400
    assert answer.error[0] == code
    assert (answer.error[1] or "").endswith(field)
    assert any(character.isdigit() for character in answer.text)

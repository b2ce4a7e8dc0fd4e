"""The audit's adapter: what it reads of moto's tables and buckets, and what it mends there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from operations import audit
from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.inventory import AwsInventory
from shutterfeed.domain.ids import PostId
from shutterfeed.ports.inventory import PostMedium, StoredOriginal
from shutterfeed.services import auditing
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline, invoke
from tests.integration.publishing import publish, upload_all
from tests.integration.world import ORIGINALS, RENDITIONS, UPLOADS, Person, World, aws
from tools import paths

PHOTO = pictures.jpeg(64, 48)
SHA256 = declared(PHOTO)["sha256"]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployment:
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    names = {"Uploads": UPLOADS, "Originals": ORIGINALS, "Renditions": RENDITIONS}
    outputs = {f"{name}BucketName": bucket for name, bucket in names.items()}
    for name in ("render-bulk", "transcode-bulk", "collect"):
        aws("sqs").create_queue(QueueName=f"shutterfeed-test-{name}")
    return Deployment(aws, "test", {"MetadataTableName": "metadata", **outputs})


def test_the_inventory_has_every_row_and_object_once(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    inventory = AwsInventory(world.metadata, aws("s3"), UPLOADS, ORIGINALS, RENDITIONS)
    aws("s3").put_object(Bucket=ORIGINALS, Key=f"{SHA256}-not-ours", Body=b"")
    rows = [row for part in range(3) for row in inventory.rows(part, 3)]
    kinds = sorted(type(row).__name__ for row in rows)
    assert kinds == ["Blob", "PostMedium", "Reference", "Upload"]
    (medium,) = (row for row in rows if isinstance(row, PostMedium))
    assert medium.reference in rows
    (original,) = inventory.originals(SHA256[:2])
    blob = world.item(keys.blob(SHA256))
    assert blob is not None
    assert original == StoredOriginal(SHA256, blob["blob_id"], len(PHOTO))
    others = "00" if not SHA256.startswith("00") else "01"
    assert not list(inventory.originals(others))
    names = {keys.rendition_object(blob_id, name) for blob_id, name in inventory.renditions()}
    assert names == set(world.objects(RENDITIONS))
    assert inventory.requests["lists"] == 3


@pytest.mark.parametrize("repair", [False, True])
def test_what_is_missing_is_told_and_mended_only_when_asked(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    deployment: Deployment,
    capsys: pytest.CaptureFixture[str],
    repair: bool,
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    before = world.item(keys.blob(SHA256))
    assert before is not None
    aws("s3").delete_object(Bucket=RENDITIONS, Key=world.objects(RENDITIONS)[0])
    world.expire(keys.blob(SHA256))
    found = audit.run(deployment, repair=repair).found
    assert found == {"object_without_row": 1, "rendition_without_row": 1}
    printed = capsys.readouterr().out
    assert SHA256 in printed
    assert "USD" in printed
    after = world.item(keys.blob(SHA256))
    if repair:
        assert after is not None
        assert (after["blob_id"], after["state"]) == (before["blob_id"], "stored")
    else:
        assert after is None


def test_the_inventory_has_every_upload_and_copy_once_and_knows_what_expires(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    publish(client, pipeline, ada, [PHOTO], key="key-2")
    waiting = client.create_post(ada, draft([PHOTO]), "key-3").json
    upload_all(world, waiting, [PHOTO])
    aws("s3").put_object(Bucket=UPLOADS, Key="uploads/not-ours", Body=b"")
    inventory = AwsInventory(world.metadata, aws("s3"), UPLOADS, ORIGINALS, RENDITIONS)
    uploads = list(inventory.uploads())
    names = [keys.upload_object(upload.post_id, upload.media_id) for upload in uploads]
    assert [*sorted(names), "uploads/not-ours"] == world.objects(UPLOADS)[1:]
    assert all(upload.modified_at.tzinfo for upload in uploads)
    (copy,) = inventory.copies()
    assert copy.key.startswith("discarded/")
    kept = [u for u in uploads if inventory.is_kept(u.post_id, u.media_id)]
    assert [u.post_id for u in kept] == [PostId.parse(waiting["post"]["id"])]
    aws("s3").delete_object(Bucket=UPLOADS, Key=names[0])
    assert not inventory.is_kept(uploads[0].post_id, uploads[0].media_id)
    assert inventory.requests["tags"] == 4


@pytest.mark.parametrize("repair", [False, True])
def test_what_posts_left_behind_is_told_and_goes_when_asked(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    repair: bool,
) -> None:
    """One post is gone with all that was to be told of it, and one upload came after that."""
    monkeypatch.setattr(auditing, "UPLOAD_OVERDUE", timedelta(days=-1))
    post_id = PostId.parse(publish(client, pipeline, ada, [PHOTO]))
    (key,) = world.objects(UPLOADS)
    world.expire(keys.post(post_id))
    stray = keys.upload_object(post_id, post_id.author_id)
    world.upload(stray, PHOTO)
    aws("s3").delete_object_tagging(Bucket=UPLOADS, Key=key)
    world.upload("downloads/a/b/c", PHOTO)
    found = audit.run(deployment, repair=repair).found
    assert found == {
        "entry_without_post": 1,
        "reference_without_post": 1,
        "upload_without_entry": 1,
        "upload_kept": 1,
        "copy_kept": 1,
    }
    expected = ({"released": "true"}, {"abandoned": "true"}) if repair else ({}, {})
    assert (world.upload_tags(key), world.upload_tags(stray)) == expected
    told = aws("sqs").receive_message(QueueUrl=_queue_url("collect")).get("Messages", [])
    assert len(told) == repair
    for message in told:
        answer = invoke("collect", payloads.sqs_event([message["Body"]]))
        assert answer == {"batchItemFailures": []}
        assert audit.run(deployment, repair=False).found == {"copy_kept": 1}
        assert world.upload_tags(key) == {"abandoned": "true"}


def _queue_url(name: str) -> str:
    return str(aws("sqs").get_queue_url(QueueName=f"shutterfeed-test-{name}")["QueueUrl"])

"""The audit's adapter: what it reads of moto's tables and buckets, and what it mends there."""

from __future__ import annotations

from pathlib import Path

import pytest

from shutterfeed import keys
from shutterfeed.adapters.inventory import AwsInventory
from shutterfeed.ports import PostMedium, StoredOriginal
from tests import pictures
from tests.integration.client import Client, declared
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import ORIGINALS, RENDITIONS, UPLOADS, Person, World, aws
from tools import audit, operate, paths

PHOTO = pictures.jpeg(64, 48)
SHA256 = declared(PHOTO)["sha256"]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> operate.Deployment:
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    names = {"Uploads": UPLOADS, "Originals": ORIGINALS, "Renditions": RENDITIONS}
    outputs = {f"{name}BucketName": bucket for name, bucket in names.items()}
    for name in ("images", "videos"):
        aws("sqs").create_queue(QueueName=f"shutterfeed-test-{name}")
    return operate.Deployment(aws, "test", {"MetadataTableName": "metadata", **outputs})


def test_the_inventory_has_every_row_and_object_once(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    inventory = AwsInventory(world.metadata, aws("s3"), ORIGINALS, RENDITIONS)
    aws("s3").put_object(Bucket=ORIGINALS, Key=f"{SHA256}-not-ours", Body=b"")
    rows = [row for part in range(3) for row in inventory.rows(part, 3)]
    assert sorted(type(row).__name__ for row in rows) == ["Blob", "PostMedium", "Reference"]
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
    deployment: operate.Deployment,
    capsys: pytest.CaptureFixture[str],
    repair: bool,
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    before = world.item(keys.blob(SHA256))
    assert before is not None
    aws("s3").delete_object(Bucket=RENDITIONS, Key=world.objects(RENDITIONS)[0])
    world.expire(keys.blob(SHA256))
    found = audit.run(deployment, repair=repair)
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

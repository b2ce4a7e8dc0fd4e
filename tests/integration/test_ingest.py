"""Uploads that land: accepted, refused with a reason, stored once, mended."""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from shutterfeed import keys
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.domain.photos import PhotoRefused
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline, invoke
from tests.integration.publishing import publish, upload_all
from tests.integration.world import ORIGINALS, RENDITIONS, UPLOADS, Person, World, aws

PHOTO = pictures.jpeg(64, 48)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00heicmif1"


def _create(client: Client, person: Person, medium: dict[str, Any]) -> dict[str, Any]:
    created: dict[str, Any] = client.create_post(person, {"media": [medium]}).json
    return created


@pytest.mark.parametrize(
    ("medium", "content", "code", "field"),
    [
        (declared(PHOTO), PHOTO[:-1], "bytes_mismatch", "bytes"),
        (declared(PHOTO), b"", "bytes_mismatch", "bytes"),
        (declared(PHOTO), PHOTO[:-1] + b"!", "sha256_mismatch", "sha256"),
        (declared(PHOTO, "image/png"), PHOTO, "content_type_mismatch", "content_type"),
        (declared(b"<html></html>"), b"<html></html>", "unsupported_type", "content_type"),
        (declared(SVG), SVG, "unsupported_type", "content_type"),
        (declared(b"%PDF-1.7\n"), b"%PDF-1.7\n", "unsupported_type", "content_type"),
        (declared(b"PK\x03\x04.."), b"PK\x03\x04..", "unsupported_type", "content_type"),
        (declared(VIDEO, "image/heic"), VIDEO, "content_type_mismatch", "content_type"),
    ],
    ids=["short", "empty", "other bytes", "other type", "html", "svg", "pdf", "zip", "video"],
)
def test_bytes_that_are_not_as_declared_fail_the_post_with_the_reason(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    medium: dict[str, Any],
    content: bytes,
    code: str,
    field: str,
) -> None:
    created = _create(client, ada, medium)
    upload_all(world, created, [content])
    pipeline.run()

    post = client.get(f"/posts/{created['post']['id']}", ada).json
    assert post["state"] == "failed"
    failure = post["media"][0]["failure"]
    assert (post["media"][0]["state"], failure["code"]) == ("failed", code)
    assert failure["field"] == field
    assert field in medium
    (entry,) = client.get("/me/uploads", ada).json["items"]
    assert (entry["state"], entry["failure"]) == ("failed", post["media"][0]["failure"])
    assert world.objects(ORIGINALS) == world.objects(RENDITIONS) == []
    assert world.upload_tags(created["uploads"][0]["fields"]["key"]) == {"refused": "true"}
    assert not pipeline.failures, "what the client did wrong is not worth another delivery"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PHOTO.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x07"), "undecodable"),
        (pictures.jpeg(640, 480)[:2000], "truncated"),
    ],
    ids=["impossible", "cut short"],
)
def test_pictures_that_cannot_be_read_fail_the_post_and_keep_the_original(
    client: Client, pipeline: Pipeline, world: World, ada: Person, content: bytes, code: str
) -> None:
    created = client.create_post(ada, draft([PHOTO, content])).json
    upload_all(world, created, [PHOTO, content])
    pipeline.run()

    post = client.get(f"/posts/{created['post']['id']}", ada).json
    assert post["state"] == "failed"
    assert [medium["state"] for medium in post["media"]] == ["ready", "failed"]
    assert post["media"][1]["failure"]["code"] == code
    assert post["media"][1]["failure"]["field"] is None
    assert post["media"][1]["failure"]["message"]
    assert client.get("/me", ada).json["counts"]["posts"] == 0
    assert client.get("/feed", ada).json["items"] == []
    assert len(world.objects(ORIGINALS)) == 2
    assert not pipeline.failures


def test_a_failed_post_stays_failed_when_its_other_files_arrive(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    created = client.create_post(ada, draft([PHOTO, PHOTO])).json
    bad, good = created["uploads"]
    upload_all(world, created, [b"wrong"], of=[bad])
    pipeline.run()
    upload_all(world, created, [PHOTO], of=[good])
    upload_all(world, created, [PHOTO], of=[bad])
    pipeline.run()
    post = client.get(f"/posts/{created['post']['id']}", ada).json
    assert post["state"] == "failed"
    assert client.get("/me", ada).json["counts"]["posts"] == 0


def test_an_accepted_upload_may_be_cleaned_up(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    created = _create(client, ada, declared(PHOTO))
    upload_all(world, created, [PHOTO])
    key = created["uploads"][0]["fields"]["key"]
    assert world.upload_tags(key) == {}, "nothing expires before it is stored"
    pipeline.pump_queue("ingest")
    (original,) = world.objects(ORIGINALS)
    assert world.upload_tags(key) == {"released": "true"}
    stored = aws("s3").get_object(Bucket=ORIGINALS, Key=original)
    assert stored["Body"].read() == PHOTO
    assert stored["ContentType"] == "image/jpeg"


def _urls(medium: dict[str, Any]) -> set[str]:
    return {rendition["url"] for rendition in medium["renditions"]}


def _objects(medium: dict[str, Any]) -> set[str]:
    found = {urlsplit(url).path for url in _urls(medium)}
    assert len(found) == len(medium["renditions"]) > 0
    return found


class TestDuplicates:
    def test_one_content_of_two_users_is_stored_once_and_published_twice(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
    ) -> None:
        posts = [
            client.get(f"/posts/{publish(client, pipeline, person, [PHOTO])}", person).json
            for person in (ada, ben)
        ]
        assert len(world.objects(ORIGINALS)) == 1
        assert posts[0]["id"] != posts[1]["id"]
        # Each medium has URLs of its own, which a cache tells apart; the objects are the same.
        assert not _urls(posts[0]["media"][0]) & _urls(posts[1]["media"][0])
        assert _objects(posts[0]["media"][0]) == _objects(posts[1]["media"][0])

    def test_two_uploads_at_the_same_time_are_stored_once(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
    ) -> None:
        created = [(p, _create(client, p, declared(PHOTO))) for p in (ada, ben)]
        for _, each in created:
            upload_all(world, each, [PHOTO])
        pipeline.run()
        for person, each in created:
            post = client.get(f"/posts/{each['post']['id']}", person).json
            assert post["state"] == "published"
        assert len(world.objects(ORIGINALS)) == 1

    def test_one_photo_twice_in_a_post(
        self, client: Client, pipeline: Pipeline, ada: Person
    ) -> None:
        post_id = publish(client, pipeline, ada, [PHOTO, PHOTO])
        media = client.get(f"/posts/{post_id}", ada).json["media"]
        assert _objects(media[0]) == _objects(media[1])
        assert media[0]["id"] != media[1]["id"]

    def test_known_and_new_content_look_the_same_to_their_uploaders(
        self, client: Client, pipeline: Pipeline, ada: Person, ben: Person
    ) -> None:
        publish(client, pipeline, ada, [PHOTO])
        known = _create(client, ben, declared(PHOTO))
        new = client.create_post(ben, draft([pictures.jpeg(64, 48, seed=7)]), key="new").json
        for created in (known, new):
            assert created["post"]["state"] == "pending"
            assert created["post"]["media"][0]["state"] == "awaiting"
            assert len(created["uploads"]) == 1
        digest = declared(PHOTO)["sha256"]
        shown = client.get(f"/posts/{known['post']['id']}", ben).text
        assert digest not in shown, "the hash is the backend's alone"

    def test_a_lost_original_is_mended_by_the_next_upload_of_its_bytes(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
    ) -> None:
        publish(client, pipeline, ada, [PHOTO])
        (original,) = world.objects(ORIGINALS)
        aws("s3").delete_object(Bucket=ORIGINALS, Key=original)
        assert world.objects(ORIGINALS) == []

        publish(client, pipeline, ben, [PHOTO])
        assert world.objects(ORIGINALS) == [original]
        assert aws("s3").get_object(Bucket=ORIGINALS, Key=original)["Body"].read() == PHOTO

    def test_an_original_that_is_not_whole_is_mended_too(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
    ) -> None:
        publish(client, pipeline, ada, [PHOTO])
        (original,) = world.objects(ORIGINALS)
        aws("s3").put_object(Bucket=ORIGINALS, Key=original, Body=PHOTO[:10])
        publish(client, pipeline, ben, [PHOTO])
        assert aws("s3").get_object(Bucket=ORIGINALS, Key=original)["Body"].read() == PHOTO

    def test_content_that_failed_gets_another_chance(
        self,
        client: Client,
        pipeline: Pipeline,
        world: World,
        ada: Person,
        ben: Person,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Say, because a decoder has learnt to read it since."""

        def refuse(*_: object) -> NoReturn:
            raise PhotoRefused("unsupported_type", "The photo is of another kind.")

        failed = _create(client, ada, declared(PHOTO))
        upload_all(world, failed, [PHOTO])
        with monkeypatch.context() as patch:
            patch.setattr(ConfinedCodec, "render", refuse)
            pipeline.run()
        post = client.get(f"/posts/{failed['post']['id']}", ada).json
        assert (post["state"], post["media"][0]["failure"]["code"]) == (
            "failed",
            "unsupported_type",
        )

        publish(client, pipeline, ben, [PHOTO])
        assert client.get(f"/posts/{failed['post']['id']}", ada).json["state"] == "failed"
        assert len(world.objects(ORIGINALS)) == 1
        publish(client, pipeline, ada, [PHOTO], key="again")


class TestNotifications:
    @pytest.mark.usefixtures("world")
    def test_s3s_test_event_is_passed_over(self) -> None:
        answer = invoke("ingest", payloads.sample("sqs/ingest_test_event"))
        assert answer == {"batchItemFailures": []}

    @pytest.mark.usefixtures("world")
    @pytest.mark.parametrize(
        "key",
        [
            "readme.txt",
            "uploads/",
            "uploads/a/b/c",
            "uploads/00005DM00000000000000002PT/01KJMMA2G40000000000000003",
            "uploads/00005DM00000000000000002PT/01KJMMA2G40000000000000003/x.jpg",
            "other/00005DM00000000000000002PT/01KJMMA2G4000000000000000A/01KJMMA2G4000000000000000B",
            "a+b%2Fc%20d%FF",
        ],
    )
    def test_foreign_keys_are_passed_over(self, key: str) -> None:
        answer = invoke("ingest", payloads.sqs_event([payloads.landed(key)]))
        assert answer == {"batchItemFailures": []}

    def test_an_object_that_is_no_posts_is_not_stored_and_expires(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
    ) -> None:
        created = _create(client, ada, declared(PHOTO))
        author, post, media = created["uploads"][0]["fields"]["key"].split("/")[1:]
        stray = [
            f"uploads/{ben.user_id}/{post}/{media}",
            f"uploads/{author}/{media}/{media}",
            f"uploads/{author}/{post}/{post}",
        ]
        for key in stray:
            world.upload(key, PHOTO)
        pipeline.run()
        assert [world.upload_tags(key) for key in stray] == [{"abandoned": "true"}] * 3
        assert world.objects(ORIGINALS) == []
        assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "pending"

    @pytest.mark.usefixtures("world")
    def test_an_announced_object_that_is_not_there_is_no_failure(
        self, client: Client, ada: Person
    ) -> None:
        key = _create(client, ada, declared(PHOTO))["uploads"][0]["fields"]["key"]
        answer = invoke("ingest", payloads.sqs_event([payloads.landed(key)]))
        assert answer == {"batchItemFailures": []}

    @pytest.mark.parametrize("cleaned_up", [False, True])
    def test_a_notification_may_come_again_long_after(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, cleaned_up: bool
    ) -> None:
        post_id = publish(client, pipeline, ada, [PHOTO])
        before = client.get(f"/posts/{post_id}", ada).json
        (upload,) = world.objects(UPLOADS)
        if cleaned_up:
            aws("s3").delete_object(Bucket=UPLOADS, Key=upload)
        answer = invoke("ingest", payloads.sqs_event([payloads.landed(upload)]))
        assert answer == {"batchItemFailures": []}
        pipeline.run()
        assert client.get(f"/posts/{post_id}", ada).json == before

    def test_one_notification_may_announce_several_objects(
        self, client: Client, world: World, ada: Person
    ) -> None:
        other = pictures.jpeg(64, 48, seed=1)
        created = client.create_post(ada, draft([PHOTO, other])).json
        upload_all(world, created, [PHOTO, other])
        announced = [link["fields"]["key"] for link in created["uploads"]]
        invoke("ingest", payloads.sqs_event([payloads.landed(*announced)]))
        assert len(world.waiting("render")) == 2

    def test_only_failing_messages_come_again(
        self, client: Client, world: World, ada: Person
    ) -> None:
        created = _create(client, ada, declared(PHOTO))
        upload_all(world, created, [PHOTO])
        good = payloads.landed(created["uploads"][0]["fields"]["key"])
        answer = invoke("ingest", payloads.sqs_event(["no json", good, "[]", good]))
        assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == [
            "message-0",
            "message-2",
        ]
        assert len(world.objects(ORIGINALS)) == 1


def test_a_step_that_broke_off_is_taken_up_by_the_redelivery(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    created = _create(client, ada, declared(PHOTO))
    upload_all(world, created, [PHOTO])

    def broken(*_: object, **__: object) -> None:
        raise ConnectionError("the network is gone")

    # In the order in which they are taken; each run gets one step further.
    for step in (
        "dynamodb.ledger.DynamoLedger.mark_processing",
        "dynamodb.posts.DynamoPosts.mark_processing",
        "dynamodb.blobs.DynamoBlobs.claim",
        "buckets.S3Intake.adopt",
        "dynamodb.blobs.DynamoBlobs.refer_once_rendered",
        "queues.SqsQueue.send",
        "buckets.S3UploadBucket.release",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"shutterfeed.adapters.{step}", broken)
            pipeline.pump_queue("ingest")
        assert pipeline.failures, step
        pipeline.failures.clear()

    pipeline.run()
    assert not pipeline.failures
    assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "published"
    assert len(world.objects(ORIGINALS)) == 1
    digest = declared(PHOTO)["sha256"]
    blob = world.item(keys.blob(digest))
    assert blob is not None
    assert world.objects(ORIGINALS) == [keys.original_object(digest, blob["blob_id"])]

"""Lists of hashes and words in a deployment that has them, and their trial."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from operations import screen
from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Update
from shutterfeed.adapters.screening.lists import REFRESH_AFTER
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.moderation import CaseId, SubjectKind
from tests import pictures
from tests.codecs.test_perceptual_hash import scene
from tests.integration import rights
from tests.integration.client import Client, declared
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, upload_all
from tests.integration.world import ORIGINALS, RENDITIONS, Person, World, aws
from tests.rights import GRANTED
from tests.rights import SCREENING as MORE
from tools.errors import ToolError

PHOTO = pictures.encoded(scene(400, 300, 1), "JPEG")
COPY = pictures.encoded(scene(400, 300, 1).transpose(Image.Transpose.ROTATE_90), "PNG")
OTHER = pictures.encoded(scene(400, 300, 2), "JPEG")
POLICY = {
    "hash_lists": {"known": {"does": "block", "reason": "illegal"}},
    "word_lists": {"slurs": {"does": "review", "reason": "hate"}},
}


@pytest.fixture
def screening(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment that screens."""
    monkeypatch.setenv("SCREENING", "contents,texts")
    monkeypatch.setenv("PERCEPTUAL_HASHES", "on")
    monkeypatch.setenv("SCREENING_POLICY", json.dumps(POLICY))
    for function, more in MORE.items():
        monkeypatch.setitem(GRANTED, function, GRANTED[function] | more)
    rights._is_granted.cache_clear()
    yield
    rights._is_granted.cache_clear()


@pytest.fixture
def deployment() -> Deployment:
    buckets = {"OriginalsBucketName": ORIGINALS, "RenditionsBucketName": RENDITIONS}
    return Deployment(aws, "test", {"MetadataTableName": "metadata", **buckets})


def put_list(name: str, text: str) -> None:
    aws("s3").put_object(Bucket=ORIGINALS, Key=f"lists/{name}.txt", Body=text.encode())


def hash_of(world: World, content: bytes) -> str:
    item = world.item(keys.blob(declared(content)["sha256"]))
    assert item is not None
    hashed: str = item["perceptual_hash"]["value"]
    return hashed


def create(client: Client, pipeline: Pipeline, person: Person, content: bytes, kind: str) -> str:
    medium = declared(content, kind)
    created = client.create_post(person, {"media": [medium]}, "key").json
    upload_all(pipeline.world, created, [content])
    pipeline.run()
    post_id: str = created["post"]["id"]
    return post_id


def test_a_listed_content_is_shown_to_nobody_from_its_first_moment(
    screening: None,
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    ben: Person,
    eve: Person,
) -> None:
    first = publish(client, pipeline, ada, [PHOTO])
    assert client.get(f"/posts/{first}", eve).status == 200, "it is in no list yet"
    put_list("known", f"{hash_of(world, PHOTO)},case 12")
    world.clock.advance(REFRESH_AFTER)
    turned = create(client, pipeline, ben, COPY, "image/png")
    assert client.get(f"/posts/{turned}", eve).status == 404
    case = world.item(keys.case(CaseId(SubjectKind.POST, turned)))
    assert case is not None
    assert client.get(f"/posts/{first}", eve).status == 200, "another content"
    other = publish(client, pipeline, ada, [OTHER], "other")
    assert client.get(f"/posts/{other}", eve).status == 200
    assert pipeline.failures == []


def test_listed_words_open_a_case(
    screening: None, client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    put_list("slurs", "bad word")
    post_id = publish(client, pipeline, ada, [PHOTO], caption="No BAD word")
    assert world.item(keys.case(CaseId(SubjectKind.POST, post_id)))
    client.handle(ben)
    made = client.request(
        "POST",
        f"/posts/{post_id}/comments",
        ben,
        body={"text": "bad word!"},
        headers={"Idempotency-Key": "one"},
    ).json
    pipeline.run()
    case_id = CaseId(SubjectKind.COMMENT, str(CommentId.parse(made["id"])))
    assert world.item(keys.case(case_id))
    assert client.get(f"/posts/{post_id}", ben).status == 200


def test_a_deployment_without_lists_computes_and_reads_nothing(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    item = world.item(keys.blob(declared(PHOTO)["sha256"]))
    assert item is not None
    assert "perceptual_hash" not in item
    assert world.is_empty("screen")


def test_a_list_is_tried_without_changing_anything(
    client: Client,
    pipeline: Pipeline,
    world: World,
    deployment: Deployment,
    ada: Person,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PERCEPTUAL_HASHES", "on")
    kept = publish(client, pipeline, ada, [PHOTO], "kept", caption="a bad word")
    hashed = hash_of(world, PHOTO)
    monkeypatch.setenv("PERCEPTUAL_HASHES", "off")
    put_list("known", f"{hashed},case 12\nnonsense\n")
    now = world.clock.now()
    trial = screen.run(deployment, "known", 7, now=now)
    assert (trial.looked_at, trial.matches) == (1, {hashed: 1})
    assert trial.examples == {hashed: [f"{kept} at a distance of 0"]}
    assert [bad.number for bad in trial.bad_lines] == [2]
    assert trial.requests["pictures"] == 0
    later = screen.run(deployment, "known", 7, now=now + timedelta(days=8))
    assert (later.looked_at, later.matches) == (0, {})

    world.metadata.write(Update(keys.blob(declared(PHOTO)["sha256"]), remove=("perceptual_hash",)))
    computed = screen.run(deployment, "known", 7, now=now)
    assert (computed.looked_at, computed.matches) == (1, {hashed: 1})
    assert computed.requests["pictures"] == 1

    words = tmp_path / "words.txt"
    words.write_text("bad word,a slur\n")
    assert screen.run(deployment, str(words), 7, now=now).matches == {"bad word": 1}
    with pytest.raises(ToolError, match="no list s3://"):
        screen.run(deployment, "unknown", 7, now=now)
    screen.command(deployment, "known", 36_500)
    said = capsys.readouterr().out
    assert f"{hashed}  case 12" in said
    assert "Nothing was changed." in said
    assert world.item(keys.case(CaseId(SubjectKind.POST, kept))) is None

"""The operator's commands that take media off the edge: what an id may name, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from operations import denials, deployment
from operations.__main__ import main
from operations.deployment import Deployment
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.domain.ids import PostId, random_id
from tests.fakes.cloudfront import FakeCloudFront
from tests.samples import post

POST = post()
CODE = (Path(__file__).parents[2] / "infra" / "edge" / "denials_in_code.js").read_text()
OUTPUTS = {"MetadataTableName": "metadata", "MediaLinksFunctionName": "media-links"}
STORE = {"DenialsArn": "arn:aws:cloudfront::123456789012:key-value-store/0a1b"}


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> FakeCloudFront:
    """CloudFront of stages that know one post. `STAGE=prod` has a store, this machine none."""
    fake = FakeCloudFront(code=CODE, live=CODE)

    def client_for(service: str) -> Any:
        return fake.client(service)

    def find(stage: str | None) -> Deployment:
        outputs = OUTPUTS if stage is None else OUTPUTS | STORE
        return Deployment(client_for, stage or "local", outputs)

    monkeypatch.setattr(deployment, "find", find)
    known = {POST.id: POST}
    monkeypatch.setattr(DynamoPosts, "get", lambda _, post_id: known.get(post_id))
    return fake


@pytest.mark.parametrize("stage", [[], ["--stage", "prod"]])
def test_the_media_of_a_post_are_denied_and_allowed_again(
    cloudfront: FakeCloudFront, stage: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    media = [medium.media_id for medium in POST.media]
    assert main(["deny", *stage, str(POST.id)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{media_id} is denied, until `make allow`." for media_id in media
    ]
    assert bool(cloudfront.stored) == bool(stage)

    assert main(["denied", *stage]) == 0
    *listed, last = capsys.readouterr().out.splitlines()
    assert listed == [f"{media_id}  until `make allow`" for media_id in sorted(media)]
    assert last == f"{len(media)} media and contents are denied."

    assert main(["allow", *stage, str(POST.id)]) == 0
    assert main(["denied", *stage]) == 0
    assert capsys.readouterr().out.endswith("0 media and contents are denied.\n")
    assert cloudfront.live == CODE
    assert cloudfront.stored == {}


def test_a_medium_or_a_content_is_denied_by_its_id(cloudfront: FakeCloudFront) -> None:
    blob_id = random_id(7)
    assert main(["deny", blob_id]) == 0
    assert f'{{"{blob_id}": "for good"}}' in cloudfront.live


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("sunrise", "ID must be the id of a post, a medium or a blob"),
        (str(PostId(random_id(1), random_id(2))), "There is no post"),
    ],
)
def test_what_names_nothing_is_refused(
    cloudfront: FakeCloudFront, given: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deny", given]) == 1
    assert sentence in capsys.readouterr().err
    assert cloudfront.calls == []


def test_an_end_is_told_by_its_time(
    cloudfront: FakeCloudFront, capsys: pytest.CaptureFixture[str]
) -> None:
    denials.service(deployment.find("prod")).deny([random_id(1)], hidden=True)
    assert main(["denied", "--stage", "prod"]) == 0
    listed, _ = capsys.readouterr().out.splitlines()
    (value,) = cloudfront.stored.values()
    assert listed.startswith(random_id(1))
    assert int(value) > 0

"""The operator's command that erases a post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from operations import deployment
from operations.__main__ import main
from operations.deployment import Deployment
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.posts import PostState
from tests import samples, tables
from tests.conftest import REGION


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoPosts]:
    """The posts of the stage that is found."""
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        tables.create_tables(client, "metadata", "feed")
        found = Deployment(lambda _: client, "local", {"MetadataTableName": "metadata"})
        monkeypatch.setattr(deployment, "find", lambda _: found)
        yield DynamoPosts(Table(client, "metadata"))


def test_a_post_is_erased_and_that_is_said_again(
    posts: DynamoPosts, capsys: pytest.CaptureFixture[str]
) -> None:
    post = samples.post()
    posts.create(post, samples.uploads(post), "key", "fingerprint")
    for _ in range(2):
        assert main(["erase", str(post.id)]) == 0
        assert capsys.readouterr().out.startswith(f"{post.id} is erased: ")
        stored = posts.get(post.id)
        assert stored is not None
        assert stored.erased_at is not None
    posts.remove(post.id)
    assert main(["erase", str(post.id)]) == 0
    assert capsys.readouterr().out == f"There is no post {post.id}: it is gone, or it never was.\n"


def test_what_is_no_post_is_refused(posts: DynamoPosts, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "maya"]) == 1
    assert "POST must be the id of a post" in capsys.readouterr().err
    avatar = replace(samples.post(), state=PostState.AVATAR)
    posts.create(avatar, (), "key", "fingerprint")
    assert main(["erase", str(avatar.id)]) == 1
    assert "is an avatar that is shown" in capsys.readouterr().err

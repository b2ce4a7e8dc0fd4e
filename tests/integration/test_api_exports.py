"""Exports over HTTP, built by the function's real handler."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zipfile import ZipFile

import pytest

from shutterfeed import keys
from shutterfeed.domain.exports import EXPORT_STALLED
from tests.integration.client import Client
from tests.integration.conftest import forget_services
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import UPLOADS, Person, World, aws
from tests.pictures import jpeg

PHOTO = jpeg(64, 48)


@pytest.fixture(autouse=True)
def _pool(world: World, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    world.create_accounts(ada)
    monkeypatch.setenv("USER_POOL_ID", world.user_pool_id)
    forget_services()


def _last(client: Client, person: Person) -> Any:
    return client.get("/me/exports", person).json["items"]


def _object(url: str) -> Any:
    return aws("s3").get_object(Bucket=UPLOADS, Key=unquote(urlsplit(url).path).lstrip("/"))


def _objects() -> list[str]:
    listed = aws("s3").list_objects_v2(Bucket=UPLOADS, Prefix="exports/")
    return [item["Key"] for item in listed.get("Contents", [])]


@pytest.mark.parametrize("twice", [False, True], ids=["once", "each event twice"])
def test_an_export_has_the_very_bytes_behind_links_of_an_hour(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, *, twice: bool
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    client.patch("/me", ben, {"handle": "ben"})
    client.put("/me/following/ben", ada)
    pipeline.run()
    pipeline.twice = twice
    begun = client.request("POST", "/me/exports", ada)
    assert (begun.status, begun.json["state"], begun.json["posts_total"]) == (202, "building", 1)
    assert client.request("POST", "/me/exports", ada).json["id"] == begun.json["id"]
    pipeline.run()
    assert not pipeline.failures
    (export,) = _last(client, ada)
    assert (export["state"], export["posts_done"], export["bytes_done"]) == ("ready", 1, len(PHOTO))
    lifetime = datetime.fromisoformat(export["expires_at"]) - world.clock.now()
    assert timedelta(days=3, hours=23) < lifetime <= timedelta(days=4)
    (part,) = export["parts"]
    assert parse_qs(urlsplit(part["url"]).query)["X-Amz-Expires"] == ["3600"]
    stored = _object(part["url"])
    assert stored["ContentType"] == "application/zip"
    assert stored["ContentDisposition"].endswith('-part-1.zip"')
    content = stored["Body"].read()
    assert (len(content), part["bytes"]) == (export["bytes"], len(content))
    with ZipFile(BytesIO(content)) as read:
        assert read.testzip() is None
        assert len(read.namelist()) == part["files"]
        (post,) = json.loads(read.read("your_instagram_activity/media/posts_1.json"))
        assert read.read(post["media"][0]["uri"]) == PHOTO
        assert b"ben" in read.read("connections/followers_and_following/following_1.json")
    assert len(_objects()) == 1
    assert _last(client, ben) == []


def test_a_discarded_export_is_in_no_list_and_in_no_bucket(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    export_id = client.request("POST", "/me/exports", ada).json["id"]
    pipeline.run()
    assert _objects()
    path = f"/me/exports/{export_id}"
    assert client.request("DELETE", path, ben).error == ("export_not_found", None)
    for _ in range(2):
        assert client.request("DELETE", path, ada).status == 204
    assert _last(client, ada) == []
    pipeline.run()
    assert _objects() == []


def test_an_export_whose_item_goes_takes_its_parts_along(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    client.request("POST", "/me/exports", ada)
    pipeline.run()
    world.expire(keys.export(ada.user_id))
    pipeline.run()
    assert _objects() == []


def test_a_fourth_export_of_a_day_has_to_wait(client: Client, world: World, ada: Person) -> None:
    for _ in range(3):
        assert client.request("POST", "/me/exports", ada).status == 202
        world.clock.advance(timedelta(hours=1))
        (export,) = _last(client, ada)
        client.request("DELETE", f"/me/exports/{export['id']}", ada)
    refused = client.request("POST", "/me/exports", ada)
    assert (refused.status, refused.json["error"]["limit"]) == (429, "exports")
    assert 20 * 3600 < int(refused.headers["Retry-After"]) <= 21 * 3600
    world.clock.advance(EXPORT_STALLED * 2)
    assert client.request("POST", "/me/exports", ada).status == 202

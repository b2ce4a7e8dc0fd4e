"""Large files over HTTP: links of parts, what arrived, completion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.world import UPLOADS, Person, World, aws
from tests.pictures import jpeg

MEBIBYTE = 1 << 20
LARGE = jpeg(64, 64) + bytes(17 * MEBIBYTE)
"""A JPEG; decoders read nothing behind its end."""


def _key(created: dict[str, Any]) -> str:
    link = created["uploads"][0]
    return keys.upload_object(PostId.parse(created["post"]["id"]), link["media_id"])


def _begun() -> list[str]:
    listed = aws("s3").list_multipart_uploads(Bucket=UPLOADS)
    return [upload["UploadId"] for upload in listed.get("Uploads", [])]


def _send(created: dict[str, Any], *numbers: int) -> None:
    """Send parts as a client does. moto does not check the signatures of the links."""
    (multipart_id,) = _begun()
    for number in numbers:
        start = (number - 1) * 8 * MEBIBYTE
        aws("s3").upload_part(
            Bucket=UPLOADS,
            Key=_key(created),
            UploadId=multipart_id,
            PartNumber=number,
            Body=LARGE[start : start + 8 * MEBIBYTE],
        )


@pytest.fixture
def created(client: Client, world: World, ada: Person) -> dict[str, Any]:
    found: dict[str, Any] = client.create_post(ada, draft([LARGE])).json
    return found


@pytest.fixture
def path(created: dict[str, Any]) -> str:
    return f"/me/uploads/{created['uploads'][0]['media_id']}"


def test_a_large_file_gets_links_for_an_hour_and_nothing_of_a_form(
    created: dict[str, Any], world: World
) -> None:
    (link,) = created["uploads"]
    assert link.keys() == {"media_id", "expires_at", "multipart"}
    assert link["multipart"]["part_size"] == 8 * MEBIBYTE
    parts = link["multipart"]["parts"]
    assert [part["number"] for part in parts] == [1, 2, 3]
    assert sum(part["size"] for part in parts) == len(LARGE)
    lifetime = datetime.fromisoformat(link["expires_at"]) - world.clock.now()
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


def test_a_small_file_beside_it_keeps_its_form(client: Client, world: World, ada: Person) -> None:
    small, large = client.create_post(ada, draft([b"small", LARGE])).json["uploads"]
    assert small.keys() == {"media_id", "expires_at", "url", "fields"}
    assert "multipart" in large
    path = f"/me/uploads/{small['media_id']}"
    again = client.get(path, ada).json["link"]
    assert again["fields"]["key"] == small["fields"]["key"]
    refused = client.request("POST", f"{path}/complete", ada)
    assert (refused.status, refused.error) == (409, ("not_in_parts", None))


def test_a_file_of_exactly_the_threshold_is_posted_whole(
    client: Client, world: World, ada: Person
) -> None:
    for size, whole in ((16 * MEBIBYTE, True), (16 * MEBIBYTE + 1, False)):
        body = {"media": [declared(b"x") | {"bytes": size}]}
        (link,) = client.create_post(ada, body, key=str(size)).json["uploads"]
        assert ("url" in link) is whole
        assert ("multipart" in link) is not whole


def test_a_repeated_request_leads_to_the_same_upload(
    client: Client, ada: Person, created: dict[str, Any]
) -> None:
    begun = _begun()
    again = client.create_post(ada, draft([LARGE])).json
    assert _begun() == begun
    for link in again["uploads"][0]["multipart"]["parts"]:
        assert f"uploadId={begun[0]}" in link["url"]


def test_an_upload_is_resumed_completed_and_published(
    client: Client, pipeline: Pipeline, ada: Person, created: dict[str, Any], path: str
) -> None:
    _send(created, 2)
    state = client.get(path, ada).json
    assert state["arrived"] == [{"number": 2, "size": 8 * MEBIBYTE}]
    assert [part["number"] for part in state["link"]["multipart"]["parts"]] == [1, 3]
    missing = client.request("POST", f"{path}/complete", ada)
    assert (missing.status, missing.error) == (409, ("parts_missing", None))
    assert "1, 3." in missing.json["error"]["message"]

    _send(created, 1, 3)
    for _ in range(2):
        done = client.request("POST", f"{path}/complete", ada)
        assert (done.status, done.json["link"]) == (200, None)
    # Before the storage's event is handled, and after it.
    assert client.get(path, ada).json["link"] is None
    pipeline.run()
    assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "published"
    done = client.request("POST", f"{path}/complete", ada)
    assert (done.status, done.json["upload"]["state"]) == (200, "ready")
    assert client.get(path, ada).json["link"] is None


def test_anothers_upload_and_none_are_the_same(
    client: Client, ben: Person, created: dict[str, Any], path: str
) -> None:
    for unknown in (path, "/me/uploads/x", "/me/uploads/" + "0" * 26):
        for answer in (
            client.get(unknown, ben),
            client.request("POST", f"{unknown}/complete", ben),
        ):
            assert (answer.status, answer.error) == (404, ("upload_not_found", None))


def test_deleting_the_post_drops_the_parts(
    client: Client, ada: Person, created: dict[str, Any], path: str
) -> None:
    _send(created, 1)
    assert client.delete(f"/posts/{created['post']['id']}", ada).status == 204
    assert _begun() == []
    refused = client.request("POST", f"{path}/complete", ada)
    assert (refused.status, refused.error) == (409, ("post_deleted", None))

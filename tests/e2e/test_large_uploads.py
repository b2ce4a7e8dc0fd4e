"""A large photo goes up in parts, straight to storage, and survives a broken connection."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest
from PIL import Image

from shutterfeed_cli.client.content import Json, Photo
from tests.e2e.conftest import Person, eventually, feed_ids, published
from tests.e2e.links import upload_part

MEBIBYTE = 1024 * 1024


def noise(seed: int) -> Photo:
    """A photo that no encoder makes smaller: about 20 MB."""
    side = 2600
    image = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=0)
    photo = Photo(target.getvalue(), "image/png")
    assert 16 * MEBIBYTE < len(photo.data) <= 64 * MEBIBYTE
    return photo


@pytest.fixture(scope="module")
def photo() -> Photo:
    return noise(1)


@pytest.fixture(scope="module")
def author(person: Callable[[], Person]) -> Person:
    return person()


@pytest.fixture
def grant(author: Person, photo: Photo) -> Json:
    created = author.api.create_post([photo])
    [link] = created["uploads"]
    assert isinstance(link, dict)
    return link


def test_an_interrupted_upload_is_resumed_by_another_client_and_published(
    person: Callable[[], Person], photo: Photo
) -> None:
    author, follower = person(), person()
    follower.api.follow(author.handle)
    created = author.api.create_post([photo], idempotency_key="large")
    [link] = created["uploads"]
    assert "url" not in link
    assert "fields" not in link
    parts = link["multipart"]["parts"]
    assert [part["number"] for part in parts] == [1, 2, 3]
    assert sum(part["size"] for part in parts) == len(photo.data)
    size = link["multipart"]["part_size"]
    assert upload_part(parts[1], photo.data[size : 2 * size]).status_code == 200

    # All that another client has is its user's sign-in.
    [entry] = author.api.call("GET", "/me/uploads")["items"]
    state = author.api.upload_state(entry["media_id"])
    assert state["upload"] == entry
    assert state["arrived"] == [{"number": 2, "size": size}]
    assert [part["number"] for part in state["link"]["multipart"]["parts"]] == [1, 3]
    author.api.upload(state["link"], photo)
    author.api.complete_upload(entry["media_id"])

    post = published(author.api, created["post"]["id"])
    assert (post["media"][0]["width"], post["media"][0]["height"]) == (2600, 2600)
    eventually(lambda: feed_ids(follower.api), lambda ids: ids == [post["id"]])
    done = author.api.complete_upload(entry["media_id"])
    assert (done["upload"]["state"], done["link"]) == ("ready", None)


def test_the_same_request_again_gives_links_of_the_same_upload(
    author: Person, photo: Photo
) -> None:
    [link] = author.api.create_post([photo], idempotency_key="again")["uploads"]
    media_id, parts = link["media_id"], link["multipart"]["parts"]
    assert upload_part(parts[0], photo.data[: parts[0]["size"]]).status_code == 200
    [again] = author.api.create_post([photo], idempotency_key="again")["uploads"]
    assert again["media_id"] == media_id
    missing = [part["number"] for part in again["multipart"]["parts"]]
    assert missing == [part["number"] for part in parts[1:]]
    assert [part["number"] for part in author.api.upload_state(media_id)["arrived"]] == [1]


def test_a_part_of_another_size_is_refused(author: Person, photo: Photo, grant: Json) -> None:
    [first, *_] = grant["multipart"]["parts"]
    for wrong in (photo.data[: first["size"] - 1], photo.data[: first["size"] + 1]):
        assert 400 <= upload_part(first, wrong).status_code < 500
    assert author.api.upload_state(grant["media_id"])["arrived"] == []


def test_a_part_for_another_place_is_refused(author: Person, photo: Photo, grant: Json) -> None:
    [first, *_] = grant["multipart"]["parts"]
    forged = {**first, "url": first["url"].replace("partNumber=1", "partNumber=2")}
    assert forged["url"] != first["url"]
    assert 400 <= upload_part(forged, photo.data[: first["size"]]).status_code < 500
    assert author.api.upload_state(grant["media_id"])["arrived"] == []


def test_missing_parts_are_named(author: Person, photo: Photo, grant: Json) -> None:
    [first, *_] = grant["multipart"]["parts"]
    upload_part(first, photo.data[: first["size"]])
    answer = author.api.send("POST", f"/me/uploads/{grant['media_id']}/complete")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "parts_missing"
    assert "2, 3" in error["message"]


def test_anothers_upload_is_not_found(person: Callable[[], Person], grant: Json) -> None:
    other = person()
    path = f"/me/uploads/{grant['media_id']}"
    assert other.api.send("GET", path).status_code == 404
    assert other.api.send("POST", f"{path}/complete").status_code == 404


def test_deleting_the_post_drops_its_parts_and_restoring_it_begins_anew(
    author: Person, photo: Photo
) -> None:
    created = author.api.create_post([photo])
    [link] = created["uploads"]
    [first, *_] = link["multipart"]["parts"]
    upload_part(first, photo.data[: first["size"]])
    post_id = created["post"]["id"]

    author.api.call("DELETE", f"/posts/{post_id}")
    assert upload_part(first, photo.data[: first["size"]]).status_code == 404
    assert author.api.upload_state(link["media_id"])["link"] is None

    assert author.api.call("POST", f"/posts/{post_id}/restore")["state"] == "pending"
    state = author.api.upload_state(link["media_id"])
    assert state["arrived"] == []
    author.api.upload(state["link"], photo)
    published(author.api, post_id)


def test_other_bytes_than_declared_are_never_published(author: Person, photo: Photo) -> None:
    created = author.api.create_post([photo])
    [link] = created["uploads"]
    damaged = Photo(photo.data[:-20] + bytes(20), photo.content_type)
    author.api.upload(link, damaged)
    post = author.api.wait_until_final(created["post"]["id"])
    assert post["media"][0]["failure"]["code"] == "sha256_mismatch"

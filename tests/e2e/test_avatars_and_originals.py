"""A person's picture, fetched as browsers do, and their files given back as they came."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Callable
from zipfile import ZipFile

from PIL import Image

from operations import erasure_scan
from operations.deployment import Deployment as Operated
from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.e2e.conftest import Deployment, Person, eventually, published
from tests.e2e.links import upload
from tools.deploy import LocalAws


def _set_avatar(person: Person, photo: Photo) -> str:
    """Declare and send it; its medium's id."""
    asked = person.api.call(
        "POST",
        "/me/avatar",
        body=photo.declaration(),
        headers={"Idempotency-Key": secrets.token_hex(16)},
    )
    assert upload(asked["upload"], photo).status_code in {200, 201, 204}
    media_id: str = asked["media_id"]
    return media_id


def _square(avatar: Json) -> Image.Image:
    """Fetched through the CDN, as a viewer would."""
    response = request("GET", avatar["url"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"
    return Image.open(io.BytesIO(response.content))


def test_an_avatar_is_shown_with_its_owners_posts_until_it_is_taken_away(
    person: Callable[[], Person],
) -> None:
    author, reader = person(), person()
    reader.api.follow(author.handle)
    post_id = author.api.publish([Photo(pictures.jpeg(320, 240, seed=31))])
    published(author.api, post_id)

    media_id = _set_avatar(author, Photo(pictures.jpeg(900, 600, seed=32)))
    avatar = eventually(lambda: author.api.me()["avatar"], lambda found: found is not None)
    assert f"m={media_id}" in avatar["url"]
    assert _square(avatar).size == (150, 150)
    seen = eventually(lambda: reader.api.feed()["items"], lambda items: len(items) == 1)
    assert seen[0]["author"]["avatar"] == avatar
    assert reader.api.user(author.handle)["user"]["avatar"] == avatar

    following = _set_avatar(author, Photo(pictures.png(600, 900, seed=33), "image/png"))
    changed = eventually(lambda: author.api.me()["avatar"], lambda found: found != avatar)
    assert f"m={following}" in changed["url"]
    assert _square(changed).size == (150, 150)

    assert author.api.send("DELETE", "/me/avatar").status_code == 204
    assert author.api.me()["avatar"] is None
    assert reader.api.feed()["items"][0]["author"]["avatar"] is None
    assert author.api.me()["counts"]["posts"] == 1


def test_an_original_comes_back_byte_for_byte(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    author, other = person(), person()
    photo = Photo(pictures.jpeg(1200, 900, seed=34))
    for each in (author, other):
        published(each.api, each.api.publish([photo]))
        [entry] = each.api.items("/me/uploads")
        assert entry["sha256"] == photo.sha256

        link = each.api.call("GET", f"/me/uploads/{entry['media_id']}/original")

        assert {name: link[name] for name in photo.declaration()} == photo.declaration()
        response = request("GET", link["url"])
        assert response.status_code == 200
        assert response.content == photo.data
        assert response.headers["content-type"] == "image/jpeg"
        name = f"{entry['media_id']}.jpg"
        assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
        # Who signed the link may do no more than it says.
        assert request("PUT", link["url"], body=b"other").status_code == 403
        stranger = other if each is author else author
        path = f"/me/uploads/{entry['media_id']}/original"
        assert stranger.api.send("GET", path).status_code == 404
    _require_scan(stack, author)
    _exported(author, photo)


def _require_scan(stack: Deployment, author: Person) -> None:
    """Whoever looks for the author in everything finds what is theirs, and not the content, which
    somebody else has posted too."""
    deployment = Operated(LocalAws(stack.endpoint).client, "local", stack.outputs)
    found = erasure_scan.scan(deployment, author.handle, deep=True)
    theirs = {line.split(maxsplit=1)[-1] for line in found.splitlines()}
    assert {
        "metadata: USER PROFILE",
        "metadata: HANDLE HANDLE",
        "metadata: USER POST",
        "metadata: BLOB REF",
        "index published: USER POST",
        "search: TERM *",
        "bucket uploads: object",
        "user pool: account",
    } <= theirs
    assert not {"bucket originals: object", "bucket renditions: object"} & theirs


def _exported(author: Person, photo: Photo) -> None:
    """Everything of somebody's with one post comes as one ZIP file, until it is discarded."""
    begun = author.api.call("POST", "/me/exports")
    [export] = eventually(
        lambda: author.api.call("GET", "/me/exports")["items"],
        lambda items: items[0]["state"] == "ready",
    )
    assert export["id"] == begun["id"]
    [part] = export["parts"]
    response = request("GET", part["url"])
    assert (response.status_code, len(response.content)) == (200, part["bytes"])
    assert response.headers["content-disposition"].endswith('-part-1.zip"')
    with ZipFile(io.BytesIO(response.content)) as read:
        assert read.testzip() is None
        [post] = json.loads(read.read("your_instagram_activity/media/posts_1.json"))
        assert read.read(post["media"][0]["uri"]) == photo.data
        signed_in = json.loads(read.read("shutterfeed/sign_ins_1.json"))
        assert signed_in[0]["account"]["email"].endswith("@example.com")
    assert request("PUT", part["url"], body=b"other").status_code == 403
    assert author.api.send("DELETE", f"/me/exports/{export['id']}").status_code == 204
    eventually(lambda: request("GET", part["url"]).status_code, lambda status: status in {403, 404})


def test_nothing_comes_back_for_a_hash_alone(person: Callable[[], Person]) -> None:
    author, other = person(), person()
    photo = Photo(pictures.jpeg(800, 600, seed=35))
    published(author.api, author.api.publish([photo]))
    created = other.api.create_post([photo])
    path = f"/me/uploads/{created['uploads'][0]['media_id']}/original"
    answer = other.api.send("GET", path)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_stored"

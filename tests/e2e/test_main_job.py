"""A person signs up, uploads real photos, and a follower sees them in their feed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.e2e.conftest import Deployment, Person, eventually, feed_ids, published
from tools import paths

SHARED = Path(__file__).parents[3] / "shared" / "data" / "photos"
_REAL = ("phones/HMD_Nokia_8.3_5G.jpg", "phones/jolla.jpg", "cameras/canon-ixus.jpg")


def real_photos() -> list[Photo]:
    files = [SHARED / name for name in _REAL]
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        pytest.skip(f"real photos are not at hand: {', '.join(missing)}")
    return [Photo(file.read_bytes()) for file in files]


def load_rendition(rendition: Json) -> Image.Image:
    """Fetched through the CDN, as a viewer would; with what must be true of every rendition."""
    response = request("GET", rendition["url"])
    assert response.status_code == 200
    assert response.headers["content-type"] == rendition["content_type"]
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"
    image = Image.open(io.BytesIO(response.content))
    assert image.size == (rendition["width"], rendition["height"])
    assert not image.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    return image


def test_a_follower_sees_real_photos_with_every_rendition(person: Callable[[], Person]) -> None:
    photos = real_photos()
    author, follower = person(), person()
    follower.api.follow(author.handle)
    place = {"name": "Kronborg", "latitude": 56.0387, "longitude": 12.6208}

    post_id = author.api.publish(photos, caption="Three cameras 📷", place=place)
    published(author.api, post_id)

    eventually(lambda: feed_ids(follower.api), lambda ids: post_id in ids)
    [seen] = [p for p in follower.api.feed()["items"] if p["id"] == post_id]
    assert seen["author"]["handle"] == author.handle
    assert seen["caption"] == "Three cameras 📷"
    assert seen["place"] == place
    assert len(seen["media"]) == len(photos)
    for medium in seen["media"]:
        assert medium["placeholder"]
        for rendition in medium["renditions"]:
            load_rendition(rendition)
    first = {r["name"] for r in seen["media"][0]["renditions"]}
    assert first == {"150.jpg", "320.webp", "640.jpg", "640.webp", "1080.webp"}


def test_the_author_sees_the_post_in_feed_profile_and_count(person: Callable[[], Person]) -> None:
    author = person()

    post_id = author.api.publish([Photo(pictures.jpeg(800, 600, seed=1))])
    published(author.api, post_id)

    eventually(lambda: feed_ids(author.api), lambda ids: ids == [post_id])
    listed = eventually(
        lambda: list(author.api.items(f"/users/{author.handle}/posts")),
        lambda posts: len(posts) == 1,
    )
    assert [post["id"] for post in listed] == [post_id]
    assert author.api.me()["counts"] == {"followers": 0, "following": 0, "posts": 1}


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_png_and_webp_are_published_too(person: Callable[[], Person], kind: str) -> None:
    author = person()
    make = {"png": pictures.png, "webp": pictures.webp}[kind]

    post_id = author.api.publish([Photo(make(700, 500), f"image/{kind}")])

    post = published(author.api, post_id)
    widest = max(post["media"][0]["renditions"], key=lambda r: int(r["width"]))
    assert widest["width"] == 700


def test_following_brings_earlier_posts_and_unfollowing_takes_them_out(
    person: Callable[[], Person],
) -> None:
    author, reader = person(), person()
    post_id = author.api.publish([Photo(pictures.jpeg(300, 300, seed=2))])
    published(author.api, post_id)

    reader.api.follow(author.handle)
    reader.api.follow(author.handle)
    eventually(lambda: feed_ids(reader.api), lambda ids: ids == [post_id])
    assert reader.api.user(author.handle)["user"]["counts"]["followers"] == 1
    assert reader.api.user(author.handle)["followed_by_me"]
    followers = list(reader.api.items(f"/users/{author.handle}/followers"))
    assert [user["handle"] for user in followers] == [reader.handle]
    following = list(reader.api.items(f"/users/{reader.handle}/following"))
    assert [user["handle"] for user in following] == [author.handle]

    reader.api.unfollow(author.handle)
    eventually(lambda: feed_ids(reader.api), lambda ids: ids == [])
    assert reader.api.user(author.handle)["user"]["counts"]["followers"] == 0


def test_a_deleted_post_is_gone_from_lists_and_feeds(person: Callable[[], Person]) -> None:
    author, reader = person(), person()
    reader.api.follow(author.handle)
    post_id = author.api.publish([Photo(pictures.jpeg(300, 300, seed=3))])
    published(author.api, post_id)
    eventually(lambda: feed_ids(reader.api), lambda ids: ids == [post_id])

    assert author.api.send("DELETE", f"/posts/{post_id}").status_code == 204

    assert reader.api.send("GET", f"/posts/{post_id}").status_code == 404
    assert feed_ids(reader.api) == []
    assert author.api.me()["counts"]["posts"] == 0
    assert (
        eventually(
            lambda: list(author.api.items(f"/users/{author.handle}/posts")), lambda posts: not posts
        )
        == []
    )


def test_a_feed_pages_to_its_end_newest_first(person: Callable[[], Person]) -> None:
    author = person()
    ids = []
    for seed in range(5):
        post_id = author.api.publish([Photo(pictures.jpeg(160, 120, seed=10 + seed))])
        published(author.api, post_id)
        ids.append(post_id)
    eventually(lambda: feed_ids(author.api), lambda seen: len(seen) == 5)

    assert [post["id"] for post in author.api.items("/feed", limit=2)] == ids[::-1]


def test_caption_and_place_can_be_edited(person: Callable[[], Person]) -> None:
    author = person()
    post_id = author.api.publish([Photo(pictures.jpeg(160, 120, seed=20))], caption="befor")
    published(author.api, post_id)

    author.api.call("PATCH", f"/posts/{post_id}", body={"caption": "before"})

    assert author.api.post(post_id)["caption"] == "before"


def test_the_documentation_is_open(stack: Deployment) -> None:
    assert stack.api.call("GET", "/health") == {"status": "ok"}
    for path, kind in (("/docs", "text/html"), ("/openapi.json", "application/json")):
        url = stack.outputs["SiteUrl"] + path
        answer = request("GET", url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "/me/following/{handle}" in answer.text
    served = request("GET", stack.outputs["SiteUrl"] + "/openapi.json")
    assert served.text == paths.OPENAPI.read_text()

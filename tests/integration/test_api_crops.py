"""Crops by the API and the real codec: what viewers get, and what its owner is told."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from tests import pictures
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import ORIGINALS, RENDITIONS, UPLOADS, Person, aws

CROP: Final = {"x": 0, "y": 0.25, "width": 1, "height": 0.5}


def _photo() -> bytes:
    """Red above and below, blue in the middle."""
    picture = Image.new("RGB", (200, 200), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 50, 200, 150))
    return pictures.encoded(picture, "JPEG", quality=95)


def _colours(post: dict[str, Any]) -> set[str]:
    """What the renditions of a post's photo show in their corners."""
    shown = set()
    for rendition in post["media"][0]["renditions"]:
        key = rendition["url"].partition("?")[0].partition("/media/")[2]
        body = aws("s3").get_object(Bucket=RENDITIONS, Key=f"media/{key}")["Body"].read()
        with Image.open(BytesIO(body)) as image:
            pixel: Any = image.convert("RGB").getpixel((1, 1))
        red, _, blue = pixel
        shown.add("red" if red > blue else "blue")
    return shown


def _created(client: Client, person: Person, key: str = "key", **fields: Any) -> Any:
    body = draft([_photo()])
    body["media"][0].update(fields)
    return client.create_post(person, body, key).json


def test_viewers_get_the_crop_and_only_its_owner_is_told(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    created = _created(client, ada, crop=CROP)
    assert created["post"]["media"][0]["crop"] == CROP
    upload_all(pipeline.world, created, [_photo()])
    pipeline.run()
    post_id = created["post"]["id"]
    mine, theirs = (client.get(f"/posts/{post_id}", who).json for who in (ada, ben))
    medium = theirs["media"][0]
    assert (medium["width"], medium["height"], medium["crop"]) == (200, 100, None)
    assert mine["media"][0]["crop"] == CROP
    assert _colours(theirs) == {"blue"}
    original = client.get(f"/me/uploads/{medium['id']}/original", ada)
    assert original.status == 200
    key = keys.download_object(PostId.parse(post_id), medium["id"])
    assert aws("s3").get_object(Bucket=UPLOADS, Key=key)["Body"].read() == _photo()


def test_a_stored_photo_of_a_scheduled_post_is_cropped_without_an_upload(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    at = f"{pipeline.world.clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    body = {**draft([_photo()]), "publish_at": at}
    created = client.create_post(ada, body, "later").json
    upload_all(pipeline.world, created, [_photo()])
    pipeline.run()
    post = created["post"]
    path = f"/posts/{post['id']}/media/{post['media'][0]['id']}/crop"
    changed = client.request("PUT", path, ada, body={"crop": CROP})
    assert changed.status == 200, changed.text
    assert changed.json["uploads"] == []
    (medium,) = changed.json["post"]["media"]
    assert medium["id"] != post["media"][0]["id"]
    key = keys.upload_object(PostId.parse(post["id"]), medium["id"])
    assert aws("s3").get_object(Bucket=UPLOADS, Key=key)["Body"].read() == _photo()
    pipeline.run()
    shown = client.get(f"/posts/{post['id']}", ada).json
    assert shown["state"] == "scheduled"
    assert _colours(shown) == {"blue"}
    assert [one["id"] for one in client.get("/me/scheduled", ada).json["items"]] == [post["id"]]
    names = [keys.parse_original_object(key)[0] for key in pipeline.world.objects(ORIGINALS)]
    sha256 = declared(_photo())["sha256"]
    assert sorted(names) == [sha256, f"{sha256}/{medium['id']}"]


def test_a_crop_that_leaves_too_little_fails_with_the_reason(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    created = _created(client, ada, crop={**CROP, "width": 0.1})
    upload_all(pipeline.world, created, [_photo()])
    pipeline.run()
    post = client.get(f"/posts/{created['post']['id']}", ada).json
    failure = post["media"][0]["failure"]
    assert (failure["code"], failure["field"]) == ("crop_too_small", "crop")
    path = f"/posts/{post['id']}/media/{post['media'][0]['id']}/crop"
    assert client.request("PUT", path, ada, body={"crop": CROP}).status == 200
    pipeline.run()
    assert client.get(f"/posts/{post['id']}", ada).json["state"] == "published"


@pytest.mark.parametrize(
    ("crop", "field"),
    [
        ({**CROP, "y": 0.75}, "media[0].crop"),
        ({**CROP, "width": 0}, "media[0].crop"),
        ({**CROP, "x": 2}, "media[0].crop.x"),
        ({"x": 0, "y": 0, "width": 1}, "media[0].crop.height"),
    ],
    ids=["outside", "empty", "no fraction", "no height"],
)
def test_a_wrong_crop_is_refused_by_its_field(
    client: Client, ada: Person, crop: Any, field: str
) -> None:
    body = draft([_photo()])
    body["media"][0]["crop"] = crop
    answer = client.create_post(ada, body, "wrong")
    assert answer.status == 400
    assert answer.json["error"]["field"] == field


def test_a_video_is_not_cropped(client: Client, ada: Person) -> None:
    clip = {**declared(b"clip"), "content_type": "video/mp4", "crop": CROP}
    clip |= {"width": 640, "height": 480, "duration_ms": 1000}
    answer = client.create_post(ada, {"media": [clip]}, "video")
    assert (answer.status, answer.json["error"]["code"]) == (400, "crop_of_video")
    assert answer.json["error"]["field"] == "media[0].crop"

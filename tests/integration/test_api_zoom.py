"""Zoom sizes over HTTP: asked for, made, and led to by a link like that of any rendition."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from shutterfeed import keys
from shutterfeed.domain.zooming import ZOOM_RETENTION, zoom_name
from tests.integration.client import Answer, Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import RENDITIONS, Person, World, aws
from tests.pictures import jpeg

LARGE = jpeg(1500, 1000)


def _ask(client: Client, person: Person, post_id: str) -> Answer:
    (medium,) = client.get(f"/posts/{post_id}", person).json["media"]
    return client.request("POST", f"/posts/{post_id}/media/{medium['id']}/zoom", person)


def test_it_is_made_while_one_waits_and_is_sharper_than_all_others(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    post_id = publish(client, pipeline, ada, [LARGE])
    (medium,) = client.get(f"/posts/{post_id}", ben).json["media"]
    assert medium["zoomable"]
    waiting = _ask(client, ben, post_id)
    assert (waiting.status, waiting.json) == (202, {"rendition": None})
    assert waiting.headers["Retry-After"] == "2"
    assert _ask(client, ada, post_id).status == 202
    pipeline.run()
    made = _ask(client, ben, post_id)
    assert made.status == 200
    rendition = made.json["rendition"]
    first, *_ = medium["renditions"]
    name = zoom_name(medium["id"])
    assert rendition["name"] == name
    assert rendition["url"] == first["url"].replace(first["name"], name)
    assert (rendition["width"], rendition["height"]) == (1500, 1000)
    folder = first["url"].split("/")[-2]
    key = keys.rendition_object(folder, name)
    content = aws("s3").get_object(Bucket=RENDITIONS, Key=key)["Body"].read()
    with Image.open(BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (1500, 1000))


def test_whoever_is_not_signed_in_gets_it_once_it_is_there(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    post_id = publish(client, pipeline, ada, [LARGE])
    (medium,) = client.get(f"/public/posts/{post_id}").json["media"]
    path = f"/public/posts/{post_id}/media/{medium['id']}/zoom"
    assert client.get(path).json == {"rendition": None}
    pipeline.run()
    assert client.get(path).json == {"rendition": None}, "nobody has asked who may"
    _ask(client, ben, post_id)
    pipeline.run()
    found = client.get(path)
    assert found.json == _ask(client, ben, post_id).json
    assert found.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    client.patch("/me", ada, {"public_page": False})
    hidden, unknown = client.get(path), client.get(path.replace(post_id, post_id[:-1] + "0"))
    assert (hidden.status, hidden.error) == (unknown.status, unknown.error)
    assert hidden.error == ("post_not_found", None)


def test_it_is_made_again_before_it_is_gone(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [LARGE])
    _ask(client, ada, post_id)
    pipeline.run()
    assert _ask(client, ada, post_id).status == 200
    world.clock.advance(ZOOM_RETENTION - timedelta(days=2))
    assert _ask(client, ada, post_id).status == 202


@pytest.mark.parametrize("shown", [True, False])
def test_there_is_none_of_a_small_photo_and_of_a_post_that_one_may_not_see(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, *, shown: bool
) -> None:
    post_id = publish(client, pipeline, ada, [jpeg(64, 48)])
    (medium,) = client.get(f"/posts/{post_id}", ada).json["media"]
    assert not medium["zoomable"]
    if not shown:
        client.patch("/me", ada, {"private": True})
    answer = client.request("POST", f"/posts/{post_id}/media/{medium['id']}/zoom", ben)
    code = "no_zoom_size" if shown else "post_not_found"
    assert (answer.status, answer.error) == (409 if shown else 404, (code, None))

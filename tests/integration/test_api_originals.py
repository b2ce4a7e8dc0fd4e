"""Originals over HTTP: a link to exactly the bytes that came."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import UPLOADS, Person, World, aws
from tests.pictures import jpeg

PHOTO = jpeg(64, 48)


def _path(client: Client, person: Person) -> str:
    (entry,) = client.get("/me/uploads", person).json["items"]
    return f"/me/uploads/{entry['media_id']}/original"


def test_the_link_leads_to_the_bytes_as_a_file_for_a_quarter_of_an_hour(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    path = _path(client, ada)
    found = client.get(path, ada).json
    told = declared(PHOTO)
    assert {name: found[name] for name in told} == told
    lifetime = datetime.fromisoformat(found["expires_at"]) - world.clock.now()
    assert timedelta(minutes=14) < lifetime <= timedelta(minutes=15)
    media_id = path.split("/")[3]
    url = urlsplit(found["url"])
    key = keys.download_object(PostId.parse(post_id), media_id)
    assert unquote(url.path).endswith(key)
    assert parse_qs(url.query)["X-Amz-Expires"] == ["900"]
    copy = aws("s3").get_object(Bucket=UPLOADS, Key=key)
    assert copy["Body"].read() == PHOTO
    assert copy["ContentType"] == "image/jpeg"
    assert copy["ContentDisposition"] == f'attachment; filename="{media_id}.jpg"'


def test_neither_a_stranger_nor_who_uploaded_nothing_gets_a_link(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    stranger = client.get(_path(client, ada), ben)
    assert stranger.status == 404
    assert stranger.error == ("upload_not_found", None)
    client.create_post(ben, draft([PHOTO]))
    waiting = client.get(_path(client, ben), ben)
    assert waiting.status == 409
    assert waiting.error == ("not_stored", None)

"""When and with which camera a photo was taken: shown only where its owner opted in."""

from __future__ import annotations

from PIL import Image

from tests import pictures
from tests.integration.client import Client, declared
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import Person, World

EXIF = Image.Exif()
EXIF[0x0110] = "Fairphone 5"
EXIF.get_ifd(0x8769)[0x9003] = "2024:05:31 18:04:59"
PHOTO = pictures.jpeg(64, 48, exif=EXIF.tobytes())


def test_one_content_shows_its_capture_to_those_who_opted_in_alone(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    shown = {}
    for person, keep in ((ada, True), (ben, False)):
        medium = {**declared(PHOTO), "keep_capture_details": keep}
        created = client.create_post(person, {"media": [medium]}).json
        upload_all(world, created, [PHOTO])
        pipeline.run()
        post = client.get(f"/posts/{created['post']['id']}", person).json
        assert post["state"] == "published"
        shown[keep] = post["media"][0]["capture"]
    assert shown[True] == {"taken_at": "2024-05-31T18:04:59", "camera": "Fairphone 5"}
    assert shown[False] is None

"""Every kind of photo through the real stack, fetched through the CDN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.e2e.conftest import Person, published
from tests.pictures import SHARED_DATA, needs_shared_data

TRACES = (b"Exif", b"GPS", b"xmpmeta", b"8BIM", b"ICC_PROFILE", b"Apple", b"COOLPIX")


def fetched(medium: Json) -> None:
    """All renditions, which hold nothing but the picture."""
    assert medium["renditions"]
    for rendition in medium["renditions"]:
        response = request("GET", rendition["url"])
        assert response.status_code == 200
        assert response.headers["content-type"] == rendition["content_type"]
        for trace in TRACES:
            assert trace not in response.content


@pytest.mark.parametrize(
    ("content_type", "make"),
    [
        ("image/heic", partial(pictures.heic, 700, 500)),
        ("image/heif", partial(pictures.heic, 700, 500, seed=1)),
        ("image/avif", partial(pictures.avif, 700, 500)),
        ("image/gif", partial(pictures.gif, 700, 500)),
    ],
    ids=["heic", "heic called heif", "avif", "gif"],
)
def test_every_kind_is_published(
    person: Callable[[], Person], content_type: str, make: Callable[[], bytes]
) -> None:
    author = person()
    post = published(author.api, author.api.publish([Photo(make(), content_type)]))
    (medium,) = post["media"]
    assert (medium["width"], medium["height"]) == (700, 500)
    fetched(medium)


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "content_type", "size"),
    [
        ("heic/iphone_13_pro_max.HEIC", "image/heic", (3024, 4032)),
        ("orientation/portrait_6.jpg", "image/jpeg", (450, 600)),
        ("gps/DSCN0010.jpg", "image/jpeg", (640, 480)),
    ],
)
def test_real_photos_come_out_upright_and_bare(
    person: Callable[[], Person], name: str, content_type: str, size: tuple[int, int]
) -> None:
    author = person()
    photo = Photo((SHARED_DATA / "photos" / name).read_bytes(), content_type)
    post = published(author.api, author.api.publish([photo]))
    (medium,) = post["media"]
    assert (medium["width"], medium["height"]) == size
    assert medium["capture"] is None
    fetched(medium)

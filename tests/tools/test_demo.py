from __future__ import annotations

import io

import pytest
from PIL import Image

from tools import demo
from tools.pictures import landscape

HANDLES = {person.handle for person in demo.PEOPLE}


def test_everybody_follows_somebody_who_is_there_and_not_themselves() -> None:
    for person in demo.PEOPLE:
        assert person.follows
        assert set(person.follows) <= HANDLES - {person.handle}


def test_everybody_has_followers_and_posts() -> None:
    assert {handle for person in demo.PEOPLE for handle in person.follows} == HANDLES
    assert {post.author for post in demo.POSTS} == HANDLES


def test_posts_are_told_apart_by_their_captions() -> None:
    captions = [post.caption for post in demo.POSTS]

    assert len(set(captions)) == len(captions)


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_is_a_photo_of_an_ordinary_size(seed: int) -> None:
    data = landscape(seed)

    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert min(picture.size) >= 810
    assert 10_000 < len(data) < 500_000


def test_the_same_seed_paints_the_same_picture() -> None:
    assert landscape(1) == landscape(1)
    assert landscape(1) != landscape(2)

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageStat

from tests.videos import facts_of
from tools import demo_data
from tools.painting.scenes import SCENES, photo
from tools.pictures import clip, landscape

HANDLES = {person.handle for person in demo_data.PEOPLE}
PRIVATE = {person.handle: person for person in demo_data.PEOPLE if person.private}


def test_everybody_follows_somebody_who_is_there_and_not_themselves() -> None:
    for person in demo_data.PEOPLE:
        assert person.follows
        assert set(person.follows) <= HANDLES - {person.handle}


def test_everybody_has_followers_and_posts() -> None:
    assert {handle for person in demo_data.PEOPLE for handle in person.follows} == HANDLES
    assert {post.author for post in demo_data.POSTS} == HANDLES


def test_posts_are_told_apart_by_their_captions() -> None:
    captions = [post.caption for post in demo_data.POSTS]

    assert len(set(captions)) == len(captions)


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_is_a_photo_of_an_ordinary_size(seed: int) -> None:
    data = landscape(seed)

    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert min(picture.size) >= 810
    assert 10_000 < len(data) < 500_000
    assert landscape(seed) == data
    assert landscape(seed + 1) != data


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_has_light_and_shade(scene: str) -> None:
    _, paint, _ = SCENES[scene]
    picture = paint((160, 120), random.Random(1))
    assert picture.size == (160, 120)
    assert ImageStat.Stat(picture.convert("L")).stddev[0] > 15


def test_the_same_seed_paints_the_same_photo() -> None:
    data = photo("portrait", 1)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == SCENES["portrait"][0]
    assert photo("portrait", 1) == data
    assert photo("portrait", 2) != data


def test_a_photo_that_is_shrunk_has_the_same_shape() -> None:
    with Image.open(io.BytesIO(photo("sunrise", 1, 5))) as picture:
        assert picture.size == (200, 150)


def test_posts_show_scenes_that_there_are() -> None:
    assert {scene for post in demo_data.POSTS for scene in post.scenes} <= SCENES.keys()


def test_a_clip_is_a_video_of_the_size_and_length_that_is_declared() -> None:
    video = clip(landscape(0))
    facts = facts_of(video.data)

    assert (facts.width, facts.height) == (video.width, video.height)
    assert facts.duration_ms is not None
    assert abs(facts.duration_ms - video.duration_ms) < 100
    assert video.size < 500_000


def test_whoever_answers_a_post_is_there_and_may_see_it() -> None:
    posts = {post.caption: post for post in demo_data.POSTS}
    answering = [
        (handle, post) for post in posts.values() for handle in (*post.liked_by, *post.saved_by)
    ]
    for caption, comments in demo_data.COMMENTS.items():
        written = [*comments, *(answer for comment in comments for answer in comment.answers)]
        for comment in written:
            answering += [(who, posts[caption]) for who in (comment.author, *comment.liked_by)]
    answering += [(tagged[0], posts[caption]) for caption, tagged in demo_data.TAGS.items()]
    owner, _, collected = demo_data.COLLECTION
    answering.append((owner, posts[collected]))

    for handle, post in answering:
        assert handle in HANDLES
        if post.author in PRIVATE and handle != post.author:
            assert handle in PRIVATE[post.author].accepts


def test_a_private_account_has_a_follower_and_somebody_who_waits() -> None:
    [private] = PRIVATE.values()
    asking = {person.handle for person in demo_data.PEOPLE if private.handle in person.follows}
    assert set(private.accepts) < asking


def test_the_comments_on_a_post_are_told_apart_by_their_texts() -> None:
    for comments in demo_data.COMMENTS.values():
        texts = [one.text for one in comments]
        texts += [answer.text for one in comments for answer in one.answers]
        assert len(set(texts)) == len(texts)

"""Perceptual hashes of pictures: PDQ, held against sums that are written out here."""

from __future__ import annotations

import random
from io import BytesIO
from math import cos, pi, sqrt
from statistics import median_low

import pytest
from PIL import Image

from shutterfeed.adapters import pdq
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.perceptual import MAX_DISTANCE, PerceptualHash, distance, orientations
from tests import pictures

SEEDS = (1, 2, 3)


def scene(width: int, height: int, seed: int, grains: int = 24) -> Image.Image:
    """A picture with about as many details as a photo."""
    source = random.Random(seed)
    coarse = Image.frombytes("RGB", (6, 6), source.randbytes(108)).resize((width, height))
    fine = Image.frombytes("RGB", (grains, grains), source.randbytes(3 * grains * grains))
    return Image.blend(coarse, fine.resize((width, height), Image.Resampling.BICUBIC), 0.3)


def hashed(picture: Image.Image) -> int:
    return pdq.perceptual_hash(picture).number


def by_sums(picture: Image.Image) -> PerceptualHash:
    """The hash of a picture of 512 x 512 pixels, by the definition of each of its steps."""
    light = picture.convert("L").tobytes()
    # Points are 8 pixels apart, and each lies between two pixels. The weights of those around it
    # are a tent, which is 8 pixels wide.
    weights = [(step - 4, 4 - abs(step - 3.5)) for step in range(8)]
    whole = sum(weight for _, weight in weights) ** 2
    points = [
        [
            sum(
                one * other * light[512 * (8 * y + 4 + down) + 8 * x + 4 + across]
                for across, one in weights
                for down, other in weights
            )
            / whole
            for x in range(64)
        ]
        for y in range(64)
    ]

    def wave(number: int, at: int) -> float:
        return sqrt(2 / 64) * cos(pi / 64 * number * (at + 0.5))

    in_rows = [
        [sum(row[x] * wave(number, x) for x in range(64)) for row in points]
        for number in range(1, 17)
    ]
    strengths = [
        sum(in_rows[across][y] * wave(down, y) for y in range(64))
        for down in range(1, 17)
        for across in range(16)
    ]
    middle = median_low(strengths)
    number = sum(1 << bit for bit, strength in enumerate(strengths) if strength > middle)
    steps = 0
    for y in range(64):
        for x in range(64):
            if x < 63:
                steps += abs(int((points[y][x] - points[y][x + 1]) * 100 / 255))
            if y < 63:
                steps += abs(int((points[y][x] - points[y + 1][x]) * 100 / 255))
    return PerceptualHash(f"{number:064x}", min(100, int(steps / 90)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hash_is_that_of_the_published_sums(seed: int) -> None:
    picture = scene(512, 512, seed)
    ours, sums = pdq.perceptual_hash(picture), by_sums(picture)
    # A wave may be as strong as the median, to the last digit.
    assert distance(ours.number, sums.number) <= 2
    assert abs(ours.quality - sums.quality) <= 1


def test_half_of_the_bits_are_set() -> None:
    assert hashed(scene(640, 480, 4)).bit_count() == 128


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_picture_in_another_size_or_saved_again_stays_near(seed: int) -> None:
    picture = scene(1080, 810, seed)
    original = hashed(picture)
    copies = {
        "half": picture.resize((540, 405)),
        "square": picture.resize((700, 700)),
        "poor": Image.open(BytesIO(pictures.encoded(picture, "JPEG", quality=20))),
        "webp": Image.open(BytesIO(pictures.encoded(picture, "WEBP", quality=50))).convert("RGB"),
        "gray": picture.convert("L"),
        "tilted": picture.rotate(0.5, Image.Resampling.BICUBIC).crop((8, 8, 1072, 802)),
        "brighter": picture.point(lambda light: min(255, int(light * 1.15))),
    }
    far = {name: distance(original, hashed(copy)) for name, copy in copies.items()}
    assert all(differing <= MAX_DISTANCE for differing in far.values()), far


def test_other_pictures_are_far() -> None:
    hashes = [hashed(scene(640, 480, seed)) for seed in range(10, 16)]
    pairs = [(one, other) for one in hashes for other in hashes if one < other]
    assert min(distance(one, other) for one, other in pairs) > 3 * MAX_DISTANCE


@pytest.mark.parametrize("turn", [None, *Image.Transpose])
def test_a_turned_or_mirrored_copy_has_one_of_the_orientations(
    turn: Image.Transpose | None,
) -> None:
    picture = scene(640, 480, 5)
    copy = picture if turn is None else picture.transpose(turn)
    known = orientations(hashed(picture))
    assert len(set(known)) == 8
    assert min(distance(hashed(copy), one) for one in known) <= 16


def test_an_orientation_of_an_orientation_is_one_of_the_eight() -> None:
    number = random.Random(6).getrandbits(256)
    known = orientations(number)
    assert known[0] == number
    assert all(set(orientations(one)) == set(known) for one in known)


def test_quality_says_whether_there_is_anything_to_compare() -> None:
    sky = pdq.perceptual_hash(Image.new("RGB", (640, 480), (90, 140, 250)))
    assert (sky.quality, sky.is_telling) == (0, False)
    assert pdq.perceptual_hash(scene(640, 480, 7)).is_telling
    assert pdq.perceptual_hash(Image.new("RGB", (4, 900))) == PerceptualHash("0" * 64, 0)


@pytest.mark.parametrize(("width", "height"), [(1600, 1200), (300, 200), (2400, 100), (300, 4000)])
def test_the_hash_of_a_photo_is_that_of_the_whole_picture(width: int, height: int) -> None:
    picture = scene(width, height, 8)
    content = pictures.encoded(picture, "JPEG", quality=95)
    photo = PillowImageCodec(hashes=True).render(BytesIO(content), "image/jpeg")
    assert photo.perceptual_hash is not None
    assert distance(photo.perceptual_hash.number, hashed(picture)) <= 12


def test_nobody_computes_a_hash_that_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("shutterfeed.adapters.imaging.perceptual_hash")
    content = pictures.encoded(scene(640, 480, 9), "JPEG")
    assert PillowImageCodec().render(BytesIO(content), "image/jpeg").perceptual_hash is None


def test_it_is_computed_in_the_confined_child_from_the_same_decode() -> None:
    content = pictures.encoded(scene(640, 480, 9), "JPEG")
    expected = PillowImageCodec(hashes=True).render(BytesIO(content), "image/jpeg")
    confined = ConfinedCodec(client.photo_work(hashed=True)).render(BytesIO(content), "image/jpeg")
    assert confined == expected
    assert confined.perceptual_hash is not None

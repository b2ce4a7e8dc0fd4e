"""The measure of likeness that the renditions benchmark uses."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from tests import pictures
from tests.ssim import ssim


def test_a_picture_is_like_itself_and_less_like_others() -> None:
    scene = Image.effect_noise((160, 120), 60)
    shifted = ImageChops.offset(scene, 3)
    blurred = scene.reduce(2).resize(scene.size)
    assert ssim(scene, scene) == pytest.approx(1)
    assert ssim(scene, shifted) < 0.2
    assert 0.2 < ssim(scene, blurred) < 0.95


def test_pictures_of_different_sizes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="is not"):
        ssim(pictures.picture(16, 16), pictures.picture(16, 24))

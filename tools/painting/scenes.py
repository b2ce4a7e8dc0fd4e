"""What the demo's people photograph. A scene is a name; every seed of it is another moment."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from PIL import Image

from tools.painting import closer, views
from tools.painting.light import Size, taken

Scene: TypeAlias = Callable[[Size, random.Random], Image.Image]

_WIDE: Final = (1000, 750)
_TALL: Final = (800, 1000)
_SQUARE: Final = (860, 860)
_QUALITY: Final = 86


def photo(scene: str, seed: int, shrunk: int = 1) -> bytes:
    """A JPEG of a scene of `SCENES`. The picture has the seed's moment and the scene's shape. Its
    sides are `shrunk` times as short as usual, and it is painted that much sooner."""
    # A picture needs variety, not secrecy.
    chance = random.Random(seed)  # noqa: S311
    (width, height), paint, warmth = SCENES[scene]
    size = (width // shrunk, height // shrunk)
    file = io.BytesIO()
    taken(paint(size, chance), chance, warmth).save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


SCENES: Final[Mapping[str, tuple[Size, Scene, float]]] = {
    "sunrise": (_WIDE, views.sunrise, 0.6),
    "sunset": (_WIDE, views.sunset, 1),
    "calm": (_WIDE, views.calm, -0.2),
    "ridges": (_TALL, views.ridges, 0.3),
    "peak": (_WIDE, views.peak, -0.4),
    "storm": (_WIDE, views.storm, 0.2),
    "beach": (_SQUARE, views.beach, 0.2),
    "harbour": (_WIDE, views.harbour, 0.3),
    "dunes": (_TALL, views.dunes, 0.6),
    "blue hour": (_SQUARE, views.blue_hour, -0.2),
    "winter": (_TALL, views.winter, -0.3),
    "forest": (_TALL, closer.forest, 0.4),
    "leaves": (_SQUARE, closer.leaves, 0),
    "town": (_WIDE, closer.town, 0.4),
    "still life": (_SQUARE, closer.still_life, 0.5),
    "tea": (_SQUARE, closer.cup_of_tea, 0.4),
    "portrait": ((480, 480), closer.portrait, 0.4),
}
"""Each scene's shape, how it is painted, and how warm the light is."""

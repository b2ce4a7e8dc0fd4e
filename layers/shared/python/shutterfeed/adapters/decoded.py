"""What a photo's file decodes to, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PIL import Image

from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import Capture

STILL: Final = Note(
    "animation_left_out", "The file is an animation. Only its first picture is shown."
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The upright width and height of what is shown of a photo, the picture in `working_size`,
    upright and in sRGB, and what else its file holds."""

    width: int
    height: int
    picture: Image.Image
    capture: Capture | None = None
    notes: tuple[Note, ...] = ()

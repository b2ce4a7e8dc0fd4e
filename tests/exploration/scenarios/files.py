"""The files that people post, made once."""

from __future__ import annotations

from functools import cache
from typing import Final

from tests import pictures, videos
from tests.exploration.play import File


@cache
def photo(number: int = 0) -> File:
    return File(pictures.jpeg(96, 64, seed=number))


CROP: Final = {"x": 0.25, "y": 0, "width": 0.75, "height": 1}


@cache
def cropped_photo(number: int = 0) -> File:
    """The same file as `photo`, of which a part is shown."""
    return File(photo(number).content, declared={"crop": CROP})


@cache
def photo_to_enlarge() -> File:
    """A photo with more pixels than its largest rendition."""
    return File(pictures.jpeg(1200, 300, seed=97))


@cache
def large_photo(number: int = 0) -> File:
    """A photo that is large enough to be uploaded in parts."""
    content = pictures.jpeg(240, 160, seed=number, quality=95)
    filler = b"\xff\xfe\x50\x02" + bytes(0x5000)  # A comment, which decoders pass over.
    return File(content[:2] + filler + content[2:])


@cache
def video() -> File:
    made = videos.made("in.mp4", *videos.pattern("96x64"), *videos.sound())
    moving = {"width": 96, "height": 64, "duration_ms": 500}
    return File(made, "video/mp4", declared=moving)


@cache
def broken_photo() -> File:
    """Begins like a JPEG, and is none."""
    return File(pictures.jpeg(96, 64, seed=99)[:200], good=False)


@cache
def disguised() -> File:
    """A PNG that is declared as a JPEG."""
    return File(pictures.png(64, 48, seed=98), good=False)

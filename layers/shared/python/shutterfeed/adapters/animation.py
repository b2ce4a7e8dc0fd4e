"""Animated GIF and WebP pictures as frames of video, with Pillow.

Frames come at the clip's fixed rate: one that is shown longer is repeated, which costs the codec
next to nothing, and one shorter than that is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from PIL import Image, ImageSequence
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shutterfeed.adapters.imaging import BAD_INPUT
from shutterfeed.domain.videos import (
    MAX_DURATION_MS,
    OUTPUT_FPS,
    ClipSize,
    VideoRefused,
    check_frames,
)

_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "image/gif": GifImageFile,
    "image/webp": WebPImageFile,
}
_SHORTEST_MS: Final = 20
_DEFAULT_MS: Final = 100
"""What browsers make of frames that ask for less than the shortest time: old GIFs, which were
never shown faster."""


@dataclass(frozen=True, slots=True)
class Animation:
    """An opened animated picture."""

    image: ImageFile
    frames: int

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def poster(self) -> bytes:
        """The first frame as PNG."""
        target = BytesIO()
        with _refusing():
            self.image.seek(0)
            _flat(self.image).save(target, format="PNG", compress_level=1)
        return target.getvalue()

    def raw(self, size: ClipSize) -> Iterator[tuple[float, bytes]]:
        """RGB pixels of each frame of the clip, and how far through the animation it is, 0 to 1."""
        elapsed, shown = 0.0, 0
        with _refusing():
            for number, frame in enumerate(ImageSequence.Iterator(self.image), start=1):
                picture = _flat(frame).resize((size.width, size.height), Image.Resampling.BICUBIC)
                duration = float(frame.info.get("duration") or 0)
                elapsed += duration if duration >= _SHORTEST_MS else _DEFAULT_MS
                if elapsed > MAX_DURATION_MS:
                    raise VideoRefused(
                        "too_long", "The animation is longer than 3 minutes, the most possible."
                    )
                pixels = picture.tobytes()
                until = max(1, round(elapsed * OUTPUT_FPS / 1000))
                for _ in range(shown, until):
                    yield number / self.frames, pixels
                shown = max(shown, until)


@contextmanager
def opened(source: IO[bytes], content_type: str) -> Iterator[Animation]:
    """Raises `VideoRefused` for a broken picture, and for one that is too large."""
    with _refusing():
        image = _DECODERS[content_type](source)
    with image:
        with _refusing():
            frames = int(getattr(image, "n_frames", 1))
        check_frames(frames, *image.size)
        yield Animation(image, frames)


def _flat(frame: Image.Image) -> Image.Image:
    """On white, as photos are."""
    if not frame.has_transparency_data:
        return frame.convert("RGB")
    layer = frame.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except VideoRefused:
        raise
    except BAD_INPUT as error:
        raise VideoRefused(
            "undecodable", "The animation is damaged and cannot be shown."
        ) from error

"""Files as people choose them: name, type as the browser says it, content."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from tests import pictures, videos
from tools.pictures import landscape

Chosen = tuple[str, str, bytes]


def photo(seed: int = 1, name: str = "lake.jpg") -> Chosen:
    return name, "image/jpeg", landscape(seed)


def heic(seed: int = 2) -> Chosen:
    """As iPhones take them. Chromium cannot show it, and has no type for it."""
    return "IMG_0001.HEIC", "", pictures.heic(800, 600, seed)


def clip() -> Chosen:
    """Half a second with sound."""
    content = videos.made(
        "web.mp4", *videos.pattern("320x240", "1"), *videos.sound("1"), "-c:v", "libx264",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest",
    )
    return "clip.mp4", "video/mp4", content


def heavy_photo(seed: int = 3, name: str = "heavy.jpg") -> Chosen:
    """More than a megabyte, so that its upload takes a while."""
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    image = Image.blend(noise, Image.open(io.BytesIO(landscape(seed))).resize(noise.size), 0.5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=93)
    return name, "image/jpeg", out.getvalue()


NOT_A_PHOTO: Final[Chosen] = ("notes.txt", "text/plain", b"Nothing to see here.\n")

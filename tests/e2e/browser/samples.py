"""Files as people choose them, with the types that browsers give them."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image
from playwright.sync_api import FilePayload

from tests import pictures, videos
from tools import pictures as painted


def landscape(seed: int) -> bytes:
    """A small JPEG: hardly a test looks at what it shows, and renditions are made sooner."""
    return painted.landscape(seed, 2)


def photo(seed: int = 1, name: str = "lake.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": landscape(seed)}


def heic(seed: int = 2) -> FilePayload:
    """A photo as iPhones take it. Chromium cannot show it, and has no type for it."""
    return {"name": "IMG_0001.HEIC", "mimeType": "", "buffer": pictures.heic(480, 360, seed)}


def clip() -> FilePayload:
    """Half a second with sound."""
    content = videos.made(
        "web.mp4",
        *videos.pattern("320x240", "1"),
        *videos.sound("1"),
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-shortest",
    )
    return {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": content}


def heavy_photo(seed: int = 3, name: str = "heavy.jpg") -> FilePayload:
    """More than a megabyte, so that its upload takes a while."""
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    image = Image.blend(noise, Image.open(io.BytesIO(landscape(seed))).resize(noise.size), 0.5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=93)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def photo_to_enlarge(seed: int) -> bytes:
    """A JPEG with more than twice as many pixels a side as its largest rendition."""
    image = Image.open(io.BytesIO(landscape(seed))).resize((2400, 1600))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


NOT_A_PHOTO: Final[FilePayload] = {
    "name": "notes.txt",
    "mimeType": "text/plain",
    "buffer": b"Nothing to see here.\n",
}

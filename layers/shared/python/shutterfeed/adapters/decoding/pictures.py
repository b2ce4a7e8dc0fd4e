"""The works of a function's decoder server, with all that they ever load.

A sealed child can open no file, so every module that a decoder takes only when it needs it is
loaded here.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from shutterfeed.adapters.decoding.animated import decoded as animation
from shutterfeed.adapters.decoding.works import PhotoWork
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.zooming import plan_zoom

__all__ = ("animation", "hashed_photo", "photo", "zoom")

photo: Final = PhotoWork(PillowImageCodec())
hashed_photo: Final = PhotoWork(PillowImageCodec(hashes=True))
zoom: Final = PhotoWork(PillowImageCodec(planner=plan_zoom))


def _rehearse() -> None:
    """Render small photos, for which Pillow loads what it loads late."""
    exif = Image.Exif()
    exif[0x010F] = "Shutterfeed"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:31 18:04:59"
    small = Image.new("RGBA", (2, 2))
    codec = PillowImageCodec()
    for kind in ("PNG", "GIF", "WEBP", "JPEG"):
        target = BytesIO()
        small.convert("RGB" if kind == "JPEG" else "RGBA").save(target, kind, exif=exif)
        codec.render(target.getvalue(), f"image/{kind.lower()}")


_rehearse()

"""Makes the renditions of photos with Pillow. Only the decoder server loads this module.

The bytes come from strangers. Every error that they cause leaves this module as `PhotoRefused`; any
other error is a fault of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Final

from PIL import Image

from shutterfeed.adapters import boxes
from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.adapters.decoded import Decoded
from shutterfeed.adapters.pdq import perceptual_hash
from shutterfeed.adapters.photo_decoding import decode
from shutterfeed.adapters.scaling import cascade
from shutterfeed.adapters.thumb_hash import thumb_hash
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import (
    PhotoRefused,
    PlannedRendition,
    Planner,
    RenderedPhoto,
    plan,
    too_much_memory,
)

_ENCODERS: Final[dict[str, dict[str, Any]]] = {
    # Progressive files have 5 % fewer bytes and sharpen while they load, for 12 ms of CPU time at
    # 1080 px. This implies optimised Huffman tables.
    "jpeg": {"format": "JPEG", "progressive": True},
    # Method 4 gives 4 % fewer bytes than 2 and a higher SSIM, for 46 ms more at 1080 px; about five
    # views save that cost in traffic. 6 doubles the time again, for 4 % and a lower SSIM.
    "webp": {"format": "WEBP", "method": 4},
}

_OUT_OF_MEMORY: Final = re.compile(r"memory|security limit", re.IGNORECASE)
"""The words with which decoders say that they asked for more memory than they may have."""
_WEBP_OUT_OF_MEMORY: Final = "encoding error 1"
"""What Pillow makes of libwebp's VP8_ENC_ERROR_OUT_OF_MEMORY."""

_HASHABLE_SIDE: Final = 256
"""The shorter side in pixels from which on a perceptual hash is computed of a smaller picture."""
_PLACEHOLDER_SIDE: Final = 20
"""The size in pixels from which the ThumbHash is made, which keeps only 7 waves a side. From 32
pixels it is the same but for one step of one wave, and takes twice as long."""


@dataclass(frozen=True, slots=True)
class PillowImageCodec:
    """Makes all renditions of a photo from one decode."""

    hashes: bool = False
    """Whether it also computes the photo's perceptual hash."""
    planner: Planner = plan
    """Which renditions it makes."""

    def render(
        self, source: bytes | IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        """Make every planned size of the photo, or of the part in `crop`: upright, in sRGB, without
        any metadata.

        Transparent parts become white, in WebP too, so that a photo looks the same in every format.
        If the file has several pictures, the first is used. Raises `PhotoRefused`; errors in
        reading `source` itself pass through.
        """
        content = source if isinstance(source, bytes) else source.read()
        with _refusing_bad_input(content):
            photo = decode(content, content_type, crop, self.planner)
        # Some of Pillow's encoders would write metadata from here, such as a JPEG comment.
        photo.picture.info = {}
        with _refusing_too_large():
            return self._rendered(photo)

    def _rendered(self, photo: Decoded) -> RenderedPhoto:
        made = cascade(photo.picture, self.planner(photo.width, photo.height))
        whole = [scaled for planned, scaled in made if not planned.spec.square_crop]
        return RenderedPhoto(
            photo.width,
            photo.height,
            _placeholder(min(whole, key=_width, default=photo.picture)),
            tuple((planned.made, _encode(scaled, planned)) for planned, scaled in made),
            photo.capture,
            photo.notes,
            perceptual_hash(_hashable(photo.picture, whole)) if self.hashes else None,
        )


@contextmanager
def _refusing_bad_input(content: bytes) -> Iterator[None]:
    """Translate every error that a file causes in Pillow into `PhotoRefused`."""
    try:
        # Pillow warns about oddities of the file, which nobody would read here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MemoryError, Image.DecompressionBombError) as error:
        raise too_much_memory() from error
    except BAD_INPUT as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise too_much_memory() from error
        if _cut_short(content, error):
            raise PhotoRefused(
                "truncated", "The photo is incomplete: its end is missing. Please upload it again."
            ) from error
        raise PhotoRefused(
            "undecodable", "The photo is damaged and could not be read. Please try another copy."
        ) from error


@contextmanager
def _refusing_too_large() -> Iterator[None]:
    """Translate a lack of memory for scaling and encoding into `PhotoRefused`: some pictures, such
    as large ones of noise, take an encoder more than is predicted of them."""
    try:
        yield
    except MemoryError as error:
        raise too_much_memory() from error
    except ValueError as error:
        if str(error) != _WEBP_OUT_OF_MEMORY:
            raise
        raise too_much_memory() from error


def _cut_short(content: bytes, error: BaseException) -> bool:
    """Whether the file ends too early, by Pillow's message or by the lengths that it declares."""
    if content.startswith(b"RIFF"):
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    if content[4:8] == b"ftyp":
        return boxes.announced_end(content) > len(content)
    return "truncated" in str(error).lower()


def _width(picture: Image.Image) -> int:
    return picture.width


def _hashable(picture: Image.Image, whole: Sequence[Image.Image]) -> Image.Image:
    """The smallest picture that has all that a perceptual hash looks at: a large one takes longer,
    and gives the same."""
    enough = (scaled for scaled in whole if min(scaled.size) >= _HASHABLE_SIDE)
    return min(enough, key=_width, default=picture)


def _encode(picture: Image.Image, planned: PlannedRendition) -> bytes:
    target = BytesIO()
    options = _ENCODERS[planned.spec.format]
    picture.save(target, quality=planned.spec.quality, **options)
    return target.getvalue()


def _placeholder(picture: Image.Image) -> str:
    """The picture's ThumbHash in base64."""
    scale = min(1, _PLACEHOLDER_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return base64.b64encode(thumb_hash(*size, small.tobytes())).decode("ascii")

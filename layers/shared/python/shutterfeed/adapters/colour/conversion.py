"""Turns pictures of any colour space into sRGB, with 8 bits a channel."""

from __future__ import annotations

from functools import cache, cached_property
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageFilter

from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.adapters.colour import tone_mapping
from shutterfeed.adapters.colour.described import Colours
from shutterfeed.adapters.colour.tone_mapping import Hdr

_SRGB_NAMES: Final = frozenset({"sRGB", "sRGB IEC61966-2.1", "sRGB built-in"})
_PROFILE_MODES: Final = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The Pillow modes that belong to the colour spaces of ICC profiles."""


class ToSrgb:
    """The conversion of pictures with the same colours, such as the frames of an animation."""

    def __init__(self, colours: Colours) -> None:
        self._colours = colours
        self._table: ImageFilter.Color3DLUT | None = None

    def convert(self, picture: Image.Image) -> Image.Image:
        """The picture, of the mode L, RGB or CMYK, as RGB in sRGB.

        As in browsers, a picture whose profile is broken or belongs to another kind of pixels is
        taken for sRGB.
        """
        if self._colours is None:
            return as_rgb(picture)
        if isinstance(self._colours, Hdr):
            picture = as_rgb(picture)
            if self._table is None:
                self._table = tone_mapping.table(self._colours, picture)
            return picture.filter(self._table)
        try:
            return self._by_profile(picture)
        except (ImageCms.PyCMSError, *BAD_INPUT):
            return as_rgb(picture)

    def _by_profile(self, picture: Image.Image) -> Image.Image:
        mode = self._profile_mode
        if mode == "RGB" and picture.mode == "L":
            picture = as_rgb(picture)
        if mode != picture.mode:
            return as_rgb(picture)
        converted = ImageCms.applyTransform(picture, self._transform)
        assert converted is not None
        return converted

    @cached_property
    def _profile(self) -> ImageCms.ImageCmsProfile:
        assert isinstance(self._colours, bytes)
        return ImageCms.ImageCmsProfile(BytesIO(self._colours))

    @cached_property
    def _profile_mode(self) -> str | None:
        """The mode that pictures must have for the profile; None if it changes none."""
        described = self._profile.profile
        if described.profile_description in _SRGB_NAMES:
            return None
        return _PROFILE_MODES.get(described.xcolor_space.strip())

    @cached_property
    def _transform(self) -> ImageCms.ImageCmsTransform:
        mode = self._profile_mode
        assert mode is not None
        return ImageCms.buildTransform(
            self._profile,
            _srgb(),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )


def as_rgb(picture: Image.Image) -> Image.Image:
    """The picture in the mode RGB: itself if it is, of which Pillow would make a copy."""
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

"""HDR pictures become SDR as in Chromium: by the curve that is the default of SMPTE ST 2094-50.

Light up to the reference white of 203 cd/m2 (Rec. ITU-R BT.2408) is darkened by one factor, so that
there is room for what is lighter; the rest is bent up to the peak. The factor of a pixel comes from
the largest of its channels, so that hues stay. Everything here was written from the standards'
formulas; `docs/media.md` has how near it is to Chromium.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFilter

from shutterfeed.adapters.colour.spaces import (
    HLG,
    PQ,
    REC2020_PRIMARIES,
    SRGB_PRIMARIES,
    Curve,
    applied,
    between,
    primaries,
    to_xyz,
)

_LEAST_PEAK: Final = 400.0
_MOST_PEAK: Final = 1000.0
"""Between these, in cd/m2, is the brightest light of a picture that does not state it. Chromium
always takes 1,000, by which pictures without highlights become dark. At 400 they still have an SSIM
of 0.95 to what Chromium shows."""
_STRAY: Final = 0.0001
"""The share of pixels that may be brighter than what counts as the brightest."""
_WHITE: Final = 203.0
_HIGHEST_HEADROOM: Final = 6.0
_FULL_HEADROOM: Final = math.log2(1000 / _WHITE)
_BEND: Final = 0.65
"""Where the curve's middle point is between its ends."""
_NODES: Final = 33
"""The number of nodes of the table on each axis: colours between them are interpolated."""
_HLG_PEAK: Final = 1000.0
_HLG_GAMMA: Final = 1.2
_TRANSFERS: Final = frozenset({PQ, HLG})


@dataclass(frozen=True, slots=True)
class Hdr:
    """The colour space of an HDR picture: its primaries and its transfer function (`PQ` or `HLG`)
    by number, and its peak in cd/m2 if the file states it."""

    primaries: int
    transfer: int
    peak: float | None = None


def is_hdr(transfer: int) -> bool:
    """Whether the transfer function with this number is one of HDR."""
    return transfer in _TRANSFERS


def table(space: Hdr, picture: Image.Image) -> ImageFilter.Color3DLUT:
    """The filter that turns this RGB picture of the space, and others like it, into sRGB."""
    peak = _brightest(space, picture) if space.peak is None else space.peak
    return ImageFilter.Color3DLUT(_NODES, list(_values(space, peak)), _copy_table=False)


def _brightest(space: Hdr, picture: Image.Image) -> float:
    """The brightest light of a picture in cd/m2, as far as that is believed."""
    stray = _STRAY * picture.width * picture.height
    counts, highest = picture.histogram(), 0
    for channel in (counts[:256], counts[256:512], counts[512:]):
        more, value = channel[255], 255
        while more <= stray and value:
            value -= 1
            more += channel[value]
        highest = max(highest, value)
    light = _pq(highest / 255) if space.transfer == PQ else _hlg(highest / 255)
    if space.transfer == HLG:
        light *= _system(light)
    return min(_MOST_PEAK, max(_LEAST_PEAK, light * _WHITE))


def _values(space: Hdr, peak: float) -> Iterator[float]:
    """The sRGB values for the table's nodes, red changing fastest."""
    source = primaries(space.primaries)
    wide, narrow = primaries(REC2020_PRIMARIES), primaries(SRGB_PRIMARIES)
    to_wide, to_narrow = between(source, wide), between(wide, narrow)
    luminance = to_xyz(source)[1]
    gain, is_hlg = _gain(peak), space.transfer == HLG
    curve = _hlg if is_hlg else _pq
    levels = [curve(node / (_NODES - 1)) for node in range(_NODES)]
    for blue in levels:
        for green in levels:
            for red in levels:
                light = (red, green, blue)
                if is_hlg:
                    scale = _system(sum(map(float.__mul__, luminance, light)))
                    light = (red * scale, green * scale, blue * scale)
                shown = applied(to_wide, light)
                factor = gain(max(shown))
                for value in applied(to_narrow, shown):
                    yield _encoded(value * factor)


def _pq(value: float) -> float:
    """Light as a multiple of the reference white, by SMPTE ST 2084."""
    root = value ** (1 / _PQ_M2)
    light = max(root - _PQ_C1, 0.0) / (_PQ_C2 - _PQ_C3 * root)
    return float(light ** (1 / _PQ_M1) * 10_000 / _WHITE)


_PQ_M1: Final = 2610 / 16384
_PQ_M2: Final = 2523 / 4096 * 128
_PQ_C1: Final = 3424 / 4096
_PQ_C2: Final = 2413 / 4096 * 32
_PQ_C3: Final = 2392 / 4096 * 32


def _hlg(value: float) -> float:
    """Light of the scene from 0 to 1, by Rec. ITU-R BT.2100."""
    if value <= 0.5:
        return value**2 / 3
    return (math.exp((value - _HLG_C) / _HLG_A) + _HLG_B) / 12


_HLG_A: Final = 0.17883277
_HLG_B: Final = 1 - 4 * _HLG_A
_HLG_C: Final = 0.5 - _HLG_A * math.log(4 * _HLG_A)


def _system(luminance: float) -> float:
    """The factor from light of the scene to that of a screen, as multiples of reference white."""
    if luminance <= 0:
        return 0.0
    return float(luminance ** (_HLG_GAMMA - 1) * _HLG_PEAK / _WHITE)


def _gain(peak: float) -> Curve:
    """The factor for a pixel whose largest channel has this much light, for a screen that shows
    nothing beyond white."""
    headroom = min(_HIGHEST_HEADROOM, math.log2(max(1.0, peak / _WHITE)))
    if headroom == 0:
        return lambda _: 1.0
    share = min(1.0, headroom / _FULL_HEADROOM)
    # A quadratic Bezier curve from reference white to the peak.
    white, most = 1 - share / 2, 2.0**headroom
    middle_x = 1 - _BEND + _BEND / white
    middle_y = (1 - _BEND) * white + _BEND
    a_x, a_y = 1 - 2 * middle_x + most, white - 2 * middle_y + 1
    b_x, b_y = 2 * (middle_x - 1), 2 * (middle_y - white)

    def gain(light: float) -> float:
        if light <= 1:
            return white
        if light >= most:
            return 1 / light
        root = math.sqrt(b_x * b_x + 4 * a_x * (light - 1))
        at = 2 * (light - 1) / (b_x + root)
        return (white + at * (b_y + at * a_y)) / light

    return gain


def _encoded(light: float) -> float:
    """The inverse of sRGB's transfer function, which goes on beyond black and white: the filter
    cuts off what it has interpolated, so that colours near the edge of sRGB stay exact."""
    if light < 0:
        return -_encoded(-light)
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)

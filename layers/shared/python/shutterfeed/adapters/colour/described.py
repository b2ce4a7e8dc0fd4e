"""What the file of a photo says of its colours.

Browsers decide: of several descriptions they take an ICC profile before numbers in HEIC and AVIF,
and in PNG `cICP`, then an ICC profile, then sRGB, then gamma and primaries.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

from shutterfeed.adapters import boxes, chunks
from shutterfeed.adapters.boxes import Box
from shutterfeed.adapters.colour import spaces
from shutterfeed.adapters.colour.spaces import Chromaticities
from shutterfeed.adapters.colour.tone_mapping import Hdr, is_hdr

Colours = bytes | Hdr | None
"""The colour space of a photo: an ICC profile, or one of HDR. None is sRGB."""

_CONSTANT_LUMINANCE, _USUAL_LUMINANCE = b"\0\x0a", b"\0\x09"
_PNG_UNIT: Final = 100_000
_SRGB_LIKE: Final = frozenset({1, 2, 6, 11, 12, 13, 14, 15})
_SRGB_PRIMARIES: Final = frozenset({1, 2})


_TELEVISION: Final = frozenset({1, 6, 11, 14, 15})
"""The transfer functions of BT.709 and its relatives. Chromium shows them by the gamma of a
television (Rec. ITU-R BT.1886) in PNG, and as sRGB in AVIF."""
_PLAIN_GAMMA: Final = 1 / 2.2
_LEAST_DIFFERENCE: Final = 0.05


def of_png(content: bytes, embedded: bytes | None) -> Colours:
    """The colours of a PNG file that has this ICC profile."""
    found = chunks.before_the_picture(content)
    coded = found.get(b"cICP", b"")
    # Only pixels that are stored as RGB, and in full range, can be of the space.
    if len(coded) == 4 and coded[2:] == b"\0\1":
        if coded[1] in _TELEVISION:
            return spaces.profile(spaces.primaries(coded[0]), spaces.power(2.4))
        return _numbered(coded[0], coded[1], _peak_of_png(found))
    if embedded:
        return of_icc(embedded)
    if b"sRGB" in found:
        return None
    return _measured(found.get(b"gAMA", b""), found.get(b"cHRM", b""))


def of_avif(content: bytes, embedded: bytes | None, *, moving: bool = False) -> Colours:
    """The colours of an AVIF file that has this ICC profile; of its sequence if it is `moving`."""
    if embedded:
        return of_icc(embedded)
    read = boxes.sequence_properties if moving else boxes.primary_properties
    properties = {
        (box.kind, content[box.start : box.start + 4] if box.kind == b"colr" else b""): box
        for box in read(content)
    }
    box = properties.get((b"colr", b"nclx"))
    if box is None or box.end - box.start < 10:
        return None
    primaries, transfer = struct.unpack(">HH", content[box.start + 4 : box.start + 8])
    most = _number(content, properties.get((b"clli", b"")), 0, 2)
    screen = _number(content, properties.get((b"mdcv", b"")), 16, 4) / 10_000
    return _numbered(primaries, transfer, most or screen or None)


def decodable(content: bytes) -> bytes:
    """An AVIF file whose matrix its decoder knows. That of constant luminance (10), which hardly
    anybody means, becomes the usual one of BT.2020, as in browsers."""
    for box in (*boxes.primary_properties(content), *boxes.sequence_properties(content)):
        is_numbers = box.kind == b"colr" and content[box.start : box.start + 4] == b"nclx"
        start, end = box.start + 8, box.start + 10
        if is_numbers and content[start:end] == _CONSTANT_LUMINANCE:
            content = b"".join((content[:start], _USUAL_LUMINANCE, content[end:]))
    return content


def of_heif(info: Mapping[str, Any]) -> Colours:
    """The colours of a HEIC or HEIF picture, by what libheif says of it."""
    embedded = info.get("icc_profile")
    if embedded:
        return of_icc(embedded)
    coded = info.get("nclx_profile")
    if not coded:
        return None
    light = info.get("content_light_level") or {}
    display = info.get("mastering_display_colour_volume") or {}
    most = light.get("max_content_light_level") or 0
    screen = (display.get("max_display_mastering_luminance") or 0) / 10_000
    return _numbered(
        coded["color_primaries"],
        coded["transfer_characteristics"],
        most or screen or None,
    )


def of_icc(embedded: bytes | None) -> Colours:
    """The colours of an ICC profile, which may say by numbers that it is one of HDR."""
    if not embedded:
        return None
    count = min(100, int.from_bytes(embedded[128:132], "big"))
    for at in range(132, 132 + 12 * count, 12):
        if embedded[at : at + 4] == b"cicp":
            start = int.from_bytes(embedded[at + 4 : at + 8], "big")
            coded = embedded[start + 8 : start + 12]
            if len(coded) == 4 and is_hdr(coded[1]):
                return Hdr(coded[0], coded[1])
    return embedded


def _numbered(primaries: int, transfer: int, peak: float | None) -> Colours:
    if is_hdr(transfer):
        return Hdr(primaries, transfer, peak)
    if primaries in _SRGB_PRIMARIES and transfer in _SRGB_LIKE:
        return None
    return spaces.profile(spaces.primaries(primaries), spaces.transfer(transfer))


def _peak_of_png(found: Mapping[bytes, bytes]) -> float | None:
    """The brightest light of an HDR picture in cd/m2; None if the file does not state it."""
    most, screen = found.get(b"cLLI", b"")[:4], found.get(b"mDCV", b"")[16:20]
    peaks = (int.from_bytes(value, "big") / 10_000 for value in (most, screen))
    return next((peak for peak in peaks if peak), None)


def _number(content: bytes, box: Box | None, at: int, size: int) -> int:
    """A number in a box; 0 if there is no such box."""
    if box is None:
        return 0
    return int.from_bytes(content[box.start + at : box.start + at + size], "big")


def _measured(gamma: bytes, primaries: bytes) -> Colours:
    """The colours by the chunks `gAMA` and `cHRM`. As in browsers, primaries alone say nothing, nor
    does a gamma alone that is near that of sRGB."""
    if len(gamma) != 4:
        return None
    exponent = int.from_bytes(gamma, "big") / _PNG_UNIT
    if len(primaries) != 32 and abs(exponent / _PLAIN_GAMMA - 1) < _LEAST_DIFFERENCE:
        return None
    space = spaces.primaries(spaces.SRGB_PRIMARIES)
    if len(primaries) == 32:
        points = [value / _PNG_UNIT for value in struct.unpack(">8I", primaries)]
        white, red, green, blue = zip(points[::2], points[1::2], strict=True)
        space = Chromaticities(red, green, blue, white)
    try:
        return spaces.profile(space, spaces.power(1 / exponent))
    except (ArithmeticError, struct.error):
        return None  # The numbers are of no colour space.

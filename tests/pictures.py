"""Small sample pictures for any test, as bytes. The same arguments always give the same picture.

A picture's colours vary slowly, so that encoders barely change them, and differ by `seed`.
"""

from __future__ import annotations

import os
import random
import struct
import zlib
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from shutterfeed.adapters import heif_items
from tests.videos import box, boxes

SHARED_DATA = Path(
    os.environ.get("SHUTTERFEED_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
"""Real photos from cameras and phones, and hostile files: beside the repository, not in it, or
where the variable says."""

needs_shared_data = pytest.mark.skipif(
    not SHARED_DATA.is_dir(), reason=f"no real photos here: {SHARED_DATA} does not exist"
)

GPS_MARK = b"SHUTTERFEED-GPS"
"""Stands in the EXIF block of every picture made with `gps=True`, and in no other."""

_STORED_TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held in each EXIF orientation stores an upright scene."""


def jpeg(
    width: int,
    height: int,
    seed: int = 0,
    exif_orientation: int | None = None,
    *,
    gps: bool = False,
    mode: str = "RGB",
    **save: Any,
) -> bytes:
    """A JPEG that is `width` x `height` when upright; `save` goes to Pillow's encoder."""
    scene = picture(width, height, seed, mode)
    turn = _STORED_TURNED[exif_orientation or 1]
    exif = Image.Exif()
    if exif_orientation is not None:
        exif[Base.Orientation] = exif_orientation
    if gps:
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: (52.0, 31.0, 12.5),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: (13.0, 24.0, 18.25),
                GPS.GPSAreaInformation: GPS_MARK,
            }
        )
    if exif_orientation is not None or gps:
        save["exif"] = exif.tobytes()
    return encoded(scene if turn is None else scene.transpose(turn), "JPEG", **save)


def png(width: int, height: int, seed: int = 0, *, mode: str = "RGB", **save: Any) -> bytes:
    """A PNG of any of the modes that `picture` knows."""
    return encoded(picture(width, height, seed, mode), "PNG", **save)


def png_rgb16(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG in one colour with 16 bits a channel, which Pillow reads but cannot write."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    row = b"\0" + struct.pack(">3H", *colour) * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def webp(width: int, height: int, seed: int = 0, *, mode: str = "RGB", **save: Any) -> bytes:
    """A WebP, lossy unless `lossless=True`; mode RGB or RGBA."""
    return encoded(picture(width, height, seed, mode), "WEBP", **save)


def heic(width: int, height: int, seed: int = 0, *, mode: str = "RGB", **save: Any) -> bytes:
    """A HEIC file, turned by its own properties where `exif` has an orientation."""
    target = BytesIO()
    pillow_heif.from_pillow(picture(width, height, seed, mode)).save(target, **save)
    return target.getvalue()


def heic_of_tiles(columns: int, rows: int, side: int = 512) -> bytes:
    """A HEIC made of one tile, again and again, as large as one likes."""
    parts = dict(boxes(heic(side, side)))
    properties = dict(boxes(dict(boxes(dict(boxes(parts[b"meta"][4:]))[b"iprp"]))[b"ipco"]))
    count, whole = columns * rows, struct.pack(">II", columns * side, rows * side)
    items, length = range(1, count + 1), len(parts[b"mdat"])
    grid = bytes((0, 1, rows - 1, columns - 1)) + whole
    kinds = [(0, b"grid"), *((item, b"hvc1") for item in items)]
    named = [box(b"infe", struct.pack(">IHH4sx", 2 << 24, item, 0, kind)) for item, kind in kinds]
    described = box(b"hvcC", properties[b"hvcC"])
    described += box(b"ispe", bytes(4) + struct.pack(">II", side, side))
    described += box(b"ispe", bytes(4) + whole)
    of_tiles = (struct.pack(">HBBB", item, 2, 129, 2) for item in items)
    linked = struct.pack(">IIHBB", 0, count + 1, 0, 1, 3) + b"".join(of_tiles)

    def meta(start: int) -> bytes:
        places = [(0, start + length, len(grid)), *((item, start, length) for item in items)]
        located = (struct.pack(">HHHII", item, 0, 1, at, size) for item, at, size in places)
        inner = (
            box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
            box(b"pitm", bytes(6)),
            box(b"iloc", struct.pack(">IHH", 0, 0x4400, count + 1) + b"".join(located)),
            box(b"iinf", struct.pack(">IH", 0, count + 1) + b"".join(named)),
            box(b"iref", bytes(4) + box(b"dimg", struct.pack(f">HH{count}H", 0, count, *items))),
            box(b"iprp", box(b"ipco", described) + box(b"ipma", linked)),
        )
        return box(b"meta", bytes(4) + b"".join(inner))

    head = box(b"ftyp", parts[b"ftyp"])
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", parts[b"mdat"] + grid)


def in_pieces(content: bytes, pieces: int) -> bytes:
    """A HEIC or AVIF with one item, whose data the file declares as many pieces."""
    parts = dict(boxes(content))
    meta = dict(boxes(parts[b"meta"][4:]))
    found = heif_items.read_picture(content)
    assert found is not None
    ((start, end),) = found.data[0]

    def located(shift: int) -> bytes:
        cuts = [start + (end - start) * piece // pieces for piece in range(pieces + 1)]
        listed = [struct.pack(">II", at + shift, until - at) for at, until in pairwise(cuts)]
        about = struct.pack(">HH2sHH", 0x4400, 1, meta[b"pitm"][4:], 0, pieces)
        return bytes(4) + about + b"".join(listed)

    meta[b"iloc"] = located(len(located(0)) - len(meta[b"iloc"]))
    parts[b"meta"] = bytes(4) + b"".join(box(kind, inner) for kind, inner in meta.items())
    return b"".join(box(kind, inner) for kind, inner in parts.items())


def avif(width: int, height: int, seed: int = 0, *, mode: str = "RGB", **save: Any) -> bytes:
    return encoded(picture(width, height, seed, mode), "AVIF", **save)


def gif(width: int, height: int, seed: int = 0, **save: Any) -> bytes:
    return encoded(picture(width, height, seed, "P"), "GIF", **save)


def picture(width: int, height: int, seed: int = 0, mode: str = "RGB") -> Image.Image:
    """The scene itself. With an alpha channel (LA, RGBA) its left half is transparent."""
    source = random.Random(seed)
    colours = Image.frombytes("RGB", (4, 4), bytes(source.randrange(30, 226) for _ in range(48)))
    scene = colours.resize((width, height), Image.Resampling.BICUBIC)
    if mode == "P":
        return scene.quantize(64)
    if mode == "I;16":
        # Shades of 0-255 become shades of 0-65535.
        shades = scene.convert("L").tobytes()
        return Image.frombytes("I;16", scene.size, b"".join(bytes((v, v)) for v in shades))
    scene = scene.convert(mode)
    if "A" in scene.getbands():
        alpha = Image.new("L", scene.size, 255)
        alpha.paste(0, (0, 0, width // 2, height))
        scene.putalpha(alpha)
    return scene


def encoded(image: Image.Image, format_name: str, **save: Any) -> bytes:
    """The image as a file in one of Pillow's formats."""
    target = BytesIO()
    image.save(target, format_name, **save)
    return target.getvalue()

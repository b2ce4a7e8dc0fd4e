"""Files as attackers and broken cables make them: mutations, truncations, other things renamed."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from io import BytesIO

from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto, sniff
from shutterfeed.ports.media import PhotoCodec
from tests import pictures

TRUNCATIONS = 20


def seeds() -> dict[str, bytes]:
    """A small good file of every kind, so that much of what a mutation hits is structure."""
    return {
        "jpeg": pictures.jpeg(24, 16, gps=True, exif_orientation=6),
        "jpeg-progressive": pictures.jpeg(24, 16, progressive=True),
        "jpeg-cmyk": pictures.jpeg(24, 16, mode="CMYK"),
        "png": pictures.png(24, 16, mode="RGBA"),
        "png-palette": pictures.png(24, 16, mode="P", transparency=b"\x00\x80"),
        "png-16-bit": pictures.png(24, 16, mode="I;16"),
        "webp": pictures.webp(24, 16, mode="RGBA"),
        "webp-lossless": pictures.webp(24, 16, lossless=True),
        "gif": pictures.gif(24, 16),
        "heic": pictures.heic(64, 64),
        "avif": pictures.avif(24, 16),
    }


def mutated(content: bytes, source: random.Random) -> bytes:
    """Some bytes changed, taken out or put in; half of the time near the beginning."""
    result = bytearray(content)
    for _ in range(source.choice((1, 2, 4, 8))):
        end = len(result) if source.random() < 0.5 else min(len(result), 500)
        at = source.randrange(end)
        length = source.randrange(4)
        result[at : at + length] = source.randbytes(source.randrange(1, 4))
    return bytes(result)


def mutations(content: bytes, seed: str, count: int) -> Iterator[bytes]:
    """Mutations of the file, the same ones for the same seed."""
    source = random.Random(seed)
    for _ in range(count):
        yield mutated(content, source)


def truncations(content: bytes, points: int = TRUNCATIONS) -> Iterator[bytes]:
    """The file cut at `points` points, the last of them one byte before its end."""
    for point in range(points - 1):
        yield content[: len(content) * point // (points - 1)]
    yield content[:-1]


def outcome(codec: PhotoCodec, content: bytes, content_type: str) -> RenderedPhoto | PhotoRefused:
    """What became of a file; anything but these two is raised."""
    try:
        return codec.render(BytesIO(content), content_type)
    except PhotoRefused as refused:
        return refused


def kind_of(content: bytes, otherwise: str = "image/jpeg") -> str:
    return sniff(content[:64]) or otherwise


def no_photos() -> dict[str, bytes]:
    """What somebody may call .jpg."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("photo.jpg", pictures.jpeg(8, 8))
    return {
        "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!DOCTYPE html><script>alert(1)</script>",
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript>>>>endobj\n%%EOF",
        "zip": archive.getvalue(),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
        "tiff": pictures.encoded(pictures.picture(8, 8), "TIFF"),
        "bmp": pictures.encoded(pictures.picture(8, 8), "BMP"),
        "ico": pictures.encoded(pictures.picture(8, 8), "ICO"),
        "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        "mp4-with-heic": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00heicmif1",
    }

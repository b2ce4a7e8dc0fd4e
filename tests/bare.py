"""Whether renditions hold nothing but the picture."""

from __future__ import annotations

from collections.abc import Iterator

from shutterfeed.domain.photos import RenderedPhoto
from tests import pictures


def jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment before the first scan."""
    position = 2
    while content[position + 1] != 0xDA:
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        yield content[position + 1], content[position + 4 : position + 2 + length]
        position += 2 + length


def webp_chunks(content: bytes) -> Iterator[bytes]:
    position = 12
    while position < len(content):
        yield content[position : position + 4]
        position += (
            8 + (int.from_bytes(content[position + 4 : position + 8], "little") + 1) // 2 * 2
        )


def assert_bare(photo: RenderedPhoto) -> None:
    """Every rendition is made of nothing but what its decoder needs."""
    jfif, tables_and_frame = 0xE0, {0xC0, 0xC2, 0xC4, 0xDB}
    for rendition, content in photo.renditions:
        if rendition.content_type == "image/jpeg":
            segments = list(jpeg_segments(content))
            assert {marker for marker, _ in segments} <= {jfif} | tables_and_frame
            assert [len(body) for marker, body in segments if marker == jfif] == [14]
            assert content.endswith(b"\xff\xd9")
            assert content.count(b"\xff\xd8\xff") == 1
        else:
            assert list(webp_chunks(content)) == [b"VP8 "]
        for trace in (b"Exif", b"ICC_PROFILE", b"adobe", pictures.GPS_MARK, b"8BIM", b"Leak"):
            assert trace not in content

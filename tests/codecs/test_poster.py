"""The poster of a video is rendered while its clip is still being made."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from shutterfeed.adapters.choosing import Probe
from shutterfeed.adapters.ffmpeg import Ffmpeg
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.poster import POSTER, Poster
from shutterfeed.adapters.probing import Frame, Track
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import VideoFacts, VideoRefused

_NEVER = 600.0
_PATIENCE_SECONDS = 30.0
_RAW = ("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "64x48", "-framerate", "10")


class Photos:
    """Notes what it is asked to render."""

    def __init__(self, refused: PhotoRefused | None = None) -> None:
        self.asked: list[bytes] = []
        self._refused = refused

    def render(
        self, source: bytes | IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        content = source if isinstance(source, bytes) else source.read()
        self.asked.append(content)
        if self._refused:
            raise self._refused
        return PillowImageCodec().render(content, content_type, crop)


def found() -> Probe:
    """Three seconds of raw pictures."""
    picture = Track("video", "0:V:0", "rawvideo", 64, 48, Fraction(1, 10))
    picture.add(0, 30)
    facts = VideoFacts(64, 48, 10.0, 3000, has_audio=False)
    return Probe(facts, Frame(64, 48, None), picture, None, _RAW, ())


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(target, "PNG")
    return target.getvalue()


def test_the_frame_is_there_before_the_run_of_ffmpeg_ends(tmp_path: Path) -> None:
    photos = Photos()
    with Poster(Ffmpeg(tmp_path), found(), photos) as poster:

        def frames() -> Iterator[bytes]:
            for number in range(200):
                yield bytes([number]) * (64 * 48 * 3)
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while not photos.asked and time.monotonic() < deadline:
                poster.look()
                time.sleep(0.01)

        arguments = (*_RAW, "-i", "pipe:0", *poster.beside_clip, "-f", "null", "-")
        before_the_end: list[int] = []

        def counted() -> Iterator[bytes]:
            yield from frames()
            before_the_end.append(len(photos.asked))

        Ffmpeg(tmp_path).feed(arguments, counted(), seconds=_NEVER)
        photo = poster.photo()
    assert before_the_end == [1]
    assert len(photos.asked) == 1
    assert (photo.width, photo.height) == (64, 48)
    with Image.open(io.BytesIO(photos.asked[0])) as image:
        assert image.convert("RGB").getpixel((20, 20)) == (10, 10, 10)  # The one at one second.


def test_a_frame_is_rendered_once_and_not_before_it_is_whole(tmp_path: Path) -> None:
    photos = Photos()
    with Poster(Ffmpeg(tmp_path), found(), photos) as poster:
        for written in (b"", png()[:-1], png()):
            poster.look()
            (tmp_path / POSTER).write_bytes(written)
        poster.look()
        poster.look()
        photo = poster.photo()
    assert photos.asked == [png()]
    assert photo == PillowImageCodec().render(png(), "image/png")


def test_a_frame_that_nobody_looked_for_is_rendered_at_the_end(tmp_path: Path) -> None:
    photos = Photos()
    (tmp_path / POSTER).write_bytes(png())
    with Poster(Ffmpeg(tmp_path), found(), photos) as poster:
        assert photos.asked == []
        poster.photo()
    assert photos.asked == [png()]


@pytest.mark.parametrize("early", [True, False])
def test_a_frame_that_is_refused_is_a_refusal_of_the_video(tmp_path: Path, early: bool) -> None:
    (tmp_path / POSTER).write_bytes(png())
    with Poster(Ffmpeg(tmp_path), found(), Photos(PhotoRefused("undecodable", "No."))) as poster:
        if early:
            poster.look()
        with pytest.raises(VideoRefused, match="no picture to show"):
            poster.photo()

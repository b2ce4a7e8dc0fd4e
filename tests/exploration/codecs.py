"""The real codecs, asked once for each content: of the same bytes they make the same files."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import RenderedVideo, VideoRefused

_Kind = tuple[str, str, Crop | None]
_photos: Final[dict[tuple[_Kind, str], RenderedPhoto | PhotoRefused]] = {}
_videos: Final[dict[_Kind, tuple[RenderedVideo, bytes, list[int]] | VideoRefused]] = {}
_render_photo: Final[Any] = ConfinedCodec.render
_render_video: Final[Any] = FfmpegVideoCodec.render


def render_photo(
    codec: ConfinedCodec, source: IO[bytes], content_type: str, crop: Crop | None = None
) -> RenderedPhoto:
    """Take the place of `ConfinedCodec.render`."""
    content = source.read()
    kind = (hashlib.sha256(content).hexdigest(), content_type, crop), codec.work
    if kind not in _photos:
        try:
            _photos[kind] = _render_photo(codec, BytesIO(content), content_type, crop)
        except PhotoRefused as refused:
            _photos[kind] = refused
    made = _photos[kind]
    if isinstance(made, PhotoRefused):
        raise PhotoRefused(made.code, made.message)
    return made


@contextmanager
def render_video(
    codec: FfmpegVideoCodec,
    source: IO[bytes],
    content_type: str,
    report: Callable[[int], None],
    crop: Crop | None = None,
) -> Iterator[RenderedVideo]:
    """Take the place of `FfmpegVideoCodec.render`."""
    content = source.read()
    kind = (hashlib.sha256(content).hexdigest(), content_type, crop)
    if kind not in _videos:
        _videos[kind] = _made(codec, content, content_type, crop)
    made = _videos[kind]
    if isinstance(made, VideoRefused):
        raise VideoRefused(made.code, made.message)
    video, clip, told = made
    for percent in told:
        report(percent)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        path.write_bytes(clip)
        yield replace(video, clip=None if video.clip is None else replace(video.clip, path=path))


def _made(
    codec: FfmpegVideoCodec, content: bytes, content_type: str, crop: Crop | None
) -> tuple[RenderedVideo, bytes, list[int]] | VideoRefused:
    told: list[int] = []
    try:
        with _render_video(codec, BytesIO(content), content_type, told.append, crop) as video:
            clip = b"" if video.clip is None else video.clip.path.read_bytes()
            return video, clip, _few(told)
    except VideoRefused as refused:
        return refused


def _few(told: list[int]) -> list[int]:
    """How often ffmpeg reports depends on the machine: two reports stand for all."""
    return [50, 100] if told else []

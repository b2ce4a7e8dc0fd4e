"""Animated pictures (GIF, WebP, PNG, AVIF) as frames of video, decoded in a child process.

Frames come at the clip's fixed rate: a frame that is shown for longer is repeated, which costs the
codec almost nothing, and one that is shown for less is left out. The child has only a pipe, into
which it writes what it decoded: `confinement.py` says why.
"""

from __future__ import annotations

import os
import select
import signal
import struct
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final, NoReturn

import msgspec
from PIL import Image

from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.adapters.confinement import CodecFailed, enter, fork
from shutterfeed.adapters.frames import moving
from shutterfeed.adapters.frames.moving import Moving
from shutterfeed.domain.videos import (
    MAX_DURATION_MS,
    OUTPUT_FPS,
    ClipSize,
    VideoRefusalCode,
    VideoRefused,
    check_frames,
    plan,
)

MEMORY_BYTES: Final = 600 << 20
"""The memory that the child may take in addition to the function's own. It holds the largest WebP
that is accepted four times."""
_CPU_SECONDS: Final = 300
_WALL_SECONDS: Final = 600.0
"""The child's limit of time by the clock. It is long, because the child waits for the encoder."""
_SHORTEST_MS: Final = 20
_DEFAULT_MS: Final = 100
"""The time for which browsers show frames that ask for less than the shortest time: old GIFs rely
on it."""
_LENGTH: Final = struct.Struct(">I")
_MOST_BYTES: Final = 64 << 20
"""The largest size of one message: larger than any frame."""
_CHUNK: Final = 1 << 20


class Opened(msgspec.Struct, tag="opened"):
    """An animated picture. `poster` is its first frame as PNG; None if it has only one frame."""

    frames: int
    width: int
    height: int
    poster: bytes | None


class Frame(msgspec.Struct, tag="frame"):
    """A frame: its RGB pixels, shown for `times` frames of the clip, and the percentage of the
    animation that is decoded with it."""

    pixels: bytes
    times: int
    percent: int


class _End(msgspec.Struct, tag="end"):
    pass


class _Refused(msgspec.Struct, tag="refused"):
    code: VideoRefusalCode
    message: str


class _Failed(msgspec.Struct, tag="failed"):
    trace: str


_Message = Opened | Frame | _End | _Refused | _Failed
_encode: Final = msgspec.msgpack.Encoder().encode
_decoder: Final[msgspec.msgpack.Decoder[_Message]] = msgspec.msgpack.Decoder(_Message)


@dataclass(frozen=True, slots=True)
class Animation:
    """A picture that a child is decoding."""

    about: Opened
    size: ClipSize
    frames: Iterator[Frame]
    """The frames in order; they can be read once. Raises `VideoRefused`."""


@contextmanager
def opened(content: bytes, content_type: str, niceness: int) -> Iterator[Animation]:
    """Open an animated picture in a child process of this niceness. Raises `VideoRefused` for a
    broken picture, and for one that is too large."""
    receiver, sender = os.pipe()
    child = fork()
    if child == 0:
        _run(content, content_type, sender, niceness)
    os.close(sender)
    try:
        messages = _messages(receiver, time.monotonic() + _WALL_SECONDS)
        about = next(messages)
        if not isinstance(about, Opened):
            raise _damaged()
        yield Animation(about, plan(about.width, about.height), _frames(messages))
    finally:
        os.close(receiver)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _frames(messages: Iterator[_Message]) -> Iterator[Frame]:
    for message in messages:
        if isinstance(message, _End):
            return
        if not isinstance(message, Frame):
            raise _damaged()
        yield message


def _messages(pipe: int, deadline: float) -> Iterator[_Message]:
    """The child's messages, up to the one that says it is done. Without that one the child died."""
    while True:
        (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size, deadline))
        if length > _MOST_BYTES:
            raise _damaged()
        try:
            message = _decoder.decode(_read(pipe, length, deadline))
        except msgspec.DecodeError as error:
            raise _damaged() from error
        if isinstance(message, _Refused):
            raise VideoRefused(message.code, message.message)
        if isinstance(message, _Failed):
            raise CodecFailed(message.trace)
        yield message


def _read(pipe: int, length: int, deadline: float) -> bytearray:
    content = bytearray()
    while len(content) < length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise VideoRefused("too_slow", "The animation takes too long to be processed.")
        part = os.read(pipe, min(_CHUNK, length - len(content)))
        if not part:
            raise _damaged()
        content += part
    return content


def _damaged() -> VideoRefused:
    return VideoRefused("undecodable", "The animation is damaged and cannot be shown.")


def _run(content: bytes, content_type: str, pipe: int, niceness: int) -> NoReturn:
    """The work of the child: it writes into the pipe and never returns."""
    try:
        enter(pipe, MEMORY_BYTES, _CPU_SECONDS, niceness)
        with os.fdopen(pipe, "wb") as target:
            for message in _decoded(content, content_type):
                packed = _encode(message)
                target.write(_LENGTH.pack(len(packed)) + packed)
    finally:
        os._exit(0)


def _decoded(content: bytes, content_type: str) -> Iterator[_Message]:
    try:
        picture = moving.opened(content, content_type)
        if picture.count == 1:
            yield Opened(picture.count, picture.width, picture.height, None)
        else:
            check_frames(picture.count, *picture.largest)
            yield from _shown(picture)
        yield _End()
    except VideoRefused as refused:
        yield _Refused(refused.code, refused.message)
    except (MemoryError, Image.DecompressionBombError, *BAD_INPUT):
        damaged = _damaged()
        yield _Refused(damaged.code, damaged.message)
    except Exception:  # noqa: BLE001 - raised again by the parent
        yield _Failed(traceback.format_exc())


def _shown(picture: Moving) -> Iterator[_Message]:
    """The picture with its first frame as the poster, and then every frame of the clip."""
    size = plan(picture.width, picture.height)
    elapsed, shown = 0.0, 0
    for number, frame in enumerate(picture.frames, start=1):
        if number == 1:
            poster = _png(frame.picture())
            yield Opened(picture.count, picture.width, picture.height, poster)
        elapsed += frame.duration if frame.duration >= _SHORTEST_MS else _DEFAULT_MS
        if elapsed > MAX_DURATION_MS:
            raise VideoRefused(
                "too_long", "The animation is longer than 3 minutes. At most 3 are possible."
            )
        until = max(1, round(elapsed * OUTPUT_FPS / 1000))
        if until > shown:
            scaled = frame.picture().resize((size.width, size.height), Image.Resampling.BICUBIC)
            yield Frame(scaled.tobytes(), until - shown, number * 99 // picture.count)
            shown = until


def _png(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, format="PNG", compress_level=1)
    return target.getvalue()

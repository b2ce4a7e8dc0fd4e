"""Animated pictures (GIF, WebP, PNG, AVIF) as frames of video, which a confined child decodes.

`decoding/animated.py` is what the child does, `confinement.py` says why there is one. The child
waits whenever its frames are not taken.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from shutterfeed.adapters.confinement import CodecFailed, decoding, read_answer
from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.decoding.animation_answers import (
    End,
    Failed,
    Frame,
    Message,
    Opened,
    Refused,
    damaged,
)
from shutterfeed.adapters.decoding.orders import Decode, Limits, NoAnswer, TooSlow
from shutterfeed.domain.videos import (
    MAX_DURATION_MS,
    OUTPUT_FPS,
    ClipSize,
    VideoRefused,
    plan,
)

MEMORY_BYTES: Final = 600 << 20
"""The memory that the child may take in addition to the server's own. It holds the largest WebP
that is accepted four times."""
_CPU_SECONDS: Final = 300
_WALL_SECONDS: Final = 600.0
"""The child's limit of time by the clock. It is long, because the child waits for the encoder."""
_MOST_BYTES: Final = 64 << 20
"""The largest size of one message: larger than any frame."""
_MOST_FRAMES: Final = MAX_DURATION_MS * OUTPUT_FPS // 1000 + 1
"""The most frames of the clip that a child may ask for: those of the longest animation."""


_decoder: Final[msgspec.msgpack.Decoder[Message]] = msgspec.msgpack.Decoder(Message)


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
    limits = Limits(MEMORY_BYTES, _CPU_SECONDS, niceness=niceness)
    order = Decode(client.ANIMATION, content_type, limits)
    with decoding(order, content) as (child, answers):
        messages = _messages(child, answers, time.monotonic() + _WALL_SECONDS)
        about = next(messages)
        if not isinstance(about, Opened):
            raise damaged()
        yield Animation(about, plan(about.width, about.height), _frames(messages))


def _frames(messages: Iterator[Message]) -> Iterator[Frame]:
    left = _MOST_FRAMES
    for message in messages:
        if isinstance(message, End):
            return
        if not isinstance(message, Frame) or not 0 < message.times <= left:
            raise damaged()
        left -= message.times
        yield message


def _messages(child: client.Child, answers: int, deadline: float) -> Iterator[Message]:
    """The child's messages, up to the one that says it is done."""
    while True:
        message = _next(child, answers, deadline)
        if isinstance(message, Refused):
            raise VideoRefused(message.code, message.message)
        if isinstance(message, Failed):
            raise CodecFailed(message.trace)
        yield message


def _next(child: client.Child, answers: int, deadline: float) -> Message:
    try:
        return _decoder.decode(read_answer(child, answers, _MOST_BYTES, deadline))
    except (msgspec.DecodeError, NoAnswer) as error:
        raise damaged() from error
    except TooSlow as error:
        raise VideoRefused("too_slow", "The animation takes too long to be processed.") from error

"""Decodes animated pictures (GIF, WebP, PNG, AVIF) in a child of the decoder server.

Frames come at the clip's fixed rate: a frame that is shown for longer is repeated, which costs the
codec almost nothing, and one that is shown for less is left out.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import msgspec
from PIL import Image

from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.adapters.decoding.animation_answers import (
    End,
    Failed,
    Frame,
    Message,
    Opened,
    Refused,
    damaged,
)
from shutterfeed.adapters.frames import moving
from shutterfeed.adapters.frames.moving import Moving
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.videos import (
    MAX_DURATION_MS,
    OUTPUT_FPS,
    VideoRefused,
    check_frames,
    plan,
)

_SHORTEST_MS: Final = 20
_DEFAULT_MS: Final = 100
"""The time for which browsers show frames that ask for less than the shortest time: old GIFs rely
on it."""
_encode: Final = msgspec.msgpack.Encoder().encode


def decoded(content: bytes, content_type: str, _crop: Crop | None) -> Iterator[bytes]:
    """The work of the child: its messages, packed. What moves is never cropped."""
    return map(_encode, messages(content, content_type))


def messages(content: bytes, content_type: str) -> Iterator[Message]:
    """What the picture shows, or why it shows nothing."""
    try:
        picture = moving.opened(content, content_type)
        if picture.count == 1:
            yield Opened(picture.count, picture.width, picture.height, None)
        else:
            check_frames(picture.count, *picture.largest)
            yield from _shown(picture)
        yield End()
    except VideoRefused as refused:
        yield Refused(refused.code, refused.message)
    except (MemoryError, Image.DecompressionBombError, *BAD_INPUT):
        reason = damaged()
        yield Refused(reason.code, reason.message)
    except Exception:  # noqa: BLE001 - raised again by the function
        yield Failed(traceback.format_exc())


def _shown(picture: Moving) -> Iterator[Message]:
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

"""The messages of a child that decodes an animated picture."""

from __future__ import annotations

import msgspec

from shutterfeed.domain.videos import VideoRefusalCode, VideoRefused


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


class End(msgspec.Struct, tag="end"):
    """The animation is over. Without this message the child has died."""


class Refused(msgspec.Struct, tag="refused"):
    code: VideoRefusalCode
    message: str


class Failed(msgspec.Struct, tag="failed"):
    trace: str


Message = Opened | Frame | End | Refused | Failed


def damaged() -> VideoRefused:
    """The refusal of a picture that the decoder cannot read."""
    return VideoRefused("undecodable", "The animation is damaged and cannot be shown.")

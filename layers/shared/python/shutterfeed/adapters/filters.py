"""ffmpeg's filters between decoder and encoder, from what is known about the pictures."""

from __future__ import annotations

from typing import Final

from shutterfeed.adapters.probing import UPRIGHT, Frame
from shutterfeed.domain.videos import OUTPUT_FPS, ClipSize, VideoFacts

_FIELDS_UP_TO_PIXELS: Final = 1920 * 1920
"""The largest frame, in pixels, that is looked at for fields though its first frame has none.
Interlaced video is never larger, and the filter keeps three frames."""
_LEAST_SIDE: Final = 16
"""The filter cannot take apart smaller pictures."""

_TURNING: Final = {1: ("transpose=clock",), 2: ("hflip", "vflip"), 3: ("transpose=cclock",)}
"""The filters that turn a picture clockwise, by the number of times 90 degrees."""

SOUND: Final = "aresample=async=1:first_pts=0"
"""Silence is put where the sound has gaps, and before it if it begins later than the pictures, so
that both stay together however a player treats gaps."""


def of_clip(facts: VideoFacts, frame: Frame, size: ClipSize) -> str:
    """The filters of the clip. ffmpeg turns frames upright before them, unless they have fields."""
    capped = [f"fps={OUTPUT_FPS}"] if facts.fps is None or facts.fps > OUTPUT_FPS else []
    scaled = (
        _tone_mapping(frame, f"w={size.width}:h={size.height}:")
        if frame.transfer
        else [f"scale={size.width}:{size.height}", "format=yuv420p"]
    )
    return ",".join([*_whole_frames(frame), *capped, *_on_white(frame), *scaled, "setsar=1"])


def of_poster(frame: Frame, start: float) -> str:
    """The filters of a still: the first frame that is shown at `start` seconds or later."""
    chosen = [*_whole_frames(frame), f"select='gte(t,{start:.3f})'"]
    return ",".join([*chosen, *_on_white(frame), UPRIGHT, *_tone_mapping(frame, "")])


def _whole_frames(frame: Frame) -> list[str]:
    """The filters that fill in the other half of the lines in frames of two fields, which were
    taken at different times. Only frames that are marked as such are changed."""
    is_small = frame.width * frame.height <= _FIELDS_UP_TO_PIXELS
    if min(frame.width, frame.height) < _LEAST_SIDE or not (is_small or frame.is_interlaced):
        return []
    marked = [f"setfield={frame.fields}"] if frame.fields else []
    return [*marked, "bwdif=mode=send_frame:deint=interlaced", *_TURNING.get(frame.turns, ())]


def _on_white(frame: Frame) -> list[str]:
    if not frame.has_alpha:
        return []
    return [
        "format=yuva420p,split[over][under]",
        "[under]drawbox=color=white@1:thickness=fill:replace=1[white]",
        "[white][over]overlay=format=auto,format=yuv420p",
    ]


def _tone_mapping(frame: Frame, size: str) -> list[str]:
    """The filters that turn HDR into SDR in linear light. They scale first, as fewer pixels cost
    less."""
    if frame.transfer is None:
        return []
    return [
        f"zscale={size}tin={frame.transfer}:min=bt2020nc:pin=bt2020:rin=limited:t=linear:npl=100",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=limited",
        "format=yuv420p",
    ]

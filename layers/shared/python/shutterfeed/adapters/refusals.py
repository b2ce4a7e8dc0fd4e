"""Turns errors of ffmpeg that a video is to blame for into reasons for its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from shutterfeed.adapters.ffmpeg import FfmpegFailed, FfmpegTimedOut
from shutterfeed.domain.videos import VideoRefused

_NO_SPACE: Final = "No space left on device"
_NO_MEMORY: Final = ("Cannot allocate memory", "malloc of size")
_NO_ERRORS: Final = re.compile(r"^(?: |(?:\[[^]]+ @ \w+\] )*\[(?:info|verbose)\]).*$", re.MULTILINE)
"""The lines of a log that are no errors. They repeat what the file says of itself, such as its
title, whose further lines begin with a space."""


@contextmanager
def refusing() -> Iterator[None]:
    """Raise `VideoRefused` for what ffmpeg says of a file."""
    try:
        yield
    except FfmpegTimedOut as error:
        raise VideoRefused("too_slow", "The video takes too long to be processed.") from error
    except FfmpegFailed as error:
        if _NO_SPACE in _errors(error.log):
            raise  # This is our fault, not the video's.
        check_memory(error.log)
        raise VideoRefused(
            "undecodable", "The video is damaged, or of a kind that cannot be played."
        ) from error


def check_memory(log: str) -> None:
    """Raise `VideoRefused` if ffmpeg ran out of memory, by its log: it may go on without the
    pictures that it had no memory for."""
    errors = _errors(log)
    if any(said in errors for said in _NO_MEMORY):
        raise VideoRefused(
            "too_many_pixels",
            "The video takes more memory than there is: its pictures are too large for the way in "
            "which they are coded. Please make it smaller.",
        )


def _errors(log: str) -> str:
    return _NO_ERRORS.sub("", log)

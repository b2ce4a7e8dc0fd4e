"""Tells by ffmpeg's log how much of a video could not be decoded.

ffmpeg goes on behind pictures and sound that it cannot decode, and ends as if nothing had happened.
Only its log says so. It must be written with `LOG`, which has each message in a line of its own,
with its severity and the part of ffmpeg that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LOG: Final = ("-loglevel", "repeat+level+verbose")
"""The arguments of ffmpeg for a log that can be counted."""

_READ: Final = re.compile(
    r"^\[in#\S+ @ \w+\] \[verbose\] +Input stream #0:\d+ \((?P<kind>video|audio)\): "
    r"(?P<packets>\d+) packets read \(\d+ bytes\); "
    r"(?P<frames>\d+) frames decoded; (?P<errors>\d+) decode errors",
    re.MULTILINE,
)
"""The summary of a track at the end of the log. Elsewhere in a line it may be a file's title."""
_CORRUPT: Final = re.compile(
    r"^\[vist#\S+ @ \w+\] \[dec:\S+ @ \w+\] \[warning\] corrupt", re.MULTILINE
)
_SILENT: Final = frozenset({"av1"})
"""Codecs whose decoder passes over what makes no sense without an error. Every one of their packets
holds exactly one picture."""
_FEW: Final = 2
_PARTS: Final = 200


def is_damaged(log: str, codec: str) -> bool:
    """Whether parts of the pictures, coded as `codec`, or of the sound could not be decoded.

    A few bad pictures are nothing that anybody must be told: cameras begin with some, and cut
    videos do too. More than two of them, and more than one of 200, are damage; so is a tenth of a
    short video.
    """
    return any(
        (bad > _FEW and bad * _PARTS > packets) or (bad and bad * 10 >= packets)
        for _, packets, bad in _losses(log, codec)
    )


def is_hopeless(log: str, codec: str) -> bool:
    """Whether more than two thirds of the pictures, coded as `codec`, could not be decoded."""
    return any(
        kind == "video" and bad * 3 > packets * 2 for kind, packets, bad in _losses(log, codec)
    )


def _losses(log: str, codec: str) -> Iterator[tuple[str, int, int]]:
    """The kind of each track that was read, the number of its packets, and how many were bad."""
    for summary in _READ.finditer(log):
        packets, frames, bad = (int(summary[name]) for name in ("packets", "frames", "errors"))
        if summary["kind"] == "video":
            bad += len(_CORRUPT.findall(log))
            if codec in _SILENT:
                bad = max(bad, packets - frames)
        yield summary["kind"], packets, bad

"""Seconds of work per second of video, beside the bare ffmpeg command line of the same settings.

Both run on the same file in turn, so that whatever else the machine does hits both alike. Ours
probes, confines, follows and makes the poster with its renditions besides.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench.figures import Figure
from shutterfeed.adapters.ffmpeg import THREADS, locate
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import ENCODING, FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, RenderedClip

ROUNDS: Final = 3
_ROOT: Final = Path(__file__).parents[1]


def run() -> list[Figure]:
    data = Path(os.environ.get("SHUTTERFEED_TEST_DATA", _ROOT.parent / "shared" / "data"))
    ours, bare, ratios = [], [], []
    for file in sorted((data / "videos").glob("*.mp4")):
        for number in range(ROUNDS):
            print(f"\r{file.name}, round {number + 1} of {ROUNDS}  ", end="", file=sys.stderr)
            clip, mine = _timed(partial(_ours, file))
            _, theirs = _timed(partial(_bare, file, clip))
            seconds = clip.duration_ms / 1000
            ours.append(mine / seconds)
            bare.append(theirs / seconds)
            ratios.append(mine / theirs)
    print(file=sys.stderr)
    return [
        Figure("work per second of video", median(ours), "s"),
        Figure("bare ffmpeg", median(bare), "s"),
        Figure("ours / bare", median(ratios), "ratio", "<= 1.1"),
    ]


def _timed(work: Callable[[], RenderedClip]) -> tuple[RenderedClip, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _ours(file: Path) -> RenderedClip:
    codec = FfmpegVideoCodec(PillowImageCodec())
    with file.open("rb") as source, codec.render(source, MP4, lambda _: None) as video:
        if video.clip is None:
            raise RuntimeError(f"{file} has no clip")
        return video.clip


def _bare(file: Path, clip: RenderedClip) -> RenderedClip:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(str(locate()), "-v", "error", "-i", str(file)),
            *("-vf", f"scale={clip.width}:{clip.height}", *ENCODING, *THREADS),
            *("-movflags", "+faststart", f"{folder}/out.mp4"),
        ]
        subprocess.run(command, check=True)
    return clip

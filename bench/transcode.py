"""Seconds of work per second of video, beside the bare ffmpeg command line of the same settings;
how near the predictions come; and how much memory the hardest videos take.

Both run on the same file in turns, each first equally often, so that whatever else the machine does
hits both alike. Ours also probes the file, limits ffmpeg, follows its progress, and makes the
poster with its renditions; the decoder server runs before, as in the function. The figure of a file
is the median over its rounds, and the median over the files counts: of a short video, probing and
poster are a larger part. Predictions are compared with the CPU time on the cores that the function
has, which does not depend on what else runs here.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Final

from bench.ending import quiet_worker
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.adapters.ffmpeg import THREADS, locate
from shutterfeed.adapters.video import ENCODING, FfmpegVideoCodec
from shutterfeed.domain.videos import CORES, MP4, WEBM, RenderedClip, predicted_seconds
from tests import videos
from tests.pictures import SHARED_DATA
from tools.errors import Unavailable

_X264: Final = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23")
_X265: Final = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast")
_HDR: Final = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=0"
_SVT: Final = ("-pix_fmt", "yuv420p10le", "-c:v", "libsvtav1", "-preset", "13")
_VP9: Final = ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-b:v", "8M")
HARD: Final[Mapping[str, tuple[str, int, tuple[str, ...]]]] = {
    "1080p30-h264.mp4": ("1920x1080", 30, _X264),
    "1080p60-h264.mp4": ("1920x1080", 60, _X264),
    "1080p30-hdr.mp4": ("1920x1080", 30, (*_X265, "-x265-params", _HDR)),
    "1080p30-vp9.webm": ("1920x1080", 30, _VP9),
    "4k30-h264-444-10-16-references.mp4": (
        "4096x2304",
        30,
        ("-pix_fmt", "yuv444p10le", *_X264, "-x264-params", "ref=16:bframes=8:level=6.2"),
    ),
    "4k30-hevc-10.mp4": ("4096x2304", 30, (*_X265, "-x265-params", "log-level=0:ref=6")),
    "4k30-av1-10.mp4": ("4096x2304", 30, _SVT),
    "5.3k30-hevc-10-hdr.mp4": ("5312x2988", 30, (*_X265, "-x265-params", f"{_HDR}:ref=6")),
    "1080i25-h264.mp4": (
        "1920x1080",
        25,
        ("-vf", "setfield=tff", *_X264, "-flags", "+ilme+ildct"),
    ),
    "1080p30-vp9-alpha.webm": (
        "1920x1080",
        30,
        ("-vf", "format=yuva420p,fade=alpha=1:duration=2", *_VP9),
    ),
}
"""Videos of two seconds with noisy pictures: their size, frame rate and encoder."""


@dataclass(frozen=True, slots=True)
class Size:
    """How often ours and the bare command line run, on how many of the real videos (None for all),
    and which of the hard ones are made, of how many seconds."""

    rounds: int
    real: int | None
    hard: tuple[str, ...]
    seconds: float


FULL: Final = Size(8, None, tuple(HARD), 2)
TOY: Final = Size(1, 1, ("1080p30-h264.mp4",), 0.2)
MINUTES: Final = 6.0


def run(size: Size) -> list[Figure]:
    real = sorted((SHARED_DATA / "videos").glob("*.mp4"), key=lambda file: file.stat().st_size)[
        : size.real
    ]
    if not real:
        raise Unavailable(f"There are no videos in {SHARED_DATA}.")
    with tempfile.TemporaryDirectory(prefix="bench-videos-") as folder:
        hard = list(_hard(Path(folder), size))
        # In a process of its own, whose children are those of the transcoder alone.
        with get_context("spawn").Pool(1, initializer=quiet_worker) as pool:
            effort = list(pool.imap(_effort, [*real, *hard]))
    return [
        *_beside_bare(real, size.rounds),
        Figure(
            "real / predicted, worst", max(e.real / e.predicted for e in effort), "ratio", "<= 2.0"
        ),
        Figure("largest ffmpeg", max(e.largest_mb for e in effort), "MB", "<= 2500"),
    ]


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds that a run has taken, by the clock and of CPU time, for each second of the video."""

    wall: float
    cpu: float


def _beside_bare(files: list[Path], rounds: int) -> Iterator[Figure]:
    decoding.start(lambda reason: print(reason, file=sys.stderr))
    pairs = [_pairs(file, rounds) for file in files]
    decoding.stop()
    clear()
    yield Figure("work per second of video", _middle(pairs, lambda ours, _: ours.wall), "s")
    yield Figure("bare ffmpeg", _middle(pairs, lambda _, bare: bare.wall), "s")
    ratio = _middle(pairs, lambda ours, bare: ours.wall / bare.wall)
    yield Figure("ours / bare", ratio, "ratio", "<= 1.1")
    cpu = _middle(pairs, lambda ours, bare: ours.cpu / bare.cpu)
    yield Figure("ours / bare, CPU time", cpu, "ratio")


def _pairs(file: Path, rounds: int) -> list[tuple[Work, Work]]:
    """What ours and the bare command line take for a file, round by round."""
    show(f"{file.name}, once before")
    clip = _ours(file)
    ways = [partial(_ours, file), partial(_bare, file, clip)]
    pairs = []
    for number in range(rounds):
        show(f"{file.name}, round {number + 1} of {rounds}")
        if number % 2 == 0:
            ours, bare = (_measured(way) for way in ways)
        else:
            bare, ours = (_measured(way) for way in reversed(ways))
        pairs.append((ours, bare))
    return pairs


def _middle(pairs: list[list[tuple[Work, Work]]], value: Callable[[Work, Work], float]) -> float:
    """The median over the files of a file's median over its rounds."""
    return median(median(value(ours, bare) for ours, bare in file) for file in pairs)


def _hard(folder: Path, size: Size) -> Iterator[Path]:
    for name in size.hard:
        pixels, rate, encoder = HARD[name]
        show(f"making {name}")
        picture = f"testsrc2=size={pixels}:rate={rate}:duration={size.seconds},noise=alls=8:allf=t"
        path = folder / name
        videos.run("-f", "lavfi", "-i", picture, *encoder, str(path))
        yield path


@dataclass(frozen=True, slots=True)
class Effort:
    real: float
    """Seconds of work, on the cores that the function has."""
    predicted: float
    largest_mb: float
    """The largest resident memory of any child up to now, in MB."""


def _effort(file: Path) -> Effort:
    content = file.read_bytes()
    predicted = predicted_seconds(videos.facts_of(content), len(content))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _ours(file)
    # ffmpeg is the decoder server's child, whose end tells us of both.
    decoding.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    effort = Effort(cpu / CORES, predicted, after.ru_maxrss / 1024)
    clear()
    print(
        f"{file.name}: {effort.real:.1f} s, predicted {predicted:.1f} s; largest child up to now"
        f" {effort.largest_mb:.0f} MB",
        file=sys.stderr,
    )
    return effort


def _measured(work: Callable[[], RenderedClip]) -> Work:
    start, cpu = time.perf_counter(), _cpu_seconds()
    seconds = work().duration_ms / 1000
    return Work((time.perf_counter() - start) / seconds, (_cpu_seconds() - cpu) / seconds)


def _cpu_seconds() -> float:
    """The CPU time up to now of this process, of all children that have ended, and of the decoder
    server with its own."""
    mine, ended = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    total = mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            # What follows the program's name: utime, stime, cutime and cstime of proc(5).
            about = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, about[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def _ours(file: Path) -> RenderedClip:
    codec = FfmpegVideoCodec(ConfinedCodec())
    content_type = WEBM if file.suffix == ".webm" else MP4
    with file.open("rb") as source, codec.render(source, content_type, lambda _: None) as video:
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
        # In a session of its own like ours: the kernel shares the processors among sessions.
        subprocess.run(command, check=True, start_new_session=True)
    return clip

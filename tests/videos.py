"""Small sample videos for any test, as bytes, made by the ffmpeg that the transcoder runs; and
what a file's own boxes and streams say."""

from __future__ import annotations

import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image

from shutterfeed.adapters import ffmpeg
from shutterfeed.adapters.choosing import probe
from shutterfeed.adapters.probing import SOURCE
from shutterfeed.domain.photos import SNIFF_BYTES
from shutterfeed.domain.videos import MP4, VideoFacts, sniff_video

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"})


def run(*arguments: str) -> bytes:
    """What an unconfined ffmpeg writes to its standard output."""
    command = [str(ffmpeg.locate()), "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def made(name: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes; `name` tells it the container."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        run(*arguments, str(path))
        return path.read_bytes()


def pattern(size: str, seconds: str = "0.5", rate: int = 10) -> tuple[str, ...]:
    """Arguments for a moving test picture."""
    return ("-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}")


def sound(seconds: str = "0.5") -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=duration={seconds}")


def turned(content: bytes, degrees: int) -> bytes:
    """An MP4 with the rotation that a phone held upright notes beside its pictures."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        return made("out.mp4", "-display_rotation", str(degrees), "-i", file.name, "-c", "copy")


def animated(kind: str, size: tuple[int, int] = (41, 31), frames: int = 3) -> bytes:
    """A picture in Pillow's format `kind`, with `frames` frames of 200 ms."""
    pictures = [Image.new("RGB", size, (60 * number, 90, 30)) for number in range(frames)]
    target = BytesIO()
    more = {"save_all": True, "append_images": pictures[1:], "duration": 200}
    pictures[0].save(target, kind, **(more if frames > 1 else {}))
    return target.getvalue()


def facts_of(content: bytes) -> VideoFacts:
    """What the transcoder finds in a file."""
    with opened(content) as folder:
        return probe(ffmpeg.Ffmpeg(folder), sniff_video(content[:SNIFF_BYTES]) or MP4).facts


@contextmanager
def opened(content: bytes) -> Iterator[Path]:
    """A folder with a video as the transcoder has it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / SOURCE).write_bytes(content)
        yield folder


def described(content: bytes) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        command = [str(ffmpeg.locate()), "-hide_banner", "-i", file.name]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stderr


def pixel(content: bytes, place: str = "") -> tuple[int, int, int]:
    """Red, green and blue of a pixel of the first frame; `place` is `x:y`, or its middle."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        crop = f"crop=2:2:{place},format=rgb24" if place else "crop=2:2,format=rgb24"
        pixels = run("-i", file.name, "-vf", crop, "-frames:v", "1", "-f", "rawvideo", "-")
    return pixels[0], pixels[1], pixels[2]


def frame(content: bytes, turning: str = "null") -> bytes:
    """The brightness of every pixel of the sixth frame, row by row, after a filter."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        chosen = ("-vf", rf"select=eq(n\,5),{turning},format=gray", "-frames:v", "1")
        return run("-i", file.name, *chosen, "-f", "rawvideo", "-")


def combs(content: bytes, width: int) -> int:
    """How many pixels of the sixth frame are much darker or lighter than both of their neighbours
    above and below, as where a frame holds two moments in turn."""
    pixels = frame(content)
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    return sum(
        min(abs(here - above), abs(here - below)) > 40 and (here > above) == (here > below)
        for high, row, low in zip(rows, rows[1:], rows[2:], strict=False)
        for above, here, below in zip(high, row, low, strict=True)
    )


def box(kind: bytes, content: bytes) -> bytes:
    """One of the boxes, or atoms, that MP4 and MOV files are made of."""
    return struct.pack(">I", len(content) + 8) + kind + content


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the boxes that follow one another."""
    at = 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big") or len(content) - at
        yield content[at + 4 : at + 8], content[at + 8 : at + length]
        at += length


def with_box(content: bytes, kind: bytes, replacement: bytes) -> bytes:
    """The file with the content of every box of a kind replaced, sizes put right."""
    result = b""
    for name, inner in boxes(content):
        if name == kind:
            result += box(name, replacement)
        elif name in _CONTAINERS:
            result += box(name, with_box(inner, kind, replacement))
        else:
            result += box(name, inner)
    return result

"""Clips and posters made by the real ffmpeg, and what hostile files make of it: nothing."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from shutterfeed.adapters import ffmpeg
from shutterfeed.adapters.ffmpeg import Ffmpeg, FfmpegTimedOut
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import FfmpegVideoCodec, parse_facts
from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM, RenderedVideo, VideoFacts, VideoRefused

CANARY = b"CANARY-7f3a-not-to-be-seen"


@contextmanager
def rendered(content: bytes, content_type: str = MP4) -> Iterator[RenderedVideo]:
    codec = FfmpegVideoCodec(PillowImageCodec())
    with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
        yield video


def made(folder: Path, name: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes, without any confinement."""
    path = folder / name
    command = [str(ffmpeg.locate()), "-v", "error", "-y", *arguments, str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def pattern(size: str, seconds: str = "0.5", rate: int = 10) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}")


SOUND = ("-f", "lavfi", "-i", "sine=duration=0.5", "-shortest")


def facts_of(path: Path) -> VideoFacts:
    command = [str(ffmpeg.locate()), "-hide_banner", "-i", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return parse_facts(answer.stderr)


def test_an_mp4_is_made_playable_everywhere_and_loses_its_metadata(tmp_path: Path) -> None:
    tags = ("-metadata", "title=secret-title", "-metadata", "location=+56.03+012.62/")
    content = made(tmp_path, "in.mp4", *pattern("321x241", rate=60), *SOUND, *tags)
    with rendered(content) as video:
        assert video.clip is not None
        result = video.clip.path.read_bytes()
        facts = facts_of(video.clip.path)
        assert (facts.width, facts.height) == (video.clip.width, video.clip.height) == (320, 240)
    assert facts.has_audio
    assert facts.fps is not None
    assert facts.fps <= 30.5
    assert video.clip.duration_ms == 500
    assert result.index(b"moov") < result.index(b"mdat")
    for mark in (b"secret-title", b"+56.03", b"Lav", b"x264", b"VideoHandler"):
        assert mark not in result
    assert {rendition.name for rendition, _ in video.poster.renditions} >= {"320.jpg", "150.jpg"}


def test_rotation_is_applied(tmp_path: Path) -> None:
    made(tmp_path, "flat.mp4", *pattern("320x240"))
    turned = made(
        tmp_path,
        "turned.mp4",
        *("-display_rotation", "90", "-i", str(tmp_path / "flat.mp4"), "-c", "copy"),
    )
    with rendered(turned) as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height) == (240, 320)
        assert (video.poster.width, video.poster.height) == (240, 320)
        assert facts_of(video.clip.path).width == 240


@pytest.mark.parametrize(
    ("name", "content_type", "encoder"),
    [
        ("a.webm", WEBM, ("-c:v", "libvpx-vp9", "-cpu-used", "8")),
        ("b.webm", WEBM, ("-c:v", "libvpx", "-cpu-used", "8")),
        (
            "c.mov",
            QUICKTIME,
            ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0"),
        ),
        ("d.mp4", MP4, ("-c:v", "libsvtav1", "-preset", "12")),
    ],
)
def test_the_codecs_of_cameras_and_browsers_are_read(
    tmp_path: Path, name: str, content_type: str, encoder: tuple[str, ...]
) -> None:
    with rendered(made(tmp_path, name, *pattern("160x120"), *encoder), content_type) as video:
        assert video.clip is not None
        assert not video.clip.has_audio
        assert (video.clip.width, video.clip.height) == (160, 120)


def test_hdr_becomes_sdr(tmp_path: Path) -> None:
    hdr = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=0"
    encoder = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params", hdr)
    content = made(tmp_path, "hdr.mp4", *pattern("160x120", "0.3"), *encoder)
    assert facts_of(tmp_path / "hdr.mp4").transfer == "smpte2084"
    with rendered(content) as video:
        assert video.clip is not None
        assert facts_of(video.clip.path).transfer is None


def test_longer_than_three_minutes_is_refused(tmp_path: Path) -> None:
    content = made(tmp_path, "long.mp4", *pattern("32x32", "181", rate=1))
    with pytest.raises(VideoRefused, match="3 minutes"), rendered(content):
        pass


def test_an_animated_gif_becomes_a_silent_clip_and_a_still_one_a_picture(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (41, 31), (80 * n, 0, 0)) for n in range(3)]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=200)
    with rendered(target.getvalue(), "image/gif") as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height, video.clip.has_audio) == (40, 30, False)
        assert video.clip.duration_ms == 600
        assert (video.poster.width, video.poster.height) == (41, 31)
    still = io.BytesIO()
    frames[0].save(still, "GIF")
    with rendered(still.getvalue(), "image/gif") as video:
        assert video.clip is None


def _atom(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize("content_type", [MP4, QUICKTIME, WEBM])
@pytest.mark.parametrize("trick", ["playlist", "concat", "subfile", "url", "dressed", "garbage"])
def test_tricks_leak_no_byte_and_open_no_connection(
    tmp_path: Path, listener: socket.socket, trick: str, content_type: str
) -> None:
    canary = tmp_path / "canary"
    canary.write_bytes(CANARY * 100)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{canary}\n#EXTINF:1,\n{url}\n".encode()
    content = {
        "playlist": playlist,
        "concat": f"ffconcat version 1.0\nfile '{canary}'\nfile '{url}'\n".encode(),
        "subfile": f"#EXTM3U\nsubfile,,start,0,end,64,,:{canary}\n".encode(),
        "url": f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n{url}\n".encode(),
        "dressed": _atom(b"ftyp", b"isom\0\0\0\0isom") + playlist,
        "garbage": _atom(b"ftyp", b"isom\0\0\0\0isom") + bytes(range(256)) * 20,
    }[trick]
    with pytest.raises(VideoRefused) as refused, rendered(content, content_type):
        pass
    assert CANARY.decode()[:6] not in refused.value.message
    with pytest.raises(TimeoutError):
        listener.accept()


def test_truncated_files_end_in_a_clip_or_a_reason(tmp_path: Path) -> None:
    content = made(tmp_path, "in.mp4", *pattern("64x48"), "-movflags", "+faststart")
    for part in range(1, 5):
        try:
            with rendered(content[: len(content) * part // 5]) as video:
                assert video.clip is not None
        except VideoRefused:
            continue


def test_what_runs_too_long_is_killed(tmp_path: Path) -> None:
    endless = ("-f", "lavfi", "-i", "testsrc", "-f", "null", "-")
    with pytest.raises(FfmpegTimedOut):
        Ffmpeg(tmp_path).run(endless, seconds=0.5)


def test_the_child_sees_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FFREPORT", f"file={tmp_path}/report.log")
    Ffmpeg(tmp_path).run(("-version",), seconds=10)
    assert not (tmp_path / "report.log").exists()

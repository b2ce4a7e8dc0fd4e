"""Clips and posters made by the real ffmpeg and Pillow, within their limits."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from shutterfeed.adapters import poster
from shutterfeed.adapters.confinement import CodecFailed
from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.ffmpeg import Ffmpeg, FfmpegFailed, FfmpegKilled, FfmpegTimedOut
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.refusals import check_memory, refusing
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM, RenderedVideo, VideoRefused
from tests import hostile, pictures, videos
from tests.videos import animated, facts_of, made, pattern, sound

X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params")
_NEVER = 600.0
"""A time limit that no test reaches, however busy the machine is."""
HDR = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=0"


@contextmanager
def rendered(content: bytes, content_type: str = MP4) -> Iterator[RenderedVideo]:
    codec = FfmpegVideoCodec(PillowImageCodec())
    with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
        yield video


def clip_of(content: bytes, content_type: str = MP4) -> bytes:
    with rendered(content, content_type) as video:
        assert video.clip is not None
        return video.clip.path.read_bytes()


def test_an_mp4_is_made_playable_everywhere_and_loses_its_metadata() -> None:
    tags = ("-metadata", "title=secret-title", "-metadata", "location=+56.03+012.62/")
    content = made("in.mp4", *pattern("321x241", rate=60), *sound(), *tags)
    with rendered(content) as video:
        assert video.clip is not None
        result = video.clip.path.read_bytes()
    facts = facts_of(result)
    assert (facts.width, facts.height) == (video.clip.width, video.clip.height) == (320, 240)
    assert facts.has_audio
    assert facts.fps == 30
    assert video.clip.duration_ms == 500
    assert result.index(b"moov") < result.index(b"mdat")
    described = videos.described(result)
    assert "Video: h264 (High)" in described
    assert "yuv420p" in described
    assert "Audio: aac (LC)" in described
    for mark in (b"secret-title", b"+56.03", b"Lav", b"x264", b"VideoHandler", b"SoundHandler"):
        assert mark not in result
    assert {rendition.name for rendition, _ in video.poster.renditions} >= {"320.webp", "150.jpg"}


@pytest.mark.parametrize(("degrees", "top"), [(90, "blue"), (270, "red")])
def test_rotation_is_applied(degrees: int, top: str) -> None:
    halves = "color=red:size=160x240:rate=5:duration=1,pad=320:240:0:0:blue"
    content = videos.turned(made("flat.mp4", "-f", "lavfi", "-i", halves), degrees)
    with rendered(content) as video:
        assert video.clip is not None
        clip = video.clip.path.read_bytes()
        assert (video.clip.width, video.clip.height) == (240, 320)
        assert (video.poster.width, video.poster.height) == (240, 320)
    assert facts_of(clip).width == 240
    red, _, blue = videos.pixel(clip, "120:20")
    assert ("red" if red > 200 > blue else "blue") == top


@pytest.mark.parametrize(
    ("name", "content_type", "encoder"),
    [
        ("a.webm", WEBM, ("-c:v", "libvpx-vp9", "-cpu-used", "8")),
        ("b.webm", WEBM, ("-c:v", "libvpx", "-cpu-used", "8")),
        ("c.mov", QUICKTIME, (*X265, "log-level=0")),
        ("d.mp4", MP4, ("-c:v", "libsvtav1", "-preset", "12")),
    ],
)
def test_the_codecs_of_cameras_and_browsers_are_read(
    name: str, content_type: str, encoder: tuple[str, ...]
) -> None:
    with rendered(made(name, *pattern("160x120"), *encoder), content_type) as video:
        assert video.clip is not None
        assert not video.clip.has_audio
        assert (video.clip.width, video.clip.height) == (160, 120)


def test_hdr_becomes_sdr() -> None:
    encoder = ("-pix_fmt", "yuv420p10le", *X265, HDR)
    content = made("hdr.mp4", *pattern("160x120", "0.3"), *encoder)
    assert facts_of(content).transfer == "smpte2084"
    assert facts_of(clip_of(content)).transfer is None


def test_longer_than_three_minutes_is_refused() -> None:
    content = made("long.mp4", *pattern("32x32", "181", rate=1))
    with pytest.raises(VideoRefused, match="3 minutes"), rendered(content):
        pass


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_becomes_a_silent_clip_and_a_still_one_a_photo(kind: str) -> None:
    content_type = f"image/{kind.lower()}"
    with rendered(animated(kind), content_type) as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height, video.clip.has_audio) == (40, 30, False)
        assert video.clip.duration_ms == 600
        assert (video.poster.width, video.poster.height) == (41, 31)
        assert videos.pixel(video.clip.path.read_bytes())[0] < 20
    still = animated(kind, frames=1)
    with rendered(still, content_type) as video:
        assert video.clip is None
        assert video.poster == PillowImageCodec().render(still, content_type)


def test_a_still_picture_may_be_as_large_as_a_photo() -> None:
    with rendered(pictures.gif(5_000, 8), "image/gif") as video:
        assert (video.poster.width, video.clip) == (5_000, None)
    with pytest.raises(VideoRefused, match="animated"):
        clip_of(animated("GIF", (5_000, 8)), "image/gif")


def test_a_still_picture_is_refused_as_a_photo_is() -> None:
    with pytest.raises(VideoRefused) as refused, rendered(_huge_gif(20_000), "image/gif"):
        pass
    assert refused.value.code == "too_many_pixels"


def _huge_gif(side: int) -> bytes:
    content = bytearray(pictures.gif(16, 16))
    content[6:10] = side.to_bytes(2, "little") * 2
    return bytes(content)


def test_a_decoder_that_crashes_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANIMATION", "tests.decoders:crashing_animation")
    with pytest.raises(VideoRefused, match="damaged"), rendered(animated("GIF"), "image/gif"):
        pass
    monkeypatch.setattr(client, "ANIMATION", "tests.decoders:mistaken_animation")
    with pytest.raises(CodecFailed, match="OurMistake"), rendered(animated("GIF"), "image/gif"):
        pass


def test_a_decoder_that_shows_a_frame_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANIMATION", "tests.decoders:endless_animation")
    with pytest.raises(VideoRefused, match="damaged"), rendered(animated("GIF"), "image/gif"):
        pass


@pytest.mark.parametrize("content_type", [MP4, WEBM, "image/gif", "image/webp"])
def test_what_is_cut_short_ends_in_a_clip_or_a_reason(content_type: str) -> None:
    vp8 = ("-c:v", "libvpx", "-cpu-used", "8")
    make = {
        MP4: lambda: made("a.mp4", *pattern("64x48"), *sound(), "-movflags", "+faststart"),
        WEBM: lambda: made("a.webm", *pattern("64x48"), *vp8),
        "image/gif": lambda: animated("GIF"),
        "image/webp": lambda: animated("WEBP"),
    }
    content = make[content_type]()
    outcomes = {_outcome(cut, content_type) for cut in hostile.truncations(content)}
    assert "undecodable" in outcomes
    assert outcomes <= {"undecodable", "no_video", "truncated", "a clip"}


def _outcome(content: bytes, content_type: str) -> str:
    try:
        with rendered(content, content_type) as video:
            return "a clip" if video.clip else "a photo"
    except VideoRefused as refused:
        return refused.code


def test_a_video_that_takes_too_much_memory_is_told_so() -> None:
    log = "[h264 @ 0x1] [error] get_buffer() failed: Cannot allocate memory"
    with pytest.raises(VideoRefused, match="memory") as refused, refusing():
        raise FfmpegFailed(log)
    assert refused.value.code == "too_many_pixels"
    with pytest.raises(VideoRefused, match="memory"):
        check_memory(log)
    with pytest.raises(FfmpegFailed), refusing():
        raise FfmpegFailed("No space left on device")


def test_a_title_that_reads_like_an_error_is_none() -> None:
    said = "No space left on device\n                    : [error] Cannot allocate memory"
    log = (
        f"[info] Input #0, mov:\n[info]     title           : {said}\n"
        "[mov @ 0x1] [verbose] malloc of size 9 failed\n"
        "[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [error] Invalid data found\n"
    )
    check_memory(log)
    with pytest.raises(VideoRefused) as refused, refusing():
        raise FfmpegFailed(log)
    assert refused.value.code == "undecodable"


def test_what_runs_too_long_is_killed(tmp_path: Path) -> None:
    endless = ("-f", "lavfi", "-i", "testsrc", "-f", "null", "-")
    with pytest.raises(FfmpegTimedOut):
        Ffmpeg(tmp_path).run(endless, seconds=0.5)


def test_what_the_kernel_kills_is_no_fault_of_the_video(tmp_path: Path) -> None:
    def kill(_: str) -> None:
        for process in _running():
            os.kill(int(process.name), signal.SIGKILL)

    endless = ("-f", "lavfi", "-i", "testsrc", "-progress", "pipe:1", "-f", "null", "-")
    with pytest.raises(FfmpegKilled), refusing():
        Ffmpeg(tmp_path).run(endless, seconds=_NEVER, on_line=kill)


def test_a_damaged_input_is_told_though_the_child_is_gone(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b""  # bytes would find a broken pipe if the child is gone already
        while list(_running()):
            time.sleep(0.01)
        raise VideoRefused("undecodable", "The animation is damaged.")

    with pytest.raises(VideoRefused):
        Ffmpeg(tmp_path).feed(("-no-such-option",), chunks(), seconds=_NEVER)


def test_the_child_stands_back_as_far_as_it_is_told(tmp_path: Path) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    # Not faster than it is watched, so that it runs while we look.
    source = ("-re", "-f", "lavfi", "-i", "testsrc=duration=1")
    short = (*source, "-stats_period", "0.1", "-progress", "pipe:1", "-f", "null", "-")
    for niceness in (0, 3):
        seen: list[int] = []

        def look(line: str, seen: list[int] = seen) -> None:
            # Once a report, whose last line this is: a look takes long on a busy machine.
            if line.startswith("progress="):
                seen.extend(_niceness_of_children())

        Ffmpeg(tmp_path, niceness).run(short, seconds=_NEVER, on_line=look)
        assert set(seen) == {min(own + niceness, 19)}


def _niceness_of_children() -> Iterator[int]:
    """Of those that run ffmpeg, each of their threads."""
    for process in _running():
        with suppress(OSError):  # it ended while we looked
            yield from (int(_fields(thread / "stat")[16]) for thread in process.glob("task/*"))


def _running() -> Iterator[Path]:
    """The processes that run ffmpeg, or will as soon as they have sealed themselves: the children
    of our decoder server."""
    server = client._servers.get("shutterfeed.adapters.decoding.pictures").process
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while we looked
            if int(_fields(process / "stat")[1]) == server:
                yield process


def _fields(stat: Path) -> list[str]:
    """What follows the program's name, which may have spaces."""
    return stat.read_text().rpartition(")")[2].split()


def test_the_child_sees_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FFREPORT", f"file={tmp_path}/report.log")
    Ffmpeg(tmp_path).run(("-version",), seconds=_NEVER)
    assert not (tmp_path / "report.log").exists()


@pytest.fixture(params=["beside the clip", "after it, as of a large picture"])
def poster_made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the poster is made in the clip's run of ffmpeg, or in one of its own."""
    if request.param != "beside the clip":
        monkeypatch.setattr(poster, "_BESIDE_PIXELS", 0)


@pytest.mark.usefixtures("poster_made")
def test_the_poster_is_the_frame_at_one_second_or_the_middle() -> None:
    halves = "color=red:size=64x48:rate=10:duration=1[a];color=blue:size=64x48:rate=10:duration=2"
    content = made("a.mp4", "-filter_complex", f"{halves}[b];[a][b]concat")
    assert _poster_colour(content) == "blue"
    short = f"{halves.replace('duration=1', 'duration=0.2').replace('duration=2', 'duration=1')}"
    assert _poster_colour(made("a.mp4", "-filter_complex", f"{short}[b];[a][b]concat")) == "blue"
    only = made("a.mp4", "-f", "lavfi", "-i", "color=red:size=64x48:rate=10:duration=0.1")
    assert _poster_colour(only) == "red"


@pytest.mark.usefixtures("poster_made")
def test_pictures_that_end_before_the_poster_still_have_one() -> None:
    """One frame that is said to be shown for long, the rest is sound."""
    still = ("-f", "lavfi", "-i", "color=red:size=64x48:rate=1:duration=1")
    stretched = made("a.mp4", *still, *sound("6"), "-bsf:v", "setts=duration=DURATION*5")
    assert _poster_colour(stretched) == "red"


def _poster_colour(content: bytes) -> str:
    with rendered(content) as video:
        shown = next(
            one for kind, one in video.poster.renditions if kind.content_type == "image/jpeg"
        )
        with Image.open(io.BytesIO(shown)) as image:
            red, _, blue = image.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    return "red" if red > 200 > blue else "blue"

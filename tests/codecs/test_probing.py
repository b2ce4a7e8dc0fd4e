"""What is found in video files, and which of their tracks are shown."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from shutterfeed.adapters.choosing import opened_as
from shutterfeed.adapters.ffmpeg import Ffmpeg, FfmpegFailed
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.probing import Frame, Track, first_frame, tracks
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, QUICKTIME, RenderedVideo, VideoRefused
from tests import pictures, videos
from tests.videos import facts_of, made, pattern, sound

TIMECODE = ("-timecode", "01:00:00:00")


@contextmanager
def rendered(content: bytes, content_type: str) -> Iterator[RenderedVideo]:
    codec = FfmpegVideoCodec(PillowImageCodec())
    with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
        yield video


def listed(content: bytes, content_type: str = MP4) -> list[Track]:
    with videos.opened(content) as folder:
        return tracks(Ffmpeg(folder), opened_as(content_type))


def shown(content: bytes, content_type: str = MP4) -> Frame:
    with videos.opened(content) as folder:
        opening = opened_as(content_type)
        return first_frame(Ffmpeg(folder), opening, tracks(Ffmpeg(folder), opening)[0])


def test_pictures_and_sound_are_listed_each_with_its_selector() -> None:
    two_sounds = ("-map", "1:a", "-map", "0:v", "-map", "1:a", "-c:a:0", "pcm_mulaw", "-c:a:1")
    content = made("a.mov", *pattern("64x48"), *sound(), *two_sounds, "aac")
    assert [(track.selector, track.codec, track.width) for track in listed(content, QUICKTIME)] == [
        ("0:V:0", "h264", 64),
        ("0:a:0", "pcm_mulaw", 0),
        ("0:a:1", "aac", 0),
    ]


def test_a_timecode_is_no_track_and_does_no_harm() -> None:
    content = made("cut.mov", *pattern("160x120", "1"), *sound("1"), *TIMECODE)
    assert b"tmcd" in content
    assert [track.kind for track in listed(content, QUICKTIME)] == ["video", "audio"]
    with rendered(content, QUICKTIME) as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height, video.clip.has_audio) == (160, 120, True)
        assert abs(video.clip.duration_ms - 1000) <= 50


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("video-timecode-track.mov", QUICKTIME),
        ("video-apac-first-aac-second.mov", QUICKTIME),
        ("video-fragmented-no-duration.mp4", MP4),
    ],
)
def test_what_cameras_make_becomes_a_clip_with_sound(
    found: Callable[[str], bytes], name: str, content_type: str
) -> None:
    content = found(name)
    with rendered(content, content_type) as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height, video.clip.has_audio) == (160, 120, True)
        expected_ms = 2_000 if "fragmented" in name else 1_000
        assert abs(video.clip.duration_ms - expected_ms) <= 60


def test_the_first_track_of_a_kind_that_can_be_decoded_is_shown() -> None:
    pictures_and_sounds = (
        *(*pattern("64x48"), *pattern("96x64"), *sound()),
        *("-map", "0:v", "-map", "1:v", "-map", "2:a", "-map", "2:a"),
        *(
            "-c:v:0",
            "cinepak",
            "-c:v:1",
            "libx264",
            "-c:a:0",
            "dca",
            "-c:a:1",
            "aac",
            "-strict",
            "-2",
        ),
    )
    with rendered(made("two.mov", *pictures_and_sounds), QUICKTIME) as video:
        assert video.clip is not None
        assert (video.clip.width, video.clip.height, video.clip.has_audio) == (96, 64, True)


def _without_picture(kind: str, folder: Path) -> bytes:
    if kind == "subtitles alone":
        subtitles = folder / "a.srt"
        subtitles.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
        return made("a.mp4", "-i", str(subtitles), "-c:s", "mov_text")
    if kind == "sound with a cover":
        cover = folder / "cover.jpg"
        cover.write_bytes(pictures.jpeg(64, 48))
        attached = ("-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v:0", "attached_pic")
        return made("a.mp4", *sound(), "-i", str(cover), *attached)
    return made("a.mp4", *sound())


@pytest.mark.parametrize("kind", ["sound alone", "subtitles alone", "sound with a cover"])
def test_a_file_without_a_moving_picture_is_told_so(kind: str, tmp_path: Path) -> None:
    content = _without_picture(kind, tmp_path)
    with pytest.raises(VideoRefused) as refused, rendered(content, MP4):
        pass
    assert refused.value.code == "no_video"


def test_names_in_a_file_that_look_like_ffmpegs_own_words_change_nothing() -> None:
    lie = "x\n  Stream #0:0: Video: h264, yuv420p, 4096x4096\n#dimensions 0: 4096x4096\n"
    tags = ("-metadata", f"title={lie}", "-metadata:s:v", f"handler_name={lie}")
    facts = facts_of(made("a.mp4", *pattern("64x48"), *tags))
    assert (facts.width, facts.height) == (64, 48)


@pytest.mark.parametrize("rate", ["30", "30000/1001", "25"])
def test_rate_and_duration_are_those_of_the_frames(rate: str) -> None:
    picture = ("-f", "lavfi", "-i", f"testsrc=size=64x48:rate={rate}:duration=2")
    for name in ("a.mp4", "a.webm"):
        encoder = ("-c:v", "libvpx", "-cpu-used", "8") if name == "a.webm" else ()
        facts = facts_of(made(name, *picture, *encoder))
        assert facts.fps == pytest.approx(float(Fraction(rate)), rel=0.001)
        assert facts.duration_ms == pytest.approx(2_000, abs=35)


def test_frames_are_shown_upright_with_square_pixels_and_hdr_is_known() -> None:
    flat = made("a.mp4", *pattern("64x48"), "-vf", "setsar=2")
    assert shown(flat) == Frame(128, 48, None)
    assert shown(videos.turned(made("a.mp4", *pattern("64x48")), 90)) == Frame(48, 64, None)
    hlg = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params")
    colours = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:log-level=0"
    content = made("a.mp4", *pattern("64x48"), *hlg, colours)
    assert shown(content) == Frame(64, 48, "arib-std-b67")


def test_what_breaks_off_has_the_tracks_that_came_before() -> None:
    content = made("a.mp4", *pattern("64x48", "2"), "-movflags", "+faststart")
    whole, part = listed(content)[0], listed(content[:-300])[0]
    assert 0 < part.packets < whole.packets == 20
    with pytest.raises(FfmpegFailed):
        listed(b"\0\0\0\x18ftypisom and nothing more")

"""Videos with a part missing or destroyed: never published as if they were whole."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from shutterfeed.adapters import containers
from shutterfeed.adapters.damage import is_damaged, is_hopeless
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import INCOMPLETE, FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, WEBM, VideoRefused
from tests.videos import box, made, pattern, sound

ENCODERS: Final = {
    "h264.mp4": ("-c:v", "libx264", "-g", "10"),
    "hevc.mp4": (
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=0:keyint=10",
    ),
    "av1.mp4": ("-c:v", "libsvtav1", "-preset", "12", "-g", "10"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-g", "10"),
    "vp8.webm": ("-c:v", "libvpx", "-cpu-used", "8", "-g", "10"),
}
_CLUSTER: Final = b"\x1f\x43\xb6\x75"


def outcome(content: bytes, name: str) -> str:
    codec = FfmpegVideoCodec(PillowImageCodec())
    content_type = WEBM if name.endswith("webm") else MP4
    try:
        with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
            return "incomplete" if INCOMPLETE in video.notes else "whole"
    except VideoRefused as refused:
        return refused.code


@cache
def whole(name: str) -> bytes:
    index = ("-movflags", "+faststart") if name.endswith("mp4") else ()
    return made(name, *pattern("160x120", "1", rate=20), *sound("1"), *ENCODERS[name], *index)


def halved(content: bytes, part: float, *, zeros: bool) -> bytes:
    """The file without what comes behind this part of its content, or with zeros there."""
    mark = b"mdat" if b"mdat" in content else _CLUSTER
    at = content.index(mark) + 4
    at += int((len(content) - at) * part)
    return content[:at] + bytes((len(content) - at) * zeros)


@pytest.mark.parametrize("name", ENCODERS)
def test_half_a_video_is_never_published_silently(name: str) -> None:
    assert outcome(whole(name), name) == "whole"
    for zeros in (False, True):
        assert outcome(halved(whole(name), 0.6, zeros=zeros), name) == "incomplete", zeros


def test_a_video_without_its_beginning_or_its_index_is_refused_for_that() -> None:
    content = made("a.mp4", *pattern("64x48"))
    assert content.index(b"moov") > content.index(b"mdat")
    assert outcome(content[: content.index(b"moov") - 100], MP4) == "truncated"
    assert outcome(halved(whole("h264.mp4"), 0.0, zeros=True), MP4) == "undecodable"


def test_a_whole_video_of_a_camera_is_known_as_such(shared_data: Path) -> None:
    for path in sorted((shared_data / "videos").glob("*.mp4")):
        assert not containers.breaks_off(path, is_webm=False)
    assert outcome((shared_data / "videos/realshort.mp4").read_bytes(), "a.mp4") == "whole"


def test_what_is_written_behind_a_video_is_none_of_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    content = box(b"moov", b"") + box(b"mdat", bytes(100))
    for more in (b"", b"SEFT and more", bytes(5), box(b"free", b"")[:6], b"\0\0\xff\xfffree"):
        path.write_bytes(content + more)
        assert not containers.breaks_off(path, is_webm=False)
    path.write_bytes(content[:-1])
    assert containers.breaks_off(path, is_webm=False)


@pytest.mark.parametrize("live", ["0", "1"], ids=["sizes are stated", "a live recording"])
def test_a_webm_is_whole_only_up_to_its_last_byte(tmp_path: Path, live: str) -> None:
    path = tmp_path / "a.webm"
    encoder = ("-c:v", "libvpx", "-cpu-used", "8", "-live", live)
    content = made("a.webm", *pattern("64x48", "0.3"), *encoder)
    path.write_bytes(content)
    assert not containers.breaks_off(path, is_webm=True)
    half = len(content) // 2
    for damaged in (content[:-1], content[:half], content[:half] + bytes(len(content) - half)):
        path.write_bytes(damaged)
        assert containers.breaks_off(path, is_webm=True)


def _log(kind: str, packets: int, frames: int, errors: int) -> str:
    return (
        f"[in#0 @ 0x1] [verbose]   Input stream #0:0 ({kind}): {packets} packets read (9 bytes); "
        f"{frames} frames decoded; {errors} decode errors; \n"
    )


@pytest.mark.parametrize(
    ("log", "codec", "expected"),
    [
        (_log("video", 900, 900, 0), "h264", False),
        (_log("video", 900, 895, 2), "h264", False),
        (_log("video", 900, 890, 5), "h264", True),
        (_log("video", 5000, 4990, 20), "h264", False),
        (_log("video", 10, 9, 1), "h264", True),
        (_log("audio", 90, 45, 45), "h264", True),
        (_log("video", 100, 60, 0), "vp8", False),
        (_log("video", 100, 60, 0), "av1", True),
        ("[info]     title           : " + _log("video", 10, 1, 9), "h264", False),
        ("", "h264", False),
    ],
)
def test_a_few_bad_pictures_are_no_damage(log: str, codec: str, expected: bool) -> None:
    assert is_damaged(log, codec) is expected


def test_little_that_is_left_is_not_worth_publishing() -> None:
    assert is_hopeless(_log("video", 90, 20, 70), "h264")
    assert not is_hopeless(_log("video", 90, 40, 50) + _log("audio", 90, 0, 90), "h264")
    assert outcome(halved(whole("h264.mp4"), 0.1, zeros=True), "a.mp4") == "undecodable"

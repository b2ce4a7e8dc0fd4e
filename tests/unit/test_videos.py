"""What videos may come in, and what is made of them."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from shutterfeed.domain import videos
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.photos import PhotoRefused
from shutterfeed.domain.videos import ClipSize, VideoFacts, VideoRefused

WEBM_MAGIC = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d")


@pytest.mark.parametrize(
    ("magic", "expected"),
    [
        (b"\0\0\0\x18ftypisom", videos.MP4),
        (b"\0\0\0\x18ftypmp42", videos.MP4),
        (b"\0\0\0\x14ftypqt  ", videos.QUICKTIME),
        (b"\0\0\0\x08wide\0\0\0\0", videos.QUICKTIME),
        (WEBM_MAGIC, videos.WEBM),
        (WEBM_MAGIC.replace(b"\x84webm", b"\x88matroska"), None),
        (b"\0\0\0\x18ftypheic", None),
        (b"\0\0\0\x18ftypavif", None),
        (b"#EXTM3U\n#EXT-X-VERSION:3", None),
        (b"ffconcat version 1.0", None),
        (b"<svg xmlns=", None),
        (b"", None),
    ],
)
def test_a_video_is_known_by_its_content(magic: bytes, expected: str | None) -> None:
    assert videos.sniff_video(magic) == expected


def test_what_moves_goes_to_the_transcoder() -> None:
    webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0"
    assert videos.is_moving("image/webp", webp + b"\x02")
    assert not videos.is_moving("image/webp", webp + b"\x10")
    assert videos.is_moving("image/gif", b"GIF89a")
    assert videos.is_moving("video/webm", WEBM_MAGIC)
    assert not videos.is_moving("image/jpeg", b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), (1920, 1080)),
        ((3840, 2160), (1920, 1080)),
        ((2160, 3840), (1080, 1920)),
        ((641, 359), (640, 358)),
        ((1, 1), (2, 2)),
    ],
)
def test_a_clip_is_even_never_enlarged_and_1080_at_most(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert videos.plan(*size) == ClipSize(*expected)


THREE_MINUTES = 180_000


def _facts(width: int, height: int, fps: float | None = 30, hdr: bool = False) -> VideoFacts:
    facts = VideoFacts(width, height, fps, THREE_MINUTES, has_audio=True)
    return replace(facts, transfer="arib-std-b67") if hdr else facts


def test_more_of_anything_is_predicted_to_take_longer() -> None:
    usual = videos.predicted_seconds(_facts(1280, 720), 10**7)
    assert 0 < usual < videos.MAX_PLANNED_SECONDS
    assert usual < videos.predicted_seconds(_facts(1920, 1080), 10**7)
    assert usual < videos.predicted_seconds(_facts(1280, 720, fps=60), 10**7)
    assert usual < videos.predicted_seconds(_facts(1280, 720, hdr=True), 10**7)
    assert usual < videos.predicted_seconds(_facts(1280, 720), 10**8)
    assert usual < videos.predicted_seconds(replace(_facts(1280, 720), is_interlaced=True), 10**7)
    assert usual < videos.predicted_seconds(replace(_facts(1280, 720), has_alpha=True), 10**7)
    assert usual == videos.predicted_seconds(_facts(1280, 720, fps=None), 10**7)


@pytest.mark.parametrize(
    "facts",
    [_facts(1920, 1080, hdr=True), _facts(1080, 1920, fps=60), _facts(1080, 1080, fps=120)],
)
def test_three_minutes_and_300_mb_of_what_phones_usually_record_are_taken(
    facts: VideoFacts,
) -> None:
    videos.check_facts(facts, videos.MAX_VIDEO_BYTES)
    videos.check_declared("", videos.MAX_VIDEO_BYTES, facts.width, facts.height, THREE_MINUTES)


@pytest.mark.parametrize("size", [(5_312, 2_988), (2_988, 5_312), (5_760, 2_880)])
def test_a_minute_of_what_action_cameras_record_is_taken(size: tuple[int, int]) -> None:
    videos.check_facts(replace(_facts(*size), duration_ms=60_000), videos.MAX_VIDEO_BYTES)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (VideoFacts(640, 480, 30, 181_000, has_audio=True), "too_long"),
        (VideoFacts(6000, 100, 30, 1000, has_audio=True), "too_many_pixels"),
        (VideoFacts(640, 480, 1000, 1000, has_audio=True), "too_much_work"),
        (VideoFacts(3840, 2160, 60, 180_000, has_audio=True), "too_much_work"),
    ],
)
def test_what_is_too_much_is_refused_with_its_limit(facts: VideoFacts, code: str) -> None:
    with pytest.raises(VideoRefused) as refused:
        videos.check_facts(facts, 10**7)
    assert refused.value.code == code
    assert any(character.isdigit() for character in refused.value.message)


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ((None, 480, 1000), "media[2].width"),
        ((640, 0, 1000), "media[2].height"),
        ((640, 480, None), "media[2].duration_ms"),
        ((640, 480, 200_000), "media[2].duration_ms"),
        ((9000, 480, 1000), "media[2].width"),
        ((4096, 2304, THREE_MINUTES), "media[2].width"),
    ],
)
def test_a_declaration_that_lacks_or_promises_too_much_is_refused(
    declared: tuple[int | None, int | None, int | None], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        videos.check_declared("media[2].", 10**7, *declared)
    assert refused.value.field == field


def test_a_refusal_comes_whole_from_another_process() -> None:
    for refused in (VideoRefused("too_slow", "Slow."), PhotoRefused("undecodable", "Damaged.")):
        copy = pickle.loads(pickle.dumps(refused))
        assert (type(copy), copy.code, copy.message) == (type(refused), refused.code, str(refused))

"""Pictures of videos that need more than scaling: fields, transparency, older codecs."""

from __future__ import annotations

import io
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM, VideoRefused
from tests.videos import combs, described, facts_of, frame, made, pattern, pixel, sound, turned

WIDTH = 160
_MOVING = "color=black:size=160x120:rate=50:duration=0.4,geq=lum='200*lt(X-6*N\\,20)':cb=128:cr=128"
"""The edge of a light that moves to the right."""
_TOP = "tinterlace=interleave_top,setfield=tff"
_BOTTOM = "tinterlace=interleave_bottom,setfield=bff"


def rendered(content: bytes, content_type: str) -> tuple[bytes, Image.Image]:
    """The clip and the poster."""
    codec = FfmpegVideoCodec(PillowImageCodec())
    with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
        assert video.clip is not None
        assert not video.notes
        renditions = {kind.content_type: one for kind, one in reversed(video.poster.renditions)}
        return video.clip.path.read_bytes(), Image.open(BytesIO(renditions["image/jpeg"])).convert(
            "RGB"
        )


@pytest.mark.parametrize(
    ("name", "order", "encoder"),
    [
        ("frames.mp4", _TOP, ("-c:v", "libx264", "-qp", "10", "-flags", "+ilme+ildct")),
        ("frames.mp4", _BOTTOM, ("-c:v", "libx264", "-qp", "10", "-flags", "+ilme+ildct")),
        ("file.mov", _TOP, ("-c:v", "mjpeg", "-q:v", "2")),
        ("file.mov", _BOTTOM, ("-c:v", "mjpeg", "-q:v", "2")),
    ],
    ids=["frames say top", "frames say bottom", "the file says top", "the file says bottom"],
)
def test_two_fields_become_one_frame(name: str, order: str, encoder: tuple[str, ...]) -> None:
    content = made(name, "-f", "lavfi", "-i", _MOVING, "-vf", order, *encoder)
    content_type = QUICKTIME if name.endswith("mov") else MP4
    assert facts_of(content).is_interlaced
    clip, _ = rendered(content, content_type)
    assert combs(clip, WIDTH) * 10 < combs(content, WIDTH)


def test_interlaced_video_of_a_camera_has_no_combs(found: Callable[[str], bytes]) -> None:
    content = found("video-interlaced.mp4")
    clip, poster = rendered(content, MP4)
    # What is left is writing with strokes as thin as a line.
    assert combs(clip, WIDTH) * 5 < combs(content, WIDTH)
    assert poster.size == (WIDTH, 120)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_fields_are_put_together_before_the_picture_is_turned(degrees: int) -> None:
    encoder = ("-c:v", "libx264", "-qp", "10", "-flags", "+ilme+ildct")
    upright = made("frames.mp4", "-f", "lavfi", "-i", _MOVING, "-vf", _TOP, *encoder)
    expected, _ = rendered(upright, MP4)
    clip, poster = rendered(turned(upright, degrees), MP4)
    assert poster.size == ((160, 120) if degrees == 180 else (120, 160))
    assert "rotation" not in described(clip)
    back = frame(
        clip, {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[degrees]
    )
    differences = [abs(one - other) for one, other in zip(back, frame(expected), strict=True)]
    assert sum(differences) / len(differences) < 1


@pytest.mark.parametrize(
    "encoder",
    [("-c:v", "libvpx", "-auto-alt-ref", "0"), ("-c:v", "libvpx-vp9")],
    ids=["VP8", "VP9"],
)
def test_what_is_transparent_is_white(encoder: tuple[str, ...]) -> None:
    content = made("a.webm", *_half_red(), *encoder, "-cpu-used", "8")
    assert facts_of(content).has_alpha
    clip, poster = rendered(content, WEBM)
    assert min(pixel(clip, "8:24")) > 245
    assert min(poster.crop((4, 4, 28, 44)).tobytes()) > 245
    red, green, blue = pixel(clip, "48:24")
    assert red > 200
    assert max(green, blue) < 60


def _half_red() -> tuple[str, ...]:
    """The left half is transparent; what its pixels would be is red too."""
    alpha = "geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*gte(X,32)'"
    return (
        "-f",
        "lavfi",
        "-i",
        f"color=red:size=64x48:rate=5:duration=0.4,format=yuva420p,{alpha}",
    )


def test_prores_with_alpha_is_put_on_white_too() -> None:
    encoder = ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")
    clip, _ = rendered(made("a.mov", *_half_red(), *encoder), QUICKTIME)
    assert min(pixel(clip, "8:24")) > 245


def test_no_other_video_is_taken_for_transparent_or_interlaced() -> None:
    for name, encoder in (("a.mp4", ()), ("a.webm", ("-c:v", "libvpx", "-cpu-used", "8"))):
        facts = facts_of(made(name, *pattern("64x48", "0.2"), *encoder))
        assert not facts.has_alpha
        assert not facts.is_interlaced


@pytest.mark.parametrize(
    ("name", "content_type", "encoder"),
    [
        ("a.mp4", MP4, ("-c:v", "mpeg4")),
        ("a.mov", QUICKTIME, ("-c:v", "mjpeg")),
        ("a.mov", QUICKTIME, ("-c:v", "prores_ks")),
        ("a.3gp", MP4, ("-c:v", "h263")),
    ],
    ids=["MPEG-4", "Motion JPEG", "ProRes", "H.263"],
)
def test_codecs_of_older_cameras_are_read(
    name: str, content_type: str, encoder: tuple[str, ...]
) -> None:
    clip, _ = rendered(made(name, *pattern("176x144", "0.3"), *encoder), content_type)
    assert facts_of(clip).width in {176, 192}, "H.263 has pixels that are not square"


def test_mpeg_4_of_a_camera_becomes_a_clip(found: Callable[[str], bytes]) -> None:
    clip, _ = rendered(found("video-mpeg4-part2.mp4"), MP4)
    assert (facts_of(clip).width, facts_of(clip).duration_ms) == (WIDTH, 1000)


@pytest.mark.parametrize("encoder", ["cinepak", "qtrle"])
def test_any_other_codec_is_named(encoder: str) -> None:
    content = made("a.mov", *pattern("64x48", "0.2"), "-c:v", encoder)
    with pytest.raises(VideoRefused, match=f"coded as {encoder}") as refused:
        rendered(content, QUICKTIME)
    assert refused.value.code == "unsupported_codec"


def test_a_preview_before_the_video_is_passed_over() -> None:
    """Both a still cover and a moving preview, in a codec that would be accepted by itself."""
    still = ("-filter:v:0", r"select=eq(n\,0)")
    for first, second, more in (
        ("mjpeg", "libx264", ()),
        ("mjpeg", "libx264", still),
        ("libx264", "mjpeg", still),
    ):
        tracks = ("-map", "0:v", "-map", "1:v", "-c:v:0", first, "-c:v:1", second, *more)
        content = made("a.mov", *pattern("64x48"), *pattern("96x64"), *tracks)
        assert facts_of(content).width == 96


def test_pictures_that_cannot_be_decoded_give_way_to_the_next_ones() -> None:
    two = ("-map", "0:v", "-map", "1:v", "-map", "2:a", "-shortest")
    content = made("a.mov", *pattern("64x48"), *pattern("96x64"), *sound(), *two)
    at = content.index(b"avcC")
    facts = facts_of(content[: at + 8] + bytes(12) + content[at + 20 :])
    assert (facts.width, facts.has_audio) == (96, True)

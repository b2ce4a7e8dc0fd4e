"""Videos and animations through the real stack, fetched through the CDN."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM
from shutterfeed_cli.client.content import Json, Photo, Video
from shutterfeed_cli.client.http import request
from tests import pictures, videos
from tests.e2e.conftest import Person, published
from tests.pictures import SHARED_DATA, needs_shared_data

TRACES = (b"Lav", b"x264", b"secret", b"+56.03", b"VideoHandler", b"GPS", b"Exif", b"creation_time")
TAGS = ("-metadata", "title=secret", "-metadata", "location=+56.03+012.62/")


def short(size: str, seed: int) -> bytes:
    """An MP4 of half a second with sound, another one for another seed."""
    tags = (*TAGS, "-metadata", f"comment={seed}")
    return videos.made("in.mp4", *videos.pattern(size), *videos.sound(), *tags)


def declared(content: bytes, content_type: str = MP4) -> Video:
    """The declaration of a camera's app, which knows of rotation no more than the file's
    streams."""
    facts = videos.facts_of(content)
    assert facts.duration_ms is not None
    return Video(
        content,
        content_type,
        width=facts.width,
        height=facts.height,
        duration_ms=facts.duration_ms,
    )


def fetched(url: str, content_type: str) -> bytes:
    response = request("GET", url)
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    for trace in TRACES:
        assert trace not in response.content
    return response.content


def clip_of(medium: Json, size: tuple[int, int], *, has_audio: bool) -> bytes:
    """The medium's clip, which is what every player takes, and holds nothing but the picture."""
    clip = medium["clip"]
    assert (clip["width"], clip["height"], clip["has_audio"]) == (*size, has_audio)
    content = fetched(clip["url"], "video/mp4")
    assert content.index(b"moov") < content.index(b"mdat")
    facts = videos.facts_of(content)
    assert (facts.width, facts.height, facts.has_audio) == (*size, has_audio)
    assert facts.duration_ms is not None
    assert abs(facts.duration_ms - clip["duration_ms"]) <= 10
    described = videos.described(content)
    assert "Video: h264 (High)" in described
    assert ("Audio: aac (LC)" in described) is has_audio
    assert medium["placeholder"]
    assert medium["renditions"]
    for rendition in medium["renditions"]:
        fetched(rendition["url"], rendition["content_type"])
    return content


def test_a_video_is_published_and_plays_from_the_cdn(person: Callable[[], Person]) -> None:
    author = person()
    post = published(author.api, author.api.publish([declared(short("320x240", 1))]))
    (medium,) = post["media"]
    clip_of(medium, (320, 240), has_audio=True)
    assert medium["clip"]["duration_ms"] == 500
    assert (medium["width"], medium["height"]) == (320, 240)
    assert medium["progress"] is None


def test_a_portrait_video_of_a_phone_comes_out_upright(person: Callable[[], Person]) -> None:
    author = person()
    halves = "color=red:size=160x240:rate=10:duration=1,pad=320:240:0:0:blue"
    content = videos.turned(videos.made("flat.mp4", "-f", "lavfi", "-i", halves), 270)
    post = published(author.api, author.api.publish([declared(content)]))
    (medium,) = post["media"]
    assert (medium["width"], medium["height"]) == (240, 320)
    red, _, blue = videos.pixel(clip_of(medium, (240, 320), has_audio=False), "120:20")
    assert red > 200 > blue


def test_progress_is_seen_while_a_video_is_transcoded(person: Callable[[], Person]) -> None:
    author = person()
    noise = ("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30:duration=8,noise=alls=20:allf=t")
    fast = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "35")
    content = videos.made("long.mp4", *noise, *fast)
    post_id = author.api.publish([declared(content)])
    seen: list[int] = []
    while (post := author.api.post(post_id))["state"] not in {"published", "failed"}:
        progress = post["media"][0]["progress"]
        if progress is not None:
            seen.append(progress)
        # To ask takes from the transcoder.
        time.sleep(0.1)
    assert post["state"] == "published", post
    assert seen == sorted(seen)
    assert [percent for percent in seen if 0 < percent < 100], "a percentage under way"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_becomes_a_silent_clip(person: Callable[[], Person], kind: str) -> None:
    author = person()
    photo = Photo(videos.animated(kind, (120, 80)), f"image/{kind.lower()}")
    post = published(author.api, author.api.publish([photo]))
    (medium,) = post["media"]
    clip_of(medium, (120, 80), has_audio=False)
    assert medium["clip"]["duration_ms"] == 600


def test_ten_media_of_all_kinds_make_one_post(person: Callable[[], Person]) -> None:
    author = person()
    vp9 = ("-c:v", "libvpx-vp9", "-cpu-used", "8")
    media = [
        Photo(pictures.jpeg(200, 150, seed=70)),
        declared(short("160x120", 2)),
        Photo(pictures.png(200, 150, seed=71), "image/png"),
        declared(videos.made("in.mov", *videos.pattern("160x120")), QUICKTIME),
        Photo(pictures.heic(200, 150, seed=72), "image/heic"),
        declared(videos.made("in.webm", *videos.pattern("160x120"), *vp9), WEBM),
        Photo(videos.animated("GIF", (60, 40)), "image/gif"),
        Photo(videos.animated("WEBP", (60, 40)), "image/webp"),
        Photo(pictures.avif(200, 150, seed=73), "image/avif"),
        Photo(pictures.gif(60, 40, seed=74), "image/gif"),
    ]
    post = published(author.api, author.api.publish(media))
    shown = post["media"]
    assert [medium["content_type"] for medium in shown] == [m.content_type for m in media]
    moves = [medium["clip"] is not None for medium in shown]
    assert moves == [False, True, False, True, False, True, True, True, False, False]
    for medium in shown:
        if medium["clip"] is not None:
            fetched(medium["clip"]["url"], "video/mp4")
        for rendition in medium["renditions"]:
            fetched(rendition["url"], rendition["content_type"])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(
    person: Callable[[], Person], orientation: int
) -> None:
    author = person()
    content = pictures.jpeg(300, 200, seed=80, exif_orientation=orientation)
    post = published(author.api, author.api.publish([Photo(content)]))
    (medium,) = post["media"]
    assert (medium["width"], medium["height"]) == (300, 200)
    upright = pictures.jpeg(300, 200, seed=80)
    rendition = fetched(medium["renditions"][0]["url"], medium["renditions"][0]["content_type"])
    for place in ("20:20", "260:20", "20:160", "260:160"):
        ours, expected = videos.pixel(rendition, place), videos.pixel(upright, place)
        assert max(abs(a - b) for a, b in zip(ours, expected, strict=True)) < 25


@needs_shared_data
def test_a_real_video_is_published(person: Callable[[], Person]) -> None:
    author = person()
    content = (SHARED_DATA / "videos" / "realshort.mp4").read_bytes()
    post = published(author.api, author.api.publish([declared(content)]))
    (medium,) = post["media"]
    clip_of(medium, (320, 240), has_audio=True)
    assert medium["clip"]["duration_ms"] == 1200


FTYP = videos.box(b"ftyp", b"isom\0\0\0\0isom")
PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (PLAYLIST, MP4, "unsupported_type"),
        (FTYP + PLAYLIST, MP4, "undecodable"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", QUICKTIME, "unsupported_type"),
        (FTYP + b"garbage" * 40, WEBM, "content_type_mismatch"),
        (b"GIF89a\x40\0\x40\0\0\0\0" + PLAYLIST, "image/gif", "undecodable"),
    ],
    ids=["playlist", "playlist as mp4", "concat", "mp4 called webm", "playlist as gif"],
)
def test_what_only_looks_like_a_video_fails_with_a_reason(
    person: Callable[[], Person], content: bytes, content_type: str, code: str
) -> None:
    author = person()
    video = Video(content, content_type, width=64, height=64, duration_ms=1000)
    post = author.api.wait_until_final(author.api.publish([video]))
    assert post["state"] == "failed"
    [entry] = author.api.call("GET", "/me/uploads")["items"]
    assert (entry["state"], entry["failure"]["code"]) == ("failed", code)
    assert entry["failure"]["message"].endswith(".")

"""Files that would have ffmpeg read other files, or speak to the network: none gets anything."""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM, RenderedVideo, VideoRefused
from tests import videos
from tests.videos import box

CANARY: Final = b"CANARY-7f3a-not-to-be-seen"
SIDE: Final = 64
TYPES: Final = (MP4, QUICKTIME, WEBM, "image/gif", "image/webp")

FTYP = box(b"ftyp", b"isom\0\0\0\0isom")
EBML = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810442858102")
RIFF = b"RIFF\x00\x10\x00\x00WEBPVP8X\x0a\0\0\0\x02\0\0\0\x3f\0\0\x3f\0\0"
DISGUISES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "bare": lambda script: script,
    "mp4": lambda script: FTYP + script,
    "mp4-mdat": lambda script: FTYP + box(b"mdat", script),
    "mov": lambda script: box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"wide", b"") + script,
    "webm": lambda script: EBML + script,
    "gif": lambda script: b"GIF89a\x40\0\x40\0\0\0\0" + script,
    "webp": lambda script: RIFF + script,
}


def scripts(path: Path, url: str) -> dict[str, bytes]:
    """What other demuxers and protocols would follow."""
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{path}\n#EXT-X-ENDLIST\n",
        "hls-plain": f"#EXTM3U\n#EXTINF:1,\n{path}\n",
        "hls-http": f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:1,\n{url}\n",
        "hls-concat": f"#EXTM3U\n#EXTINF:1,\nconcat:{url}|file://{path}\n",
        "hls-subfile": f"#EXTM3U\n#EXTINF:1,\nsubfile,,start,0,end,64,,:{path}\n",
        "hls-data": "#EXTM3U\n#EXTINF:1,\ndata:text/plain;base64,Q0FOQVJZLTdmM2E=\n",
        "hls-key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\nfile://{path}\n',
        "hls-gopher": f"#EXTM3U\n#EXTINF:1,\n{url.replace('http', 'gopher')}\n",
        "concat": f"ffconcat version 1.0\nfile '{path}'\nfile '{url}'\n",
        "concat-safe": f"ffconcat version 1.0\nfile {path.name}\n",
        "dash": f"<MPD><Period><BaseURL>{url}</BaseURL><BaseURL>{path}</BaseURL></Period></MPD>",
        "sdp": f"v=0\nc=IN IP4 127.0.0.1\nm=video {url.rpartition(':')[2][:-2]} RTP/AVP 96\n",
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{path}"/></svg>',
    }
    return {name: text.encode() for name, text in texts.items()}


NAMES: Final = tuple(scripts(Path("/x"), "http://127.0.0.1:1/x"))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture
def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/x"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary"
    path.write_bytes(CANARY * 100)
    return path


def _nobody_came(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return True
    connection.close()
    return False


def _outputs(content: bytes, content_type: str) -> list[bytes]:
    """All that would be stored of a file, or the reason that its owner would read."""
    codec = FfmpegVideoCodec(PillowImageCodec())
    try:
        with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
            return _stored(video)
    except VideoRefused as refused:
        return [refused.message.encode(), refused.code.encode()]


def _stored(video: RenderedVideo) -> list[bytes]:
    clip = [] if video.clip is None else [video.clip.path.read_bytes()]
    return [*clip, *(content for _, content in video.poster.renditions)]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("script", NAMES)
def test_no_script_is_followed_whatever_it_is_dressed_as(
    canary: Path, listener: socket.socket, url: str, script: str, disguise: str
) -> None:
    content = DISGUISES[disguise](scripts(canary, url)[script])
    for content_type in TYPES:
        for output in _outputs(content, content_type):
            assert b"CANARY" not in output
            assert str(canary).encode() not in output
    assert _nobody_came(listener)


def test_a_visitor_is_noticed(listener: socket.socket) -> None:
    assert _nobody_came(listener)
    with socket.create_connection(listener.getsockname()):
        assert not _nobody_came(listener)


def _alias(path: Path) -> bytes:
    """A Macintosh alias record for a file."""
    text = str(path).encode()
    text += b"\0" * (len(text) % 2)
    record = (
        *(bytes(10), b"\0", bytes(27), bytes(12), b"\0", bytes(63), bytes(16)),
        *(
            bytes(4),
            bytes(16),
            struct.pack(">HH", 2, len(text)),
            text,
            struct.pack(">HH", 0xFFFF, 0),
        ),
    )
    return b"".join(record)


def _elsewhere(path: Path, entry: bytes = b"") -> bytes:
    """A MOV whose own bytes hold no frames, that says of them that they are in the file at `path`.
    That file is written too: it has them where the MOV says, and they are magenta."""
    colour = f"color=magenta:size={SIDE}x{SIDE}:rate=5:duration=1"
    whole = videos.made("in.mov", "-f", "lavfi", "-i", colour, "-c:v", "libx264")
    path.write_bytes(whole)
    kinds = [kind for kind, _ in videos.boxes(whole)]
    assert kinds.index(b"mdat") < kinds.index(b"moov"), "what is longer must not move the frames"
    empty = b"".join(
        box(kind, bytes(len(inner)) if kind == b"mdat" else inner)
        for kind, inner in videos.boxes(whole)
    )
    reference = entry or box(b"alis", bytes(4) + _alias(path))
    return videos.with_box(empty, b"dref", struct.pack(">II", 0, 1) + reference)


def _followed(mov: Path) -> tuple[int, ...]:
    """The first pixel, where ffmpeg is allowed what it never is by us."""
    crop = ("-vf", "crop=2:2,format=rgb24", "-frames:v", "1", "-f", "rawvideo", "-")
    options = ("-enable_drefs", "1", "-use_absolute_path", "1", "-protocol_whitelist", "file,pipe")
    return tuple(videos.run(*options, "-i", str(mov), *crop)[:3])


@pytest.mark.parametrize("content_type", [MP4, QUICKTIME])
def test_frames_that_are_said_to_be_in_another_file_are_not_fetched(
    tmp_path: Path, content_type: str
) -> None:
    content = _elsewhere(tmp_path / "canary.mov")
    mov = tmp_path / "trick.mov"
    mov.write_bytes(content)
    red, green, blue = _followed(mov)
    assert min(red, blue) > 200 > green, "the trick would work"
    assert b"undecodable" in _outputs(content, content_type)


def test_frames_that_are_said_to_be_at_a_url_are_not_fetched(
    tmp_path: Path, listener: socket.socket, url: str
) -> None:
    for target in (url, f"file://{tmp_path}/canary.mov"):
        entry = box(b"url ", bytes(4) + target.encode() + b"\0")
        content = _elsewhere(tmp_path / "canary.mov", entry=entry)
        assert b"undecodable" in _outputs(content, QUICKTIME)
    assert _nobody_came(listener)

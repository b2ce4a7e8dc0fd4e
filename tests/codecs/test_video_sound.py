"""The sound of videos: which is kept, and what its owner is told if none is."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable
from itertools import pairwise

import pytest

from shutterfeed.adapters import codecs, filters, probing
from shutterfeed.adapters.choosing import SOUND_UNREADABLE, opened_as
from shutterfeed.adapters.ffmpeg import Ffmpeg
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.probing import SOURCE
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.domain.notes import Note
from shutterfeed.domain.videos import MP4, QUICKTIME, WEBM
from tests import videos
from tests.videos import made, pattern, sound

RATE = 8_000


def rendered(content: bytes, content_type: str = MP4) -> tuple[bytes, bool, tuple[Note, ...]]:
    """The clip, whether it has sound, and the notes."""
    codec = FfmpegVideoCodec(PillowImageCodec())
    with codec.render(io.BytesIO(content), content_type, lambda _: None) as video:
        assert video.clip is not None
        return video.clip.path.read_bytes(), video.clip.has_audio, video.notes


def heard(clip: bytes, *options: str) -> array[int]:
    """The samples of a clip's sound, `RATE` of them a second."""
    with videos.opened(clip) as folder:
        path = str(folder / "source")
        raw = ("-ac", "1", "-ar", str(RATE), "-f", "s16le", "-")
        return array("h", videos.run("-i", path, "-vn", *options, *raw))


def pitch(samples: array[int]) -> float:
    """Hertz of a tone, by how often it goes from below zero to above."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4]
    rises = sum(before < 0 <= after for before, after in pairwise(middle))
    return rises * RATE / len(middle)


PCM = ("u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "f64be")
IN_MOV = (
    *(f"pcm_{kind}" for kind in (*PCM, "alaw", "mulaw")),
    *("adpcm_ima_qt", "adpcm_ms", "adpcm_ima_wav", "alac", "libmp3lame", "ac3", "eac3", "mp2"),
)
IN_MP4 = ("aac", "flac", "libopus", "libmp3lame", "alac", "ac3", "pcm_s24le", "pcm_f32be")


@pytest.mark.parametrize(
    ("name", "content_type", "encoders", "rate"),
    [
        ("a.mov", QUICKTIME, IN_MOV, 48_000),
        ("a.mp4", MP4, IN_MP4, 48_000),
        ("a.webm", WEBM, ("libopus", "libvorbis"), 48_000),
        ("a.3gp", MP4, ("libopencore_amrnb",), 8_000),
    ],
    ids=["MOV", "MP4", "WebM", "3GP"],
)
def test_every_kind_of_sound_is_decoded(
    name: str, content_type: str, encoders: tuple[str, ...], rate: int
) -> None:
    """All of them as tracks of one file, decoded in one run."""
    tone = ("-f", "lavfi", "-i", "sine=frequency=880:duration=0.3,volume=4")
    mapped = ("-map", "0:a") * len(encoders)
    coded = [part for n, one in enumerate(encoders) for part in (f"-c:a:{n}", one)]
    content = made(name, *tone, *mapped, *coded, "-ar", str(rate), "-ac", "1")
    with videos.opened(content) as folder:
        opening = opened_as(content_type)
        tracks = probing.tracks(Ffmpeg(folder), opening)
        assert {track.codec for track in tracks} <= codecs.SOUNDS
        raw = ("-ac", "1", "-ar", str(RATE), "-f", "s16le")
        outputs = [
            part
            for n, track in enumerate(tracks)
            for part in ("-map", track.selector, *raw, f"file:{folder}/{n}.pcm")
        ]
        # Without its limits, which are made for one sound.
        videos.run(*opening, "-i", f"file:{folder / SOURCE}", *outputs)
        for n, encoder in enumerate(encoders):
            samples = array("h", (folder / f"{n}.pcm").read_bytes())
            assert pitch(samples) == pytest.approx(880, rel=0.05), encoder


@pytest.mark.parametrize("name", ["video-mulaw-sound.mov", "video-apac-first-aac-second.mov"])
def test_sound_of_real_files_is_kept(found: Callable[[str], bytes], name: str) -> None:
    clip, has_audio, notes = rendered(found(name), QUICKTIME)
    assert has_audio
    assert not notes
    if "apac" in name:
        assert pitch(heard(clip)) == pytest.approx(880, rel=0.02)


def test_sound_that_cannot_be_kept_is_told_by_its_name() -> None:
    content = made("a.mov", *pattern("64x48", "0.2"), *sound("0.2"), "-c:a", "dca", "-strict", "-2")
    _, has_audio, notes = rendered(content, QUICKTIME)
    assert not has_audio
    assert [note.code for note in notes] == ["sound_left_out"]
    assert "dts" in notes[0].message
    unknown = content.replace(b"dtsc", b"Xyz1")
    _, has_audio, notes = rendered(unknown, QUICKTIME)
    assert not has_audio
    assert "unknown" in notes[0].message


def test_a_silent_video_needs_no_note() -> None:
    _, has_audio, notes = rendered(made("a.mp4", *pattern("64x48", "0.2")), MP4)
    assert not has_audio
    assert not notes


def test_sound_that_is_damaged_from_its_beginning_is_left_out_or_the_next_is_taken() -> None:
    two = ("-map", "0:v", "-map", "1:a", "-map", "1:a")
    _, has_audio, notes = rendered(_unreadable(made("a.mp4", *pattern("64x48"), *sound(), *two)))
    assert has_audio
    assert not notes
    _, has_audio, notes = rendered(_unreadable(made("a.mp4", *pattern("64x48"), *sound())))
    assert not has_audio
    assert notes == (SOUND_UNREADABLE,)


def _unreadable(content: bytes) -> bytes:
    """The file with the description of its first sound (AAC) made nonsense."""
    at = content.index(b"\x05\x80\x80\x80", content.index(b"esds")) + 5
    return content[:at] + bytes(2) + content[at + 2 :]


def test_sound_that_stops_ffmpeg_later_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "SOUND", "no-such-filter")
    content = made("a.mp4", *pattern("64x48", "0.2"), *sound("0.2"))
    clip, has_audio, notes = rendered(content)
    assert not has_audio
    assert notes == (SOUND_UNREADABLE,)
    assert videos.facts_of(clip).width == 64


def test_sound_of_many_channels_is_mixed_or_told() -> None:
    """Microphones for all directions record four channels that are no loudspeakers'."""
    four = (
        "-filter_complex",
        "[1:a]pan=4c|c0=c0|c1=c0|c2=c0|c3=c0[a]",
        "-map",
        "0:v",
        "-map",
        "[a]",
    )
    content = made("a.mov", *pattern("64x48"), *sound(), *four, "-c:a", "pcm_s16le")
    _, has_audio, notes = rendered(content, QUICKTIME)
    assert has_audio
    assert not notes


def test_pictures_and_sound_stay_together_however_late_one_of_them_begins() -> None:
    """A flash and a beep at the same time, in a file whose tracks begin at different times."""
    for delays in ((0.0, 0.0), (0.0, 0.4), (0.4, 0.0), (0.3, -0.2)):
        content = _flash_and_beep(*delays)
        clip, has_audio, notes = rendered(content)
        assert has_audio
        assert not notes
        flash, beep = _flash(clip), _beep(clip)
        assert flash == pytest.approx(beep, abs=0.06), delays


def _flash_and_beep(picture_late: float, sound_late: float) -> bytes:
    """Both at 0.7 s, the tracks shifted by edit lists; what is shifted holds them earlier."""
    at, then = 0.701 - picture_late, 0.8 - picture_late
    white = f"drawbox=t=fill:c=white:enable='between(t,{at:.3f},{then:.3f})'"
    flash = f"color=black:size=64x48:rate=20:duration=1.2,{white}"
    at, then = 0.7 - sound_late, 0.8 - sound_late
    loud = f"volume='between(t,{at:.3f},{then:.3f})':eval=frame"
    beep = f"sine=frequency=1000:sample_rate=48000:duration=1.2,{loud}"
    with videos.opened(made("v.mp4", "-f", "lavfi", "-i", flash, "-qp", "10")) as folder:
        tone = folder / "a.m4a"
        tone.write_bytes(made("a.m4a", "-f", "lavfi", "-i", beep, "-c:a", "aac"))
        picture = ("-itsoffset", str(picture_late), "-i", str(folder / "source"))
        late = ("-itsoffset", str(sound_late), "-i", str(tone))
        return made("b.mp4", *picture, *late, "-map", "0:v", "-map", "1:a", "-c", "copy")


def _flash(clip: bytes) -> float:
    """When the picture becomes white, in seconds."""
    with videos.opened(clip) as folder:
        gray = ("-vf", "fps=100:start_time=0,scale=1:1,format=gray", "-f", "rawvideo", "-")
        levels = videos.run("-i", str(folder / "source"), "-an", *gray)
    return next(number for number, level in enumerate(levels) if level > 128) / 100


def _beep(clip: bytes) -> float:
    """When the sound begins, in seconds."""
    samples = heard(clip, "-af", "aresample=async=1:first_pts=0")
    return next(number for number, level in enumerate(samples) if abs(level) > 1_000) / RATE

"""Finds out what a video file contains, from output of ffmpeg that is meant for programs.

ffmpeg's log is meant for people: its words and indentation change with the version, and a name in
the file may look like a line of the log. So the tracks are read from a list of the file's packets
(`framecrc`). How the pictures are shown is read from the header of a Matroska file that ffmpeg
writes for one decoded frame.

This takes two runs. The first lists the packets and decodes only what ffmpeg needs to open a file;
the second decodes one frame of the chosen pictures, and some of the chosen sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from shutterfeed.adapters import matroska
from shutterfeed.adapters.ffmpeg import THREADS, Ffmpeg, FfmpegFailed
from shutterfeed.domain.videos import MAX_SIDE

SOURCE: Final = "source"
_FIRST_FRAME: Final = "first.mkv"
_FIRST_SOUND: Final = "first.pcm"
_STATED: Final = "stated.mkv"
_SECONDS: Final = 30.0

UPRIGHT: Final = f"scale=w='clip(trunc(iw*sar),1,{MAX_SIDE})':h=ih,setsar=1"
"""The filter that makes pixels square. ffmpeg has already turned the frame as the file says."""

Kind = Literal["video", "audio"]
Transfer = Literal["smpte2084", "arib-std-b67"]

_SELECTORS: Final[dict[Kind, str]] = {"video": "0:V", "audio": "0:a"}
"""ffmpeg's names for the tracks of each kind. `V` means moving pictures, without covers and
previews."""
_EVERY_TRACK: Final = tuple(
    argument for selector in _SELECTORS.values() for argument in ("-map", f"{selector}?")
)
_ONE_BY_ONE: Final = ("-threads", "1")
"""Several threads would decode the frames that follow the first one, which nobody looks at."""
_HEADER: Final = re.compile(r"#(tb|media_type|codec_id|dimensions) (\d{1,4}): (\S{1,64})", re.ASCII)
_PACKET: Final = re.compile(r"(\d+), *-?\d+, *(-?\d+), *(\d+), *\d+,.*", re.ASCII)

_RAW: Final = b"V_UNCOMPRESSED"
"""Matroska's name for raw pictures. It has none for those with alpha: they get that of AVI."""
_TRANSFERS: Final[dict[int, Transfer]] = {16: "smpte2084", 18: "arib-std-b67"}
"""The two transfer functions of HDR, by their numbers in ITU-T H.273."""


@dataclass(slots=True)
class Track:
    """One picture or sound track, and the sums over its packets."""

    kind: Kind
    selector: str
    """ffmpeg's name for the track, as in `-map 0:V:0`."""
    codec: str
    width: int
    height: int
    """Width and height are the coded ones, before rotation; 0 for sound, and for a codec that was
    not opened."""
    tick: Fraction
    """The unit of its times, in seconds."""
    packets: int = 0
    _first: int = 0
    _last: int = 0
    _end: int = 0

    def add(self, start: int, duration: int) -> None:
        """Count a packet. Packets come in the order of decoding, not in the order of their
        times."""
        self._first = min(self._first, start) if self.packets else start
        self._last = max(self._last, start) if self.packets else start
        self._end = max(self._end, start + duration)
        self.packets += 1

    @property
    def rate(self) -> float | None:
        """The number of packets a second; None if there are too few to tell."""
        span = (self._last - self._first) * self.tick
        return float((self.packets - 1) / span) if span > 0 else None

    @property
    def end_ms(self) -> int:
        """The end of the track in milliseconds from the start of the file."""
        return round(self._end * self.tick * 1000)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a picture is shown: upright, with square pixels."""

    width: int
    height: int
    transfer: Transfer | None
    """The transfer function of an HDR picture; None for any other picture."""
    is_interlaced: bool = False
    """Whether it consists of two fields, each with half of the lines, from different times."""
    has_alpha: bool = False
    fields: str | None = None
    """The order of the fields, `tff` or `bff`, if the file states it and the frame itself does
    not."""
    turns: int = 0
    """How many times our filters have to turn the picture clockwise, by 90 degrees each; 0 if
    ffmpeg does it by itself."""


def tracks(ffmpeg: Ffmpeg, opening: tuple[str, ...]) -> list[Track]:
    """Every picture and sound track of `SOURCE`, pictures first, each kind in the file's order.

    Timecodes, subtitles and other data are left out. If the file is cut short, the tracks hold what
    comes before. Raises `FfmpegFailed` if not even a list of the tracks can be made, and
    `FfmpegTimedOut`.
    """
    try:
        return _listed(ffmpeg, opening, *_EVERY_TRACK)
    except FfmpegFailed:
        # Either the file cannot be read, or it has neither pictures nor sound.
        _listed(ffmpeg, opening, "-map", "0", "-ignore_unknown", "-t", "0")
        return []


def _listed(ffmpeg: Ffmpeg, opening: tuple[str, ...], *chosen: str) -> list[Track]:
    listing = _Listing()
    arguments = (
        *("-loglevel", "error", *opening, "-i", f"file:{SOURCE}", *chosen),
        *("-c", "copy", "-f", "framecrc", "pipe:1"),
    )
    try:
        ffmpeg.run(arguments, seconds=_SECONDS, on_line=listing.add)
    except FfmpegFailed:
        if not listing.tracks:
            raise
    return listing.tracks


class _Listing:
    """Reads the lines of a packet list, which begins with descriptions of the tracks."""

    def __init__(self) -> None:
        self._described: dict[int, dict[str, str]] = {}
        self._tracks: list[Track] | None = None

    @property
    def tracks(self) -> list[Track]:
        if self._tracks is None:
            self._tracks = list(_described(self._described))
        return self._tracks

    def add(self, line: str) -> None:
        if header := _HEADER.fullmatch(line):
            self._described.setdefault(int(header[2]), {})[header[1]] = header[3]
        elif packet := _PACKET.fullmatch(line):
            self.tracks[int(packet[1])].add(int(packet[2]), int(packet[3]))


def _described(tracks: dict[int, dict[str, str]]) -> Iterator[Track]:
    counts: dict[Kind, int] = {"video": 0, "audio": 0}
    for _, about in sorted(tracks.items()):
        kind: Kind = "video" if about["media_type"] == "video" else "audio"
        width, height = map(int, about.get("dimensions", "0x0").split("x"))
        selector = f"{_SELECTORS[kind]}:{counts[kind]}"
        yield Track(kind, selector, about["codec_id"], width, height, Fraction(about["tb"]))
        counts[kind] += 1


def first_frame(ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track) -> Frame:
    """How the first frame of `picture` that can be decoded is shown.

    Raises `FfmpegFailed` if no frame can be decoded, and `FfmpegTimedOut`.
    """
    return _frame(ffmpeg, _run(ffmpeg, opening, *_frame_output(picture)))


def first_frame_and_sound(
    ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track, sound: Track
) -> tuple[Frame, bool]:
    """What `first_frame` says, and whether `sound` can be decoded, in one run.

    Raises `FfmpegFailed` if either the pictures or the sound cannot, and `FfmpegTimedOut`.
    """
    log = _run(ffmpeg, opening, *_frame_output(picture), *_sound_output(sound))
    return _frame(ffmpeg, log), _has_sound(ffmpeg)


def is_heard(ffmpeg: Ffmpeg, opening: tuple[str, ...], sound: Track) -> bool:
    """Whether `sound` can be decoded, and made into stereo. Raises `FfmpegTimedOut`."""
    try:
        _run(ffmpeg, opening, *_sound_output(sound))
    except FfmpegFailed:
        return False
    return _has_sound(ffmpeg)


def states_alpha(ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track) -> bool:
    """Whether a WebM file says that the pictures of this track are transparent in parts.

    Raises `FfmpegFailed` and `FfmpegTimedOut`.
    """
    return bool(matroska.number(_stated(ffmpeg, opening, picture), matroska.ALPHA))


def quarter_turns(ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track) -> int:
    """How many times a player has to turn the pictures of this track clockwise, by 90 degrees each.
    0 also if the file states an angle between, or a mirror.

    Raises `FfmpegFailed` and `FfmpegTimedOut`.
    """
    projection = _stated(ffmpeg, opening, picture).get(matroska.PROJECTION, b"")
    turns = -matroska.real(dict(matroska.elements(projection)), matroska.ROLL) / 90
    return round(turns) % 4 if turns.is_integer() else 0


def _stated(ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track) -> dict[int, bytes]:
    """What the file itself states of the pictures of a track: elements of Matroska."""
    copied = ("-map", picture.selector, "-c", "copy", "-frames:v", "1")
    log = _run(ffmpeg, opening, *copied, "-f", "matroska", "-y", f"file:{_STATED}")
    return _header(ffmpeg, _STATED, log)[1]


def _run(ffmpeg: Ffmpeg, opening: tuple[str, ...], *outputs: str) -> str:
    arguments = ("-loglevel", "error", *opening, *_ONE_BY_ONE, "-i", f"file:{SOURCE}", *outputs)
    return ffmpeg.run(arguments, seconds=_SECONDS)


def _frame_output(picture: Track) -> tuple[str, ...]:
    return (
        *("-map", picture.selector, "-frames:v", "1"),
        # Of these two, ffmpeg takes the one with alpha only if the frame has it.
        *("-vf", f"{UPRIGHT},format=yuv420p|yuva420p", "-c:v", "rawvideo", "-allow_raw_vfw", "1"),
        # Only the header that describes the frame is needed, not the frame itself.
        *("-bsf:v", "noise=drop=1", "-map_metadata", "-1", "-map_chapters", "-1", *THREADS),
        *("-f", "matroska", "-y", f"file:{_FIRST_FRAME}"),
    )


def _sound_output(sound: Track) -> tuple[str, ...]:
    return (
        *("-map", sound.selector, "-frames:a", "1", "-ac", "2", "-c:a", "pcm_s16le"),
        *("-f", "s16le", "-y", f"file:{_FIRST_SOUND}"),
    )


def _has_sound(ffmpeg: Ffmpeg) -> bool:
    path = ffmpeg.folder / _FIRST_SOUND
    return path.exists() and path.stat().st_size > 0


def _frame(ffmpeg: Ffmpeg, log: str) -> Frame:
    track, shown = _header(ffmpeg, _FIRST_FRAME, log)
    colour = dict(matroska.elements(shown.get(matroska.COLOUR, b"")))
    return Frame(
        matroska.number(shown, matroska.WIDTH),
        matroska.number(shown, matroska.HEIGHT),
        _TRANSFERS.get(matroska.number(colour, matroska.TRANSFER)),
        is_interlaced=matroska.number(shown, matroska.INTERLACED) == 1,
        has_alpha=track.get(matroska.CODEC) != _RAW,
    )


def _header(ffmpeg: Ffmpeg, name: str, log: str) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """The elements of the track in a Matroska file that ffmpeg wrote, and those of its picture."""
    content = (ffmpeg.folder / name).read_bytes()
    track = matroska.inside(content, matroska.SEGMENT, matroska.TRACKS, matroska.TRACK)
    if track is None or matroska.PICTURE not in track:
        raise FfmpegFailed(log)
    return track, dict(matroska.elements(track[matroska.PICTURE]))

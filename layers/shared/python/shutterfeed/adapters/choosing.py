"""Chooses the tracks of a video file that are shown, and says what of it is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.adapters import codecs, containers, probing
from shutterfeed.adapters.ffmpeg import Ffmpeg, FfmpegFailed
from shutterfeed.adapters.probing import SOURCE, Frame, Kind, Track
from shutterfeed.adapters.refusals import refusing
from shutterfeed.domain.notes import Note
from shutterfeed.domain.videos import (
    MAX_DECODED_PIXELS,
    WEBM,
    VideoFacts,
    VideoRefused,
    check_facts,
)

# The bytes are read only as the type that was detected, and only from this file: a playlist that
# pretends to be a video is no MP4, and an MP4 whose samples are in other files has none.
_DEMUXERS: Final = {
    "webm": ("-f", "matroska"),
    "mov": ("-enable_drefs", "0", "-use_absolute_path", "0", "-f", "mov"),
}
_INPUT: Final = (
    *("-nostdin", "-protocol_whitelist", "file,pipe", "-max_pixels", str(MAX_DECODED_PIXELS)),
    *("-codec_whitelist", ",".join(sorted(codecs.DECODERS))),
    # What cannot be decoded is counted afterwards, and stops nothing.
    *("-max_error_rate", "1"),
)
SOUND_UNREADABLE: Final = Note("sound_left_out", "The sound was left out: it could not be decoded.")
_TRIED: Final = 3
"""How many tracks of a kind are tried until one can be decoded."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts about a file, and the tracks of it that are shown."""

    facts: VideoFacts
    frame: Frame
    picture: Track
    sound: Track | None
    opening: tuple[str, ...]
    """The arguments of ffmpeg to open the file."""
    notes: tuple[Note, ...]


def opened_as(content_type: str) -> tuple[str, ...]:
    """The arguments of ffmpeg to open a stranger's video of this content type."""
    return (*_INPUT, *_DEMUXERS["webm" if content_type == WEBM else "mov"])


def probe(ffmpeg: Ffmpeg, content_type: str) -> Probe:
    """Choose the tracks of `SOURCE` that are shown, and check them. Raises `VideoRefused`."""
    opening = opened_as(content_type)
    found = _tracks(ffmpeg, opening, content_type)
    pictures, sounds = _pictures_of(found), _usable(found, "audio", codecs.SOUNDS)
    size = (ffmpeg.folder / SOURCE).stat().st_size
    # The limits are checked before anything is decoded.
    check_facts(_facts(pictures[0], sounds), size)
    with refusing():
        picture, opening, frame, sound = _decodable(ffmpeg, opening, pictures, sounds)
    if content_type != WEBM and not frame.is_interlaced:
        fields = containers.field_order(ffmpeg.folder / SOURCE)
        frame = replace(frame, fields=fields, is_interlaced=fields is not None)
    if frame.is_interlaced:
        opening, frame = _unturned(ffmpeg, opening, picture, frame)
    facts = replace(
        _facts(picture, [sound] if sound else []),
        transfer=frame.transfer,
        is_interlaced=frame.is_interlaced,
        has_alpha=frame.has_alpha,
    )
    check_facts(facts, size)
    return Probe(facts, frame, picture, sound, opening, _left_out(found, sound))


def _unturned(
    ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track, frame: Frame
) -> tuple[tuple[str, ...], Frame]:
    """How to open a file whose frames hold two fields, and its frame. ffmpeg would turn frames
    before all filters, which then find the fields' lines as columns, or in the wrong order. So it
    does not, and the filters do."""
    with refusing():
        turns = probing.quarter_turns(ffmpeg, opening, picture)
    if not turns:
        return opening, frame
    return (*opening, "-display_rotation:v", "0"), replace(frame, turns=turns)


def _facts(picture: Track, sounds: list[Track]) -> VideoFacts:
    end_ms = max(track.end_ms for track in (picture, *sounds[:1]))
    return VideoFacts(picture.width, picture.height, picture.rate, end_ms, bool(sounds))


def _tracks(ffmpeg: Ffmpeg, opening: tuple[str, ...], content_type: str) -> list[Track]:
    try:
        with refusing():
            return probing.tracks(ffmpeg, opening)
    except VideoRefused as refused:
        source = ffmpeg.folder / SOURCE
        is_webm = content_type == WEBM
        if refused.code == "undecodable" and (
            containers.breaks_off(source, is_webm=is_webm)
            or (not is_webm and containers.lacks_index(source))
        ):
            raise VideoRefused(
                "truncated",
                "The video is incomplete: the index of its content is missing. Either its "
                "recording broke off or its upload did. Please try another copy.",
            ) from refused
        raise


def _pictures_of(found: list[Track]) -> list[Track]:
    """The moving pictures that may be shown, the best ones first. Raises `VideoRefused` if there
    are none."""
    usable = _usable(found, "video", codecs.PICTURES)
    other = next((track for track in found if track.kind == "video"), None)
    if not usable and other is not None:
        coded = "in an unknown way" if other.codec == "none" else f"as {other.codec}"
        raise VideoRefused(
            "unsupported_codec", f"The video is coded {coded}. It must be {codecs.NAMES}."
        )
    sized = [track for track in usable if track.width and track.height]
    if not sized:
        raise VideoRefused("no_video", "The file has no moving picture in it that can be shown.")
    # A track with one frame, or in an older codec beside others, is a cover or a preview.
    return sorted(sized, key=lambda track: (track.packets < 2, track.codec in codecs.OLDER))


def _usable(found: list[Track], kind: Kind, accepted: frozenset[str]) -> list[Track]:
    tracks = [track for track in found if track.kind == kind and track.codec in accepted]
    # Only a track of pictures may turn out to be empty: its file is then called damaged.
    return [track for track in tracks if track.packets or kind == "video"]


def _decodable(
    ffmpeg: Ffmpeg, opening: tuple[str, ...], pictures: list[Track], sounds: list[Track]
) -> tuple[Track, tuple[str, ...], Frame, Track | None]:
    """The first pictures and the first sound that can really be decoded, and how: the arguments to
    open the file, and what the first frame is like. Raises `FfmpegFailed` if no pictures can be."""
    *hopeful, last = pictures[:_TRIED]
    for picture in hopeful:
        try:
            return picture, *_look(ffmpeg, opening, picture, sounds[:_TRIED])
        except FfmpegFailed:
            continue
    return last, *_look(ffmpeg, opening, last, sounds[:_TRIED])


def _look(
    ffmpeg: Ffmpeg, opening: tuple[str, ...], picture: Track, sounds: list[Track]
) -> tuple[tuple[str, ...], Frame, Track | None]:
    decoder = codecs.WITH_ALPHA.get(picture.codec)
    if decoder and probing.states_alpha(ffmpeg, opening, picture):
        opening = (*opening, "-c:v", decoder)
    if not sounds:
        return opening, probing.first_frame(ffmpeg, opening, picture), None
    try:
        frame, is_heard = probing.first_frame_and_sound(ffmpeg, opening, picture, sounds[0])
    except FfmpegFailed:
        # Either may be at fault.
        frame, is_heard = probing.first_frame(ffmpeg, opening, picture), False
    if is_heard:
        return opening, frame, sounds[0]
    others = (sound for sound in sounds[1:] if probing.is_heard(ffmpeg, opening, sound))
    return opening, frame, next(others, None)


def _left_out(found: list[Track], sound: Track | None) -> tuple[Note, ...]:
    """What the owner is told if no sound is kept though there is some."""
    lost = [track for track in found if track.kind == "audio" and track.packets]
    if sound or not lost:
        return ()
    codec = lost[0].codec
    if codec in codecs.SOUNDS:
        return (SOUND_UNREADABLE,)
    coded = "in an unknown way" if codec == "none" else f"as {codec}"
    return (
        Note(
            "sound_left_out",
            f"The sound was left out: it is coded {coded}, which is not supported.",
        ),
    )

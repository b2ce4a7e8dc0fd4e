"""What is right for each file of `found`: real files, or ones like them, that once went wrong."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import request
from tests import videos
from tests.ssim import ssim

_TOLERANCE_MS: Final = 100
_RATE: Final = 16_000
"""Sounds a second when a pitch is measured."""
_LEAST_SSIM: Final = 0.95
_NEARLY_WHITE: Final = 245


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a file: what the command line said in the end, and the post as the API shows
    it, or None if there is none."""

    file: Path
    said: Json
    post: Json | None

    @property
    def medium(self) -> Json:
        medium: Json = self.post["media"][0] if self.post else {}
        return medium

    def picture(self) -> Image.Image:
        """The largest JPEG, whose compression changes less than that of the WebPs."""
        made = [one for one in self.medium["renditions"] if one["content_type"] == "image/jpeg"]
        largest = max(made, key=lambda rendition: int(rendition["width"]))
        return Image.open(BytesIO(_fetched(largest["url"]))).convert("RGB")

    def clip(self) -> bytes:
        return _fetched(self.medium["clip"]["url"])


Check = Callable[[Seen], Iterator[str]]
"""Yields what is not as it should be."""


def _fetched(url: str) -> bytes:
    answer = request("GET", url)
    answer.raise_for_status()
    return answer.content


def shown(seen: Seen) -> str:
    """What became of a file, in a few words."""
    if seen.post is None:
        return f"not posted: {seen.said.get('reason') or seen.said.get('message')}"
    medium = seen.medium
    parts = [f"{seen.post['state']}, {medium['width']}x{medium['height']}"]
    if clip := medium.get("clip"):
        sound = "with" if clip["has_audio"] else "without"
        parts.append(f"clip of {clip['duration_ms'] / 1000:g} s {sound} sound")
    parts += [note["code"] for note in medium.get("notes", ())]
    if failure := medium.get("failure"):
        return f"{seen.post['state']}, {failure['code']}: {failure['message']}"
    return ", ".join(parts)


def _published(seen: Seen, *, notes: tuple[str, ...] = ()) -> Iterator[str]:
    if seen.post is None or seen.post["state"] != "published":
        yield "it is not published"
    elif unexpected := {note["code"] for note in seen.medium["notes"]} - {*notes}:
        yield f"its owner is told {', '.join(sorted(unexpected))}"


def _clip(
    *, size: tuple[int, int] | None = None, ms: int | None = None, has_sound: bool = False
) -> Check:
    """A clip, with this size, duration and sound if they are named."""

    def check(seen: Seen) -> Iterator[str]:
        yield from _published(seen)
        clip = seen.medium.get("clip")
        if clip is None:
            yield "it has no clip"
            return
        if size and (clip["width"], clip["height"]) != size:
            yield f"the clip has {clip['width']}x{clip['height']} pixels"
        if ms and abs(clip["duration_ms"] - ms) > _TOLERANCE_MS:
            yield f"the clip lasts {clip['duration_ms']} ms"
        if has_sound and not clip["has_audio"]:
            yield "the clip has no sound"

    return check


def _pitch(hertz: int) -> Check:
    """A clip whose sound is one tone."""

    def check(seen: Seen) -> Iterator[str]:
        problems = list(_clip(has_sound=True)(seen))
        yield from problems
        if problems:
            return
        sound = ("-map", "0:a", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-")
        waves = array("h", _by_ffmpeg(seen.clip(), *sound))
        rises = sum(one < 0 <= other for one, other in pairwise(waves))
        heard = rises * _RATE / len(waves)
        if abs(heard - hertz) > hertz / 20:
            yield f"its tone has {heard:.0f} Hz"

    return check


def _without_combs(seen: Seen) -> Iterator[str]:
    problems = list(_clip()(seen))
    yield from problems
    if not problems:
        width = int(seen.medium["clip"]["width"])
        before, after = (videos.combs(c, width) for c in (seen.file.read_bytes(), seen.clip()))
        if after * 5 > before:
            yield f"{after} pixels of a frame are in combs, of {before} before"


def _white_where_nothing_is(seen: Seen) -> Iterator[str]:
    problems = list(_clip()(seen))
    yield from problems
    if not problems:
        # There the last frame has cleared what was before.
        last = _by_ffmpeg(seen.clip(), "-vf", "crop=2:2:10:20,format=rgb24", "-f", "rawvideo", "-")
        if min(last[-12:]) < _NEARLY_WHITE:
            yield f"a cleared area is {tuple(last[-3:])}"


def _by_ffmpeg(content: bytes, *arguments: str) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return videos.run("-i", file.name, *arguments)


def _photo(size: tuple[int, int] | None = None) -> Check:
    """A photo without a note, upright in this size if it is named."""

    def check(seen: Seen) -> Iterator[str]:
        yield from _published(seen)
        if size and (seen.medium.get("width"), seen.medium.get("height")) != size:
            yield f"it is not {size[0]}x{size[1]}"

    return check


def _without_caption(seen: Seen) -> Iterator[str]:
    yield from _published(seen)
    if seen.post and seen.post["caption"]:
        yield f"its caption is {seen.post['caption']!r}"


def _like_its_reference(seen: Seen) -> Iterator[str]:
    problems = list(_published(seen))
    yield from problems
    if not problems:
        made = seen.picture()
        with Image.open(seen.file.with_suffix(".reference.jpg")) as reference:
            found = ssim(made, reference.convert("RGB").resize(made.size))
        if found < _LEAST_SSIM:
            yield f"the SSIM to its reference is {found:.3f}"


def _refused(code: str, words: str) -> Check:
    """A failure with this code, whose sentence has these words."""

    def check(seen: Seen) -> Iterator[str]:
        failure = seen.medium.get("failure") or {}
        if failure.get("code") != code or words not in failure.get("message", ""):
            yield f"it is not refused as {code} with {words!r}"

    return check


def _told_incomplete(seen: Seen) -> Iterator[str]:
    failure = seen.medium.get("failure") or {}
    notes = [note["code"] for note in seen.medium.get("notes", ())]
    told = " ".join((*(note["message"] for note in seen.said.get("notes", ())), _reason(seen)))
    if failure.get("code") != "truncated" and "incomplete" not in notes:
        yield "its owner does not learn that it is incomplete"
    elif not told:
        yield "the command line does not tell it"


def _reason(seen: Seen) -> str:
    return str(seen.said.get("reason") or "")


def _animated_or_told(seen: Seen) -> Iterator[str]:
    yield from _published(seen, notes=("animation_left_out",))
    if not seen.medium.get("clip") and not seen.medium.get("notes"):
        yield "its movement is lost without a word"


RIGHT: Final[Mapping[str, tuple[str, Check]]] = {
    "video-timecode-track.mov": (
        "published, 160x120, 1 s, with sound",
        _clip(size=(160, 120), ms=1000, has_sound=True),
    ),
    "video-apac-first-aac-second.mov": ("published with a tone of 880 Hz", _pitch(880)),
    "video-mulaw-sound.mov": ("published with sound", _clip(has_sound=True)),
    "video-fragmented-no-duration.mp4": ("posted, 2 s", _clip(ms=2000)),
    "video-mpeg4-part2.mp4": ("published", _clip()),
    "video-interlaced.mp4": ("no combs in the clip", _without_combs),
    "jpeg-empty-iptc-caption.jpg": ("posted without a caption", _without_caption),
    "heic-10bit-bt2020-pq.heic": ("looks like its reference", _like_its_reference),
    "gif-dispose-background.gif": ("cleared areas are white", _white_where_nothing_is),
    "jpeg-complete-without-eoi.jpg": ("published", _photo()),
    "jpeg-eoi-in-the-middle.jpg": ("its owner learns that a part is missing", _told_incomplete),
    "jpeg-orientation-only-in-xmp.jpg": ("published, 900x600", _photo((900, 600))),
    "jpeg-arithmetic.jpg": ("published", _photo()),
    "png-1.6mb-compressed-text.png": ("published", _photo()),
    "png-text-chunk-bad-crc.png": ("published", _photo()),
    "webp-64-megapixels.webp": (
        "refused as too_many_pixels, which names the limit",
        _refused("too_many_pixels", "megapixels; saved like this, at most about"),
    ),
    "apng.png": ("a clip, or a still and a note", _animated_or_told),
    "avif-animated.avif": ("a clip, or a still and a note", _animated_or_told),
}
"""What is right for each file: in words, and as a check."""

"""Finds files to post, and reads the facts about them: type, size, hash, and a video's
dimensions."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from shutterfeed_cli.client.content import Json, declared
from shutterfeed_cli.client.limits import MAX_PHOTO_BYTES, MAX_VIDEO_BYTES
from shutterfeed_cli.errors import NotTaken, Unread, Unusable
from shutterfeed_cli.sources import FileSource, Source, UnreadableSource, reading
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.video import UnknownVideo, VideoFacts, read_facts

_MAGIC_BYTES: Final = 64
_CHUNK_BYTES: Final = 1024 * 1024

_PHOTO_MARKS: Final[tuple[tuple[str, int, bytes], ...]] = (
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/gif", 0, b"GIF87a"),
    ("image/gif", 0, b"GIF89a"),
)
_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_PICTURE_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1"})
_MP4_BRANDS: Final = (
    b"iso",
    b"mp4",
    b"mp7",
    b"avc",
    b"hvc",
    b"M4V",
    b"MSNV",
    b"dash",
    b"3g",
    b"XAVC",
)
_OLD_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_WEBM_DOCTYPE: Final = b"\x42\x82\x84webm"

EXTENSIONS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


@dataclass(frozen=True, slots=True)
class Medium:
    """A file to post, with the facts that the service requires; `sha256` is hexadecimal."""

    source: Source
    content_type: str
    size: int
    sha256: str
    video: VideoFacts | None = None

    @property
    def is_video(self) -> bool:
        return self.content_type.startswith("video/")

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """The file's bytes. Raises `OSError`, `CliError`."""
        return reading(self.source)

    def declaration(self) -> Json:
        """The file as a JSON object for `POST /posts`."""
        facts = {} if self.video is None else asdict(self.video)
        return {**declared(self.content_type, self.size, self.sha256), **facts}


def sniff(magic: bytes) -> str | None:
    """The content type of a file by its first bytes; None if the service does not accept it."""
    for content_type, at, mark in _PHOTO_MARKS:
        if magic.startswith(mark, at):
            return content_type
    if magic[:4] == b"RIFF" and magic[8:12] == b"WEBP":
        return "image/webp"
    if magic.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if _WEBM_DOCTYPE in magic else None
    kind, brand = magic[4:8], magic[8:12]
    if kind == b"ftyp":
        return _by_brand(magic, brand)
    return "video/quicktime" if kind in _OLD_QUICKTIME_ATOMS else None


def _by_brand(magic: bytes, brand: bytes) -> str | None:
    length = int.from_bytes(magic[:4], "big")
    brands = {brand} if length >= 16 else set()
    if brand in _PICTURE_BRANDS:
        listed = magic[16:length]
        brands |= {listed[at : at + 4] for at in range(0, len(listed) - 3, 4)}
    if brands & _AVIF_BRANDS:
        return "image/avif"
    if brands & _HEIC_BRANDS:
        return "image/heic"
    if brands & _PICTURE_BRANDS:
        return "image/heif"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/mp4" if brand.startswith(_MP4_BRANDS) else None


def examine(source: Source, stop: Stop) -> Medium | None:
    """The facts about a file that have to be declared; None if it is neither photo nor video.

    Raises `Unusable`, `Stopped`.
    """
    try:
        with reading(source) as file:
            return _examine(source, file, stop)
    except OSError as error:
        raise Unread.because(error) from error


def _examine(source: Source, file: IO[bytes], stop: Stop) -> Medium | None:
    content_type = sniff(file.read(_MAGIC_BYTES))
    if content_type is None:
        return None
    size = file.seek(0, 2)
    is_video = content_type.startswith("video/")
    limit = MAX_VIDEO_BYTES if is_video else MAX_PHOTO_BYTES
    if size > limit:
        raise Unusable(
            f"It has {size:,} bytes; a {'video' if is_video else 'photo'} has at most {limit:,}."
        )
    video = None
    if is_video:
        try:
            video = read_facts(file, content_type)
        except UnknownVideo as error:
            raise Unusable(f"The video cannot be posted: {error}.") from error
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        stop.check_new()
        digest.update(chunk)
    return Medium(source, content_type, size, digest.hexdigest(), video)


def find(paths: Sequence[Path]) -> Iterator[tuple[bool, Sequence[Source]]]:
    """The files to examine, folder by folder, in the order of their names, and whether they were
    named one by one. Each is found once.

    Folders are searched with all their subfolders; hidden files and folders, and links to folders,
    are left out. Files that are named one by one form one group, in the given order.
    """
    named = [path for path in dict.fromkeys(paths) if not os.path.isdir(path)]  # noqa: PTH112
    if named:
        yield True, [FileSource(path) for path in named]
    found = {str(path) for path in named}
    for path in paths:
        if path not in named:
            for sources in _walk(path):
                new = [source for source in sources if source.name not in found]
                found.update(source.name for source in new)
                if new:
                    yield False, new


def _walk(folder: Path) -> Iterator[Sequence[Source]]:
    left = [folder]
    while left:
        current = left.pop()
        try:
            entries = [entry for entry in current.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            yield [UnreadableSource(current, error)]
            continue
        sources: list[Source] = []
        folders: list[Path] = []
        for entry in sorted(entries, key=lambda entry: natural(entry.name)):
            source = _found(entry)
            if source is not None:
                sources.append(source)
            elif not entry.is_symlink():
                folders.append(entry)
        yield sources
        left += reversed(folders)


def _found(entry: Path) -> Source | None:
    """An entry of a folder as a source; None if it is a folder itself."""
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        leads_nowhere = error.errno in {errno.ENOENT, errno.ELOOP} and entry.is_symlink()
        why = NotTaken("It is a link that leads nowhere.") if leads_nowhere else error
        return UnreadableSource(entry, why)
    if stat.S_ISDIR(mode):
        return None
    if stat.S_ISREG(mode):
        return FileSource(entry)
    return UnreadableSource(entry, NotTaken("It is neither a file nor a folder."))


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which IMG_9 comes before IMG_10."""
    parts: list[tuple[int, int, str]] = []
    text, digits = "", ""
    for character in [*name.casefold(), ""]:
        if character.isdecimal() and character.isascii():
            digits += character
            if text:
                parts.append((1, 0, text))
                text = ""
        else:
            if digits:
                parts.append((0, int(digits), digits))
                digits = ""
            text += character
    if text:
        parts.append((1, 0, text))
    return parts

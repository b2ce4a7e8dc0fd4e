"""Reads Instagram's own export of a user's data in its JSON formats, from a folder or a zip.

The archive may be hostile. Names that lead out of the archive are ignored, and only the files that
are needed are unpacked.

The formats, oldest first:

- `media.json` (2018-2020): lists of `photos` and `videos` with `caption`, `taken_at`, `location`
  (a name) and `path`. A post with several files is several entries with the same time and caption.
- `posts_1.json`, `posts_2.json`, … in `content/` or `media/`, in newer exports below
  `your_instagram_activity/`: a list of posts with `media`. If a post has only one file, its caption
  and time are with the file.
- `posts.json` beside them, in newer exports: `label_values` with the name and the point of a place,
  for the posts of the same moment.

All text is UTF-8 that was read as Latin-1.
"""

from __future__ import annotations

import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, Final

from shutterfeed_cli.captions import repaired
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.sources import UNPACKING_ERRORS, FileSource, Source, ZippedSource

_MAX_JSON_BYTES: Final = 256 * 1024 * 1024
"""The largest size of one file with posts. A hundred thousand posts have fewer bytes, but a zip may
declare any size."""
_SAME_MOMENT: Final = 1
"""The seconds by which two files of an export may differ in the time of the same post."""
_JSON_FORM: Final = (
    "ask Instagram for it again: Accounts Center > Your information and permissions > Download your"
    " information, and there choose the format JSON instead of HTML."
)


Point = tuple[float, float]
"""A latitude and a longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Item:
    """One post, reel or story of the export. `made` is its time in seconds since 1970."""

    kind: str
    made: int
    caption: str
    files: tuple[str, ...]
    """The names of its files in the archive, in the order of the post."""
    place_name: str = ""
    point: Point | None = None
    """The point of the place that the export names for the post."""
    taken_at_point: Point | None = None
    """The point in the metadata of one of the files. Instagram showed it to nobody."""

    @property
    def taken_at(self) -> str:
        return datetime.fromtimestamp(self.made, UTC).isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class Remarks:
    """Remarks about what could not be imported, for the owner of the export."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


class Archive(ABC):
    """The files of an export."""

    @abstractmethod
    def names(self) -> Sequence[str]:
        """The names of all files, with slashes, relative to the archive's root."""

    @abstractmethod
    def source(self, name: str) -> Source | None:
        """A file to upload; None if there is no such file."""

    @abstractmethod
    def _read(self, name: str) -> bytes: ...

    def read_json(self, name: str) -> Any:
        """The content of a JSON file. Raises `CliError`."""
        try:
            return json.loads(self._read(name))
        except (ValueError, RecursionError) as error:
            raise CliError(f"{name} in the archive is damaged: {error}") from error
        except OSError as error:
            raise CliError(f"{name} in the archive cannot be read: {error}") from error


class FolderArchive(Archive):
    """An export that was unpacked into a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def names(self) -> Sequence[str]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return [path.relative_to(self._root).as_posix() for path in files]

    def source(self, name: str) -> Source | None:
        try:
            path = (self._root / name).resolve()
            # Names with `..` and links must not lead out of the folder.
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
        except (OSError, ValueError, RuntimeError):
            return None  # No file can have this name, or its links form a circle.
        return FileSource(path)

    def _read(self, name: str) -> bytes:
        path = self._root / name
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise CliError(f"{name} in the archive is too large.")
        return path.read_bytes()


class ZipArchive(Archive):
    """An export as it was downloaded: a zip."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, *UNPACKING_ERRORS) as error:
            raise CliError(f"{path} cannot be read as a zip: {error}") from error
        self._members = {
            member.filename: member for member in self._zip.infolist() if not member.is_dir()
        }

    def names(self) -> Sequence[str]:
        return list(self._members)

    def source(self, name: str) -> Source | None:
        member = self._members.get(name)
        return None if member is None else ZippedSource(self._zip, member)

    def _read(self, name: str) -> bytes:
        try:
            with self._zip.open(self._members[name]) as file:
                content = file.read(_MAX_JSON_BYTES + 1)
        except UNPACKING_ERRORS as error:
            raise CliError(f"{name} in the archive cannot be unpacked: {error}") from error
        if len(content) > _MAX_JSON_BYTES:
            raise CliError(f"{name} in the archive is too large.")
        return content


def open_archive(path: Path) -> Archive:
    """Open a folder or zip. Raises `CliError` if it does not exist or cannot be read."""
    if path.is_dir():
        return FolderArchive(path)
    if not path.exists():
        raise CliError(f"There is no {path}.")
    return ZipArchive(path)


class Export:
    """The posts of an archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.remarks = Remarks()
        self._names = archive.names()

    def items(self, *, reels: bool, stories: bool) -> list[Item]:
        """The posts, and the reels and stories if they are asked for, oldest first. Raises
        `CliError` if this is not an export of Instagram."""
        files = {name: self._kind(name) for name in self._names}
        wanted = {"posts": True, "reels": reels, "igtv": reels, "stories": stories}
        if not any(files.values()):
            raise CliError(self._unknown())
        found: list[Item] = []
        places: list[Item] = []
        for name, kind in files.items():
            root = _root(name)
            content = self.archive.read_json(name) if kind else None
            if kind == "media":
                found += self._of_media_json(content, root, reels=reels, stories=stories)
            elif kind == "places":
                places += self._places(content)
            elif kind and wanted[kind]:
                found += self._of_posts(content, root, kind)
            elif kind and (entries := _entries(content)):
                flag = "--stories" if kind == "stories" else "--reels"
                self.remarks.add(f"{len(entries):,} {kind} were left out; {flag} includes them.")
        placed = _with_places(found, places)
        return sorted(placed, key=lambda item: (item.made, item.files))

    def sources(self, item: Item) -> list[Source]:
        """The files of a post that are in the archive. A remark is added for each missing file."""
        found = []
        for name in item.files:
            source = self.archive.source(name)
            if source is None:
                self.remarks.add(f"{name} is not in the archive: its post is made without it.")
            else:
                found.append(source)
        return found

    def profile_photo(self) -> Source | None:
        """The newest profile photo; None if there is none."""
        found: list[tuple[int, str]] = []
        for name in self._names:
            path, root = PurePosixPath(name), _root(name)
            if path.name == "profile_photos.json":
                found += [
                    (_seconds(entry.get("creation_timestamp")) or 0, _inside(root, uri))
                    for entry in _entries(self.archive.read_json(name))
                    if (uri := _text(entry.get("uri")))
                ]
            elif self._kind(name) == "media":
                content = self.archive.read_json(name)
                entries = _list(content.get("profile")) if isinstance(content, dict) else []
                found += [
                    (_date(entry.get("taken_at")) or 0, _inside(root, uri))
                    for entry in entries
                    if (uri := _text(entry.get("path")))
                ]
        sources = (self.archive.source(uri) for _, uri in sorted(found, reverse=True))
        return next(filter(None, sources), None)

    def _kind(self, name: str) -> str:
        """The kind of content of a JSON file, by its name; empty for files that are not read."""
        path = PurePosixPath(name)
        if path.suffix != ".json" or path.is_absolute() or ".." in path.parts:
            return ""
        folder = path.parent.name
        if path.name == "media.json" and folder not in {"media", "content"}:
            return "media"
        if folder not in {"media", "content"}:
            return ""
        stem = path.stem.rstrip("0123456789").rstrip("_")
        if path.stem == "posts":
            return "places" if self._is_labelled(name) else "posts"
        return {
            "posts": "posts",
            "reels": "reels",
            "igtv_videos": "igtv",
            "stories": "stories",
        }.get(stem, "")

    def _is_labelled(self, name: str) -> bool:
        return any("label_values" in entry for entry in _entries(self.archive.read_json(name)))

    def _unknown(self) -> str:
        if any(PurePosixPath(name).suffix == ".html" for name in self._names):
            return f"This export is in HTML form, which cannot be imported: {_JSON_FORM}"
        return (
            "This is not an export of Instagram: it has neither posts_1.json nor media.json in it."
            " If the export came in several zips, import the one that has such a file."
        )

    # --- posts_1.json, reels.json, stories.json

    def _of_posts(self, content: Any, root: str, kind: str) -> Iterator[Item]:
        for entry in _entries(content):
            media = [one for one in _list(entry.get("media", [entry])) if _text(one.get("uri"))]
            made = _seconds(entry.get("creation_timestamp")) or _seconds(
                media[0].get("creation_timestamp") if media else None
            )
            if not media or made is None:
                self.remarks.add(f"A post in {kind} has no files or no date, and was left out.")
                continue
            captions = [entry.get("title"), *(one.get("title") for one in media)]
            yield Item(
                kind,
                made,
                next(filter(None, map(_text, captions)), ""),
                tuple(_inside(root, _text(one["uri"])) for one in media),
                taken_at_point=next(filter(None, map(_point, media)), None),
            )

    def _places(self, content: Any) -> Iterator[Item]:
        """The times and places of posts, as items without files."""
        for entry in _entries(content):
            made = _seconds(entry.get("timestamp"))
            values = _labels(entry.get("label_values"))
            latitude, longitude = _number(values.get("Latitude")), _number(values.get("Longitude"))
            point = None if latitude is None or longitude is None else (latitude, longitude)
            name, point = _place_name(entry.get("label_values")), _on_earth(point)
            if made is not None and name:
                yield Item("place", made, "", (), name, point)
            elif made is not None and point:
                yield Item("place", made, "", (), taken_at_point=point)

    # --- media.json

    def _of_media_json(
        self, content: Any, root: str, *, reels: bool, stories: bool
    ) -> Iterator[Item]:
        del reels  # Exports of this age have no reels.
        sections = {"photos": True, "videos": True, "stories": stories}
        if not isinstance(content, dict):
            return
        entries = [
            (_date(entry.get("taken_at")), _text(entry.get("caption")), section, entry)
            for section, taken in sections.items()
            if taken
            for entry in _list(content.get(section))
            if _text(entry.get("path"))
        ]
        if content.get("stories") and not stories:
            count = len(_list(content["stories"]))
            self.remarks.add(f"{count:,} stories were left out; --stories includes them.")

        def post(entry: tuple[int | None, str, str, Json]) -> tuple[bool, int, str]:
            return entry[2] == "stories", entry[0] or 0, entry[1]

        for (story, made, caption), group in groupby(sorted(entries, key=post), key=post):
            files = [entry for *_, entry in group]
            if not made:
                self.remarks.add(f"{len(files):,} files have no date, and were left out.")
                continue
            yield Item(
                "stories" if story else "posts",
                made,
                caption,
                tuple(_inside(root, _text(entry["path"])) for entry in files),
                next(filter(None, (_text(entry.get("location")) for entry in files)), ""),
            )


def _with_places(items: Iterable[Item], places: Iterable[Item]) -> Iterator[Item]:
    """The items, each with the place of the same moment if there is one."""
    by_moment = {place.made: place for place in places}
    moments = [0, *range(-_SAME_MOMENT, _SAME_MOMENT + 1)]
    for item in items:
        near = (by_moment.get(item.made + shift) for shift in moments)
        place = next(filter(None, near), None)
        if place is None:
            yield item
        else:
            yield replace(
                item,
                place_name=place.place_name or item.place_name,
                point=place.point,
                taken_at_point=place.taken_at_point or item.taken_at_point,
            )


def _root(name: str) -> str:
    """The folder of the archive to which the names in this file are relative: the whole export may
    be in a folder of its own."""
    parts = list(PurePosixPath(name).parent.parts)
    for known in ("media", "content", "your_instagram_activity"):
        if parts and parts[-1] == known:
            parts.pop()
    return "/".join(parts)


def _inside(root: str, uri: str) -> str:
    return f"{root}/{uri}" if root else uri


def _entries(content: Any) -> list[Json]:
    """The list of entries in a file. Newer exports wrap it: `{"ig_reels_media": [...]}`."""
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if lists else []
    return _list(content)


def _list(content: Any) -> list[Json]:
    """The objects in a value that should be a list of objects."""
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def _text(value: Any) -> str:
    return repaired(value) if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _seconds(value: Any) -> int | None:
    """The value as seconds since 1970; None if it is no time that Python's dates can hold."""
    number = _number(value)
    return int(number) if number is not None and 0 < number < 32_503_680_000 else None


def _date(value: Any) -> int | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return _seconds((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _point(medium: Json) -> Point | None:
    """The point where a file was made, by the metadata that Instagram kept of it."""
    metadata = medium.get("media_metadata")
    for kind in ("photo_metadata", "video_metadata"):
        details = metadata.get(kind) if isinstance(metadata, dict) else None
        for exif in _list(details.get("exif_data")) if isinstance(details, dict) else []:
            latitude, longitude = _number(exif.get("latitude")), _number(exif.get("longitude"))
            if latitude is not None and longitude is not None:
                return _on_earth((latitude, longitude))
    return None


def _on_earth(point: Point | None) -> Point | None:
    """The point; None if it is not on Earth, not a number, or 0, 0, which means unknown."""
    if point is None or point == (0, 0):
        return None
    return point if -90 <= point[0] <= 90 and -180 <= point[1] <= 180 else None


def _labels(values: Any) -> dict[str, Any]:
    return {_text(one.get("label")): one.get("value") for one in _list(values)}


def _place_name(values: Any) -> str:
    for one in _list(values):
        if _text(one.get("title")) == "Place":
            for inner in _list(one.get("dict")):
                if name := _text(_labels(inner.get("dict")).get("Name")):
                    return name
    return ""

"""The posts of Instagram's own export of a user's data in its JSON formats.

The lists of posts are in `content/` or `media/`, in newer exports below `your_instagram_activity/`;
in the oldest form `media.json` is their only list. A post may be in several lists, and in several
parts of an export.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from shutterfeed_cli.archive import Archive, Parts
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.instagram_items import (
    Item,
    Remarks,
    entries_of,
    items_of,
    items_of_media_json,
    named_media,
    profile_photos,
)
from shutterfeed_cli.instagram_merging import merged
from shutterfeed_cli.instagram_values import objects
from shutterfeed_cli.sources import Source
from shutterfeed_cli.wording import counted

_FOLDERS: Final = frozenset({"media", "content"})
_KINDS: Final = {
    "posts": "posts",
    "reels": "reels",
    "igtv_videos": "igtv",
    "stories": "stories",
    "archived_posts": "archived",
    "recently_deleted_content": "deleted",
    "other_content": "other",
    "reposts": "reposts",
    "profile_photos": "profile",
}
"""The kinds of content, by the names of the lists without their numbers."""
_WRAPPED: Final = {
    "ig_reels_media": "reels",
    "ig_igtv_media": "igtv",
    "ig_stories": "stories",
    "ig_archived_post_media": "archived",
    "ig_recently_deleted_media": "deleted",
    "ig_other_media": "other",
    "ig_profile_picture": "profile",
}
"""The kinds of content, by the name inside a list, whatever the list's own name is."""
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".heic", ".webp", ".mp4", ".mov"})
_JSON_FORM: Final = (
    "ask Instagram for it again: Accounts Center > Your information and permissions > Download your"
    " information, and there choose the format JSON instead of HTML."
)


class Export:
    """The posts of the parts of an export."""

    def __init__(self, parts: Parts) -> None:
        self.remarks = Remarks()
        self.is_damaged = False
        """Whether a list could not be read."""
        self._parts = parts
        self._lists = [
            (archive, name, kind)
            for archive in parts.given
            for name in archive.names
            if (kind := _kind(name))
        ]
        if not self.has_lists:
            others = {(archive, name): kind for archive, name, kind in self._lists}
            others |= {(archive, name): kind for archive, name, kind in self._unknown_lists()}
            self._lists = [(archive, name, kind) for (archive, name), kind in others.items()]
        for archive in parts.given:
            for name in archive.refused:
                self.remarks.add(
                    f"{name} was left out: its name leads out of {archive.path}.", "refused"
                )

    @property
    def has_lists(self) -> bool:
        """Whether the given parts say what posts there are."""
        return any(kind not in {"profile", "unknown"} for _, _, kind in self._lists)

    def items(self, *, reels: bool, stories: bool, archived: bool = False) -> list[Item]:
        """The posts, and the reels, stories and archived posts if they are asked for, oldest
        first."""
        found: list[Item] = []
        for archive, name, kind in self._lists:
            root, content = _root(name), self._content(archive, name, kind)
            if kind == "media":
                found += items_of_media_json(content, root)
            elif kind == "unknown":
                self._remark_unknown(name, content)
            elif kind != "profile":
                found += items_of(content, root, kind, self.remarks)
        wanted = {"posts": True, "reels": reels, "igtv": reels}
        wanted |= {"stories": stories, "archived": archived}
        items = merged(found)
        self._remark_left_out([one for one in items if not wanted.get(one.kind)])
        kept = [item for item in items if wanted.get(item.kind)]
        for item in kept:
            if not item.files:
                self.remarks.add(
                    f"{_capital(item.title)} has no files in the export, and was left out.",
                    "no files",
                )
            elif item.made is None:
                self.remarks.add(
                    f"{_capital(item.title)} has no time that can be true, and gets no date.",
                    "no time",
                )
        with_files = [item for item in kept if item.files]
        return sorted(with_files, key=lambda item: (item.made or 0, item.files))

    def sources(self, item: Item) -> tuple[list[Source], list[str]]:
        """The files of a post, and the names of those that no part has."""
        found = [(name, self._parts.source(item.root, name)) for name in item.files]
        missing = [name for name, source in found if source is None]
        return [source for _, source in found if source is not None], missing

    def profile_photo(self) -> Source | None:
        """The newest profile photo; None if there is none."""
        photos = [
            (made, name, _root(path))
            for archive, path, kind in self._lists
            if kind in {"profile", "media"}
            for made, name in profile_photos(self._content(archive, path, kind))
        ]
        sources = (self._parts.source(root, name) for _, name, root in sorted(photos, reverse=True))
        return next(filter(None, sources), None)

    def _content(self, archive: Archive, name: str, kind: str) -> Any:
        """The content of a list; None if it cannot be read, which is remarked."""
        try:
            return archive.read_json(name)
        except CliError as error:
            self.is_damaged = self.is_damaged or kind != "unknown"
            self.remarks.add(f"What is in this list was left out: {error}", "damaged")
            return None

    def why_empty(self) -> str:
        """Why there are no lists of posts in the archives."""
        names = [name for archive in self._parts.given for name in archive.names]
        endings = {PurePosixPath(name).suffix.lower() for name in names}
        shown = ", ".join(str(archive.path) for archive in self._parts.given)
        if ".html" in endings:
            return f"{shown} is an export in HTML form, which cannot be imported: {_JSON_FORM}"
        if ".zip" in endings:
            inner = ", ".join(name for name in names if name.lower().endswith(".zip"))
            return f"{shown} has zips in it: {inner}. Unpack it, and name these."
        if endings & _PICTURES:
            return (
                f"{shown} has no list of posts, such as posts_1.json. Import the zip of the same"
                " export that has one: the files here are found then."
            )
        return (
            f"{shown} is not an export of Instagram: it has no list of posts, such as posts_1.json"
            " or media.json."
        )

    def _unknown_lists(self) -> Iterator[tuple[Archive, str, str]]:
        """The lists whose names are not known, by their content."""
        for archive in self._parts.given:
            for name in archive.names:
                path = PurePosixPath(name)
                others = {"messages", "inbox"}.intersection(path.parts)
                if path.suffix == ".json" and not others and not _is_rubbish(path):
                    try:
                        kind = _kind_of_content(archive.read_json(name))
                    except CliError:
                        continue  # Whatever it is, it is no list of posts that can be read.
                    if kind:
                        yield archive, name, kind

    def _remark_left_out(self, items: Sequence[Item]) -> None:
        for kind, one, many, flag in (
            ("stories", "story was", "stories were", "--stories"),
            ("reels", "reel was", "reels were", "--reels"),
            ("igtv", "IGTV video was", "IGTV videos were", "--reels"),
        ):
            if count := sum(item.kind == kind and bool(item.files) for item in items):
                pronoun = "it" if count == 1 else "them"
                were = counted(count, one, many)
                self.remarks.add(f"{were} left out; {flag} includes {pronoun}.")
        for item in items:
            if why := _LEFT_OUT.get(item.kind):
                self.remarks.add(f"{_capital(item.title)} was left out: {why}", item.kind)

    def _remark_unknown(self, name: str, content: Any) -> None:
        if entries := [entry for entry in entries_of(content) if _has_media(entry)]:
            were = counted(len(entries), "entry was", "entries were")
            self.remarks.add(f"{were} left out, since {name} is not known here.", "unknown")


_LEFT_OUT: Final = {
    "archived": "on Instagram only you see it; --archived includes it.",
    "deleted": "it was deleted on Instagram.",
    "other": "it may be a draft, or not yours.",
    "reposts": "somebody else made it.",
}


def _kind(name: str) -> str:
    """The kind of content of a JSON file, by its name. It is `unknown` for other lists beside the
    known ones, and empty for other files."""
    path = PurePosixPath(name)
    if path.suffix != ".json" or _is_rubbish(path):
        return ""
    folder = path.parent.name
    if path.name == "media.json" and folder not in _FOLDERS:
        return "media"
    stem = path.stem.rstrip("0123456789").rstrip("_")
    return _KINDS.get(stem, "unknown") if folder in _FOLDERS else ""


def _is_rubbish(path: PurePosixPath) -> bool:
    """Whether macOS has added this file, which only looks like a list."""
    return path.name.startswith(".") or "__MACOSX" in path.parts


def _kind_of_content(content: Any) -> str:
    if isinstance(content, dict):
        return next((kind for name, kind in _WRAPPED.items() if name in content), "")
    return "posts" if any(_has_media(entry) for entry in objects(content)) else ""


def _has_media(entry: Json) -> bool:
    """Whether an entry has a list of files where posts have it."""
    labelled = "label_values" in entry or isinstance(entry.get("media"), list)
    return labelled and next(named_media(entry), None) is not None


def _root(name: str) -> str:
    """The folder of the archive to which the names in this list are relative: the whole export may
    be in a folder of its own."""
    parts = list(PurePosixPath(name).parent.parts)
    if parts and parts[-1] in _FOLDERS:
        parts.pop()
    if parts and parts[-1] == "your_instagram_activity":
        parts.pop()
    return "/".join(parts)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]

"""The entries of the lists in Instagram's exports, in each form that the lists have had.

- `media.json` (2018-2020): lists of `photos` and `videos` with `caption`, `taken_at`, `location`
  (a name) and `path`. A post with several files is several entries with the same time and caption.
- `posts_1.json` and its like: posts with `media`. If a post has only one file, its caption and time
  are with the file.
- `posts.json` in newer exports: `label_values`, each with a label in the account's language. It has
  the name and point of a place. Its posts are in `posts_1.json` too, or here alone.

All text is UTF-8 that was read as Latin-1. The service's own exports have entries of both later
forms at once, and beside them, under `shutterfeed`, what Instagram does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from shutterfeed_cli import instagram_labels as labels
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.instagram_values import (
    Point,
    date_of,
    number_of,
    objects,
    on_earth,
    point_of,
    seconds,
    text,
)
from shutterfeed_cli.wording import counted


@dataclass(frozen=True, slots=True)
class Item:
    """One post, reel, story or the like of an export."""

    kind: str
    """The list that it is in: `posts`, `reels`, `igtv`, `stories`, `archived`, `deleted`, `other`
    or `reposts`."""
    made: int | None
    """Its time in seconds since 1970; None if the export has none that can be true."""
    caption: str
    files: tuple[str, ...]
    """The names of its files in the export, in the order of the post."""
    place_name: str = ""
    point: Point | None = None
    """The point of the place that the export names for the post."""
    taken_at_point: Point | None = None
    """The point in the metadata of one of the files. Instagram showed it to nobody."""
    point_beside: Point | None = None
    """A point that a labelled list has beside the place: the place's, or that of a file."""
    labelled: bool = False
    root: str = ""
    """The folder of the archive to which the names are relative."""
    post_id: str = ""
    """The id that it had at this service, if the export is one of this service; else empty."""
    taken: str | None = None
    """When it was taken, as its owner said, if the export is one of this service."""
    sensitive: bool = False
    comments_from: str | None = None
    """Who may comment on it; None if that is as the account's setting says."""
    crops: Mapping[str, Json] = field(default_factory=dict, hash=False)
    """The part that was shown of a photo, by its file's name without folder and ending, if the
    export is one of this service."""

    @property
    def taken_at(self) -> str | None:
        if self.taken is not None:
            return self.taken
        if self.made is None:
            return None
        return datetime.fromtimestamp(self.made, UTC).isoformat().replace("+00:00", "Z")

    @property
    def title(self) -> str:
        """The words by which its owner recognizes it."""
        by_file = f"with {self.files[0]}" if self.files else "without a date"
        when = f"of {_shown(self.taken_at)}" if self.taken_at else by_file
        return f"the {_SINGULAR[self.kind]} {when}"


def _shown(moment: str) -> str:
    return moment[:16].replace("T", " ")


_SINGULAR: Final = {
    "posts": "post",
    "reels": "reel",
    "igtv": "IGTV video",
    "stories": "story",
    "archived": "archived post",
    "deleted": "deleted post",
    "other": "entry in other_content.json",
    "reposts": "repost",
}


@dataclass(slots=True)
class Remarks:
    """Remarks about what could not be imported, for the owner of the export, by their kind."""

    by_kind: dict[str, list[str]] = field(default_factory=dict)

    def add(self, line: str, kind: str = "") -> None:
        """Note a sentence. Those of one `kind` are shown together."""
        self.by_kind.setdefault(kind or line, []).append(line)

    @property
    def lines(self) -> list[str]:
        return [line for lines in self.by_kind.values() for line in lines]


def entries_of(content: Any) -> list[Json]:
    """The list of entries in a file. Some exports wrap it, `{"ig_reels_media": [...]}`, and a list
    of one entry may be the bare entry."""
    if isinstance(content, dict):
        if "label_values" in content or isinstance(content.get("media"), list):
            return [content]
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if lists else []
    return objects(content)


def items_of(content: Any, root: str, kind: str, remarks: Remarks) -> Iterator[Item]:
    """The items of `posts_1.json`, `posts.json`, `reels.json`, `stories.json` and their like."""
    entries = entries_of(content)
    if not _in_known_language(entries):
        remarks.add(
            "The labels of a list are in a language that is not known here: captions and places"
            " that only it has were left out."
        )
    for entry in entries:
        if "label_values" in entry:
            item = _of_labels(entry, root, kind)
        else:
            item = _of_entry(entry, root, kind)
        if not (item.files or item.labelled):
            when = f" of {_shown(item.taken_at)}" if item.taken_at else ""
            remarks.add(f"A {_SINGULAR[kind]}{when} has no files, and was left out.", "no files")
            continue
        if nameless := sum(not text(one.get("uri")) for one in objects(entry.get("media"))):
            had = counted(nameless, f"file of {item.title} has", f"files of {item.title} have")
            remarks.add(f"{had} no name in the export, and cannot be found.", "no name")
        yield item


def _in_known_language(entries: Sequence[Json]) -> bool:
    """Whether some label of the entries is a known word, or they have no labels."""
    values = [one for entry in entries for one in objects(entry.get("label_values"))]
    words = {text(one.get(name)).casefold() for one in values for name in ("label", "title")}
    return not values or not words.isdisjoint(labels.KNOWN)


def _of_entry(entry: Json, root: str, kind: str) -> Item:
    media = [one for one in objects(entry.get("media", [entry])) if text(one.get("uri"))]
    times = [entry.get("creation_timestamp"), *(one.get("creation_timestamp") for one in media)]
    captions = [entry.get("title"), *(one.get("title") for one in media)]
    return Item(
        kind,
        _first_time(times),
        _first_text(captions),
        _names(media),
        taken_at_point=next(filter(None, map(point_of, media)), None),
        root=root,
    )


def _of_labels(entry: Json, root: str, kind: str) -> Item:
    values = objects(entry.get("label_values"))
    media = list(named_media(entry))
    times = [
        *(entry.get("timestamp"), entry.get("creation_timestamp")),
        *(one.get("creation_timestamp") for one in media),
        *(one.get("timestamp_value") for one in values),
    ]
    captions = [_labelled(values, labels.CAPTION), *(one.get("title") for one in media)]
    place = _place(values)
    hidden = text(_labelled(values, labels.PUBLISHED)).casefold() in labels.NO
    ours = entry.get("shutterfeed")
    ours = ours if isinstance(ours, dict) else {}
    return Item(
        "archived" if hidden and kind == "posts" else kind,
        _first_time(times),
        _first_text(captions),
        _names(media),
        text(_labelled(place, labels.NAME)),
        _labelled_point(place),
        taken_at_point=next(filter(None, map(point_of, media)), None),
        point_beside=_labelled_point(values),
        labelled=True,
        root=root,
        post_id=text(ours.get("id")),
        taken=text(ours.get("taken_at")) or None,
        sensitive=ours.get("sensitive") is True,
        comments_from=text(ours.get("comments_from")) or None,
        crops=crops if isinstance(crops := ours.get("crops"), dict) else {},
    )


def named_media(entry: Json) -> Iterator[Json]:
    """The files of an entry, in their order. In labelled entries they are at different depths."""
    left: list[Any] = [entry]
    while left:
        value = left.pop()
        if isinstance(value, dict) and text(value.get("uri")):
            yield value
        elif isinstance(value, (dict, list)):
            inner = list(value.values() if isinstance(value, dict) else value)
            left += reversed(inner)


def _names(media: Sequence[Json]) -> tuple[str, ...]:
    """The names of the files, each once: an entry may repeat them."""
    return tuple(dict.fromkeys(text(one["uri"]) for one in media))


def _labelled(values: Sequence[Json], words: frozenset[str]) -> Any:
    """The value whose label is one of these words; None if there is none."""
    found = (one.get("value") for one in values if text(one.get("label")).casefold() in words)
    return next((value for value in found if value is not None), None)


def _labelled_point(values: Sequence[Json]) -> Point | None:
    latitude = number_of(_labelled(values, labels.LATITUDE))
    longitude = number_of(_labelled(values, labels.LONGITUDE))
    return None if latitude is None or longitude is None else on_earth((latitude, longitude))


def _place(values: Sequence[Json]) -> list[Json]:
    """The labelled values of the place of a post."""
    for one in values:
        words = {text(one.get("title")).casefold(), text(one.get("label")).casefold()}
        if words & labels.PLACE:
            inner = objects(one.get("dict"))
            return [*inner, *(deep for two in inner for deep in objects(two.get("dict")))]
    return []


def items_of_media_json(content: Any, root: str) -> Iterator[Item]:
    """The items of `media.json`."""
    if not isinstance(content, dict):
        return
    entries = [
        (date_of(entry.get("taken_at")), text(entry.get("caption")), section, entry)
        for section in ("photos", "videos", "stories")
        for entry in objects(content.get(section))
        if text(entry.get("path"))
    ]

    def post(entry: tuple[int | None, str, str, Json]) -> tuple[bool, int, str, str]:
        made, caption, section, one = entry
        # Without a time nothing says which files are one post.
        return section == "stories", made or 0, caption, text(one["path"]) if made is None else ""

    for (story, *_), group in groupby(sorted(entries, key=post), key=post):
        files = list(group)
        yield Item(
            "stories" if story else "posts",
            files[0][0],
            files[0][1],
            tuple(text(entry["path"]) for *_, entry in files),
            _first_text([entry.get("location") for *_, entry in files]),
            root=root,
        )


def profile_photos(content: Any) -> Iterator[tuple[int, str]]:
    """The times and names of the profile photos in `profile_photos.json` or `media.json`."""
    if isinstance(content, dict) and "profile" in content:
        for entry in objects(content["profile"]):
            yield date_of(entry.get("taken_at")) or 0, text(entry.get("path"))
    else:
        for entry in entries_of(content):
            yield seconds(entry.get("creation_timestamp")) or 0, text(entry.get("uri"))


def _first_time(values: Sequence[Any]) -> int | None:
    return next((made for made in map(seconds, values) if made is not None), None)


def _first_text(values: Sequence[Any]) -> str:
    return next(filter(None, map(text, values)), "")

"""Joins what several lists of an export say of the same post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from shutterfeed_cli.instagram_items import Item
from shutterfeed_cli.instagram_values import Point

_SAME_MOMENT: Final = 1
"""The seconds by which two lists of an export may differ in the time of the same post."""
_SAME_SPOT: Final = 0.0005
"""The degrees, about 50 metres, within which a point beside a place is that of a photo."""
_STRICTEST: Final = (
    *("deleted", "archived", "posts", "reels", "igtv", "stories", "other", "reposts"),
)
"""The kinds from the one that forbids most: a post that is in two lists is of the first kind."""


def merged(items: Iterable[Item]) -> list[Item]:
    """The items, each post once: lists of different forms, and parts of an export, repeat them."""
    merger = _Merger()
    for item in sorted(items, key=lambda item: (item.labelled, _STRICTEST.index(item.kind))):
        merger.add(item)
    return [_with_place(item) for item in merger.kept]


class _Merger:
    def __init__(self) -> None:
        self.kept: list[Item] = []
        self._by_file: dict[str, list[int]] = {}
        self._by_moment: dict[int, list[int]] = {}

    def add(self, item: Item) -> None:
        """Keep an item, or join it to the one that is the same post."""
        for number in self._candidates(item):
            if _same(self.kept[number], item):
                self.kept[number] = _joined(self.kept[number], item)
                self._index(number, item)
                return
        self.kept.append(item)
        self._index(len(self.kept) - 1, item)

    def _candidates(self, item: Item) -> Iterator[int]:
        """The items that may be the same post, first those with the same files."""
        for name in item.files:
            yield from self._by_file.get(name, ())
        if item.made is not None:
            for shift in (0, -_SAME_MOMENT, _SAME_MOMENT):
                yield from self._by_moment.get(item.made + shift, ())

    def _index(self, number: int, item: Item) -> None:
        for name in item.files:
            self._by_file.setdefault(name, []).append(number)
        if item.made is not None:
            self._by_moment.setdefault(item.made, []).append(number)


def _same(kept: Item, item: Item) -> bool:
    """Whether two entries are the same post. Within one list, two posts are the same only if they
    have the same moment too."""
    if (kept.kind == "stories") != (item.kind == "stories"):
        return False
    if kept.post_id and item.post_id:
        return kept.post_id == item.post_id
    shared = not set(kept.files).isdisjoint(item.files)
    if shared and (kept.labelled != item.labelled or kept.kind != item.kind):
        return True
    if kept.made is None or item.made is None:
        return kept.made == item.made and kept.files == item.files
    close = abs(kept.made - item.made) <= _SAME_MOMENT
    return close and (shared or _same_content(kept, item))


def _same_content(kept: Item, item: Item) -> bool:
    """Whether two entries of one moment, which name no file alike, are the same post."""
    if not _last_parts(kept).isdisjoint(_last_parts(item)):
        return True
    if kept.labelled != item.labelled:
        agree = kept.caption == item.caption or not (kept.caption and item.caption)
        return agree or not item.files
    return item.caption != "" and kept.caption == item.caption and _as_many(kept, item)


def _as_many(kept: Item, item: Item) -> bool:
    return len(kept.files) == len(item.files)


def _last_parts(item: Item) -> set[str]:
    """The files' names without folders: a list of archived posts may say another folder."""
    return {name.rpartition("/")[2] for name in item.files}


def _joined(kept: Item, item: Item) -> Item:
    """What both say. The names of files are those of the longer list."""
    files = kept if len(kept.files) >= len(item.files) else item
    return replace(
        kept,
        kind=min(kept.kind, item.kind, key=_STRICTEST.index),
        made=item.made if kept.made is None else kept.made,
        caption=kept.caption or item.caption,
        files=files.files,
        root=files.root,
        place_name=item.place_name or kept.place_name,
        point=item.point or kept.point,
        taken_at_point=kept.taken_at_point or item.taken_at_point,
        point_beside=item.point_beside or kept.point_beside,
        labelled=kept.labelled and item.labelled,
    )


def _with_place(item: Item) -> Item:
    """The item with the point beside its place put where it belongs: it is the place's if there is
    a place, unless a photo was taken at that very spot."""
    beside = item.point_beside
    if beside is None or item.point is not None:
        return item
    if item.place_name and not _near(beside, item.taken_at_point):
        return replace(item, point=beside)
    return replace(item, taken_at_point=beside)


def _near(one: Point, other: Point | None) -> bool:
    return other is not None and all(
        abs(left - right) < _SAME_SPOT for left, right in zip(one, other, strict=True)
    )

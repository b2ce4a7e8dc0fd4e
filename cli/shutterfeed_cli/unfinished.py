"""What earlier imports have done and left, since the parts of an export may be given one by one:
posts that wait for files, where the archives are, and posts that need no files any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from shutterfeed_cli.archive import Archive, open_archive
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.instagram_items import Item
from shutterfeed_cli.journal import Journal

_FACT: Final = "import_from_instagram"
_MOST_ARCHIVES: Final = 50
"""The number of archives that are remembered, the last ones."""


class Unfinished:
    """What the journal of an account says of earlier imports. The journal may be deleted: then the
    parts of an export are given together."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        kept = json.loads(journal.fact(_FACT) or "{}")
        self.posts = [_item(one) for one in kept.get("posts", ())]
        self._paths = [Path(path) for path in kept.get("archives", ())]
        self._done = set(kept.get("done", ()))

    def archives(self, given: Iterable[Archive]) -> Sequence[Archive]:
        """The archives of earlier runs that can still be read, except the given ones."""
        now = {archive.path.resolve() for archive in given}
        found = []
        for path in self._paths:
            if path not in now and path.exists():
                try:
                    found.append(open_archive(path))
                except (CliError, OSError):
                    continue  # It is not that archive any more.
        return found

    def is_done(self, post: Item) -> bool:
        """Whether an earlier run has made this post with all its files."""
        return _key(post) in self._done

    def begin(
        self, made: Iterable[Item], waiting: Iterable[Item], given: Iterable[Archive]
    ) -> None:
        """Note which posts wait, and remember these archives, before the posts `made` are made.
        Those of them that waited until now still do, since the run may be interrupted. Raises
        `JournalFailed`."""
        earlier = set(self.posts)
        self.posts = [*waiting, *(post for post in made if post in earlier)]
        now = [archive.path.resolve() for archive in given]
        self._paths = list(dict.fromkeys([*now, *self._paths]))[:_MOST_ARCHIVES]
        self._keep()

    def finish(self, made: Iterable[Item], waiting: Sequence[Item]) -> None:
        """Note that posts were made. If none waits, the archives of earlier runs are of no use any
        more. Raises `JournalFailed`."""
        self.posts = list(waiting)
        self._paths = self._paths if waiting else []
        self._done |= set(map(_key, made))
        self._keep()

    def _keep(self) -> None:
        kept = {
            "posts": [asdict(post) for post in self.posts],
            "archives": [str(path) for path in self._paths if path.exists()],
            "done": sorted(self._done),
        }
        self._journal.set_fact(_FACT, json.dumps(kept))


def _key(post: Item) -> str:
    """A short name for a post, which is the same in every run."""
    text = json.dumps([post.made, post.files])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _item(kept: dict[str, Any]) -> Item:
    points = {
        name: tuple(kept[name]) if kept[name] else None
        for name in ("point", "taken_at_point", "point_beside")
    }
    return Item(**{**kept, **points, "files": tuple(kept["files"])})

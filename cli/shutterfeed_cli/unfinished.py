"""The posts of an import that wait for files which were in none of its archives, and where those
archives are: the parts of an export may be given one by one."""

from __future__ import annotations

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

    def keep(self, posts: Sequence[Item], given: Iterable[Archive]) -> None:
        """Note which posts wait, and remember these archives. Raises `JournalFailed`."""
        now = [archive.path.resolve() for archive in given]
        paths = list(dict.fromkeys([*now, *self._paths]))[:_MOST_ARCHIVES]
        self._paths = [path for path in paths if path.exists()]
        kept = {
            "posts": [asdict(post) for post in posts],
            "archives": [str(path) for path in self._paths],
        }
        self._journal.set_fact(_FACT, json.dumps(kept))

    def forget(self) -> None:
        """Note that nothing waits, so that the archives of earlier runs are of no use any more.
        Raises `JournalFailed`."""
        self._journal.set_fact(_FACT, "{}")


def _item(kept: dict[str, Any]) -> Item:
    points = {
        name: tuple(kept[name]) if kept[name] else None
        for name in ("point", "taken_at_point", "point_beside")
    }
    return Item(**{**kept, **points, "files": tuple(kept["files"])})

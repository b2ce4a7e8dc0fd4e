"""The generations of the term index: one is searched, and another may be under construction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Put, Table, key_item
from shutterfeed.ports.search import NOTICED_AFTER_SECONDS

_FIRST = "1"
_SEARCHED = "searched"
_BUILT = "built"
_KNOWN_SECONDS = NOTICED_AFTER_SECONDS - 1


@dataclass(slots=True)
class Generations:
    """The generations as this container last read them, a few seconds ago at most."""

    _item: Item = field(default_factory=dict, init=False)
    _seen_at: float | None = field(default=None, init=False)

    def searched(self, table: Table) -> str:
        return str(self._known(table).get(_SEARCHED, _FIRST))

    def written(self, table: Table, *, now: bool = False) -> list[str]:
        """The generations to which every change is written; with `now` they are read again."""
        if now:
            self._seen_at = None
        item = self._known(table)
        built = item.get(_BUILT)
        return [str(item.get(_SEARCHED, _FIRST)), *([str(built)] if built else [])]

    def begin(self, table: Table) -> str:
        """Begin a generation, whose number no other had before."""
        *_, last = self.written(table, now=True)
        built = str(int(last) + 1)
        self._write(table, {_SEARCHED: self.searched(table), _BUILT: built})
        return built

    def switch(self, table: Table, generation: str) -> None:
        self._write(table, {_SEARCHED: generation})

    def _write(self, table: Table, names: Item) -> None:
        table.write(Put({**key_item(keys.GENERATIONS), **names}))
        self._seen_at = None

    def _known(self, table: Table) -> Item:
        if self._seen_at is None or time.monotonic() > self._seen_at + _KNOWN_SECONDS:
            self._item = table.get(keys.GENERATIONS) or {}
            self._seen_at = time.monotonic()
        return self._item

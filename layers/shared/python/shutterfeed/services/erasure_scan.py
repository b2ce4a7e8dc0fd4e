"""Looks for people in everything that is stored, once for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from shutterfeed.domain.staying import STAYS
from shutterfeed.domain.traces import Find, Findings, Person, Sought, Stored
from shutterfeed.ports.everything import Everything, Source

_AT_ONCE: Final = 8
_TOLD_EVERY: Final = 1_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked through, and what was found."""

    findings: Findings
    through: Counter[str] = field(default_factory=Counter)
    """How many things were looked at, by store."""


@dataclass(frozen=True, slots=True)
class ErasureScan:
    everything: Everything

    def look(
        self,
        people: Collection[Person],
        progress: Callable[[str], object],
        found: Callable[[Stored, Sequence[Find]], object] = lambda _, __: None,
    ) -> Looked:
        """Look through everything. `found` is told of each thing in which somebody was found, by
        several threads, one at a time."""
        sought, looked, lock = Sought(people), Looked(Findings(STAYS)), Lock()

        def note(source: Source, count: int) -> None:
            with lock:
                looked.through[source.store] += count
                progress(f"{looked.through.total():,} things looked at")

        def read(source: Source) -> None:
            count = 0
            for count, stored in enumerate(source.read(sought), start=1):
                finds = list(sought.finds(stored))
                if finds or stored.reference is not None:
                    with lock:
                        looked.findings.add(stored, finds)
                        if finds:
                            found(stored, finds)
                if count % _TOLD_EVERY == 0:
                    note(source, _TOLD_EVERY)
            note(source, count % _TOLD_EVERY)

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for _ in threads.map(read, self.everything.sources()):
                pass  # An error of a thread is raised here.
        looked.findings.conclude()
        return looked

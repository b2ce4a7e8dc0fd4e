"""The edge follows what is noted, whatever comes late, twice, or in another order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from shutterfeed.domain.errors import Busy
from shutterfeed.services.denying import DenyingService
from tests.fakes.metadata import FakeDenialNotes, Metadata
from tests.fakes.system import START

UNTIL = START + timedelta(days=2)


@dataclass
class Edge:
    """What the edge denies. `meanwhile` is called before each change, as if by others."""

    entries: dict[str, datetime | None] = field(default_factory=dict)
    meanwhile: Callable[[], None] = lambda: None

    def add(self, ids: Collection[str], until: datetime | None) -> None:
        self.meanwhile()
        self.entries |= dict.fromkeys(ids, until)

    def remove(self, ids: Collection[str]) -> None:
        self.meanwhile()
        for denied_id in ids:
            self.entries.pop(denied_id, None)

    def all(self) -> Mapping[str, datetime | None]:
        return self.entries


@dataclass
class Gate:
    data: Metadata = field(default_factory=Metadata)
    edge: Edge = field(default_factory=Edge)

    def __post_init__(self) -> None:
        self.service = DenyingService(notes=FakeDenialNotes(self.data), edge=self.edge)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_what_is_noted_is_denied_and_what_is_not_is_allowed(gate: Gate) -> None:
    gate.data.denials = {"for good": None, "for a time": UNTIL}
    gate.edge.entries = {"no more": UNTIL, "another's": None}
    for _ in range(2):
        gate.service.check(["for good", "for a time", "no more", "never"])
        assert gate.edge.entries == {"for good": None, "for a time": UNTIL, "another's": None}


def test_a_note_that_goes_meanwhile_leaves_no_entry(gate: Gate) -> None:
    gate.data.denials = {"medium": None}

    def undone() -> None:
        gate.data.denials.clear()

    gate.edge.meanwhile = undone
    gate.service.check(["medium"])
    assert not gate.edge.entries


def test_notes_that_change_all_the_time_are_looked_at_later(gate: Gate) -> None:
    def changed() -> None:
        gate.data.denials = {} if gate.data.denials else {"medium": None}

    gate.edge.meanwhile = changed
    with pytest.raises(Busy):
        gate.service.check(["medium"])

"""Which work a change causes for one worker, whatever it causes for others."""

from __future__ import annotations

from shutterfeed import topology
from shutterfeed.domain.changes import Change
from shutterfeed.domain.messages import Work, work_for


def caused(change: Change, *steps: str) -> list[Work]:
    """The messages that a change causes for the workers of some steps, in their order.

    A test names the steps that it is about, so that it holds when another worker takes an interest
    in the same change. `tests/unit/test_routing.py` checks that no step is left without a test.
    """
    work = work_for(change)
    return [w for w in work if topology.home_of(type(w).__name__).step in steps]

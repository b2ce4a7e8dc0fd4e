"""Whoever takes and gives up handles in whatever order: none of them is another's too early."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import keys
from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.users import HANDLE_REST
from tests import samples
from tests.fakes.backend import RENAMES, Backend, Crash

ADA = samples.user_id(1)
HANDLES: Final = ("ada", "lovelace", "countess", "bob")
PAUSES: Final = (timedelta(0), timedelta(days=1), HANDLE_REST - timedelta(days=1), HANDLE_REST)


@given(st.lists(st.sampled_from((*PAUSES, timedelta(days=7))), min_size=1, max_size=20))
def test_nobody_ever_keeps_more_handles_from_others_than_they_may_rename(
    pauses: list[timedelta],
) -> None:
    backend = Backend()
    for number, pause in enumerate(pauses):
        with suppress(LimitReached):
            backend.users.edit(ADA, handle=f"name{number}")
        now, resting = backend.clock.now(), backend.metadata.resting
        assert sum(backend.metadata.expiries[keys.handle(h)] > now for h in resting) <= RENAMES
        backend.clock.advance(pause)


@given(st.data())
def test_nobody_ever_gets_a_handle_that_another_gave_up_less_than_thirty_days_ago(
    data: st.DataObject,
) -> None:
    """Whatever order people rename themselves in, and wherever a call breaks off."""
    backend, given_up = Backend(), dict[str, tuple[str, datetime]]()
    people = [backend.sign_up(number).user_id for number in (1, 2, 3)]
    for _ in range(data.draw(st.integers(1, 12))):
        who, handle = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(HANDLES))
        before = backend.users.me(who).handle
        calls = data.draw(st.none() | st.integers(1, 4))
        backend.fuse.crash_after = None if calls is None else backend.fuse.calls + calls
        with suppress(Conflict, LimitReached, Crash):
            backend.users.edit(who, handle=handle)
        backend.fuse.crash_after = None
        now, after = backend.clock.now(), backend.users.me(who).handle
        if after != before:
            former, at = given_up.get(after, (who, now))
            assert former == who or now - at >= HANDLE_REST
            given_up[before] = (who, now)
        profiles = backend.metadata.profiles.values()
        assert backend.metadata.handles == {p.handle: p.user_id for p in profiles}
        advance = backend.wait if data.draw(st.booleans()) else backend.clock.advance
        advance(data.draw(st.sampled_from(PAUSES)))

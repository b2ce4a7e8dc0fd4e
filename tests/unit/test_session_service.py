"""Sessions that were ended: which are refused, and what ending them repeats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.domain.errors import SessionEnded
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.system import START

ADA, BOB = samples.user_id(1), samples.user_id(2)
SUBJECT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SECOND = timedelta(seconds=1)


@pytest.fixture
def backend() -> Backend:
    """Ada and Bob have signed in at the start; it is a minute later."""
    made = Backend()
    made.users.me(ADA)
    made.users.me(BOB)
    made.clock.advance(timedelta(minutes=1))
    return made


def _is_good(backend: Backend, user_id: str, began_after: timedelta) -> bool:
    began_at = START + began_after
    try:
        backend.sessions.check(user_id, began_at)
        backend.users.me(user_id).check_session(began_at)
        latest = backend.reader.page(user_id, None, 1, began_at).latest
        assert latest is not None
        backend.reader.new_posts(user_id, latest, began_at)
    except SessionEnded:
        return False
    return True


def test_only_sessions_that_began_later_are_good(backend: Backend) -> None:
    backend.sessions.end_all(ADA, SUBJECT, START)
    minute = timedelta(minutes=1)
    for began_after in (timedelta(0), minute - SECOND, minute):
        assert not _is_good(backend, ADA, began_after)
        assert _is_good(backend, BOB, began_after)
    assert _is_good(backend, ADA, minute + SECOND)
    assert backend.sign_ins.ended == [SUBJECT]


def test_counting_new_posts_takes_a_good_session_too(backend: Backend) -> None:
    latest = backend.reader.page(ADA, None, 1).latest
    assert latest is not None
    backend.sessions.end_all(ADA, SUBJECT, START)
    with pytest.raises(SessionEnded):
        backend.reader.new_posts(ADA, latest, START)


def test_a_user_without_a_profile_has_ended_nothing(backend: Backend) -> None:
    backend.sessions.check(samples.user_id(3), START)
    backend.sessions.end_all(samples.user_id(3), SUBJECT, START)
    with pytest.raises(SessionEnded):
        backend.sessions.check(samples.user_id(3), START)


def test_repeated_it_leaves_who_has_signed_in_since_alone(backend: Backend) -> None:
    backend.sessions.end_all(ADA, SUBJECT, START)
    backend.clock.advance(timedelta(minutes=5))
    backend.sessions.end_all(ADA, SUBJECT, START)
    assert _is_good(backend, ADA, timedelta(minutes=2))
    assert backend.sign_ins.ended == [SUBJECT]


def test_wherever_it_breaks_off_the_same_session_can_end_all_by_repeating_it(
    backend: Backend,
) -> None:
    for call in range(1, 10):
        other = Backend()
        other.users.me(ADA)
        other.fuse.crash_after = other.fuse.calls + call
        try:
            other.sessions.end_all(ADA, SUBJECT, START)
        except Crash:
            other.sessions.end_all(ADA, SUBJECT, START)
        else:
            break
        assert SUBJECT in other.sign_ins.ended
        assert not _is_good(other, ADA, timedelta(0))
    else:
        pytest.fail("it never came through")

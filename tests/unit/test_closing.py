"""Closing an account: what it hides at once, for whom the gate is open, and what repeating does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.closing import IN_FLIGHT, RECENT_SIGN_IN, WAIT, Step, erase_at
from shutterfeed.domain.comments import Order
from shutterfeed.domain.errors import Conflict, DomainError, Forbidden, NotFound, SessionEnded
from shutterfeed.domain.messages import EraseAccount
from shutterfeed.domain.search import parse_query
from shutterfeed.domain.users import EVERY_STANDING, Standing, Suspension
from shutterfeed.domain.visibility import NOBODY, Surface, Viewer
from shutterfeed.services import erasing_accounts
from tests.erasing_scene import ADA, BEN, CYD, SUBJECT, Scene, scene
from tests.fakes.backend import CLOSING_DAYS, Crash
from tests.fakes.system import START

MINUTE = timedelta(minutes=1)


@pytest.fixture
def closed() -> Scene:
    made = scene()
    made.close()
    return made


def test_nothing_of_the_closed_is_shown_at_once(closed: Scene) -> None:
    backend, handle = closed.backend, closed.backend.metadata.profiles[ADA].handle
    for viewer in (Viewer(BEN), Viewer(CYD), NOBODY):
        with pytest.raises(NotFound):
            backend.viewing.post(viewer, closed.adas.id)
        with pytest.raises(NotFound):
            backend.viewing.find(viewer, handle)
        assert backend.viewing.posts(viewer, [closed.adas.id]) == ()
        assert backend.viewing.authors(viewer, [ADA]) == {}
    page = backend.reader.page(BEN, None, 10)
    assert ADA not in {view.author.profile.user_id for view in page.posts}
    viewer, post = Viewer(BEN), str(closed.bens.id)
    comments = backend.discussions.page(viewer, post, Order.OLDEST, None, 10)
    assert {c.author.profile.user_id for c in comments.items if c.author} == {BEN}


def test_searches_forget_the_closed_and_find_again_whoever_comes_back(closed: Scene) -> None:
    backend = closed.backend
    backend.drain()
    assert _found(closed) == {BEN}
    backend.closing.come_back(ADA, backend.clock.now() + MINUTE)
    backend.drain()
    assert _found(closed) == {ADA, BEN}


def test_a_request_that_comes_too_late_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stood still while its user closed the account by another one, and came back."""
    made = scene()
    backend, began_at = made.backend, made.backend.clock.now()

    def end_all(_: str) -> None:
        monkeypatch.undo()
        backend.closing.close(ADA, SUBJECT, began_at)
        backend.closing.come_back(ADA, backend.clock.now() + MINUTE)

    monkeypatch.setattr(backend.sign_ins, "end_all", end_all)
    with pytest.raises(SessionEnded):
        backend.closing.close(ADA, SUBJECT, began_at)
    assert not backend.metadata.profiles[ADA].is_closed


def _found(made: Scene) -> set[str]:
    query = parse_query("caption")
    posts = made.backend.found.posts(query, made.backend.clock.now(), 0, 10).items
    return {post_id.author_id for post_id in posts}


def test_nobody_is_accepted_by_a_closing(closed: Scene) -> None:
    """It changes what the index goes by, as a switch between private and public does."""
    assert not closed.backend.metadata.requests.keys() - {(ADA, CYD)}
    closed.backend.drain()
    assert (ADA, CYD) not in closed.backend.metadata.edges


def test_closing_takes_a_sign_in_of_the_last_minutes() -> None:
    made = scene()
    now = made.backend.clock.now()
    long_ago = now - RECENT_SIGN_IN - timedelta(seconds=1)
    with pytest.raises(Forbidden, match="Sign in again") as refused:
        made.backend.closing.close(ADA, SUBJECT, long_ago)
    assert refused.value.code == "recent_sign_in_required"
    assert not made.backend.metadata.profiles[ADA].is_closed
    assert made.backend.closing.close(ADA, SUBJECT, now - RECENT_SIGN_IN).closed_at == now


def test_it_ends_all_sessions_and_a_later_one_comes_back(closed: Scene) -> None:
    backend, now = closed.backend, closed.backend.clock.now()
    with pytest.raises(SessionEnded):
        backend.closing.come_back(ADA, now)
    later = now + MINUTE
    with pytest.raises(Forbidden) as refused:
        backend.sessions.check(ADA, later)
    assert refused.value.code == "account_closed"
    backend.sessions.check(ADA, later, open_to=EVERY_STANDING)
    for _ in range(2):
        backend.closing.come_back(ADA, later)
        backend.sessions.check(ADA, later)


def test_repeated_by_the_session_that_it_has_ended_it_answers_alike(closed: Scene) -> None:
    backend, began_at = closed.backend, closed.backend.clock.now()
    first = backend.metadata.profiles[ADA]
    backend.clock.advance(MINUTE)
    again = backend.closing.close(ADA, SUBJECT, began_at)
    assert (again.closed_at, again.erase_at) == (first.closed_at, first.erase_at)
    assert backend.sign_ins.ended == [SUBJECT]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_closing_that_breaks_off_anywhere_is_completed_by_its_repetition(when: str) -> None:
    for call in range(1, 10):
        made = scene()
        fuse, now = made.backend.fuse, made.backend.clock.now()
        setattr(fuse, f"crash_{when}", fuse.calls + call)
        try:
            made.backend.closing.close(ADA, SUBJECT, now)
        except Crash:
            made.backend.closing.close(ADA, SUBJECT, now)
        else:
            break
        assert made.backend.metadata.profiles[ADA].closed_at == now
        assert SUBJECT in made.backend.sign_ins.ended
    else:
        pytest.fail("it never came through")


def test_when_the_erasing_has_begun_nobody_comes_back(closed: Scene) -> None:
    backend = closed.backend
    backend.drain()
    backend.wait(timedelta(days=CLOSING_DAYS, seconds=1))
    while not backend.metadata.profiles[ADA].erasing:
        backend.deliver(backend.waiting()[-1])
    with pytest.raises(Conflict) as refused:
        backend.closing.come_back(ADA, backend.clock.now())
    assert refused.value.code == "account_being_erased"


def test_without_days_to_come_back_it_is_erased_once_no_request_runs_any_more() -> None:
    assert erase_at(START, 0) == START + IN_FLIGHT
    made = scene()
    service = made.backend.closing
    replace(service, days=0).close(ADA, SUBJECT, made.backend.clock.now())
    (order,) = made.backend.queues["erase"].later
    assert order == (IN_FLIGHT, EraseAccount(ADA))
    made.settle()
    assert made.left_of(ADA) == []


def test_posts_that_fill_whole_slices_are_waited_for_too(
    closed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = closed.backend
    backend.drain()
    posts = [post_id for post_id in backend.metadata.posts if post_id.author_id == ADA]
    monkeypatch.setattr(erasing_accounts, "SLICE", len(posts))
    steps, eraser = backend.queues["erase"], backend._erasing().eraser
    steps.messages.clear()
    steps.later.clear()
    eraser.erase(EraseAccount(ADA, Step.POSTS))
    (more,) = steps.messages
    eraser.erase(more)
    assert steps.later == [(WAIT, EraseAccount(ADA, Step.POSTS))]


@pytest.mark.parametrize("standing", ["closed", "suspended"])
def test_the_gate_refuses_what_looks_at_the_session_and_leaves_workers_alone(standing: str) -> None:
    made = scene()
    ada = made.backend.metadata.profiles[ADA]
    profile = (
        replace(ada, closed_at=START)
        if standing == "closed"
        else replace(ada, suspension=Suspension("case"))
    )
    checks: list[Callable[[], None]] = [
        lambda: profile.check_session(START + MINUTE),
        lambda: Viewer(ADA, START + MINUTE).check_session(profile),
    ]
    for check in checks:
        with pytest.raises(DomainError) as refused:
            check()
        assert refused.value.code == f"account_{standing}"
    profile.check_session(None)
    profile.check_session(START + MINUTE, open_to={Standing(standing)})
    Viewer(BEN, START + MINUTE).check_session(profile)


def test_the_steps_follow_each_other_to_the_account_itself() -> None:
    steps, step = [], next(iter(Step))
    while True:
        steps.append(step)
        if step.next is None:
            break
        step = step.next
    assert steps == list(Step)
    assert step is Step.ACCOUNT


def test_a_closed_account_is_suggested_to_nobody_and_mentioned_by_nobody(closed: Scene) -> None:
    backend = closed.backend
    assert backend.viewing.suggested(Viewer(BEN), [ADA]) == ()
    assert backend.viewing.authors(Viewer(BEN), [ADA], Surface.MIXED) == {}

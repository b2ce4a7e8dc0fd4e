"""What reports, decisions and marks cost, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.withholdings import DynamoWithholdings
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.marks import Mark, MarkKind
from shutterfeed.domain.moderation import (
    Action,
    ActionKind,
    Case,
    CaseId,
    CaseState,
    Report,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.moderation_log import Event, LoggedKind
from shutterfeed.domain.posts import Post
from shutterfeed.services.evidence import of_post
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.system import START
from tests.limits import plenty_but
from tests.wire import units_of

LIMITS = plenty_but(reports=Allowance(50, 10))
HATE = ReportReason.HATE


@pytest.fixture(scope="module")
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


def _units(tables: Tables, call: Callable[[], object]) -> tuple[float, float]:
    """The read and write units of a call. DynamoDB Local tells one write unit where AWS bills two
    for an item in a transaction."""
    with units_of(tables.metadata.client) as units:
        call()
    return units["read"], units["write"]


def _published(tables: Tables, author: int) -> Post:
    profiles, posts = DynamoProfiles(tables.metadata), DynamoPosts(tables.metadata)
    profiles.create(samples.profile(author))
    post = samples.post(author=author, number=author)
    posts.create(post, samples.uploads(post), post.id.ulid, "fingerprint")
    media = tuple(medium.ready(samples.picture()) for medium in post.media)
    assert posts.publish(post.id, media, samples.position(author), START)
    stored = posts.get(post.id)
    assert stored is not None
    return stored


def _report(tables: Tables, post: Post, number: int) -> None:
    case_id, reporter = CaseId(SubjectKind.POST, str(post.id)), samples.user_id(100 + number)
    at = START + timedelta(minutes=number)
    evidence = of_post(post, samples.profile(1), at)
    report = Report(case_id, reporter, HATE, "It hurts.", at, samples.position(number))
    spending = LIMITS.spending(reporter, at, reports=1)
    DynamoCases(tables.metadata).report(report, post.author_id, evidence, spending)


def _decide(tables: Tables, case: Case, kind: ActionKind, mark: Mark) -> Case:
    action = Action(samples.position(1), kind, HATE, "No.", samples.user_id(9), START, 0)
    after = replace(
        case, state=CaseState.DECIDED, version=case.version + 1, actions=(*case.actions, action)
    )
    event = Event(START, samples.user_id(9), str(case.id), LoggedKind.ACTED, kind, HATE, "No.")
    assert DynamoCases(tables.metadata).decide(case, after, event, puts=[mark])
    return after


def test_what_is_done_about_a_post_of_one_photo_takes_so_many_units(tables: Tables) -> None:
    cases = DynamoCases(tables.metadata)
    post = _published(tables, 1)
    first = _units(tables, lambda: _report(tables, post, 1))
    second = _units(tables, lambda: _report(tables, post, 2))
    repeated = _units(tables, lambda: _report(tables, post, 2))
    case_id = CaseId(SubjectKind.POST, str(post.id))
    case = cases.get(case_id)
    assert case is not None
    hide = Mark(MarkKind.TAKEN_DOWN, str(post.id))
    hidden = _units(tables, lambda: _decide(tables, case, ActionKind.HIDE_POST, hide))
    now = cases.get(case_id)
    assert now is not None
    content = post.media[0].sha256
    withhold = Mark(MarkKind.WITHHELD, content)
    withheld = _units(tables, lambda: _decide(tables, now, ActionKind.WITHHOLD_CONTENT, withhold))
    withholdings = DynamoWithholdings(tables.metadata)
    marked = _units(tables, lambda: withholdings.mark(post.id, content, str(case_id)))
    assert (first, second, repeated) == ((1, 12), (3, 6), (2, 0))
    assert (hidden, withheld, marked) == ((2, 18), (3, 10), (2, 10))

"""Cases, the marks that come with decisions, and the log, on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.cases import MAX_EVIDENCE
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.marks import Mark, MarkKind
from shutterfeed.domain.media import Medium, Purpose
from shutterfeed.domain.moderation import (
    Action,
    ActionKind,
    Appeal,
    Case,
    CaseId,
    CaseState,
    Evidence,
    EvidenceMedium,
    Report,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.moderation_log import Event, LoggedKind, broken
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.users import Avatar, Profile, Suspension
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
HATE, SPAM = ReportReason.HATE, ReportReason.SPAM
ON_USER = CaseId(SubjectKind.USER, ADA)


def _report(
    store: Store, case_id: CaseId, by: str = CY, reason: ReportReason = HATE, number: int = 1
) -> Report:
    at = START + timedelta(minutes=number)
    content = samples.sha256("content")
    media = (EvidenceMedium("01KJMVYEG0000000000000000X", content, "image/jpeg"),)
    evidence = Evidence(at, ADA, "ada", "Ada", "", f"state {number}", media=media)
    report = Report(case_id, by, reason, "It hurts.", at, samples.position(number))
    return store.cases.report(report, ADA, evidence)


def _action(number: int, kind: ActionKind, until: datetime | None = None) -> Action:
    return Action(samples.position(number), kind, HATE, "No.", BEN, START, number, until)


def _decide(
    store: Store, case: Case, action: Action, *, puts: tuple[Mark, ...] = (), minutes: int = 1
) -> Case:
    after = replace(
        case,
        state=CaseState.DECIDED,
        version=case.version + 1,
        actions=(*case.actions, action),
    )
    assert store.cases.decide(case, after, _event(case, minutes), puts=puts)
    return after


def _undo(store: Store, case: Case, takes: tuple[Mark, ...]) -> Case:
    after = replace(case, version=case.version + 1)
    assert store.cases.decide(case, after, _event(case, 5), takes=takes)
    return after


def _event(case: Case, minutes: int) -> Event:
    at = START + timedelta(minutes=minutes)
    return Event(at, BEN, str(case.id), LoggedKind.ACTED, ActionKind.HIDE_POST, HATE, "No.")


def _case(store: Store, case_id: CaseId) -> Case:
    case = store.cases.get(case_id)
    assert case is not None
    return case


def _published(store: Store, number: int = 1, author: int = 1) -> Post:
    if store.profiles.get(samples.user_id(author)) is None:
        store.profiles.create(samples.profile(author))
    post = samples.post(author=author, number=number)
    store.posts.create(post, samples.uploads(post), post.id.ulid, "fingerprint")
    media = tuple(medium.ready(samples.picture()) for medium in post.media)
    assert store.posts.publish(post.id, media, samples.position(number), START)
    return _stored(store, post)


def _stored(store: Store, post: Post) -> Post:
    stored = store.posts.get(post.id)
    assert stored is not None
    return stored


def test_reports_of_one_subject_are_one_case(store: Store) -> None:
    first = _report(store, ON_USER, CY, SPAM, 1)
    assert _report(store, ON_USER, CY, HATE, 2) == first
    second = _report(store, ON_USER, BEN, HATE, 3)
    case = _case(store, ON_USER)
    assert (case.owner_id, case.state, case.reason) == (ADA, CaseState.OPEN, HATE)
    assert (case.reports, case.reasons, case.version) == (2, {SPAM: 1, HATE: 1}, 0)
    assert (case.opened_at, case.reported_at) == (first.at, second.at)
    reports = sorted([first, second], key=lambda report: report.reporter)
    assert list(store.cases.reports_of(ON_USER, None, 10).items) == reports
    assert store.cases.reports_of(ON_USER, reports[0].reporter, 10).items == (reports[1],)
    assert [one.text for one in store.cases.evidence(ON_USER)] == ["state 3", "state 1"]
    assert store.blobs.is_kept(samples.sha256("content"))
    assert store.cases.release_contents(ON_USER) == [samples.sha256("content")]
    assert not store.blobs.is_kept(samples.sha256("content"))


def test_no_content_is_kept_of_a_state_that_is_not(store: Store) -> None:
    """Somebody's picture may be another one at each of many reports."""
    contents = [samples.sha256(f"content {number}") for number in range(MAX_EVIDENCE + 1)]
    for number, content in enumerate(contents):
        at = START + timedelta(minutes=number)
        media = (EvidenceMedium("01KJMVYEG0000000000000000X", content, "image/jpeg"),)
        evidence = Evidence(at, ADA, "ada", "Ada", "", "", media=media)
        by, position = samples.user_id(10 + number), samples.position(number)
        store.cases.report(Report(ON_USER, by, HATE, "", at, position), ADA, evidence)
    assert [store.blobs.is_kept(content) for content in contents] == [True] * MAX_EVIDENCE + [False]
    assert sorted(store.cases.release_contents(ON_USER)) == sorted(contents[:MAX_EVIDENCE])
    assert not any(map(store.blobs.is_kept, contents))


def test_what_a_user_has_reported_is_listed_and_comes_with_their_mutes(store: Store) -> None:
    others = [CaseId(SubjectKind.USER, samples.user_id(number)) for number in (4, 5, 6)]
    reports = [_report(store, case_id, CY, HATE, n) for n, case_id in enumerate(others, 1)]
    page = store.cases.made_by(CY, None, 2)
    assert page.items == (reports[2], reports[1])
    assert store.cases.made_by(CY, page.next_position, 2).items == (reports[0],)
    assert store.readers.get(CY).reported.has(samples.user_id(4))
    assert not store.readers.get(CY).reported.has(ADA)
    wanted = Wanted(authors=[samples.user_id(5)], mixed=True)
    assert store.viewing.read(Viewer(CY), wanted).reported.has(samples.user_id(6))


def test_a_case_leaves_its_queue_when_it_is_decided_and_comes_back(store: Store) -> None:
    ids = [CaseId(SubjectKind.USER, samples.user_id(number)) for number in (4, 5, 6)]
    for number, case_id in enumerate(ids, 1):
        _report(store, case_id, number=number)
    queue = store.cases.queue
    first = queue(CaseState.OPEN, None, None, 2)
    assert [case.id for case in first.items] == ids[:2]
    rest = queue(CaseState.OPEN, None, first.next_position, 2)
    assert [case.id for case in rest.items] == ids[2:]
    _decide(store, _case(store, ids[1]), _action(1, ActionKind.DISMISS))
    assert [case.id for case in queue(CaseState.OPEN, HATE, None, 9).items] == [ids[0], ids[2]]
    assert store.cases.waiting(CaseState.OPEN, HATE, 1) == 1
    assert store.cases.waiting(CaseState.DECIDED, None, 9) == 1
    _report(store, ids[1], BEN, SPAM, 4)
    again = _case(store, ids[1])
    assert (again.state, again.version, again.reason) == (CaseState.OPEN, 2, HATE)
    assert [case.id for case in queue(CaseState.OPEN, HATE, None, 9).items][-1] == ids[1]


def test_a_decision_on_another_version_changes_nothing(store: Store) -> None:
    _report(store, ON_USER)
    store.profiles.create(samples.profile(1))
    case = _case(store, ON_USER)
    decided = _decide(store, case, _action(1, ActionKind.DISMISS))
    mark = Mark(MarkKind.LIMITED, ADA)
    assert not store.cases.decide(case, decided, _event(case, 2), puts=[mark])
    assert store.profiles.item(ADA) == samples.profile(1)
    assert len(store.moderation_log.before(None, 9).items) == 1
    # A report that comes between is no other version, and is not lost.
    _report(store, CaseId(SubjectKind.USER, BEN), number=5)
    other = _case(store, CaseId(SubjectKind.USER, BEN))
    _report(store, other.id, ADA, HATE, 6)
    _decide(store, other, _action(1, ActionKind.DISMISS))
    assert _case(store, other.id).reports == 2


@pytest.mark.parametrize("kind", [MarkKind.LABELLED, MarkKind.TAKEN_DOWN])
def test_marks_on_posts_come_and_go(store: Store, kind: MarkKind) -> None:
    post = _published(store)
    case_id = CaseId(SubjectKind.POST, str(post.id))
    _report(store, case_id)
    mark = Mark(kind, str(post.id))
    case = _decide(store, _case(store, case_id), _action(1, ActionKind.HIDE_POST), puts=(mark,))
    value = {kind.value: str(case_id)}
    assert _stored(store, post) == replace(post, **value)  # type: ignore[arg-type]
    assert [p.taken_down or p.labelled for p in store.posts.published_by(ADA, None, 9).items]
    with pytest.raises(Conflict):
        store.cases.decide(case, replace(case, version=9), _event(case, 2), puts=[mark])
    _undo(store, case, (mark,))
    assert _stored(store, post) == post


def test_marks_on_users_come_and_go_together(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    _report(store, ON_USER)
    until = START + timedelta(days=7)
    marks = (Mark(MarkKind.LIMITED, ADA), Mark(MarkKind.SUSPENDED, ADA, until))
    case = _case(store, ON_USER)
    for number, mark in enumerate(marks):
        kind = (ActionKind.LIMIT, ActionKind.SUSPEND)[number]
        case = _decide(store, case, _action(number, kind, until), puts=(mark,))
    profile = store.profiles.item(ADA)
    assert profile is not None
    assert profile.limited == str(ON_USER)
    assert profile.suspension == Suspension(str(ON_USER), until)
    assert profile.sessions_ended_at == START + timedelta(minutes=1)
    assert not store.cases.suspensions_over(until, 9)
    assert list(store.cases.suspensions_over(until + timedelta(seconds=1), 9)) == [ON_USER]
    _undo(store, case, marks)
    after = store.profiles.item(ADA)
    assert after is not None
    # Two marks were put, and both taken in one write.
    assert after.revision == after.switches > profile.switches == 2
    assert after == replace(
        samples.profile(1), sessions_ended_at=profile.sessions_ended_at, switches=after.switches
    )
    assert not store.cases.suspensions_over(until + timedelta(seconds=1), 9)


def test_the_mark_on_a_comment_comes_and_goes_and_outlives_an_edit(store: Store) -> None:
    post = _published(store)
    comment = Comment(CommentId(post.id, samples.position(9)), BEN, "Rubbish!")
    store.comments.add(comment)
    case_id = CaseId(SubjectKind.COMMENT, str(comment.id))
    _report(store, case_id)
    mark = Mark(MarkKind.COMMENT_TAKEN_DOWN, str(comment.id))
    case = _decide(
        store, _case(store, case_id), _action(1, ActionKind.REMOVE_COMMENT), puts=(mark,)
    )
    marked = store.comments.get_many([comment.id])[comment.id]
    assert marked.taken_down == str(case_id)
    assert store.comments.change(marked, replace(marked, text="Edited"))
    edited = store.comments.get_many([comment.id])[comment.id]
    assert (edited.text, edited.taken_down) == ("Edited", str(case_id))
    _undo(store, case, (mark,))
    assert store.comments.get_many([comment.id])[comment.id] == replace(edited, taken_down=None)


def test_what_is_published_cropped_of_a_withheld_content_is_denied_for_a_time(
    store: Store,
) -> None:
    """Its author alone has links to it, and they expire."""
    first = _published(store, 1)
    case_id = CaseId(SubjectKind.POST, str(first.id))
    _report(store, case_id)
    mark = Mark(MarkKind.WITHHELD, first.media[0].sha256)
    action = _action(1, ActionKind.WITHHOLD_CONTENT)
    _decide(store, _case(store, case_id), action, puts=(mark,))
    post = samples.post(author=1, number=7)
    picture = replace(samples.picture(), blob_id=post.id.ulid)
    content = first.media[0].sha256
    cropped = replace(post.media[0], sha256=content, crop=Crop(0, 0, 5_000, 5_000))
    post = replace(post, media=(cropped,))
    store.posts.create(post, samples.uploads(post), "cropped", "fingerprint")
    assert store.posts.publish(post.id, (cropped.ready(picture),), samples.position(7), START)
    assert _stored(store, post).withheld
    until = START + DENIAL_RETENTION
    assert store.expiry(keys.denial(picture.blob_id)) == int(until.timestamp())


def test_a_content_is_withheld_in_several_cases(store: Store) -> None:
    posts = [_published(store, 1), _published(store, 2, 2)]
    content = posts[0].media[0].sha256
    blob = store.blobs.claim(content, "01JTDEBC00000000000000BL0B", "image/jpeg", 7)
    assert blob.blob_id
    mark = Mark(MarkKind.WITHHELD, content)
    cases = []
    for post in posts:
        case_id = CaseId(SubjectKind.POST, str(post.id))
        _report(store, case_id)
        action = _action(1, ActionKind.WITHHOLD_CONTENT)
        cases.append(_decide(store, _case(store, case_id), action, puts=(mark,)))
    ids = [str(case.id) for case in cases]
    withholdings = store.withholdings
    assert withholdings.cases(content) == frozenset(ids)
    for each in ids:
        assert withholdings.mark(posts[0].id, content, each)
        assert not withholdings.mark(posts[0].id, content, each)
        assert not withholdings.unmark(posts[0].id, content, each)
    assert len(_stored(store, posts[0]).withheld) == 2
    _undo(store, cases[0], (mark,))
    assert withholdings.cases(content) == {ids[1]}
    assert not withholdings.mark(posts[1].id, content, ids[0])
    assert withholdings.unmark(posts[0].id, content, ids[0])
    later = _published(store, 3, 3)
    assert len(later.withheld) == (later.media[0].sha256 == content)
    _undo(store, cases[1], (mark,))
    assert withholdings.unmark(posts[0].id, content, ids[1])
    assert _stored(store, posts[0]) == posts[0]
    assert withholdings.cases(content) == frozenset()


def test_nobody_is_shown_an_avatar_whose_content_is_withheld(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    one, other = _hidden(store, 1), _hidden(store, 2)
    content = one.media[0].sha256
    mark = Mark(MarkKind.WITHHELD, content)
    _become_avatar(store, one)
    before = _profile(store)
    assert before.shown_avatar is not None
    _report(store, ON_USER)
    case = _case(store, ON_USER)
    case = _decide(store, case, _action(1, ActionKind.WITHHOLD_CONTENT), puts=(mark,))
    marks = store.withholdings
    assert marks.mark(one.id, content, str(case.id))
    assert (_profile(store).avatar, _profile(store).shown_avatar) == (before.avatar, None)
    # The next one has the same content, and finds out for itself.
    _become_avatar(store, other)
    assert _profile(store).shown_avatar is None
    _undo(store, case, (mark,))
    assert marks.unmark(one.id, content, str(case.id))
    assert _profile(store).shown_avatar is None
    assert marks.unmark(other.id, content, str(case.id))
    avatar = Avatar.of(other.id.ulid, _ready(other))
    assert _profile(store) == replace(before, avatar=avatar, avatar_version=other.id.ulid)


def _hidden(store: Store, number: int) -> Post:
    """A post whose photo is to become an avatar."""
    post = replace(samples.post(number=number), caption="", purpose=Purpose.AVATAR)
    store.posts.create(post, samples.uploads(post), post.id.ulid, "fingerprint")
    return post


def _ready(post: Post) -> Medium:
    return post.media[0].ready(samples.picture())


def _become_avatar(store: Store, post: Post) -> None:
    assert store.avatars.show(post.id, _ready(post), START) is PostState.AVATAR


def _profile(store: Store) -> Profile:
    profile = store.profiles.get(ADA)
    assert profile is not None
    return profile


def test_statements_are_listed_from_the_first_decision_on(store: Store) -> None:
    ids = [ON_USER, CaseId(SubjectKind.USER, BEN), CaseId(SubjectKind.POST, f"{ADA}-{CY}")]
    for number, case_id in enumerate(ids, 1):
        _report(store, case_id, number=number)
    assert not store.cases.about(ADA, None, 9).items
    for number, case_id in enumerate(ids[:2], 1):
        action = _action(1, ActionKind.LIMIT)
        _decide(store, _case(store, case_id), action, minutes=number)
    _decide(store, _case(store, ids[2]), _action(1, ActionKind.DISMISS), minutes=3)
    page = store.cases.about(ADA, None, 1)
    assert [case.id for case in page.items] == [ids[1]]
    assert [c.id for c in store.cases.about(ADA, page.next_position, 9).items] == [ids[0]]


def test_an_appeal_is_one_change_of_a_case(store: Store) -> None:
    _report(store, ON_USER)
    case = _decide(store, _case(store, ON_USER), _action(1, ActionKind.LIMIT))
    appealed = replace(
        case, state=CaseState.APPEALED, version=2, appeal=Appeal("It is a play.", START)
    )
    assert store.cases.appeal(case, appealed)
    assert not store.cases.appeal(case, appealed)
    assert _case(store, ON_USER).appeal == appealed.appeal
    assert [c.id for c in store.cases.queue(CaseState.APPEALED, None, None, 9).items] == [ON_USER]


def test_the_log_is_one_chain_of_all_decisions(store: Store) -> None:
    ids = [CaseId(SubjectKind.USER, samples.user_id(number)) for number in (4, 5, 6)]
    for number, case_id in enumerate(ids, 1):
        _report(store, case_id, number=number)
        _decide(store, _case(store, case_id), _action(1, ActionKind.DISMISS), minutes=number)
    entries = store.moderation_log.after(0, 9)
    assert [entry.event.case_id for entry in entries] == list(map(str, ids))
    assert broken(entries) is None
    page = store.moderation_log.before(None, 2)
    assert page.items == (entries[2], entries[1])
    assert page.next_position is not None
    assert store.moderation_log.before(int(page.next_position), 2).items == (entries[0],)
    assert store.moderation_log.after(2, 9) == [entries[2]]


def test_a_post_that_is_published_while_its_content_is_withheld_or_given_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else decides between the read and the write of the publishing."""
    first = _published(store)
    content = first.media[0].sha256
    case_id = CaseId(SubjectKind.POST, str(first.id))
    _report(store, case_id)
    mark = Mark(MarkKind.WITHHELD, content)
    case = _decide(
        store, _case(store, case_id), _action(1, ActionKind.WITHHOLD_CONTENT), puts=(mark,)
    )
    read = DynamoPosts.withheld

    def undone_meanwhile(posts: DynamoPosts, media: Sequence[Medium]) -> Any:
        found = read(posts, media)
        monkeypatch.setattr(DynamoPosts, "withheld", read)
        _undo(store, case, (mark,))
        return found

    monkeypatch.setattr(DynamoPosts, "withheld", undone_meanwhile)
    later = _published(store, 2, 2)
    if store.withholdings.cases(content):
        return  # Nothing comes in between in memory.
    assert not later.withheld
    assert not store.withholdings.mark(later.id, content, str(case_id))

"""What moderators do: each action and its exact undo, appeals, overtaking, the log, suspensions."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.moderation import (
    ActionKind,
    AppealOutcome,
    CaseChanged,
    CaseId,
    CaseState,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.moderation_log import LoggedKind, broken
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.search import Gone
from shutterfeed.domain.users import Standing, Suspension
from shutterfeed.domain.visibility import (
    NOBODY,
    STRANGERS,
    CommentSubject,
    PostSubject,
    Reason,
    Surface,
    UserSubject,
    Viewer,
    decide,
)
from shutterfeed.services.moderation import CaseView, Decision
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeSecrets
from tests.fakes.storage import PHOTO

ADA, BEN, CY, MOD, OTHER = (samples.user_id(number) for number in (1, 2, 3, 4, 5))
HATE = ReportReason.HATE
ON_POSTS = (
    ActionKind.LABEL_SENSITIVE,
    ActionKind.HIDE_POST,
    ActionKind.WITHHOLD_CONTENT,
    ActionKind.LIMIT,
    ActionKind.SUSPEND,
)


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in (1, 2, 3, 4, 5):
        backend.sign_up(number)
    backend.users.edit(ADA, handle="ada")
    return backend


def _published(backend: Backend, author: int = 1, key: str = "one", photo: bytes = PHOTO) -> Post:
    post = backend.create_post(author, (photo,), key)
    backend.upload(post, 0, photo)
    backend.drain()
    return backend.metadata.posts[post.id]


def _reported(
    backend: Backend, subject: object, kind: SubjectKind = SubjectKind.POST, by: str = CY
) -> CaseId:
    view = backend.reporting.report(Viewer(by), kind, str(subject), HATE, "")
    return view.report.case_id


def _act(
    backend: Backend, case_id: CaseId, kind: ActionKind, by: str = MOD, **more: Any
) -> CaseView:
    seen = more.pop("seen", backend.metadata.cases[case_id].version)
    until = more.pop("until", None)
    return backend.moderation.act(case_id, by, Decision(kind, HATE, "No.", until, seen))


def _undo(backend: Backend, case_id: CaseId, by: str = MOD) -> CaseView:
    case = backend.metadata.cases[case_id]
    return backend.moderation.undo(case_id, by, case.standing[-1].id, case.version)


def _sees(backend: Backend, viewer: str, post: Post) -> bool:
    try:
        backend.viewing.post(Viewer(viewer), post.id)
    except NotFound:
        return False
    return True


def _items(backend: Backend) -> dict[str, Any]:
    """What marks stand on, without what counts changes, and when sessions were ended."""
    same: dict[str, Any] = {"sessions_ended_at": None, "revision": 0, "switches": 0}
    data = backend.metadata
    return {
        "posts": {post_id: replace(post, revision=0) for post_id, post in data.posts.items()},
        "comments": dict(data.comments),
        "profiles": {i: replace(p, **same) for i, p in data.profiles.items()},
        "withheld": dict(data.withheld),
        "denials": dict(data.denials),
        "suspensions": dict(data.suspensions),
        "recent": {
            i: [replace(post, revision=0) for post in recent.posts]
            for i, recent in data.recent_posts.items()
        },
    }


def _indexed(backend: Backend) -> set[PostId | str]:
    """The posts and users that are found."""
    found = backend.found.documents.items()
    return {subject for subject, document in found if not isinstance(document, Gone)}


def test_a_label_makes_a_post_sensitive_whatever_its_author_says(backend: Backend) -> None:
    post = _published(backend)
    case_id = _reported(backend, post.id)
    _act(backend, case_id, ActionKind.LABEL_SENSITIVE)
    backend.posts.edit(str(post.id), ADA, None, None, drop_place=False, sensitive=False)
    assert backend.viewing.post(Viewer(BEN), post.id).post.is_sensitive
    _undo(backend, case_id)
    assert not backend.viewing.post(Viewer(BEN), post.id).post.is_sensitive


def test_a_hidden_post_is_hidden_from_everybody_and_comes_back(backend: Backend) -> None:
    post = _published(backend)
    case_id = _reported(backend, post.id)
    before = _items(backend)
    _act(backend, case_id, ActionKind.HIDE_POST)
    assert not any(_sees(backend, viewer, post) for viewer in (ADA, BEN, CY))
    _undo(backend, case_id)
    assert _sees(backend, ADA, post)
    assert _sees(backend, BEN, post)
    assert _items(backend) == before


def test_a_removed_comment_comes_back_with_its_replies(backend: Backend) -> None:
    post = _published(backend)
    comment = backend.comments.create(BEN, str(post.id), "Rubbish!", None, "key").comment
    case_id = _reported(backend, comment.id, SubjectKind.COMMENT)
    before = _items(backend)
    _act(backend, case_id, ActionKind.REMOVE_COMMENT)
    for viewer in (ADA, BEN):
        with pytest.raises(NotFound):
            backend.discussions.one(Viewer(viewer), str(comment.id))
    _undo(backend, case_id)
    assert backend.discussions.one(Viewer(ADA), str(comment.id)).comment.text == "Rubbish!"
    assert _items(backend) == before


def test_a_withheld_content_is_hidden_in_every_copy_past_and_future(backend: Backend) -> None:
    posts = [_published(backend), _published(backend, 2, "copy")]
    other = _published(backend, 2, "other", PHOTO + b" of something else")
    case_id = _reported(backend, posts[0].id)
    before = _items(backend)
    _act(backend, case_id, ActionKind.WITHHOLD_CONTENT)
    blob = backend.metadata.blobs[samples.sha256(PHOTO)]
    assert backend.metadata.denials == {blob.blob_id: None}
    backend.drain()
    assert not any(_sees(backend, ADA, post) for post in posts)
    assert _sees(backend, ADA, other)
    later = _published(backend, 3, "later")
    assert not _sees(backend, CY, later)
    _undo(backend, case_id)
    backend.drain()
    assert not backend.metadata.denials
    assert all(_sees(backend, BEN, post) for post in (*posts, other, later))
    after = _items(backend)
    del after["posts"][later.id]
    after["profiles"] |= {CY: before["profiles"][CY]}
    after["recent"].pop(CY, None)
    assert after == before


def test_a_limited_user_is_not_found_and_not_suggested() -> None:
    limited = replace(samples.profile(1), limited="case")
    viewer, user = Viewer(BEN), UserSubject(limited)
    for surface in (Surface.FOUND, Surface.SUGGESTED):
        assert decide(viewer, user, STRANGERS, surface) is Reason.LIMITED
        assert decide(Viewer(limited.user_id), user, STRANGERS, surface) is None
    post = PostSubject(replace(samples.post(), state=PostState.PUBLISHED), limited)
    assert decide(viewer, post, STRANGERS, Surface.EXPLORED) is Reason.LIMITED
    for surface in (Surface.ITSELF, Surface.LIST, Surface.FEED, Surface.MIXED):
        assert decide(viewer, user, STRANGERS, surface) is not Reason.LIMITED


def test_what_moderators_hide_is_nowhere_in_the_index_and_comes_back(backend: Backend) -> None:
    """Its hashtags and places would be suggested to everybody."""
    post = _published(backend)
    indexed = _indexed(backend)
    assert {post.id, ADA} <= indexed
    on_user = _reported(backend, ADA, SubjectKind.USER)
    for case_id, kind, is_found in (
        (on_user, ActionKind.LIMIT, False),
        (on_user, ActionKind.SUSPEND, False),
        (_reported(backend, post.id), ActionKind.HIDE_POST, True),
        (_reported(backend, post.id), ActionKind.WITHHOLD_CONTENT, True),
    ):
        _act(backend, case_id, kind)
        backend.drain()
        assert post.id not in _indexed(backend), kind
        assert (ADA in _indexed(backend)) is is_found, kind
        _undo(backend, case_id)
        backend.drain()
        assert _indexed(backend) == indexed, kind


def test_the_owner_of_a_hidden_post_can_delete_it_and_change_nothing_else(
    backend: Backend,
) -> None:
    post = _published(backend)
    _act(backend, _reported(backend, post.id), ActionKind.HIDE_POST)
    hidden = backend.metadata.posts[post.id]
    with pytest.raises(NotFound):
        backend.posts.edit(str(post.id), ADA, "Other words", None, drop_place=False)
    assert backend.metadata.posts[post.id] == hidden
    backend.posts.delete(str(post.id), ADA)
    with pytest.raises(NotFound):
        backend.posts.restore(str(post.id), ADA)
    assert backend.metadata.posts[post.id].state is PostState.DELETED


def test_the_original_of_a_withheld_content_is_given_to_nobody(backend: Backend) -> None:
    post, copy = _published(backend), _published(backend, 2, "copy")
    case_id = _reported(backend, post.id)
    _act(backend, case_id, ActionKind.WITHHOLD_CONTENT)
    for each in (post, copy):
        with pytest.raises(Conflict, match="not given out"):
            backend.downloads.original(each.author_id, each.media[0].media_id)
    _undo(backend, case_id)
    assert backend.downloads.original(ADA, post.media[0].media_id).url


def test_nothing_of_a_suspended_user_is_shown_to_others() -> None:
    gone = replace(samples.profile(1), suspension=Suspension("case"))
    post = replace(samples.post(), state=PostState.PUBLISHED)
    comment = Comment(CommentId(post.id, samples.position(9)), gone.user_id, "Hello")
    subjects = (UserSubject(gone), PostSubject(post, gone), CommentSubject(comment, gone))
    for subject in subjects:
        for viewer in (Viewer(BEN), NOBODY):
            reason = decide(viewer, subject, STRANGERS, Surface.ITSELF)
            assert reason is Reason.OWNER_SUSPENDED
        assert decide(Viewer(gone.user_id), subject, STRANGERS, Surface.ITSELF) is None


def test_whoever_is_suspended_may_do_nothing_but_appeal(backend: Backend) -> None:
    post = _published(backend)
    case_id = _reported(backend, post.id)
    _act(backend, case_id, ActionKind.SUSPEND)
    profile = backend.users.me(ADA)
    assert not _sees(backend, BEN, post)
    now = backend.clock.now() + timedelta(seconds=1)
    with pytest.raises(Forbidden, match="suspended"):
        profile.check_session(now)
    profile.check_session(now, open_to={Standing.SUSPENDED})
    assert profile.has_ended(backend.clock.now() - timedelta(hours=1))
    (view,) = backend.reporting.statements(ADA, None, 10).items
    assert (view.told, view.can_appeal) == (ActionKind.SUSPEND, True)


def test_a_suspension_ends_the_sign_ins_and_its_end_does_not(backend: Backend) -> None:
    case_id = _reported(backend, _published(backend).id)
    _act(backend, case_id, ActionKind.SUSPEND, until=backend.clock.now() + timedelta(days=7))
    backend.drain()
    account = subject_of(ADA, FakeSecrets().account_key())
    assert backend.accounts.signed_out == [account]
    backend.users.edit(ADA, bio="What is it?")
    backend.wait(timedelta(days=7, seconds=1))
    assert backend.suspensions.lift() == 1
    backend.drain()
    assert backend.accounts.signed_out == [account]


def test_sign_ins_are_left_alone_by_a_message_that_comes_when_the_suspension_is_over(
    backend: Backend,
) -> None:
    case_id = _reported(backend, _published(backend).id)
    _act(backend, case_id, ActionKind.SUSPEND)
    _undo(backend, case_id)
    backend.drain()
    assert backend.accounts.signed_out == []


def test_a_suspension_that_is_over_is_lifted(backend: Backend) -> None:
    post = _published(backend)
    case_id, other = _reported(backend, post.id), _reported(backend, BEN, SubjectKind.USER)
    until = backend.clock.now() + timedelta(days=7)
    before = _items(backend)
    _act(backend, case_id, ActionKind.SUSPEND, until=until)
    _act(backend, other, ActionKind.SUSPEND)
    assert backend.suspensions.lift() == 0
    backend.wait(timedelta(days=7, seconds=1))
    assert backend.suspensions.lift() == 1
    assert backend.suspensions.lift() == 0
    assert backend.metadata.profiles[BEN].suspension is not None
    _undo(backend, other)
    assert _items(backend) == before
    kinds = [entry.event.kind for entry in backend.metadata.log]
    acted, lifted, undone = LoggedKind.ACTED, LoggedKind.SUSPENSION_OVER, LoggedKind.UNDONE
    assert kinds == [acted, acted, lifted, undone]
    assert broken(backend.metadata.log) is None
    assert backend.metadata.cases[case_id].state is CaseState.DECIDED


def test_two_cases_about_one_user_do_not_get_into_each_others_way(backend: Backend) -> None:
    posts = [_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two")]
    one, other = (_reported(backend, post.id) for post in posts)
    _act(backend, one, ActionKind.LIMIT)
    with pytest.raises(Conflict, match="before"):
        _act(backend, other, ActionKind.LIMIT)
    _act(backend, other, ActionKind.SUSPEND)
    _undo(backend, one)
    profile = backend.metadata.profiles[ADA]
    assert profile.limited is None
    assert profile.suspension is not None


def test_of_two_moderators_at_once_one_wins_and_the_other_is_told(backend: Backend) -> None:
    case_id = _reported(backend, _published(backend).id)
    seen = backend.moderation.case(case_id, OTHER).case.version
    _act(backend, case_id, ActionKind.HIDE_POST)
    before, log = _items(backend), list(backend.metadata.log)
    with pytest.raises(CaseChanged) as caught:
        _act(backend, case_id, ActionKind.DISMISS, OTHER, seen=seen)
    assert (caught.value.state, caught.value.version) == (CaseState.DECIDED, 1)
    assert (_items(backend), backend.metadata.log) == (before, log)


def test_a_repeated_decision_is_one(backend: Backend) -> None:
    case_id = _reported(backend, _published(backend).id)
    first = _act(backend, case_id, ActionKind.HIDE_POST, seen=0)
    assert _act(backend, case_id, ActionKind.HIDE_POST, seen=0) == first
    assert len(backend.metadata.log) == 1
    undone = _undo(backend, case_id)
    action = undone.case.actions[0].id
    assert backend.moderation.undo(case_id, MOD, action, 1).case == undone.case
    assert len(backend.metadata.log) == 2


def test_another_moderator_decides_an_appeal(backend: Backend) -> None:
    post = _published(backend)
    case_id = _reported(backend, post.id)
    _act(backend, case_id, ActionKind.HIDE_POST)
    appeal = backend.reporting.appeal(ADA, str(case_id), "It is a play.")
    assert backend.reporting.appeal(ADA, str(case_id), "It is a play.") == appeal
    with pytest.raises(Conflict, match="already"):
        backend.reporting.appeal(ADA, str(case_id), "Please!")
    with pytest.raises(NotFound):
        backend.reporting.appeal(BEN, str(case_id), "It is a play.")
    assert backend.moderation.statistics().appealed == 1
    decide_appeal = backend.moderation.decide_appeal
    with pytest.raises(Forbidden):
        decide_appeal(case_id, MOD, overturn=False, statement="", seen=2)
    view = decide_appeal(case_id, OTHER, overturn=True, statement="True.", seen=2)
    assert decide_appeal(case_id, OTHER, overturn=True, statement="True.", seen=2) == view
    assert _sees(backend, BEN, post)
    (statement,) = backend.reporting.statements(ADA, None, 10).items
    assert statement.case.appeal is not None
    assert statement.case.appeal.outcome is AppealOutcome.OVERTURNED
    assert statement.action.undone_at is not None


def test_an_appeal_that_is_upheld_leaves_all_as_it_is(backend: Backend) -> None:
    post = _published(backend)
    case_id = _reported(backend, post.id)
    _act(backend, case_id, ActionKind.HIDE_POST)
    backend.reporting.appeal(ADA, str(case_id), "It is a play.")
    backend.moderation.decide_appeal(case_id, OTHER, overturn=False, statement="", seen=2)
    assert not _sees(backend, BEN, post)
    with pytest.raises(Conflict, match="already"):
        backend.reporting.appeal(ADA, str(case_id), "But it is!")
    with pytest.raises(Conflict, match="No appeal"):
        backend.moderation.decide_appeal(case_id, OTHER, overturn=True, statement="", seen=3)


def test_whoever_has_posted_a_withheld_content_is_told_no_more_than_that(backend: Backend) -> None:
    case_id = _reported(backend, _published(backend).id)
    _act(backend, case_id, ActionKind.WITHHOLD_CONTENT)
    (view,) = backend.reporting.statements(ADA, None, 10).items
    assert view.told is ActionKind.HIDE_POST


def test_what_cannot_be_done_is_refused(backend: Backend) -> None:
    post = _published(backend)
    on_user = _reported(backend, ADA, SubjectKind.USER)
    on_post = _reported(backend, post.id)
    with pytest.raises(InvalidInput):
        _act(backend, on_user, ActionKind.HIDE_POST)
    with pytest.raises(InvalidInput):
        _act(backend, on_post, ActionKind.HIDE_POST, until=backend.clock.now())
    with pytest.raises(NotFound):
        backend.moderation.case(CaseId(SubjectKind.USER, BEN), MOD)
    with pytest.raises(NotFound):
        backend.moderation.undo(on_post, MOD, "x", 0)


def test_queues_are_by_state_reason_and_age(backend: Backend) -> None:
    posts = [_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two", "three")]
    ids = []
    for post in posts:
        backend.clock.advance(timedelta(minutes=10))
        ids.append(_reported(backend, post.id))
    _act(backend, ids[1], ActionKind.DISMISS)
    queue = backend.moderation.queue
    first = queue(CaseState.OPEN, HATE, None, 1)
    assert [case.id for case, _ in first.items] == [ids[0]]
    rest = queue(CaseState.OPEN, HATE, first.next_position, 10)
    assert [case.id for case, _ in rest.items] == [ids[2]]
    assert not queue(CaseState.OPEN, ReportReason.SPAM, None, 10).items
    found = backend.moderation.statistics()
    assert (found.open[HATE], found.decisions) == (2, {ActionKind.DISMISS: 1})
    assert found.minutes_to_decision == pytest.approx(10, abs=1)


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence_of_actions_and_undos_leaves_nothing_behind(
    backend: Backend, seed: int
) -> None:
    dice = random.Random(seed)
    posts = [_published(backend), _published(backend, 2, "copy")]
    cases = [_reported(backend, post.id) for post in posts]
    before = _items(backend)
    for _ in range(12):
        case = backend.metadata.cases[dice.choice(cases)]
        if case.standing and dice.random() < 0.4:
            action = dice.choice(case.standing)
            backend.moderation.undo(case.id, MOD, action.id, case.version)
        else:
            kinds = [k for k in ON_POSTS if k not in {a.kind for a in case.standing}]
            if kinds:
                _act(backend, case.id, dice.choice(kinds))
        for name in dice.sample(backend.waiting(), k=min(1, len(backend.waiting()))):
            backend.deliver(name, dice.randrange(backend.backlog(name)), again=dice.random() < 0.3)
    for case_id in cases:
        while backend.metadata.cases[case_id].standing:
            _undo(backend, case_id)
    backend.drain()
    assert _items(backend) == before
    assert broken(backend.metadata.log) is None


def test_a_log_that_was_changed_is_found_out(backend: Backend) -> None:
    case_id = _reported(backend, _published(backend).id)
    for _ in range(2):
        _act(backend, case_id, ActionKind.HIDE_POST)
        _undo(backend, case_id)
    log = backend.metadata.log
    assert broken(log) is None
    changed = replace(log[1], event=replace(log[1].event, moderator_id=BEN))
    for forged in (
        [log[0], *log[2:]],
        [log[0], changed, *log[2:]],
        [replace(log[0], hash="0" * 64), *log[1:]],
        log[1:],
    ):
        assert broken(forged) is not None

"""Reports: of posts, comments and users, hidden from their reporter at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shutterfeed.domain.delivery import Delivery
from shutterfeed.domain.errors import InvalidInput, LimitReached, NotFound
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.moderation import (
    ActionKind,
    CaseId,
    CaseState,
    Outcome,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.posts import Post
from shutterfeed.domain.reported import MAX_REPORTED, Reported
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.moderation import Decision
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.storage import PHOTO
from tests.limits import plenty_but

ADA, BEN, CY, MOD = (samples.user_id(number) for number in (1, 2, 3, 4))
HATE, SPAM = ReportReason.HATE, ReportReason.SPAM


def _backend(**named: Any) -> Backend:
    backend = Backend(**named)
    for number in (1, 2, 3, 4):
        backend.sign_up(number)
    return backend


@pytest.fixture
def backend() -> Backend:
    return _backend()


def _published(backend: Backend, author: int = 1, key: str = "one", *photos: bytes) -> Post:
    post = backend.create_post(author, photos or (PHOTO,), key)
    for index, photo in enumerate(photos or (PHOTO,)):
        backend.upload(post, index, photo)
    backend.drain()
    return backend.metadata.posts[post.id]


def _report(backend: Backend, post: Post, reporter: str = CY, reason: ReportReason = HATE) -> str:
    view = backend.reporting.report(
        Viewer(reporter), SubjectKind.POST, str(post.id), reason, "It hurts."
    )
    return str(view.report.case_id)


def test_the_same_report_twice_is_one(backend: Backend) -> None:
    post = _published(backend)
    _report(backend, post)
    first = backend.metadata.reports.copy()
    _report(backend, post, reason=SPAM)
    assert backend.metadata.reports == first
    (case,) = backend.metadata.cases.values()
    assert (case.reports, case.reasons) == (1, {HATE: 1})


def test_many_reports_of_one_subject_are_one_case_of_the_gravest_reason(backend: Backend) -> None:
    post = _published(backend)
    for reporter, reason in ((CY, SPAM), (BEN, HATE), (MOD, SPAM)):
        _report(backend, post, reporter, reason)
    (case,) = backend.metadata.cases.values()
    assert case.id == CaseId(SubjectKind.POST, str(post.id))
    assert (case.owner_id, case.reason, case.reports) == (ADA, HATE, 3)
    assert case.reasons == {SPAM: 2, HATE: 1}
    assert case.version == 0


def test_evidence_is_what_was_reported_whatever_becomes_of_it(backend: Backend) -> None:
    post = _published(backend)
    case_id = CaseId.parse(_report(backend, post))
    backend.posts.edit(str(post.id), ADA, "nothing to see", None, drop_place=False)
    backend.users.edit(ADA, display_name="Somebody else")
    (kept,) = backend.moderation.case(case_id, MOD).evidence
    assert (kept.text, kept.display_name) == ("caption", "")
    assert [medium.sha256 for medium in kept.media] == [samples.sha256(PHOTO)]
    backend.clock.advance(timedelta(seconds=1))
    _report(backend, post, BEN)
    texts = [one.text for one in backend.moderation.case(case_id, MOD).evidence]
    assert texts == ["nothing to see", "caption"]


def test_a_content_that_is_kept_for_a_case_outlives_its_posts(backend: Backend) -> None:
    post = _published(backend)
    case_id = CaseId.parse(_report(backend, post))
    backend.delete_post(post.id)
    for _ in range(3):
        backend.wait(timedelta(days=40))
        backend.drain()
    blob = backend.metadata.blobs[samples.sha256(PHOTO)]
    assert any(blob.blob_id in key for key in backend.buckets.renditions)
    decision = Decision(ActionKind.DISMISS, HATE, "", None, 0)
    backend.moderation.act(case_id, MOD, decision)
    for _ in range(3):
        backend.drain()
        backend.wait(timedelta(days=40))
    backend.drain()
    assert samples.sha256(PHOTO) not in backend.metadata.blobs


def test_what_is_reported_is_out_of_the_feed_and_the_lists_at_once(backend: Backend) -> None:
    backend.users.edit(ADA, handle="ada")
    backend.follows.follow(CY, "ada")
    backend.reader.page(CY, None, 10)
    backend.drain()
    posts = [_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two", "three")]
    _report(backend, posts[1])
    seen = backend.reader.page(CY, None, 10).posts
    assert [view.post.id for view in seen] == [posts[2].id, posts[0].id]
    listed = backend.viewing.posts(Viewer(CY), [post.id for post in posts])
    assert [view.post.id for view in listed] == [posts[0].id, posts[2].id]
    assert len(backend.viewing.posts(Viewer(BEN), [post.id for post in posts])) == 3
    by_itself = backend.viewing.post(Viewer(CY), posts[1].id)
    assert (by_itself.post.id, by_itself.reported_by_me) == (posts[1].id, True)
    for viewer, marked in ((CY, {posts[1].id}), (BEN, set()), (ADA, set())):
        of_ada = backend.posts.by_author("ada", Viewer(viewer), None, 10).items
        assert {view.post.id for view in of_ada if view.reported_by_me} == marked
        assert len(of_ada) == 3


def test_a_reported_post_of_a_celebrity_is_out_of_the_feed_too() -> None:
    backend = _backend(policy=replace(POLICY, celebrity_followers=1))
    backend.users.edit(ADA, handle="ada")
    for follower in (BEN, CY):
        backend.follows.follow(follower, "ada")
        backend.reader.page(follower, None, 10)
    backend.drain()
    posts = [_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two")]
    assert backend.metadata.recent_posts[ADA].delivery is Delivery.PULL
    _report(backend, posts[0])
    assert [view.post.id for view in backend.reader.page(CY, None, 10).posts] == [posts[1].id]
    assert len(backend.reader.page(BEN, None, 10).posts) == 2


def test_a_reported_user_does_not_come_up_any_more(backend: Backend) -> None:
    backend.users.edit(ADA, handle="ada")
    backend.follows.follow(CY, "ada")
    post = _published(backend)
    backend.reporting.report(Viewer(CY), SubjectKind.USER, ADA, SPAM, "")
    assert not backend.reader.page(CY, None, 10).posts
    assert not backend.viewing.posts(Viewer(CY), [post.id])


def test_a_reported_comment_is_not_shown_to_its_reporter(backend: Backend) -> None:
    post = _published(backend)
    comment = backend.comments.create(BEN, str(post.id), "Rubbish!", None, "key").comment
    backend.reporting.report(Viewer(CY), SubjectKind.COMMENT, str(comment.id), HATE, "")
    (case,) = backend.metadata.cases.values()
    (kept,) = backend.metadata.evidence[case.id].values()
    assert (case.owner_id, kept.text) == (BEN, "Rubbish!")
    with pytest.raises(NotFound):
        backend.discussions.one(Viewer(CY), str(comment.id))
    assert backend.discussions.one(Viewer(ADA), str(comment.id)).comment.author_id == BEN


def test_nobody_reports_what_they_may_not_see_or_what_is_their_own(backend: Backend) -> None:
    post = _published(backend)
    with pytest.raises(InvalidInput, match="own"):
        _report(backend, post, ADA)
    backend.users.edit(ADA, private=True)
    with pytest.raises(NotFound):
        _report(backend, post)
    for kind, subject in (
        (SubjectKind.POST, "x"),
        (SubjectKind.COMMENT, f"{post.id}-x"),
        (SubjectKind.USER, samples.user_id(99)),
    ):
        with pytest.raises(NotFound):
            backend.reporting.report(Viewer(CY), kind, subject, HATE, "")


def test_reports_are_limited() -> None:
    backend = _backend(limits=plenty_but(reports=Allowance(1, 1)))
    one, other = (_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two"))
    _report(backend, one)
    _report(backend, one)
    with pytest.raises(LimitReached):
        _report(backend, other)


def test_the_reporter_is_told_the_outcome_and_lists_their_reports(backend: Backend) -> None:
    post, other = (_published(backend, 1, key, PHOTO + key.encode()) for key in ("one", "two"))
    case_id = CaseId.parse(_report(backend, post))
    backend.clock.advance(timedelta(seconds=1))
    _report(backend, other)
    backend.clock.advance(timedelta(seconds=1))
    backend.moderation.act(
        case_id, MOD, Decision(ActionKind.HIDE_POST, HATE, "It insults people.", None, 0)
    )
    backend.drain()
    backend.wait(timedelta(days=1))
    page = backend.reporting.page(CY, None, 10)
    assert [view.outcome for view in page.items] == [Outcome.OPEN, Outcome.ACTED]
    (told,) = backend.activity.page(CY, None, 10).items
    assert (told.notice.kind, told.notice.subject) == ("report_decided", str(case_id))
    assert not told.people
    (stated,) = backend.activity.page(ADA, None, 10).items
    assert (stated.notice.kind, stated.people) == ("statement", ())


def test_what_is_reported_again_after_a_decision_is_open_again(backend: Backend) -> None:
    post = _published(backend)
    case_id = CaseId.parse(_report(backend, post))
    backend.moderation.act(case_id, MOD, Decision(ActionKind.DISMISS, HATE, "", None, 0))
    backend.clock.advance(timedelta(seconds=1))
    _report(backend, post, BEN, SPAM)
    case = backend.metadata.cases[case_id]
    assert (case.state, case.version, len(case.actions)) == (CaseState.OPEN, 2, 1)


def test_the_last_reports_are_remembered() -> None:
    reported = Reported()
    for number in range(MAX_REPORTED + 1):
        reported = reported.including(str(number))
    assert not reported.has("0")
    assert reported.has(str(MAX_REPORTED))
    assert Reported.unpacked(reported.packed()) == reported

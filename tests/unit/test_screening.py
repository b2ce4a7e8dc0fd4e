"""Screening contents before they are published, and words when they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from shutterfeed import schema
from shutterfeed.domain.changes import (
    CommentChanged,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.messages import (
    PublishMedium,
    ScreenComment,
    ScreenMedium,
    ScreenPost,
    ScreenUser,
    Work,
    work_for,
)
from shutterfeed.domain.moderation import (
    ActionKind,
    Case,
    CaseId,
    CaseState,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.screening import NOTHING, Consequence, Finding, Screened
from shutterfeed.domain.screening_work import with_screening
from shutterfeed.services.moderation import ModerationService
from shutterfeed.services.screening import ScreeningOutcome, ScreeningService
from shutterfeed.services.screening_cases import STATEMENT, ModeratorsCases
from tests import samples
from tests.fakes.comments import FakeComments
from tests.fakes.metadata import FakeBlobs, FakePosts, FakeProfiles, Metadata
from tests.fakes.moderation import FakeCases, FakeModerationLog, FakeWithholdings
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock, FakeIds

ADA = samples.user_id(1)
MODERATOR = samples.user_id(9)


@dataclass
class Detector:
    """Finds what it is told to find."""

    finds: dict[str, Finding] = field(default_factory=dict)
    """The findings, by the SHA-256 of a content, or by a text."""
    broken: bool = False

    def in_content(self, blob: Blob) -> Sequence[Finding]:
        return self.in_text(blob.sha256)

    def in_text(self, text: str) -> Sequence[Finding]:
        if self.broken:
            raise ConnectionError
        return (self.finds[text],) if text in self.finds else ()


@dataclass
class Office:
    data: Metadata = field(default_factory=Metadata)
    clock: FakeClock = field(default_factory=FakeClock)
    detector: Detector = field(default_factory=Detector)
    queue: FakeQueue[object] = field(default_factory=FakeQueue)
    noted: list[tuple[str, Finding]] = field(default_factory=list)

    def __post_init__(self) -> None:
        FakeProfiles(self.data).create(samples.profile(1))
        ids, profiles = FakeIds(), FakeProfiles(self.data)
        cases = FakeCases(self.data)
        self.moderation = ModerationService(
            cases=cases,
            entries=FakeModerationLog(self.data),
            profiles=profiles,
            clock=self.clock,
            ids=ids,
        )
        self.service = ScreeningService(
            blobs=FakeBlobs(self.data),
            posts=FakePosts(self.data),
            comments=FakeComments(self.data),
            profiles=profiles,
            contents=[self.detector],
            texts=[self.detector],
            cases=ModeratorsCases(
                posts=FakePosts(self.data),
                profiles=profiles,
                cases=cases,
                moderation=self.moderation,
                clock=self.clock,
                ids=ids,
            ),
            log=self,
            publish=self.queue,
        )

    def note(self, subject: str, finding: Finding) -> None:
        self.noted.append((subject, finding))

    def post(self, *contents: str, number: int = 1, state: PostState = PostState.PENDING) -> Post:
        """A post of contents that are rendered."""
        post = samples.post(number=number, media=len(contents), state=state)
        media = tuple(
            replace(medium, sha256=samples.sha256(content))
            for medium, content in zip(post.media, contents, strict=True)
        )
        post = replace(post, media=media)
        FakePosts(self.data).create(post, samples.uploads(post), str(number), "fingerprint")
        for reference, content in zip(references(post), contents, strict=True):
            sha256 = samples.sha256(content)
            blob = FakeBlobs(self.data).claim(sha256, f"blob of {content}", "image/jpeg", 7)
            FakeBlobs(self.data).mark_ready(blob, samples.picture(content))
            FakeBlobs(self.data).refer(reference)
        return post

    def case(self, kind: SubjectKind, subject: object) -> Case | None:
        return self.data.cases.get(CaseId(kind, str(subject)))


@pytest.fixture
def office() -> Office:
    return Office()


def references(post: Post) -> list[Reference]:
    return [Reference(medium.sha256, post.id, medium.media_id) for medium in post.media]


def found(does: Consequence, detector: str = "hashes:known") -> Finding:
    return Finding(detector, "0f" * 32, does, ReportReason.ILLEGAL, "case 12", 4)


def screened(work: Screened, change: object) -> list[Work]:
    return list(with_screening(work, change, work_for(change)))  # type: ignore[arg-type]


def test_a_content_in_no_list_is_published(office: Office) -> None:
    [reference] = references(office.post("harmless"))
    assert office.service.screen(ScreenMedium(reference)) is ScreeningOutcome.CLEAR
    assert office.queue.messages == [PublishMedium(reference)]
    assert office.data.cases == {}
    assert office.noted == []


@pytest.mark.parametrize("does", list(Consequence))
def test_a_match_does_what_its_list_says(office: Office, does: Consequence) -> None:
    post = office.post("known")
    [reference] = references(post)
    office.detector.finds[reference.sha256] = found(does)
    for _ in range(2):
        assert office.service.screen(ScreenMedium(reference)) == ScreeningOutcome(does)
    assert office.queue.messages == [PublishMedium(reference)] * 2, "it tells its owner nothing"
    assert office.noted[0] == (f"{post.id} {reference.media_id}", found(does))
    case = office.case(SubjectKind.POST, post.id)
    withheld = FakeWithholdings(office.data).cases(reference.sha256)
    if does is Consequence.MATCH:
        assert case is None
        return
    assert case is not None
    assert (case.owner_id, case.reason, case.reports) == (ADA, ReportReason.ILLEGAL, 1)
    [evidence] = FakeCases(office.data).evidence(case.id)
    assert [medium.blob_id for medium in evidence.media] == [samples.picture("known").blob_id]
    [report] = FakeCases(office.data).reports_of(case.id, None, 10).items
    assert report.reporter_id is None
    assert report.reporter == f"hashes:known:{reference.media_id}"
    assert report.note == f"{'0f' * 32} (4) case 12"
    if does is Consequence.REVIEW:
        assert (case.state, case.actions, withheld) == (CaseState.OPEN, (), frozenset())
        return
    [action] = case.actions
    assert (action.kind, action.statement) == (ActionKind.WITHHOLD_CONTENT, STATEMENT)
    assert (action.moderator_id, action.contents) == ("hashes:known", (reference.sha256,))
    assert withheld == {str(case.id)}


def test_only_the_content_that_was_found_is_withheld(office: Office) -> None:
    harmless, known = references(office.post("harmless", "known"))
    office.detector.finds[known.sha256] = found(Consequence.BLOCK)
    for reference in (harmless, known):
        office.service.screen(ScreenMedium(reference))
    withholdings = FakeWithholdings(office.data)
    assert withholdings.cases(known.sha256)
    assert not withholdings.cases(harmless.sha256)


def test_two_contents_of_a_post_are_withheld(office: Office) -> None:
    both = references(office.post("known", "known, too"))
    for reference in both:
        office.detector.finds[reference.sha256] = found(Consequence.BLOCK)
        office.service.screen(ScreenMedium(reference))
    for reference in both:
        assert FakeWithholdings(office.data).cases(reference.sha256)


def test_what_a_moderator_has_undone_stays_undone(office: Office) -> None:
    post = office.post("known")
    [reference] = references(post)
    office.detector.finds[reference.sha256] = found(Consequence.BLOCK)
    office.service.screen(ScreenMedium(reference))
    case = office.case(SubjectKind.POST, post.id)
    assert case is not None
    office.moderation.undo(case.id, MODERATOR, case.actions[0].id, case.version)
    office.service.screen(ScreenMedium(reference))
    assert not FakeWithholdings(office.data).cases(reference.sha256)


def test_nothing_is_published_while_a_detector_fails(office: Office) -> None:
    [reference] = references(office.post("harmless"))
    office.detector.broken = True
    with pytest.raises(ConnectionError):
        office.service.screen(ScreenMedium(reference))
    assert office.queue.messages == []


def test_a_content_that_failed_or_is_gone_goes_on(office: Office) -> None:
    gone = Reference(samples.sha256("gone"), samples.post().id, samples.user_id(5))
    assert office.service.screen(ScreenMedium(gone)) is ScreeningOutcome.GONE
    assert office.queue.messages == [PublishMedium(gone)]


def test_the_words_of_a_published_post_are_looked_at(office: Office) -> None:
    post = replace(
        office.post("harmless", state=PostState.PUBLISHED), caption="bad", alt_texts=("bad",)
    )
    office.data.posts[post.id] = post
    office.detector.finds["bad"] = found(Consequence.BLOCK, "words:slurs")
    assert office.service.screen(ScreenPost(post.id)) is ScreeningOutcome.BLOCK
    assert len(office.noted) == 1
    case = office.case(SubjectKind.POST, post.id)
    assert case is not None
    assert [action.kind for action in case.actions] == [ActionKind.HIDE_POST]


def test_a_comment_is_removed(office: Office) -> None:
    post = office.post("harmless", state=PostState.PUBLISHED)
    comment_id = CommentId(post.id, samples.position(3))
    FakeComments(office.data).add(Comment(comment_id, ADA, "bad"))
    office.detector.finds["bad"] = found(Consequence.BLOCK, "words:slurs")
    assert office.service.screen(ScreenComment(comment_id)) is ScreeningOutcome.BLOCK
    case = office.case(SubjectKind.COMMENT, comment_id)
    assert case is not None
    assert [action.kind for action in case.actions] == [ActionKind.REMOVE_COMMENT]


def test_a_user_with_a_bad_name_is_limited(office: Office) -> None:
    office.data.profiles[ADA] = replace(office.data.profiles[ADA], display_name="bad")
    office.detector.finds["bad"] = found(Consequence.BLOCK, "words:slurs")
    assert office.service.screen(ScreenUser(ADA)) is ScreeningOutcome.BLOCK
    case = office.case(SubjectKind.USER, ADA)
    assert case is not None
    assert [action.kind for action in case.actions] == [ActionKind.LIMIT]


def test_what_is_gone_is_not_screened(office: Office) -> None:
    office.detector.broken = True
    post = office.post("harmless")
    for message in (
        ScreenPost(post.id),
        ScreenPost(samples.post(number=8).id),
        ScreenComment(CommentId(post.id, samples.position(3))),
        ScreenUser(samples.user_id(7)),
    ):
        assert office.service.screen(message) is ScreeningOutcome.GONE


REFERENCE = Reference(samples.sha256("x"), samples.post().id, samples.user_id(5))
BOTH = Screened(contents=True, texts=True)


def test_a_content_goes_through_screening_only_if_contents_are_screened() -> None:
    change = ReferenceAdded(REFERENCE)
    assert screened(NOTHING, change) == [PublishMedium(REFERENCE)]
    assert screened(Screened(texts=True), change) == [PublishMedium(REFERENCE)]
    assert screened(BOTH, change) == [ScreenMedium(REFERENCE)]


def test_words_are_screened_when_they_are_new() -> None:
    pending = replace(samples.post(), caption="bad")
    published = replace(pending, state=PostState.PUBLISHED, position=samples.position(1))
    edited = replace(published, caption="worse")
    comment = Comment(CommentId(pending.id, samples.position(2)), ADA, "bad")
    profile = samples.profile(1)
    cases = [
        (PostChanged(None, pending), []),
        (PostChanged(pending, published), [ScreenPost(pending.id)]),
        (PostChanged(published, replace(published, revision=2)), []),
        (PostChanged(published, edited), [ScreenPost(pending.id)]),
        (PostChanged(published, None), []),
        (CommentChanged(None, comment), [ScreenComment(comment.id)]),
        (CommentChanged(comment, replace(comment, likes=3)), []),
        (CommentChanged(comment, replace(comment, text="worse")), [ScreenComment(comment.id)]),
        (CommentChanged(comment, replace(comment, text="", removed=True)), []),
        (ProfileChanged(None, profile), [ScreenUser(profile.user_id)]),
        (ProfileChanged(profile, replace(profile, followers=3)), []),
        (ProfileChanged(profile, replace(profile, bio="bad")), [ScreenUser(profile.user_id)]),
    ]
    kinds = (ScreenPost, ScreenComment, ScreenUser)
    for change, expected in cases:
        work = screened(BOTH, change)
        assert [message for message in work if isinstance(message, kinds)] == expected, change
        assert not any(isinstance(m, kinds) for m in screened(Screened(contents=True), change))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("off", NOTHING),
        ("contents", Screened(contents=True)),
        ("texts", Screened(texts=True)),
        ("contents,texts", BOTH),
    ],
)
def test_a_setting_says_what_is_screened(setting: str, expected: Screened) -> None:
    assert Screened.parse(setting) == expected


def test_the_reasons_that_a_deployment_may_name_are_those_of_reports() -> None:
    assert tuple(ReportReason) == schema.REPORT_REASONS

"""When a notice is opened, what it tells, and whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import topology
from shutterfeed.domain.activity import (
    GROUP_SPAN,
    MAX_OPENERS,
    WAIT,
    Act,
    ActivitySettings,
    Notice,
    NoticeKind,
    Opener,
    Opening,
    ToldOf,
    opening,
)
from shutterfeed.domain.changes import (
    CommentChanged,
    CommentLiked,
    FollowChanged,
    FollowRequested,
    Liked,
    PostChanged,
)
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Purpose
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.messages import Notify
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.scheduling import LATE
from shutterfeed.domain.telling import addressed
from tests import samples
from tests.fakes.system import START
from tests.work import caused

ADA, BOB = samples.user_id(1), samples.user_id(2)
POST = samples.post()
LIKE = Act(ADA, NoticeKind.LIKE, str(POST.id), BOB, START)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _like(seconds: float) -> Act:
    return replace(LIKE, at=_at(seconds))


def _open(seconds: float = 7) -> Notice:
    """The notice of a like at the start, which appears so much later."""
    since = START - GROUP_SPAN
    return Notice(ADA, LIKE.kind, LIKE.subject, 1, ulid(_at(seconds), 0), since)


def test_the_queue_delays_messages_for_as_long_as_an_act_has_to_stand() -> None:
    assert topology.worker("notify").delay_s == WAIT.total_seconds()


def test_the_first_act_of_a_subject_opens_a_notice_that_covers_what_comes_late() -> None:
    next_one = Opening(1, START - GROUP_SPAN, openers=(Opener(BOB, START),))
    assert opening(None, LIKE, None) == next_one


@pytest.mark.parametrize("seconds", [-3600, 0, 1, 3600, GROUP_SPAN.total_seconds()])
def test_an_open_group_covers_what_else_is_done_within_a_day(seconds: float) -> None:
    assert opening(_open(), _like(seconds), None) is None
    assert opening(_open(), _like(seconds), START) is None, "a look before it appeared"


def test_after_a_day_the_next_group_begins_where_the_last_one_ended() -> None:
    newest = _open()
    act = replace(LIKE, at=newest.ends_at + timedelta(seconds=1))
    openers = (Opener(BOB, act.at),)
    assert opening(newest, act, None) == Opening(2, newest.ends_at, openers=openers)
    much_later = replace(LIKE, at=newest.ends_at + 3 * GROUP_SPAN)
    next_one = Opening(2, much_later.at - GROUP_SPAN, openers=(Opener(BOB, much_later.at),))
    assert opening(newest, much_later, None) == next_one


def test_what_is_done_after_a_look_opens_the_next_group_and_closes_the_one_that_was_seen() -> None:
    seen_at = _at(60)
    shown_until = seen_at - WAIT
    assert opening(_open(), _like(55), seen_at) is None, "it was shown"
    openers = (Opener(BOB, _at(55.001)),)
    assert opening(_open(), _like(55.001), seen_at) == Opening(2, shown_until, _open(), openers)
    closed = replace(_open(), until=shown_until)
    assert opening(closed, _like(55), seen_at) is None
    openers = (Opener(BOB, _at(56)),)
    next_one = Opening(2, shown_until, openers=openers)
    assert opening(closed, _like(56), seen_at) == next_one, "a worker has died"


def test_who_takes_back_what_they_did_and_repeats_it_is_told_anew_once_a_day() -> None:
    seen = replace(_open(), openers=(Opener(BOB, START),))
    again = _like(3600)
    assert opening(seen, again, _at(60)) is None
    by_eve = replace(again, person_id=EVE)
    next_one = opening(seen, by_eve, _at(60))
    assert next_one is not None
    assert next_one.openers == (Opener(EVE, again.at), Opener(BOB, START)), "both are remembered"
    later = replace(seen, number=2, position=ulid(_at(3607), 0), openers=next_one.openers)
    assert opening(later, _like(7200), _at(7100)) is None
    assert opening(later, _like(GROUP_SPAN.total_seconds()), _at(7100)) is not None


def test_only_the_last_openers_of_a_day_are_remembered() -> None:
    openers = [Opener(samples.user_id(number), _at(-number)) for number in range(3, 20)]
    newest = replace(_open(), openers=tuple(openers[:MAX_OPENERS]))
    assert newest.openers_with(_like(60)) == (Opener(BOB, _at(60)), *openers[: MAX_OPENERS - 1])
    tomorrow = replace(LIKE, at=START + GROUP_SPAN)
    assert newest.openers_with(tomorrow) == (Opener(BOB, tomorrow.at),)


def test_each_acceptance_is_told_and_the_one_before_it_no_longer() -> None:
    accepted = replace(LIKE, kind=NoticeKind.REQUEST_ACCEPTED)
    assert opening(None, accepted, None) == Opening(1, START)
    first = replace(_open(), kind=accepted.kind, since=START)
    assert opening(first, accepted, _at(60)) is None, "the message comes again"
    second = replace(accepted, at=_at(3600))
    assert opening(first, second, None) == Opening(2, second.at, closes=first)
    closed = replace(first, until=second.at)
    assert closed.is_replaced
    assert opening(closed, second, None) == Opening(2, second.at), "a worker has died"
    told = replace(first, number=2, since=second.at)
    assert opening(told, accepted, None) is None, "the first message comes late"


def test_a_post_that_fails_again_with_another_file_is_told_instead() -> None:
    failed = replace(LIKE, kind=NoticeKind.UPLOAD_FAILED)
    assert opening(None, failed, None) == Opening(1, START - GROUP_SPAN)
    first = replace(_open(), kind=failed.kind, since=START - GROUP_SPAN)
    assert opening(first, failed, _at(60)) is None, "the message comes again"
    second = replace(failed, at=_at(60))
    assert opening(first, second, None) == Opening(2, second.at - GROUP_SPAN, closes=first)
    assert replace(first, until=second.at - GROUP_SPAN).is_replaced


@pytest.mark.parametrize("kind", [NoticeKind.COMMENT, NoticeKind.TAG])
def test_what_comes_singly_is_told_once(kind: NoticeKind) -> None:
    act = replace(LIKE, kind=kind, at=_at(10 * 86_400))
    assert opening(replace(_open(), kind=kind), act, _at(5 * 86_400)) is None


moments = st.floats(-3, 3, allow_nan=False).map(lambda days: START + timedelta(days=days))


@given(st.lists(st.tuples(moments, st.integers(1, 3)), max_size=30), st.integers(0, 60))
def test_the_groups_of_a_subject_never_overlap_and_each_act_is_in_at_most_one(
    events: list[tuple[datetime, int]], late: int
) -> None:
    """Acts of two people, and looks, in any order, each act told with the same delay."""
    notices: list[Notice] = []
    seen_at: datetime | None = None
    acts: list[datetime] = []
    for at, number in sorted(events):
        if number == 1:
            seen_at = at
            continue
        acts.append(at)
        newest = notices[-1] if notices else None
        act = replace(LIKE, at=at, person_id=samples.user_id(number))
        next_one = opening(newest, act, seen_at)
        if next_one is None:
            continue
        if next_one.closes is not None:
            notices[-1] = replace(notices[-1], until=next_one.since)
        position = ulid(at + WAIT + timedelta(seconds=2 + late), len(notices))
        notices.append(replace(_open(), number=next_one.number, position=position))
        notices[-1] = replace(notices[-1], since=next_one.since, openers=next_one.openers)
    for earlier, later in pairwise(notices):
        assert earlier.ends_at <= later.since
        assert later.number == earlier.number + 1
    for at in acts:
        assert sum(notice.since < at <= notice.ends_at for notice in notices) <= 1
    told = [at for at in acts if any(n.since < at <= n.ends_at for n in notices)]
    assert told == acts, "none is lost"


def test_settings_say_of_whom_one_wants_to_be_told() -> None:
    settings = ActivitySettings(
        likes=ToldOf.NOBODY, comments=ToldOf.FOLLOWED, mentions=ToldOf.EVERYONE
    )
    for kind, (of_followed, of_others) in {
        NoticeKind.LIKE: (False, False),
        NoticeKind.COMMENT_LIKE: (False, False),
        NoticeKind.COMMENT: (True, False),
        NoticeKind.REPLY: (True, False),
        NoticeKind.MENTION: (True, True),
        NoticeKind.TAG: (True, True),
        NoticeKind.FOLLOW: (True, True),
    }.items():
        assert settings.wants(kind, follows=True) is of_followed
        assert settings.wants(kind, follows=False) is of_others


@pytest.mark.parametrize(
    "kind", [NoticeKind.FOLLOW_REQUEST, NoticeKind.REQUEST_ACCEPTED, NoticeKind.UPLOAD_FAILED]
)
def test_what_needs_an_answer_or_was_waited_for_is_always_told(kind: NoticeKind) -> None:
    nobody = ActivitySettings(*[ToldOf.NOBODY] * 5)
    assert nobody.wants(kind, follows=False)


def test_a_post_tells_whom_it_tags_or_mentions_once_it_is_published() -> None:
    published = replace(POST, state=PostState.PUBLISHED, position=samples.position(1))
    mentions = (Mention("bob", BOB), Mention("eve", EVE), Mention("ada", ADA))
    people = (TaggedPerson("medium", BOB, 0.5, 0.5),)
    naming = replace(published, mentions=mentions, people=people)

    def told(before: Post | None, after: Post) -> list[tuple[NoticeKind, str]]:
        work = caused(PostChanged(before, after), "notify")
        return [(w.act.kind, w.act.owner_id) for w in work if isinstance(w, Notify)]

    expected = [(NoticeKind.TAG, BOB), (NoticeKind.MENTION, EVE)]
    assert told(POST, naming) == told(published, naming) == expected
    assert told(naming, naming) == told(naming, published) == []
    assert told(None, replace(naming, state=PostState.PENDING)) == []
    assert told(naming.deleted(START), naming) == [], "a restored post tells nothing again"


def test_a_new_edge_tells_the_one_who_did_not_write_it() -> None:
    follow = FollowChanged(BOB, ADA, follows=True, at=START, shard=3)
    told = Act(ADA, NoticeKind.FOLLOW, ADA, BOB, START, 3)
    assert caused(follow, "notify") == [Notify(told)]
    accepted = replace(follow, accepted=True)
    assert caused(accepted, "notify") == [
        Notify(Act(BOB, NoticeKind.REQUEST_ACCEPTED, ADA, ADA, START))
    ]
    assert caused(FollowChanged(BOB, ADA, follows=False), "notify") == []
    asked = FollowRequested(BOB, ADA, START)
    assert caused(asked, "notify") == [Notify(Act(ADA, NoticeKind.FOLLOW_REQUEST, ADA, BOB, START))]
    assert caused(Liked(BOB, POST.id, START, 2), "notify") == [Notify(replace(LIKE, shard=2))]


def test_a_post_that_fails_tells_its_author_once() -> None:
    failed = replace(POST, state=PostState.FAILED)
    told = Act(ADA, NoticeKind.UPLOAD_FAILED, str(POST.id), ADA, POST.created_at)
    assert caused(PostChanged(POST, failed), "notify") == [Notify(told)]
    assert caused(PostChanged(failed, failed), "notify") == []
    new = replace(samples.medium(7), media_id=ulid(_at(60), 7), replaces="another")
    again = replace(failed, media=(new.failed(samples.FAILURE),))
    mended = replace(again, state=PostState.PROCESSING, media=(new,))
    assert caused(PostChanged(mended, again), "notify") == [Notify(replace(told, at=_at(60)))]
    avatar = replace(failed, purpose=Purpose.AVATAR)
    changes: list[tuple[Post | None, Post | None]] = [(POST, avatar), (failed, None), (None, POST)]
    for before, after in changes:
        assert caused(PostChanged(before, after), "notify") == []


def test_a_post_that_is_published_late_tells_its_author_once() -> None:
    ready = replace(POST, state=PostState.PROCESSING, publish_at=START)
    late = replace(
        ready,
        state=PostState.PUBLISHED,
        published_at=START + LATE,
        position=samples.position(1),
    )
    told = Act(ADA, NoticeKind.PUBLISHED_LATE, str(POST.id), ADA, START + LATE)
    assert Notify(told) in caused(PostChanged(ready, late), "notify")
    edited = replace(late, caption="Another")
    in_time = replace(late, publish_at=START + LATE / 2)
    unplanned = replace(late, publish_at=None)
    deleted = late.deleted(START + 2 * LATE)
    for before, after in (
        (ready, in_time),
        (ready, unplanned),
        (late, edited),
        (late, deleted),
        (deleted, late),
    ):
        assert Notify(told) not in caused(PostChanged(before, after), "notify")


DOT, EVE = samples.user_id(4), samples.user_id(5)
ROOT = Comment(CommentId(POST.id, ulid(START, 1)), DOT, "A heron?")
REPLY = Comment(CommentId(POST.id, ulid(START, 1), ulid(START, 2)), BOB, "A stork.")
STORED = {ROOT.id: ROOT, REPLY.id: REPLY}


def _mentioning(comment: Comment, *user_ids: str) -> Comment:
    return replace(comment, mentions=tuple(Mention("somebody", user_id) for user_id in user_ids))


def _kinds(before: Comment | None, after: Comment | None) -> list[tuple[NoticeKind, str]]:
    work = caused(CommentChanged(before, after), "notify")
    return [(w.act.kind, w.act.owner_id) for w in work if isinstance(w, Notify)]


def test_a_comment_is_told_when_everybody_may_see_it() -> None:
    told = [(NoticeKind.COMMENT, ADA)]
    assert _kinds(None, ROOT) == told
    held, hidden = replace(ROOT, held=True), replace(ROOT, hidden=True)
    assert _kinds(None, held) == []
    assert _kinds(held, ROOT) == told
    assert _kinds(hidden, ROOT) == told, "the notice is there already, and is opened once"
    for after in (hidden, ROOT.without_text(), None, replace(ROOT, text="x"), ROOT):
        assert _kinds(ROOT, after) == []


def test_mentions_are_told_as_they_are_added() -> None:
    mentioning = _mentioning(ROOT, EVE, EVE)
    assert _kinds(None, mentioning) == [(NoticeKind.MENTION, EVE), (NoticeKind.COMMENT, ADA)]
    assert _kinds(ROOT, mentioning) == [(NoticeKind.MENTION, EVE)]
    assert _kinds(mentioning, _mentioning(ROOT, EVE, DOT)) == [(NoticeKind.MENTION, DOT)]
    assert _kinds(mentioning, ROOT) == []
    assert _kinds(_mentioning(ROOT, ADA), ROOT) == [(NoticeKind.COMMENT, ADA)]
    replies = [(NoticeKind.REPLY, ADA)]
    assert _kinds(_mentioning(REPLY, DOT), REPLY) == replies, "whoever wrote the root"


@pytest.mark.parametrize(
    ("kind", "stored", "concerned"),
    [
        (NoticeKind.COMMENT, STORED, ADA),
        (NoticeKind.REPLY, STORED, DOT),
        (NoticeKind.COMMENT_LIKE, STORED, BOB),
        (NoticeKind.MENTION, STORED, None),
        (NoticeKind.MENTION, {REPLY.id: _mentioning(REPLY, ADA)}, ADA),
        # Once, as a mention.
        (NoticeKind.COMMENT, {REPLY.id: _mentioning(REPLY, ADA)}, None),
        (NoticeKind.REPLY, {**STORED, REPLY.id: _mentioning(REPLY, DOT)}, None),
        # Once, as a reply.
        (NoticeKind.COMMENT, {**STORED, ROOT.id: replace(ROOT, author_id=ADA)}, None),
        # What was answered is gone.
        (NoticeKind.REPLY, {REPLY.id: REPLY}, None),
        (NoticeKind.REPLY, {**STORED, ROOT.id: ROOT.without_text()}, None),
        (NoticeKind.COMMENT, {**STORED, ROOT.id: ROOT.without_text()}, ADA),
        # The comment is gone, or nobody may see it.
        (NoticeKind.COMMENT, {}, None),
        (NoticeKind.COMMENT, {REPLY.id: replace(REPLY, held=True)}, None),
        (NoticeKind.COMMENT_LIKE, {REPLY.id: replace(REPLY, hidden=True)}, None),
    ],
)
def test_each_comment_concerns_a_user_once(
    kind: NoticeKind, stored: dict[CommentId, Comment], concerned: str | None
) -> None:
    act = Act(ADA, kind, str(REPLY.id), BOB, START)
    expected = None if concerned is None else replace(act, owner_id=concerned)
    assert addressed(act, stored) == expected


def test_what_is_not_about_a_comment_concerns_whom_it_names() -> None:
    assert addressed(LIKE, {}) == LIKE
    assert caused(CommentLiked(EVE, ROOT.id, START), "notify") == [
        Notify(Act(ADA, NoticeKind.COMMENT_LIKE, str(ROOT.id), EVE, START))
    ]

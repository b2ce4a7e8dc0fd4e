"""Notices, and the people behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.activity import Act, ActivitySettings, Notice, NoticeKind, Opener, ToldOf
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.retention import NOTICE_RETENTION
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.activity import Crowd, Person
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB, CY, DOT = (samples.user_id(number) for number in (1, 2, 3, 4))
LATER = START + timedelta(days=1)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _notice(seconds: int = 0, kind: NoticeKind = NoticeKind.FOLLOW, number: int = 1) -> Notice:
    position = ulid(_at(seconds), seconds)
    return Notice(ADA, kind, ADA, number, position, _at(seconds - 10), shard=seconds % 7)


def _positions(store: Store, limit: int = 10, after: str | None = None) -> list[str]:
    page = store.notices.page(ADA, LATER, after, limit, None)
    return [notice.position for notice in page.items]


def test_a_notice_comes_back_as_it_was_opened(store: Store) -> None:
    notice = _notice(3)
    opened = replace(notice, openers=(Opener(BOB, _at(2)), Opener(CY, _at(1))))
    assert store.notices.open(opened)
    assert store.notices.newest(ADA, notice.kind, ADA) == opened
    assert store.notices.page(ADA, LATER, None, 10, None).items == (notice,)
    assert store.notices.close(opened, _at(7))
    closed = store.notices.newest(ADA, notice.kind, ADA)
    assert closed == replace(opened, until=_at(7))


def test_of_a_subject_the_notice_with_the_highest_number_is_the_newest(store: Store) -> None:
    for number in (1, 10, 2):
        assert store.notices.open(_notice(number, number=number))
    newest = store.notices.newest(ADA, NoticeKind.FOLLOW, ADA)
    assert newest is not None
    assert newest.number == 10
    assert store.notices.newest(ADA, NoticeKind.FOLLOW_REQUEST, ADA) is None
    assert store.notices.newest(BOB, NoticeKind.FOLLOW, ADA) is None


def test_a_number_is_given_once(store: Store) -> None:
    assert store.notices.open(_notice(1))
    assert not store.notices.open(_notice(2))
    assert _positions(store) == [_notice(1).position]


def test_a_notice_is_closed_once_and_keeps_its_position(store: Store) -> None:
    notice = _notice(5)
    store.notices.open(notice)
    assert store.notices.close(notice, _at(7))
    closed = replace(notice, until=_at(7))
    assert store.notices.newest(ADA, notice.kind, ADA) == closed
    assert not store.notices.close(notice, _at(8))
    assert store.notices.page(ADA, LATER, None, 10, None).items == (closed,)
    assert not store.notices.close(_notice(5, NoticeKind.LIKE), _at(8)), "there is none"


def test_a_page_has_the_newest_first_and_goes_on_after_any_position(store: Store) -> None:
    kinds = [NoticeKind.LIKE, NoticeKind.COMMENT, NoticeKind.FOLLOW, NoticeKind.MENTION]
    notices = [_notice(number, kind) for number, kind in enumerate(kinds)]
    for notice in notices:
        store.notices.open(notice)
    newest_first = [notice.position for notice in reversed(notices)]
    assert _positions(store) == newest_first
    page = store.notices.page(ADA, LATER, None, 2, None)
    assert page.next_position == newest_first[1]
    assert _positions(store, after=page.next_position) == newest_first[2:]
    assert store.notices.page(BOB, LATER, None, 10, None).items == ()


def test_a_page_ends_at_the_present_and_may_begin_after_a_moment(store: Store) -> None:
    for number in range(1, 5):
        store.notices.open(_notice(number, number=number))

    def seconds(now: float, since: float | None) -> list[float]:
        after = None if since is None else _at(since)
        page = store.notices.page(ADA, _at(now), None, 10, after)
        return [(notice.appears_at - START).total_seconds() for notice in page.items]

    assert seconds(2.999, None) == [2, 1]
    assert seconds(3, None) == [3, 2, 1]
    assert seconds(3, 1) == [3, 2], "what appeared at the moment itself is left out"
    assert seconds(3, 0.999) == [3, 2, 1]
    assert seconds(3, 3) == []
    assert seconds(1, 3) == []


def test_a_notice_goes_by_itself(store: Store) -> None:
    notice = _notice(1)
    store.notices.open(notice)
    expiry = int((notice.appears_at + NOTICE_RETENTION).timestamp())
    key = keys.notice(ADA, notice.kind, ADA, 1)
    assert store.expiry(key) == expiry
    store.notices.close(notice, _at(9))
    assert store.expiry(key) == expiry


def _follow(store: Store, follower_id: str, seconds: float) -> None:
    followee = store.profiles.get(ADA)
    assert followee is not None
    assert store.follows.follow(follower_id, followee, ulid(_at(seconds), 0))


@pytest.fixture
def people(store: Store) -> None:
    for number in (1, 2, 3, 4):
        store.profiles.create(samples.profile(number))


def _crowd(since: float, until: float, kind: NoticeKind = NoticeKind.FOLLOW) -> Crowd:
    return Crowd(kind, ADA, 0, _at(since), _at(until))


@pytest.mark.usefixtures("people")
def test_a_crowd_has_those_of_its_stretch_of_time_last_first(store: Store) -> None:
    for follower_id, seconds in ((BOB, 1), (CY, 2), (DOT, 3)):
        _follow(store, follower_id, seconds)
    everybody = (Person(DOT, _at(3)), Person(CY, _at(2)), Person(BOB, _at(1)))
    crowds = [_crowd(0, 9), _crowd(1, 2), _crowd(3, 9), _crowd(9, 1)]
    assert store.crowds.newest(crowds, 10) == [everybody, everybody[1:2], (), ()]
    assert store.crowds.newest([_crowd(0, 9)], 2) == [everybody[:2]]
    assert store.crowds.newest([], 10) == []


@pytest.mark.usefixtures("people")
def test_those_who_ask_to_follow_are_a_crowd_until_they_have_an_answer(store: Store) -> None:
    store.profiles.edit(ADA, None, None, private=True)
    for follower_id in (BOB, CY, DOT):
        store.requests.request(follower_id, ADA, ulid(_at(1), 0))
    followee = store.profiles.get(ADA)
    assert followee is not None
    store.requests.withdraw(BOB, ADA)
    store.requests.accept(CY, followee, ulid(_at(2), 0))
    crowds = [_crowd(0, 9, NoticeKind.FOLLOW_REQUEST), _crowd(0, 9)]
    expected = [(Person(DOT, _at(1)),), (Person(CY, _at(2)),)]
    assert store.crowds.newest(crowds, 10) == expected


@pytest.mark.usefixtures("people")
def test_those_who_like_a_post_are_a_crowd(store: Store) -> None:
    post_id, other = samples.post(1, 1).id, samples.post(1, 2).id
    for user_id, seconds in ((BOB, 1), (CY, 2), (DOT, 3)):
        assert store.likes.like(user_id, post_id, 1, ulid(_at(seconds), 0))
    store.likes.like(BOB, other, 1, ulid(_at(4), 0))
    crowd = Crowd(NoticeKind.LIKE, str(post_id), 0, _at(1), _at(9))
    assert store.crowds.newest([crowd], 10) == [(Person(DOT, _at(3)), Person(CY, _at(2)))]
    store.likes.unlike(DOT, post_id, 1)
    assert store.crowds.newest([crowd], 10) == [(Person(CY, _at(2)),)]
    pairs = {(user_id, liked) for user_id in (BOB, CY, DOT) for liked in (post_id, other)}
    read = store.viewing.read(Viewer(ADA), Wanted(likes=pairs))
    assert read.likes == {(BOB, post_id), (BOB, other), (CY, post_id)}


@pytest.mark.usefixtures("people")
def test_those_who_like_a_comment_are_a_crowd(store: Store) -> None:
    root = Comment(CommentId(samples.post(1, 1).id, ulid(START, 1)), BOB, "A heron")
    reply = Comment(CommentId(root.id.post_id, root.id.root, ulid(START, 2)), CY, "A stork")
    for comment in (root, reply):
        assert store.comments.add(comment)
    for user_id, seconds in ((ADA, 1), (CY, 2)):
        assert store.comments.like(root.id, user_id, ulid(_at(seconds), 0))
    assert store.comments.like(reply.id, ADA, ulid(_at(3), 0))
    crowds = [
        Crowd(NoticeKind.COMMENT_LIKE, str(one.id), 0, START, _at(9)) for one in (root, reply)
    ]
    liked = [(Person(CY, _at(2)), Person(ADA, _at(1))), (Person(ADA, _at(3)),)]
    assert store.crowds.newest(crowds, 10) == liked
    act = Act(BOB, NoticeKind.COMMENT_LIKE, str(root.id), CY, _at(2))
    assert store.crowds.stands(act)
    store.comments.unlike(root.id, CY)
    assert not store.crowds.stands(act)
    assert store.crowds.newest(crowds, 10) == [liked[0][1:], liked[1]]
    gone = CommentId(root.id.post_id, ulid(START, 9))
    people, found = store.crowds.with_comments(crowds, 10, [root.id, reply.id, gone])
    assert people == store.crowds.newest(crowds, 10)
    assert store.crowds.with_comments([], 10, ()) == ([], {})
    assert {i: comment.text for i, comment in found.items()} == {
        root.id: "A heron",
        reply.id: "A stork",
    }


def test_only_groups_have_a_crowd(store: Store) -> None:
    with pytest.raises(ValueError, match="no group"):
        store.crowds.newest([_crowd(0, 9, NoticeKind.COMMENT)], 10)


@pytest.mark.usefixtures("people")
def test_an_act_stands_until_it_is_undone(store: Store) -> None:
    follow = Act(ADA, NoticeKind.FOLLOW, ADA, BOB, START)
    request = replace(follow, kind=NoticeKind.FOLLOW_REQUEST)
    accepted = Act(BOB, NoticeKind.REQUEST_ACCEPTED, ADA, ADA, START)
    store.profiles.edit(ADA, None, None, private=True)
    store.requests.request(BOB, ADA, ulid(_at(1), 0))
    assert [store.crowds.stands(act) for act in (follow, request, accepted)] == [False, True, False]
    followee = store.profiles.get(ADA)
    assert followee is not None
    store.requests.accept(BOB, followee, ulid(_at(2), 0))
    assert [store.crowds.stands(act) for act in (follow, request, accepted)] == [True, False, True]
    store.follows.unfollow(BOB, followee, _at(3))
    assert [store.crowds.stands(act) for act in (follow, request, accepted)] == [False] * 3
    assert store.crowds.stands(Act(ADA, NoticeKind.UPLOAD_FAILED, "x", ADA, START))


@pytest.mark.usefixtures("people")
def test_what_a_user_wants_to_be_told_and_has_seen_is_kept(store: Store) -> None:
    settings = ActivitySettings(likes=ToldOf.FOLLOWED, tags=ToldOf.NOBODY)
    store.profiles.edit(ADA, None, None, activity=settings)
    store.profiles.see_activity(ADA, _at(5))
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert profile.activity == settings
    assert profile.activity_seen_at == _at(5)
    with pytest.raises(store.refusal):
        store.profiles.see_activity("nobody", _at(5))
    limits = plenty_but(changes=Allowance(2, 60))
    for seconds in (6, 7):
        store.profiles.see_activity(ADA, _at(seconds), limits.spending(ADA, _at(6), changes=1))
    with pytest.raises(LimitReached):
        store.profiles.see_activity(ADA, _at(8), limits.spending(ADA, _at(8), changes=1))
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert profile.activity_seen_at == _at(7)

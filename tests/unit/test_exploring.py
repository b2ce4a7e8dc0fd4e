"""The list of posts to explore: who makes it, who pages through it, and what is never on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.explore import (
    CONTENDERS_OF_SHORT,
    MAX_EXPLORED,
    SHORT,
    SHORT_LASTS,
    SHORT_LASTS_AT_MOST,
    SLOTS,
    TURN,
    Contender,
    Explored,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import CountLikes
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.ranking import rank
from shutterfeed.domain.users import Profile, Suspension
from shutterfeed.domain.visibility import NOBODY, Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeContenders
from tests.fakes.storage import PHOTO
from tests.fakes.system import START

CY = samples.user_id(3)
READER = Viewer(samples.user_id(99))
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _published(
    backend: Backend, author: int, number: int, likes: int = 0, *, took: timedelta = timedelta()
) -> Post:
    """A post in the table; a greater number is newer. It contends for the list, which its publisher
    has written down so long after the post's moment."""
    profiles, at = backend.metadata.profiles, START + number * MINUTE
    profiles.setdefault(samples.user_id(author), samples.profile(author))
    post = replace(
        samples.post(author=author, number=number, state=PostState.PUBLISHED),
        position=samples.position(number),
        published_at=at,
    )
    backend.metadata.posts[post.id] = post
    backend.metadata.counts[post.id] = PostCounts(likes)
    contender = Contender(post.id, rank(at, likes), backend.clock.now() - took)
    FakeContenders(backend.metadata).nominate(contender)
    return post


def _made(backend: Backend, author: int) -> Post:
    """A post that its author makes."""
    backend.sign_up(author)
    post = backend.create_post(author, [PHOTO], f"key-{author}")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    backend.clock.advance(MINUTE)
    return post


def _page(
    backend: Backend, position: str | None = None, limit: int = 100, viewer: Viewer = READER
) -> tuple[list[PostId], str | None]:
    page = backend.explore.page(viewer, position, limit)
    return [view.post.id for view in page.items], page.next_position


def _shown(backend: Backend, viewer: Viewer = READER) -> list[PostId]:
    return _page(backend, viewer=viewer)[0]


# Making it.


def test_who_publishes_and_what_is_liked_comes_onto_the_list(backend: Backend) -> None:
    first, second = (_made(backend, author) for author in (1, 2))
    backend.explored.update()
    assert _shown(backend) == [second.id, first.id]
    backend.metadata.counts[first.id] = PostCounts(likes=4)
    backend.clock.advance(MINUTE)
    assert backend.explored.update() == 0
    backend.queues["deliver"].send([CountLikes(first.id)])
    backend.drain()
    assert backend.explored.update() == 2
    assert _shown(backend) == [first.id, second.id]


def test_likes_and_newness_compete_by_the_present_likes(backend: Backend) -> None:
    viral, liked, new = (
        _published(backend, n, n, likes) for n, likes in ((1, 999), (2, 9), (3, 0))
    )
    backend.explored.update()
    assert _shown(backend) == [viral.id, liked.id, new.id]
    backend.metadata.counts[viral.id] = PostCounts(0)
    backend.clock.advance(MINUTE)
    newest = _published(backend, 4, 4)
    backend.explored.update()
    assert _shown(backend) == [liked.id, newest.id, new.id, viral.id]


def test_what_nobody_may_explore_takes_no_position(backend: Backend) -> None:
    posts = [_published(backend, author, author) for author in range(1, 9)]
    shown, private, closed, suspended, limited, sensitive, hidden, deleted = posts
    of_owner: dict[Post, Profile] = {}
    for post, change in (
        (private, {"private": True}),
        (closed, {"closed_at": START}),
        (suspended, {"suspension": Suspension("case")}),
        (limited, {"limited": "case"}),
    ):
        of_owner[post] = replace(backend.metadata.profiles[post.author_id], **change)
    backend.metadata.profiles |= {p.author_id: profile for p, profile in of_owner.items()}
    backend.metadata.posts |= {
        sensitive.id: replace(sensitive, labelled="case"),
        hidden.id: replace(hidden, taken_down="case"),
        deleted.id: deleted.deleted(START),
    }
    assert backend.explored.update() == 1
    assert _shown(backend) == [shown.id]


def test_nothing_is_made_while_nothing_happens_but_what_is_gone_leaves_within_a_day(
    backend: Backend,
) -> None:
    assert backend.explored.update() == 0
    assert _page(backend) == ([], None)
    post, other = _published(backend, 1, 1), _published(backend, 2, 2)
    assert [backend.explored.update() for _ in range(3)] == [2, 0, 0]
    backend.clock.advance(MINUTE)  # What was written down late is looked for once.
    assert [backend.explored.update() for _ in range(3)] == [2, 0, 0]
    del backend.metadata.posts[other.id]
    backend.clock.advance(23 * HOUR)
    assert backend.explored.update() == 0
    backend.clock.advance(HOUR)
    assert backend.explored.update() == 1
    assert _shown(backend) == [post.id]


def test_a_list_has_an_end(backend: Backend) -> None:
    for number in range(MAX_EXPLORED + 50):
        _published(backend, number, number)
        if number % 50 == 49:
            backend.clock.advance(2 * TURN)
            backend.explored.update()
    listed = backend.metadata.explored.values()
    assert max(len(explored.post_ids) for explored in listed) <= MAX_EXPLORED


# While it is short.


def test_the_first_posts_are_there_as_soon_as_somebody_looks(backend: Backend) -> None:
    assert _page(backend, viewer=NOBODY) == ([], None)
    assert backend.metadata.explored == {}
    first = _published(backend, 1, 1)
    assert _shown(backend, NOBODY) == [first.id]
    second = _published(backend, 2, 2)
    backend.clock.advance(SHORT_LASTS)
    third = _published(backend, 3, 3)
    found, position = _page(backend, limit=2)
    assert found == [third.id, second.id]
    assert _page(backend, position)[0] == [first.id]


def test_however_many_look_a_short_list_is_made_once_in_a_while(backend: Backend) -> None:
    _published(backend, 1, 1)
    assert len(_shown(backend)) == 1
    for author in range(2, 6):
        backend.clock.advance(SHORT_LASTS / 5)
        _published(backend, author, author)
        assert len(_shown(backend)) == 1
    backend.clock.advance(SHORT_LASTS / 5)
    assert len(_shown(backend)) == 5
    assert len(backend.metadata.explored) == 2


@dataclass(slots=True)
class _Counted:
    """Counts how often somebody looks for contenders."""

    inner: FakeContenders
    looks: int = 0

    def nominate(self, contender: Contender) -> None:
        self.inner.nominate(contender)

    def recent(self) -> Sequence[Contender]:
        self.looks += 1
        return self.inner.recent()


@pytest.mark.parametrize("publishing", [False, True])
def test_where_nothing_comes_of_it_a_short_list_is_seldom_made(
    backend: Backend, publishing: bool
) -> None:
    """Everybody looks at it all the time. Nobody publishes, or only a private account does."""
    contenders = _Counted(FakeContenders(backend.metadata))
    explore = replace(backend.explore, listing=replace(backend.explored, contenders=contenders))
    backend.metadata.profiles[CY] = replace(samples.profile(3), private=True)
    first, looks = _published(backend, 1, 1), list[int]()
    for second in range(10 * 60):
        if publishing:
            _published(backend, 3, 100 + second)
        (view,) = explore.page(READER, None, 10).items
        assert view.post.id == first.id
        looks.append(contenders.looks)
        backend.clock.advance(timedelta(seconds=1))
    assert looks[-1] - looks[60] <= 10, "once a minute"
    assert len(backend.metadata.explored) == 1
    # What comes then is there within a minute, and what comes soon after that at once.
    backend.clock.advance(SHORT_LASTS_AT_MOST)
    for number in (2, 4):
        post = _published(backend, number, 1_000 + number)
        assert _shown(backend)[0] == post.id
        backend.clock.advance(SHORT_LASTS)


@pytest.mark.parametrize("looks", [True, False])
def test_of_two_that_are_published_at_once_the_slower_one_is_not_forgotten(
    backend: Backend, looks: bool
) -> None:
    """The list was made between the two writes, and holds a contender that is newer than the one
    that comes then."""
    quick = _published(backend, 2, 2)
    assert _shown(backend) == [quick.id]
    slow = _published(backend, 1, 1, took=timedelta(seconds=1))
    for _ in range(3):
        backend.clock.advance(SHORT_LASTS)
        if not looks:
            backend.explored.update()
        assert _shown(backend) == [quick.id, slow.id]
    assert len(backend.metadata.explored) == 2


def test_a_short_list_has_the_best_of_many_until_all_are_counted(backend: Backend) -> None:
    for number in range(2 * SLOTS):
        _published(backend, number, number)
    shown = _shown(backend)
    assert len(shown) == CONTENDERS_OF_SHORT
    backend.clock.advance(MINUTE)
    assert _shown(backend) == shown, "it is not short any more"
    assert backend.explored.update() > len(shown)


def test_a_list_that_is_not_short_waits_for_the_schedule(backend: Backend) -> None:
    for number in range(4 * SHORT):
        _published(backend, number, number)
    size = backend.explored.update()
    assert size >= SHORT
    backend.clock.advance(MINUTE)
    _published(backend, 1_000, 1_000)
    assert len(_page(backend, limit=MAX_EXPLORED)[0]) == size


# Contending.


def _in_slot(slot: int, count: int) -> list[PostId]:
    ids = (samples.post(number=number).id for number in range(20 * SLOTS))
    return [i for i in ids if Contender(i, 0, START).slot == slot][:count]


def test_the_best_of_a_turn_keeps_the_slot_whatever_the_order() -> None:
    worse, better = _in_slot(7, 2)
    contenders = [Contender(worse, 1, START), Contender(better, 2, START)]
    for order in (contenders, contenders[::-1], contenders * 2):
        backend = Backend()
        for contender in order:
            FakeContenders(backend.metadata).nominate(contender)
        assert _ids(FakeContenders(backend.metadata).recent()) == [better]


def test_in_the_next_turn_others_have_the_slot() -> None:
    """The best of the turn before is still there, to be counted."""
    backend, (worse, better) = Backend(), _in_slot(7, 2)
    contenders = FakeContenders(backend.metadata)
    contenders.nominate(Contender(better, 2, START))
    contenders.nominate(Contender(worse, 1, START + TURN))
    assert sorted(_ids(contenders.recent())) == sorted([worse, better])
    contenders.nominate(Contender(worse, 1, START + 3 * TURN))
    assert set(_ids(contenders.recent())) == {worse}


def _ids(contenders: Sequence[Contender]) -> list[PostId]:
    return [contender.post_id for contender in contenders]


# Paging.


def test_no_post_comes_twice_though_the_list_is_made_again(backend: Backend) -> None:
    old = [_published(backend, number, number) for number in range(1, 31)]
    backend.explored.update()
    listed = _shown(backend)
    assert len(listed) > 20  # Those that have won their slots.
    first, position = _page(backend, limit=10)
    backend.clock.advance(MINUTE)
    for number in range(31, 36):
        _published(backend, number, number, likes=1_000)
    backend.metadata.counts[old[0].id] = PostCounts(likes=1_000)
    assert backend.explored.update() > len(listed)
    second, position = _page(backend, position, limit=10)
    third, end = _page(backend, position, limit=10)
    assert [*first, *second, *third] == listed
    assert end is None
    assert _shown(backend) != listed


def test_a_position_of_a_list_that_is_not_kept_is_refused(backend: Backend) -> None:
    for number in range(1, 5):
        _published(backend, number, number)
    backend.explored.update()
    _, position = _page(backend, limit=2)
    for wrong in ("", "x", f"{samples.position(1)}:1", f"{position}0000", "1:1"):
        with pytest.raises(InvalidCursor):
            _page(backend, wrong)
    backend.clock.advance(timedelta(days=4))
    backend.metadata.expire(backend.clock.now())
    with pytest.raises(InvalidCursor):
        _page(backend, position)


def test_what_is_decided_when_the_list_is_made_is_decided_again_when_it_is_read(
    backend: Backend,
) -> None:
    posts = [_published(backend, author, author) for author in (1, 2, 3)]
    backend.explored.update()
    everybody = [post.id for post in reversed(posts)]
    assert _shown(backend) == _shown(backend, NOBODY) == everybody
    shy = replace(samples.profile(3), private=True)
    backend.metadata.profiles[CY] = shy
    backend.metadata.posts[posts[1].id] = replace(posts[1], sensitive=True)
    assert _shown(backend) == [posts[0].id]
    assert _shown(backend, Viewer(CY)) == [posts[0].id]


def test_two_runs_at_once_do_no_harm(backend: Backend) -> None:
    post = _published(backend, 1, 1)
    backend.explored.update()
    found = next(iter(backend.metadata.explored.values()))
    assert not found.is_due(found.counted_until, backend.clock.now())
    assert Explored("v", (), START, None).is_due(START, START)
    assert _shown(backend) == [post.id]

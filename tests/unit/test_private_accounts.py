"""Private accounts: who asks to follow them, who is accepted, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import Busy, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import NOBODY, Relation, Surface, Viewer
from shutterfeed.ports.follows import FolloweeChanged
from shutterfeed.services.acceptance import PAGE, PAGES_PER_STEP
from shutterfeed.services.viewing import ProfileView
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.metadata import FakeProfiles, FakeRequests
from tests.fakes.storage import PHOTO

ADA, BOB, CY = map(samples.user_id, (1, 2, 3))
"""Ada's account is private."""
WAITS = Relation(has_requested=True)
FOLLOWS = Relation(follows=True)
IS_FOLLOWED = Relation(is_followed=True)


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in (1, 2, 3):
        backend.sign_up(number)
    _switch(backend, private=True)
    backend.drain()
    return backend


def _switch(backend: Backend, *, private: bool) -> None:
    backend.users.edit(ADA, private=private)


def _ada(backend: Backend) -> Profile:
    return backend.metadata.profiles[ADA]


def _follow(backend: Backend, follower: str = BOB) -> ProfileView:
    return backend.follows.follow(follower, _ada(backend).handle)


def _handle(backend: Backend, user_id: str) -> str:
    return backend.metadata.profiles[user_id].handle


def _accept(backend: Backend, follower: str = BOB) -> ProfileView:
    return backend.follows.accept(ADA, _handle(backend, follower))


def _published(backend: Backend, key: str = "key") -> Post:
    post = backend.create_post(1, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = backend.metadata.posts[post.id]
    assert published.state is PostState.PUBLISHED
    return published


def _seen_by(backend: Backend, viewer: Viewer, post: Post) -> list[bool]:
    """Whether the viewer sees the post, on every surface but feeds."""

    def shows(read: Callable[[], object]) -> bool:
        try:
            return bool(read())
        except (NotFound, Forbidden):
            return False

    handle = _ada(backend).handle
    return [
        shows(lambda: backend.posts.get(str(post.id), viewer)),
        shows(lambda: backend.posts.by_author(handle, viewer, None, 10).items),
        shows(lambda: backend.viewing.posts(viewer, [post.id])),
        shows(lambda: backend.viewing.posts_at_hand(viewer, [post], Surface.MIXED)),
    ]


def _feed(backend: Backend, reader: str) -> list[object]:
    return [view.post.id for view in backend.reader.page(reader, None, 10).posts]


def test_following_a_private_account_asks_and_repeating_it_asks_no_more(backend: Backend) -> None:
    for _ in range(2):
        view = _follow(backend)
        assert (view.relation, view.profile.followers) == (WAITS, 0)
    assert _ada(backend).requests == 1
    (waiting,) = backend.follows.waiting(ADA, None, 10).items
    assert waiting.profile.user_id == BOB
    assert backend.follows.waiting(BOB, None, 10).items == ()


def test_an_accepted_one_follows_and_accepting_twice_is_answered_alike(backend: Backend) -> None:
    post = _published(backend)
    _follow(backend)
    answers = [_accept(backend) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].relation == IS_FOLLOWED
    assert (_ada(backend).followers, _ada(backend).requests) == (1, 0)
    assert _follow(backend).relation == FOLLOWS
    backend.drain()
    assert _feed(backend, BOB) == [post.id], "what was published before came with the acceptance"


def test_the_feed_of_one_who_comes_often_gets_the_posts_on_acceptance(backend: Backend) -> None:
    backend.reader.page(BOB, None, 10)
    post = _published(backend)
    _follow(backend)
    backend.drain()
    assert _feed(backend, BOB) == []
    _accept(backend)
    backend.drain()
    assert _feed(backend, BOB) == [post.id]


def test_nobody_is_accepted_who_has_not_asked(backend: Backend) -> None:
    with pytest.raises(NotFound) as refused:
        _accept(backend)
    assert refused.value.code == "request_not_found"
    _follow(backend)
    backend.follows.unfollow(BOB, _ada(backend).handle)
    with pytest.raises(NotFound):
        _accept(backend)
    assert not backend.metadata.edges


def test_a_declined_request_is_gone_and_can_be_made_again(backend: Backend) -> None:
    _follow(backend)
    for _ in range(2):
        assert backend.follows.decline(ADA, _handle(backend, BOB)).relation == Relation()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 0)
    with pytest.raises(NotFound):
        _accept(backend)
    assert _follow(backend).relation == WAITS


def test_request_withdraw_request(backend: Backend) -> None:
    handle = _ada(backend).handle
    _follow(backend)
    for _ in range(2):
        assert backend.follows.unfollow(BOB, handle).relation == Relation()
    assert _ada(backend).requests == 0
    assert _follow(backend).relation == WAITS
    assert _ada(backend).requests == 1


def test_nobody_asks_themselves(backend: Backend) -> None:
    with pytest.raises(InvalidInput):
        _follow(backend, ADA)


def test_a_removed_follower_loses_the_posts_and_comes_back_only_by_asking(
    backend: Backend,
) -> None:
    post = _published(backend)
    _follow(backend)
    _accept(backend)
    backend.reader.page(BOB, None, 10)
    backend.drain()
    assert _feed(backend, BOB) == [post.id]
    for _ in range(2):
        view = backend.follows.remove_follower(ADA, _handle(backend, BOB))
        assert (view.relation, view.profile.following) == (Relation(), 0)
    assert _feed(backend, BOB) == []
    later = _published(backend, "later")
    assert _feed(backend, BOB) == []
    assert _follow(backend).relation == WAITS
    backend.drain()
    assert _feed(backend, BOB) == []
    assert not any(_seen_by(backend, Viewer(BOB), later))
    assert _ada(backend).followers == 0


def test_what_is_kept_of_a_private_celebrity_is_for_followers() -> None:
    backend = Backend(policy=replace(POLICY, celebrity_followers=2))
    for number in (1, 2, 3):
        backend.sign_up(number)
    _switch(backend, private=True)
    for follower in (BOB, CY):
        _follow(backend, follower)
        _accept(backend, follower)
        backend.reader.page(follower, None, 10)
    backend.drain()
    post = _published(backend)
    assert backend.metadata.recent_posts_of(ADA).posts == (post,)
    assert _feed(backend, BOB) == _feed(backend, CY) == [post.id]
    backend.follows.remove_follower(ADA, _handle(backend, BOB))
    assert (_feed(backend, BOB), _feed(backend, CY)) == ([], [post.id])
    backend.drain()
    assert (_feed(backend, BOB), _feed(backend, CY)) == ([], [post.id])


def test_one_removes_only_those_who_follow_oneself(backend: Backend) -> None:
    backend.follows.follow(CY, _handle(backend, BOB))
    backend.follows.remove_follower(ADA, _handle(backend, CY))
    backend.follows.remove_follower(ADA, _ada(backend).handle)
    assert (CY, BOB) in backend.metadata.edges
    with pytest.raises(NotFound):
        backend.follows.remove_follower(ADA, "nobody")


def test_private_posts_are_for_followers_and_oneself_everywhere(backend: Backend) -> None:
    post = _published(backend)
    _follow(backend, BOB)
    _accept(backend, BOB)
    _follow(backend, CY)
    for viewer, sees in ((ADA, True), (BOB, True), (CY, False), (samples.user_id(9), False)):
        assert _seen_by(backend, Viewer(viewer), post) == [sees] * 4
    assert _seen_by(backend, NOBODY, post) == [False] * 4


def test_a_private_post_is_answered_like_one_that_does_not_exist(backend: Backend) -> None:
    private, missing = _published(backend).id, samples.post(1, 99).id
    answers = []
    for post_id in (private, missing):
        for attempt in (
            lambda i: backend.posts.get(i, Viewer(BOB)),
            lambda i: backend.posts.delete(i, BOB),
            lambda i: backend.posts.edit(i, BOB, "x", None, drop_place=False),
            lambda i: backend.posts.restore(i, BOB),
        ):
            with pytest.raises(NotFound) as refused:
                attempt(str(post_id))
            answers.append((refused.value.code, refused.value.message, refused.value.field))
    assert len(set(answers)) == 1


def test_lists_of_a_private_account_say_that_it_is_private(backend: Backend) -> None:
    handle = _ada(backend).handle
    _follow(backend, BOB)
    _accept(backend, BOB)
    for read in (backend.posts.by_author, backend.follows.followers, backend.follows.following):
        for viewer in (ADA, BOB):
            read(handle, Viewer(viewer), None, 10)
        with pytest.raises(Forbidden) as refused:
            read(handle, Viewer(CY), None, 10)
        assert refused.value.code == "private_account"
        with pytest.raises(NotFound) as unknown:
            read(handle, NOBODY, None, 10)
        with pytest.raises(NotFound) as missing:
            read("nobody", NOBODY, None, 10)
        assert unknown.value.code == missing.value.code


def test_third_persons_lists_show_the_private_account_and_not_how_many_posts_it_has(
    backend: Backend,
) -> None:
    bobs = _handle(backend, BOB)
    backend.follows.follow(ADA, bobs)
    for viewer, shows in ((Viewer(CY), False), (Viewer(ADA), True)):
        (row,) = backend.follows.followers(bobs, viewer, None, 10).items
        assert (row.profile.user_id, row.shows_lists) == (ADA, shows)
    assert backend.follows.followers(bobs, NOBODY, None, 10).items == ()
    assert not backend.viewing.find(Viewer(CY), _ada(backend).handle).shows_lists


def test_the_followers_stay_when_an_account_becomes_private(backend: Backend) -> None:
    _switch(backend, private=False)
    post = _published(backend)
    _follow(backend, BOB)
    backend.reader.page(BOB, None, 10)
    backend.drain()
    _switch(backend, private=True)
    backend.drain()
    assert _feed(backend, BOB) == [post.id]
    assert all(_seen_by(backend, Viewer(BOB), post))
    assert not any(_seen_by(backend, Viewer(CY), post))


def test_all_who_wait_are_accepted_when_the_account_becomes_public(backend: Backend) -> None:
    post = _published(backend)
    for follower in (BOB, CY):
        _follow(backend, follower)
    _switch(backend, private=False)
    assert _ada(backend).requests == 2
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 2)
    assert not backend.metadata.requests
    assert _feed(backend, BOB) == _feed(backend, CY) == [post.id]


def test_who_waits_for_an_account_that_is_public_follows_by_asking_again(backend: Backend) -> None:
    _follow(backend)
    _switch(backend, private=False)
    assert _follow(backend).relation == FOLLOWS
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)


def test_an_account_that_was_public_for_a_moment_accepts_nobody_any_more(backend: Backend) -> None:
    _follow(backend)
    _switch(backend, private=False)
    _switch(backend, private=True)
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (1, 0)
    _switch(backend, private=False)
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)


def test_more_requests_than_one_step_takes_are_all_accepted(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutterfeed.services.acceptance.PAGE", 2)
    monkeypatch.setattr("shutterfeed.services.acceptance.PAGES_PER_STEP", 2)
    assert PAGE * PAGES_PER_STEP == 500
    for number in range(2, 12):
        backend.sign_up(number)
        _follow(backend, samples.user_id(number))
    _switch(backend, private=False)
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 10)


def test_a_list_that_lacks_a_counted_request_is_read_again(backend: Backend) -> None:
    """The index is behind: the message fails, and comes again."""
    _follow(backend)
    _switch(backend, private=False)
    late = backend.metadata.requests.pop((BOB, ADA))
    backend.drain_all_but("fan_out")
    backend.deliver("fan_out")
    assert backend.backlog("fan_out") == 1, "it waits for the index"
    assert (_ada(backend).requests, _ada(backend).followers) == (1, 0)
    backend.metadata.requests[BOB, ADA] = late
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)


def test_one_whose_account_is_gone_is_not_accepted_and_keeps_nobody_waiting(
    backend: Backend,
) -> None:
    for follower in (BOB, CY):
        _follow(backend, follower)
    del backend.metadata.profiles[BOB]
    shown = backend.follows.waiting(ADA, None, 10).items
    assert [view.profile.user_id for view in shown] == [CY]
    _switch(backend, private=False)
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)
    assert not backend.metadata.requests


def test_a_follow_that_meets_a_switch_becomes_a_request(backend: Backend) -> None:
    _switch(backend, private=False)
    handle = _ada(backend).handle
    before = len(backend.fuse.log)
    backend.follows.follow(CY, handle)
    call = backend.fuse.log[before:].index("follow") + 1
    backend.follows.unfollow(CY, handle)
    backend.fuse.pauses[backend.fuse.calls + call] = lambda: _switch(backend, private=True)
    assert backend.follows.follow(CY, handle).relation == WAITS
    assert (_ada(backend).requests, _ada(backend).followers) == (1, 0)


def test_a_request_that_meets_a_switch_becomes_a_follow(backend: Backend) -> None:
    handle = _ada(backend).handle
    before = len(backend.fuse.log)
    backend.follows.follow(CY, handle)
    call = backend.fuse.log[before:].index("request") + 1
    backend.follows.unfollow(CY, handle)
    backend.fuse.pauses[backend.fuse.calls + call] = lambda: _switch(backend, private=False)
    assert backend.follows.follow(CY, handle).relation == FOLLOWS
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)


@dataclass(frozen=True, slots=True)
class _Declined(FakeRequests):
    """Requests that are declined just before they are accepted."""

    def accept(
        self, follower_id: str, followee: Profile, follow_ulid: str, if_public: bool = False
    ) -> bool:
        self.withdraw(follower_id, followee.user_id)
        return FakeRequests.accept(self, follower_id, followee, follow_ulid, if_public)


def test_a_request_that_is_declined_while_one_asks_a_public_account_is_a_follow(
    backend: Backend,
) -> None:
    _follow(backend, CY)
    _switch(backend, private=False)
    service = replace(backend.follows, requests=_Declined(backend.metadata))
    assert service.follow(CY, _ada(backend).handle).relation == FOLLOWS
    backend.drain()
    assert (_ada(backend).requests, _ada(backend).followers) == (0, 1)


def test_an_account_that_never_stands_still_is_busy(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*_: object) -> bool:
        raise FolloweeChanged

    monkeypatch.setattr(type(backend.metadata), "spend", changed)
    with pytest.raises(Busy):
        _follow(backend)


def test_a_switch_that_is_written_twice_reaches_the_index_all_the_same(backend: Backend) -> None:
    """Its first answer was lost, and nobody asked whether it had taken effect."""
    _switch(backend, private=False)
    post = _published(backend)
    for _ in range(2):
        FakeProfiles(backend.metadata).edit(ADA, None, None, private=True)
    backend.drain()
    assert post.id not in backend.found.shown()
    assert backend.found.documents[post.id].version == post.revision + _ada(backend).switches


def test_a_repeated_switch_changes_nothing(backend: Backend) -> None:
    before = _ada(backend)
    _switch(backend, private=True)
    assert _ada(backend) == before
    assert backend.waiting() == []


@given(st.data())
def test_whatever_people_do_and_however_late_messages_are_all_agrees_in_the_end(
    data: st.DataObject,
) -> None:
    backend = Backend()
    for number in (1, 2, 3):
        backend.sign_up(number)
    post = _published(backend)
    people = st.sampled_from([BOB, CY])
    steps = ("follow", "unfollow", "accept", "decline", "remove", "switch", "deliver")
    for step in data.draw(st.lists(st.sampled_from(steps), max_size=30)):
        _act(backend, data, step, data.draw(people))
        for viewer in (BOB, CY):
            sees = not _ada(backend).private or (viewer, ADA) in backend.metadata.edges
            assert _seen_by(backend, Viewer(viewer), post) == [sees] * 4
            if not sees:
                assert _feed(backend, viewer) == []
    backend.drain()
    ada, data_of = _ada(backend), backend.metadata
    assert ada.followers == len(data_of.edges)
    assert ada.requests == len(data_of.requests)
    assert ada.private or not data_of.requests
    assert (post.id in backend.found.shown()) is not ada.private
    for reader in (BOB, CY):
        assert (post.id in _feed(backend, reader)) is ((reader, ADA) in data_of.edges)
        assert data_of.profiles[reader].following == ((reader, ADA) in data_of.edges)


def _act(backend: Backend, data: st.DataObject, step: str, other: str) -> None:
    match step:
        case "follow":
            _follow(backend, other)
        case "unfollow":
            backend.follows.unfollow(other, _ada(backend).handle)
        case "accept":
            try:
                _accept(backend, other)
            except NotFound:
                assert (other, ADA) not in backend.metadata.edges
        case "decline":
            backend.follows.decline(ADA, _handle(backend, other))
        case "remove":
            backend.follows.remove_follower(ADA, _handle(backend, other))
        case "switch":
            _switch(backend, private=not _ada(backend).private)
        case "deliver":
            if waiting := backend.waiting():
                name = data.draw(st.sampled_from(waiting))
                index = data.draw(st.integers(0, backend.backlog(name) - 1))
                backend.deliver(name, index, again=data.draw(st.booleans()))

"""Comments in the whole backend, while others do the same, and while people come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.comments import CommentId, Order
from shutterfeed.domain.errors import Busy, Conflict, Forbidden, LimitReached, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.viewing import CommentView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.comments import FakeComments
from tests.fakes.storage import PHOTO
from tests.limits import plenty_but

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))


@pytest.fixture
def backend() -> Backend:
    return _with_people(Backend())


def _with_people(backend: Backend) -> Backend:
    for number, handle in ((1, "ada"), (2, "ben"), (3, "cyd")):
        backend.sign_up(number)
        backend.users.edit(samples.user_id(number), handle=handle)
    return backend


def _published(backend: Backend, key: str = "first") -> PostId:
    post = backend.create_post(1, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _say(
    backend: Backend, who: str, post: PostId, text: str = "hello", reply_to: str | None = None
) -> CommentId:
    backend.clock.advance(timedelta(seconds=1))
    key = f"{who}-{text}-{reply_to}".replace(" ", "-")
    return backend.comments.create(who, str(post), text, reply_to, key).comment.id


def _texts(backend: Backend, who: str, post: PostId) -> list[str]:
    page = backend.discussions.page(Viewer(who), str(post), Order.OLDEST, None, 50)
    return [view.comment.text for view in page.items]


def _counted(backend: Backend, post: PostId) -> int:
    counts = backend.metadata.counts.get(post)
    counting = [c for c in backend.metadata.comments.values() if c.counts and c.id.post_id == post]
    found = 0 if counts is None else counts.comments
    assert found == len(counting)
    return found


def _between(backend: Backend, name: str, act: Callable[[], object]) -> None:
    """Let something happen once, just before the next call of a port's method."""
    original = getattr(FakeComments, name)
    done: list[bool] = []

    class Overtaken(FakeComments):
        pass

    def call(self: FakeComments, *args: object, **more: object) -> object:
        if not done:
            done.append(True)
            act()
        return original(self, *args, **more)

    setattr(Overtaken, name, call)
    service = backend.comments
    backend.comments = replace(service, comments=Overtaken(backend.metadata))


def test_of_two_edits_at_once_one_comes_after_the_other(backend: Backend) -> None:
    post = _published(backend)
    said = _say(backend, BEN, post)
    other = backend.comments
    _between(backend, "change", lambda: other.edit(BEN, str(said), "with @ada"))
    shown = backend.comments.edit(BEN, str(said), "with @cyd")
    assert shown.comment.text == backend.metadata.comments[said].text == "with @cyd"
    assert shown.comment.version == 2
    assert _counted(backend, post) == 1


def test_a_comment_that_is_removed_while_it_is_edited_stays_removed(backend: Backend) -> None:
    post = _published(backend)
    said = _say(backend, BEN, post)
    other = backend.comments
    _between(backend, "change", lambda: other.delete(ADA, str(said)))
    with pytest.raises(NotFound):
        backend.comments.edit(BEN, str(said), "too late")
    assert backend.metadata.comments[said].text == ""
    assert _counted(backend, post) == 0


def test_who_never_comes_first_is_told_that_it_is_busy(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = _published(backend)
    said = str(_say(backend, BEN, post))
    monkeypatch.setattr(FakeComments, "change", lambda *_: False)
    monkeypatch.setattr(FakeComments, "pin", lambda *_: False)
    acts: list[Callable[[], object]] = [
        lambda: backend.comments.edit(BEN, said, "new"),
        lambda: backend.comments.delete(BEN, said),
        lambda: backend.comments.hide(ADA, said, hidden=True),
        lambda: backend.comments.pin(ADA, said, pinned=True),
    ]
    for act in acts:
        with pytest.raises(Busy):
            act()


def test_the_same_request_twice_at_once_makes_one_comment(backend: Backend) -> None:
    post = _published(backend)

    def ask() -> CommentId:
        return backend.comments.create(BEN, str(post), "once", None, "key").comment.id

    other = backend.comments
    _between(backend, "claim", lambda: other.create(BEN, str(post), "once", None, "key").comment.id)
    assert ask() == ask()
    assert _counted(backend, post) == 1


def test_a_repetition_is_answered_whatever_has_happened_to_what_it_replies_to(
    backend: Backend,
) -> None:
    post = _published(backend)
    root = _say(backend, BEN, post, "root")
    reply = _say(backend, CY, post, "reply", str(root))
    backend.comments.delete(BEN, str(root))
    assert _say(backend, CY, post, "reply", str(root)) == reply
    with pytest.raises(NotFound):
        _say(backend, CY, post, "another", str(root))
    assert _counted(backend, post) == 1


def test_a_key_is_good_for_a_day(backend: Backend) -> None:
    post = _published(backend)
    first = _say(backend, BEN, post)
    backend.clock.advance(timedelta(hours=23))
    assert _say(backend, BEN, post) == first
    backend.clock.advance(timedelta(hours=2))
    assert _say(backend, BEN, post) != first
    assert _counted(backend, post) == 2


def test_an_empty_bucket_refuses_a_comment_and_answers_a_repetition() -> None:
    backend = _with_people(Backend(limits=plenty_but(comments=Allowance(2, 1))))
    post = _published(backend)
    first = _say(backend, BEN, post, "1")
    _say(backend, BEN, post, "2")
    with pytest.raises(LimitReached) as refused:
        _say(backend, BEN, post, "3")
    assert refused.value.limit == "comments"
    assert _say(backend, BEN, post, "1") == first
    assert _counted(backend, post) == 2
    _say(backend, CY, post, "of another")


def test_what_is_refused_takes_nothing_from_the_bucket() -> None:
    backend = _with_people(Backend(limits=plenty_but(comments=Allowance(1, 1))))
    post = _published(backend)
    backend.users.edit(ADA, comments_from=CommentsFrom.NOBODY)
    for _ in range(3):
        with pytest.raises(Forbidden):
            _say(backend, BEN, post)
    backend.users.edit(ADA, comments_from=CommentsFrom.EVERYONE)
    with pytest.raises(NotFound):
        _say(backend, BEN, post, reply_to="nothing")
    _say(backend, BEN, post)


def test_nobody_comments_on_what_is_not_published(backend: Backend) -> None:
    pending = backend.create_post(1, (PHOTO,), "pending")
    with pytest.raises(NotFound):
        _say(backend, BEN, pending.id)
    with pytest.raises(Forbidden):
        _say(backend, ADA, pending.id)


def test_comments_come_back_with_their_post_and_go_with_it_for_good(backend: Backend) -> None:
    post = _published(backend)
    root = _say(backend, BEN, post, "root")
    _say(backend, CY, post, "reply", str(root))
    backend.comments.pin(ADA, str(root), pinned=True)
    backend.comments.like(CY, str(root), liked=True)
    backend.delete_post(post)
    backend.wait(timedelta(days=29))
    backend.drain()
    backend.posts.restore(str(post), ADA)
    assert _texts(backend, CY, post) == ["root"]
    assert _counted(backend, post) == 2
    backend.delete_post(post)
    backend.wait(timedelta(days=31))
    backend.drain()
    data = backend.metadata
    for left in (data.comments, data.comment_likes, data.pinned, data.counts):
        assert not left
    assert backend.discussions.own(Viewer(BEN), None, 10).items == ()


def test_a_fourth_pin_waits_for_room(backend: Backend) -> None:
    post = _published(backend)
    said = [_say(backend, BEN, post, f"{number}") for number in range(4)]
    for comment_id in said[:3]:
        backend.comments.pin(ADA, str(comment_id), pinned=True)
    with pytest.raises(Conflict):
        backend.comments.pin(ADA, str(said[3]), pinned=True)
    backend.comments.hide(ADA, str(said[1]), hidden=True)
    backend.comments.pin(ADA, str(said[3]), pinned=True)
    assert backend.metadata.pinned[post] == tuple(said[n].root for n in (0, 2, 3))


def test_pinning_and_unpinning_are_charged_when_they_change_something() -> None:
    backend = _with_people(Backend(limits=plenty_but(changes=Allowance(2, 1))))
    said = str(_say(backend, BEN, _published(backend)))
    for _ in range(3):
        backend.comments.pin(ADA, said, pinned=True)
    for _ in range(3):
        backend.comments.pin(ADA, said, pinned=False)
    with pytest.raises(LimitReached) as refused:
        backend.comments.pin(ADA, said, pinned=True)
    assert refused.value.limit == "changes"


def test_a_list_of_words_holds_what_comes_after_it(backend: Backend) -> None:
    post = _published(backend)
    before = _say(backend, BEN, post, "a spoiler")
    backend.users.edit(ADA, held_words=["spoiler"])
    after = _say(backend, CY, post, "A SPOILER!")
    assert [c.held for c in map(backend.metadata.comments.__getitem__, (before, after))] == [
        False,
        True,
    ]
    own = _say(backend, ADA, post, "no spoiler, please")
    assert not backend.metadata.comments[own].held
    assert _counted(backend, post) == 2
    backend.users.edit(ADA, held_words=[])
    assert backend.metadata.comments[after].held
    backend.comments.approve(ADA, str(after))
    assert _counted(backend, post) == 3


@pytest.mark.parametrize("how", ["held", "hidden"])
def test_replies_to_a_root_that_others_do_not_see_are_seen_with_it(
    backend: Backend, how: str
) -> None:
    post = _published(backend)
    backend.users.edit(ADA, held_words=["spoiler"] if how == "held" else [])
    root = _say(backend, BEN, post, "a spoiler")
    if how == "hidden":
        backend.comments.hide(ADA, str(root), hidden=True)
    own, owners = (_say(backend, who, post, f"of {who}", str(root)) for who in (BEN, ADA))

    def seen(who: str) -> list[CommentId]:
        page = backend.discussions.replies(Viewer(who), str(root), None, 9)
        return [view.comment.id for view in page.items]

    with pytest.raises(NotFound):
        seen(CY)
    assert (seen(BEN), seen(ADA)) == ([own], [own, owners])
    assert backend.discussions.one(Viewer(ADA), str(own)).is_hidden
    assert not backend.discussions.one(Viewer(BEN), str(own)).is_hidden
    assert _texts(backend, CY, post) == []
    shown = backend.comments.approve if how == "held" else _show(backend)
    assert shown(ADA, str(root)).replies == 2
    assert seen(CY) == seen(BEN) == [own, owners]
    assert backend.metadata.counts[post].comments == 3
    backend.drain()
    assert all(comment.counts for comment in backend.metadata.comments.values())
    assert _counted(backend, post) == 3
    assert not backend.discussions.one(Viewer(ADA), str(own)).is_hidden


def _show(backend: Backend) -> Callable[[str, str], CommentView]:
    return lambda owner, comment: backend.comments.hide(owner, comment, hidden=False)


def test_a_reply_that_waits_is_shown_by_itself_if_its_owner_wants(backend: Backend) -> None:
    post = _published(backend)
    root = _say(backend, BEN, post, "root")
    backend.comments.hide(ADA, str(root), hidden=True)
    reply = _say(backend, BEN, post, "reply", str(root))
    assert not _show(backend)(ADA, str(reply)).is_hidden
    assert _counted(backend, post) == 1
    assert backend.discussions.one(Viewer(CY), str(reply)).comment.text == "reply"
    assert backend.discussions.one(Viewer(CY), str(root)).is_deleted
    _show(backend)(ADA, str(root))
    assert _counted(backend, post) == 2


def test_a_mute_takes_nothing_from_a_discussion(backend: Backend) -> None:
    post = _published(backend)
    _say(backend, BEN, post)
    backend.mutes.mute(CY, "ben", None)
    assert _texts(backend, CY, post) == ["hello"]

"""A draft is published once, and only after it was posted, whatever comes in between or dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import pytest

from shutterfeed.domain.changes import PostChanged
from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.media import MediaState
from shutterfeed.domain.messages import PublishPost
from shutterfeed.domain.posts import Post, PostState
from tests import samples
from tests.drafts import ADA, OTHER, adding, begun, change, now, posting, ready, wanted
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

CALLS = range(1, 40)
"""The calls before which something else comes in between, or which die."""
OTHER_SHA = samples.sha256(OTHER)
Act = Callable[[Backend, Post], object]


def _try(call: Callable[[], object]) -> None:
    """What a client asks for too late is refused, and changes nothing."""
    try:
        call()
    except (Conflict, NotFound):
        return


def _post_it(backend: Backend, post: Post) -> None:
    _try(lambda: change(backend, post, posting(now(backend, post))))


def _reorder(backend: Backend, post: Post) -> None:
    _try(lambda: change(backend, post, adding(now(backend, post))))


def _add(backend: Backend, post: Post) -> None:
    """A file is added, and comes at once."""
    before = now(backend, post)
    if OTHER_SHA in {medium.sha256 for medium in before.media}:
        return
    _try(lambda: change(backend, post, adding(before, OTHER)))
    _arrive(backend, post)


def _remove(backend: Backend, post: Post) -> None:
    before = now(backend, post)
    to = wanted(before, "one")
    _try(lambda: change(backend, post, replace(to, media=to.media[:1])))


def _delete_and_restore(backend: Backend, post: Post) -> None:
    backend.posts.delete(str(post.id), ADA)
    backend.posts.restore(str(post.id), ADA)


def _arrive(backend: Backend, post: Post) -> None:
    """Whatever has not come yet does."""
    current = now(backend, post)
    for index, medium in enumerate(current.media):
        if medium.state is MediaState.AWAITING:
            content = OTHER if medium.sha256 == OTHER_SHA else PHOTO
            backend.upload(current, index, content)


def _fire(backend: Backend, post: Post) -> None:
    backend.queues["publish"].send([PublishPost(post.id)])
    backend.deliver("publish")


ACTS: dict[str, Act] = {
    "posted": _post_it,
    "reordered": _reorder,
    "added to": _add,
    "reduced": _remove,
    "deleted and restored": _delete_and_restore,
    "told twice": _fire,
}


def _publications(backend: Backend, post: Post) -> int:
    return sum(
        change.after.state is PostState.PUBLISHED
        and (change.before is None or change.before.position is None)
        for change in backend.metadata.changes
        if isinstance(change, PostChanged) and change.after and change.after.id == post.id
    )


def _settle(backend: Backend, post: Post) -> Post:
    """The draft, once all has arrived: it waits for its author, and is published when it is
    posted."""
    if now(backend, post).state is PostState.DELETED:
        backend.posts.restore(str(post.id), ADA)
    _arrive(backend, post)
    backend.drain()
    waiting = now(backend, post)
    if waiting.is_draft:
        assert waiting.state is PostState.DRAFT
        assert _publications(backend, post) == 0
        _post_it(backend, post)
        backend.drain()
    published = now(backend, post)
    assert published.state is PostState.PUBLISHED
    assert _publications(backend, post) == 1
    # Whatever the ledger has, the post has, and nothing else.
    ledger = {media_id for _, media_id in backend.metadata.uploads}
    assert ledger == {medium.media_id for medium in published.media}
    assert all(medium.state is MediaState.READY for medium in published.media)
    return published


def _waiting_for_the_gate() -> tuple[Backend, Post]:
    backend = Backend()
    backend.sign_up(1)
    post = begun(backend, PHOTO)
    backend.upload(post, 0, PHOTO)
    backend.drain_all_but("publish")
    backend.fuse.calls = 0
    return backend, post


def _posted_to_the_gate() -> tuple[Backend, Post]:
    backend = Backend()
    backend.sign_up(1)
    post = ready(backend)
    _post_it(backend, post)
    backend.drain_all_but("publish")
    backend.fuse.calls = 0
    return backend, post


STAGES = {"becomes ready": _waiting_for_the_gate, "was posted": _posted_to_the_gate}


@pytest.mark.parametrize("stage", list(STAGES))
@pytest.mark.parametrize("name", list(ACTS))
def test_what_comes_in_between_two_calls_of_the_gate_loses_nothing(name: str, stage: str) -> None:
    reached = 0
    for call in CALLS:
        backend, post = STAGES[stage]()
        backend.fuse.pauses = {call: partial(ACTS[name], backend, post)}
        backend.deliver("publish")
        if backend.fuse.pauses:
            break
        reached = call
        _settle(backend, post)
    assert reached >= 3, "the gate reads, and writes"


@pytest.mark.parametrize("stage", list(STAGES))
@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
def test_a_gate_that_dies_at_any_call_is_completed_when_its_message_comes_again(
    when: str, stage: str
) -> None:
    for call in CALLS:
        backend, post = STAGES[stage]()
        setattr(backend.fuse, when, call)
        backend.deliver("publish")
        setattr(backend.fuse, when, None)
        died = bool(backend.queues["publish"].messages)
        _settle(backend, post)
        if not died:
            break


@pytest.mark.parametrize("seed", range(30))
def test_in_any_order_a_draft_is_published_once_and_only_when_it_was_posted(seed: int) -> None:
    chance, backend = Random(seed), Backend()
    backend.sign_up(1)
    post = begun(backend, PHOTO)
    posts_at = chance.randrange(40)
    names = [name for name in ACTS if name != "posted"]
    for number in range(30):
        if number == posts_at:
            _post_it(backend, post)
        if chance.random() < 0.5:
            _deliver_some(backend, chance)
        elif chance.random() < 0.3:
            _arrive(backend, post)
        elif now(backend, post).is_draft:
            ACTS[chance.choice(names)](backend, post)
        if number < posts_at:
            assert _publications(backend, post) == 0
    _settle(backend, post)


def _deliver_some(backend: Backend, chance: Random) -> None:
    for _ in range(chance.randrange(6)):
        waiting = backend.waiting()
        if not waiting:
            return
        name = chance.choice(waiting)
        index = chance.randrange(backend.backlog(name))
        backend.deliver(name, index, again=chance.random() < 0.2)

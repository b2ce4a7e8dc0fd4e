"""A post that failed because of a file goes on without that file, or with another in its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.errors import Conflict, Forbidden, NotFound
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME, Medium, Reference
from shutterfeed.domain.people import PersonDraft
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.posts import MediumDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
OTHER, THIRD = PHOTO + b" other", PHOTO + b" third"
BROKEN_TOO = BROKEN_PHOTO + b" too"
OVERDUE = UPLOAD_LINK_LIFETIME + ARRIVAL_GRACE + timedelta(seconds=1)
CALLS = range(1, 60)
"""The calls of workers before which something else comes in between."""


@pytest.fixture
def backend() -> Backend:
    return _signed_up()


def _signed_up() -> Backend:
    backend = Backend()
    backend.sign_up(1)
    return backend


def _failed(backend: Backend, contents: tuple[bytes, ...] = (PHOTO, BROKEN_PHOTO, OTHER)) -> Post:
    """A post with texts and tags on all media, of which the broken ones fail."""
    post = backend.create_post(1, contents, "key")
    texts = {medium.media_id: f"text {n}" for n, medium in enumerate(post.media)}
    people = {m.media_id: [PersonDraft(backend.users.me(ADA).handle, 0, 0)] for m in post.media}
    text = str(post.id)
    backend.posts.edit(text, ADA, None, None, drop_place=False, alt_texts=texts, people=people)
    for index, content in enumerate(contents):
        backend.upload(post, index, content)
    backend.drain()
    failed = _now(backend, post)
    assert failed.state is PostState.FAILED
    return failed


def _now(backend: Backend, post: Post) -> Post:
    return backend.metadata.posts[post.id]


def _remove(backend: Backend, post: Post, medium: Medium) -> Post:
    return backend.mending.remove(str(post.id), ADA, medium.media_id).post


def _replace(backend: Backend, post: Post, medium: Medium, content: bytes = THIRD) -> Post:
    draft = MediumDraft("image/jpeg", len(content), samples.sha256(content))
    return backend.mending.replace(str(post.id), ADA, medium.media_id, draft).view.post


def _ids(media: tuple[Medium, ...]) -> list[str]:
    return [medium.media_id for medium in media]


def _reference(post: Post, medium: Medium) -> Reference:
    return Reference(medium.sha256, post.id, medium.media_id)


def _assert_published(backend: Backend, post: Post, media: tuple[Medium, ...]) -> None:
    """The post is published with these media, and nothing of others is left."""
    published = _now(backend, post)
    assert published.state is PostState.PUBLISHED
    assert _ids(published.media) == _ids(media)
    assert backend.metadata.profiles[ADA].posts == 1
    assert backend.metadata.references == {_reference(post, m) for m in published.media}
    ledger = backend.uploads.list(ADA, None, 9).items
    assert {upload.medium.media_id for upload in ledger} == set(_ids(media))
    assert keys.post(post.id) not in backend.metadata.expiries


def test_a_post_is_published_without_the_file_that_failed(backend: Backend) -> None:
    post = _failed(backend)
    first, bad, last = post.media
    assert _remove(backend, post, bad).state is PostState.PROCESSING
    backend.drain()
    _assert_published(backend, post, (first, last))
    published = _now(backend, post)
    assert published.alt_texts == ("text 0", "text 2")
    assert [person.media_id for person in published.people] == _ids((first, last))
    expires_at = backend.metadata.expiries[keys.blob(bad.sha256)]
    assert expires_at <= backend.clock.now(), "what is no picture does not cool off"
    assert _remove(backend, post, bad) == published, "a repetition changes nothing"


def test_another_file_takes_the_place_with_its_text_and_tags(backend: Backend) -> None:
    post = _failed(backend)
    first, bad, last = post.media
    shown = _replace(backend, post, bad)
    new = shown.media[1]
    assert (shown.state, new.replaces) == (PostState.PROCESSING, bad.media_id)
    assert _replace(backend, post, bad) == shown, "a repetition finds the same medium"
    backend.drain()
    assert _now(backend, post).state is PostState.PROCESSING
    backend.upload(shown, 1, THIRD)
    backend.drain()
    _assert_published(backend, post, (first, new, last))
    published = _now(backend, post)
    assert published.alt_texts == ("text 0", "text 1", "text 2")
    assert [person.media_id for person in published.people] == _ids(published.media)
    assert _replace(backend, post, bad) == published


def test_a_replacement_that_fails_too_can_be_replaced(backend: Backend) -> None:
    post = _failed(backend)
    shown = _replace(backend, post, post.media[1], BROKEN_TOO)
    backend.upload(shown, 1, BROKEN_TOO)
    backend.drain()
    assert _now(backend, post).state is PostState.FAILED
    third = _replace(backend, post, shown.media[1])
    with pytest.raises(NotFound, match="no such photo"):
        _replace(backend, post, post.media[1])
    backend.upload(third, 1, THIRD)
    backend.drain()
    _assert_published(backend, post, third.media)


def test_a_place_is_taken_once(backend: Backend) -> None:
    post = _failed(backend)
    _replace(backend, post, post.media[1])
    with pytest.raises(Conflict) as refused:
        _replace(backend, post, post.media[1], PHOTO)
    assert refused.value.code == "medium_replaced"


def test_a_post_with_two_failed_files_stays_failed_until_both_are_mended(backend: Backend) -> None:
    post = _failed(backend, (BROKEN_PHOTO, BROKEN_TOO, PHOTO))
    shown = _replace(backend, post, post.media[0])
    assert shown.state is PostState.FAILED
    assert keys.post(post.id) in backend.metadata.expiries
    backend.upload(shown, 0, THIRD)
    backend.drain()
    assert _now(backend, post).state is PostState.FAILED
    _remove(backend, post, post.media[1])
    backend.drain()
    _assert_published(backend, post, (shown.media[0], shown.media[2]))


def test_the_last_file_cannot_be_removed_but_replaced(backend: Backend) -> None:
    post = _failed(backend, (BROKEN_PHOTO,))
    with pytest.raises(Conflict) as refused:
        _remove(backend, post, post.media[0])
    assert refused.value.code == "last_medium"
    shown = _replace(backend, post, post.media[0])
    backend.upload(shown, 0, THIRD)
    backend.drain()
    _assert_published(backend, post, shown.media)


@pytest.mark.parametrize("change", [_remove, _replace])
def test_only_what_failed_can_be_mended(
    backend: Backend, change: Callable[[Backend, Post, Medium], Post]
) -> None:
    post = _failed(backend)
    for bad in (post.media[1], None):
        with pytest.raises(Conflict) as refused:
            change(backend, post, post.media[0])
        assert refused.value.code == "medium_not_failed"
        if bad is not None:
            _remove(backend, post, bad)
            backend.drain()
    backend.delete_post(post.id)
    with pytest.raises(NotFound):
        change(backend, post, post.media[0])


def test_it_is_for_the_author_alone(backend: Backend) -> None:
    backend.sign_up(2)
    post = _failed(backend)
    with pytest.raises(NotFound):
        backend.mending.remove(str(post.id), BOB, post.media[1].media_id)
    _remove(backend, post, post.media[1])
    backend.drain()
    assert backend.posts.get(str(post.id), Viewer(BOB)).post.state is PostState.PUBLISHED
    with pytest.raises(Forbidden):
        backend.mending.remove(str(post.id), BOB, post.media[0].media_id)


def test_a_file_that_never_came_is_removed_and_comes_too_late(backend: Backend) -> None:
    post = _one_awaited(backend)
    with pytest.raises(Conflict):
        _remove(backend, post, post.media[1])
    backend.wait(OVERDUE)
    assert _remove(backend, post, post.media[1]).state is PostState.PROCESSING
    backend.upload(post, 1, OTHER)
    backend.drain()
    _assert_published(backend, post, post.media[:1])


def _one_awaited(backend: Backend) -> Post:
    """A post of two files of which only the first has come."""
    post = backend.create_post(1, (PHOTO, OTHER), "key")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post


@pytest.mark.parametrize("call", CALLS)
def test_a_removal_while_the_bytes_land_leaves_all_or_nothing(backend: Backend, call: int) -> None:
    post = _one_awaited(backend)
    backend.wait(OVERDUE)
    backend.upload(post, 1, OTHER)
    _in_between(backend, call, lambda: _remove(backend, post, post.media[1]))
    _assert_published(backend, post, post.media[: len(_now(backend, post).media)])


@pytest.mark.parametrize("call", CALLS)
def test_no_gate_brings_a_removed_file_back(backend: Backend, call: int) -> None:
    post = backend.create_post(1, (PHOTO, BROKEN_PHOTO), "key")
    for index, content in enumerate((PHOTO, BROKEN_PHOTO)):
        backend.upload(post, index, content)
    _in_between(backend, call, lambda: _remove(backend, post, post.media[1]))
    if _now(backend, post).state is PostState.FAILED:
        _remove(backend, post, post.media[1])
        backend.drain()
    _assert_published(backend, post, post.media[:1])


@pytest.mark.parametrize("call", CALLS)
def test_no_gate_brings_a_replaced_file_back(backend: Backend, call: int) -> None:
    post = backend.create_post(1, (PHOTO, BROKEN_PHOTO), "key")
    for index, content in enumerate((PHOTO, BROKEN_PHOTO)):
        backend.upload(post, index, content)
    _in_between(backend, call, lambda: _replace(backend, post, post.media[1]))
    shown = _replace(backend, post, post.media[1])
    backend.upload(shown, 1, THIRD)
    backend.drain()
    _assert_published(backend, post, shown.media)


def _in_between(backend: Backend, call: int, change: Callable[[], object]) -> None:
    """Deliver everything, and make a change, if the post has failed by then, before one of the
    calls of the workers."""

    def act() -> None:
        with suppress(Conflict):
            change()

    backend.fuse.pauses[backend.fuse.calls + call] = act
    backend.drain()


def test_two_removals_at_once_are_one(backend: Backend) -> None:
    post = _failed(backend)
    for call in range(1, 8):
        backend.fuse.pauses[backend.fuse.calls + call] = lambda: _remove(
            backend, post, post.media[1]
        )
    assert _remove(backend, post, post.media[1]).state is PostState.PROCESSING
    backend.fuse.pauses.clear()
    backend.drain()
    _assert_published(backend, post, (post.media[0], post.media[2]))


def test_a_mended_post_that_stands_still_is_found(backend: Backend) -> None:
    post = _failed(backend)
    _remove(backend, post, post.media[1])
    assert backend.lose("stream")
    backend.wait(timedelta(hours=1))
    backend.reconciling.reconcile(timedelta(minutes=5))
    backend.drain()
    assert _now(backend, post).state is PostState.PUBLISHED

"""A post of which one medium fails: each of the others is told as it is, in whatever order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.media import NEVER_ARRIVED, MediaState, Medium
from shutterfeed.domain.multipart import MULTIPART_THRESHOLD
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.retention import GIVE_UP_AFTER
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.reconciling import Finding, Reconciliation
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA = samples.user_id(1)
OTHER_PHOTO = PHOTO + b", another one"
NO_PHOTO = b"<html>"
PATIENCE = timedelta(minutes=10)
A_WHILE = timedelta(minutes=40)
"""Longer than a link is good for."""


def _album(backend: Backend, *contents: bytes) -> Post:
    backend.sign_up(1)
    return backend.create_post(1, contents, "key")


def _shown(backend: Backend, post: Post) -> list[Medium]:
    """What the owner sees of the post's media; the ledger says the same."""
    shown = list(backend.posts.get(str(post.id), Viewer(ADA)).post.media)
    entries = {u.medium.media_id: u.medium for u in backend.uploads.list(ADA, None, 10).items}
    for medium in shown:
        entry = entries[medium.media_id]
        assert (entry.state, entry.failure) == (medium.state, medium.failure)
    return shown


def _states(backend: Backend, post: Post) -> list[MediaState]:
    return [medium.state for medium in _shown(backend, post)]


def _post_state(backend: Backend, post: Post) -> PostState:
    return backend.metadata.posts[post.id].state


def _reconcile(backend: Backend, wait: timedelta = A_WHILE) -> Reconciliation:
    backend.wait(wait)
    return backend.reconciling.reconcile(PATIENCE)


@pytest.mark.parametrize("lost", ["ingest", "render", "publish", "stream"])
@pytest.mark.parametrize(
    ("content", "state"), [(OTHER_PHOTO, MediaState.READY), (BROKEN_PHOTO, MediaState.FAILED)]
)
def test_what_arrived_beside_a_refused_one_is_told_as_it_is_whatever_was_lost(
    lost: str, content: bytes, state: MediaState
) -> None:
    backend = Backend()
    post = _album(backend, PHOTO, content)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    assert _post_state(backend, post) is PostState.FAILED
    backend.upload(post, 1, content)
    while others := [name for name in backend.waiting() if name != lost]:
        backend.deliver(others[0])
    backend.lose(lost)
    backend.drain()
    for _ in range(2):
        _reconcile(backend)
        backend.drain()
    refused, other = _shown(backend, post)
    assert refused.failure is not None
    assert refused.failure.code == "bytes_mismatch"
    assert other.state is state
    if state is MediaState.FAILED:
        assert other.failure is not None
        assert other.failure.code == "undecodable"
    assert _post_state(backend, post) is PostState.FAILED
    assert _reconcile(backend) == Reconciliation(), "nothing is left to be looked at"


def test_what_has_arrived_is_processing_even_while_nothing_can_be_made_of_it() -> None:
    """Its message is dead, say: its owner must not be told to post it again."""
    backend = Backend()
    post = _album(backend, PHOTO, OTHER_PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    backend.upload(post, 1, OTHER_PHOTO)
    for _ in range(13 * 24):
        backend.lose("ingest")
        _reconcile(backend, timedelta(hours=1))
    assert _states(backend, post) == [MediaState.FAILED, MediaState.PROCESSING]
    backend.drain()
    assert _states(backend, post) == [MediaState.FAILED, MediaState.READY]


def test_an_upload_whose_messages_die_for_months_is_not_lost() -> None:
    backend = Backend()
    post = _album(backend, PHOTO)
    backend.upload(post, 0, PHOTO)
    for _ in range(100):
        backend.lose("ingest")
        _reconcile(backend, timedelta(days=1))
    assert _states(backend, post) == [MediaState.PROCESSING]
    backend.drain()
    assert _post_state(backend, post) is PostState.PUBLISHED


def test_one_that_never_arrives_says_nothing_of_the_other() -> None:
    backend = Backend()
    post = _album(backend, PHOTO, OTHER_PHOTO)
    backend.upload(post, 1, OTHER_PHOTO)
    backend.lose("ingest")
    result = _reconcile(backend, GIVE_UP_AFTER + timedelta(seconds=1))
    assert result.findings == {Finding.NEVER_ARRIVED: 1, Finding.LANDED: 1}
    backend.deliver("publish")
    assert _post_state(backend, post) is PostState.FAILED
    assert _states(backend, post) == [MediaState.FAILED, MediaState.PROCESSING]
    backend.drain()
    never, other = _shown(backend, post)
    assert never.failure == NEVER_ARRIVED
    assert (other.state, other.failure) == (MediaState.READY, None)


def test_one_that_may_still_come_is_waited_for_beside_a_failed_one() -> None:
    backend = Backend()
    post = _album(backend, PHOTO, OTHER_PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    assert _states(backend, post) == [MediaState.FAILED, MediaState.AWAITING]
    assert _reconcile(backend, timedelta(hours=20)).findings == {}
    backend.upload(post, 1, OTHER_PHOTO)
    backend.drain()
    assert _states(backend, post) == [MediaState.FAILED, MediaState.READY]
    assert _reconcile(backend).looked_at == 0


def test_one_that_never_comes_beside_a_failed_one_fails_for_good() -> None:
    backend = Backend()
    post = _album(backend, PHOTO, OTHER_PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    result = _reconcile(backend, GIVE_UP_AFTER + timedelta(seconds=1))
    assert result.findings == {Finding.NEVER_ARRIVED: 1}
    assert result.oldest is None
    backend.drain()
    refused, never = _shown(backend, post)
    assert refused.failure != never.failure == NEVER_ARRIVED
    assert _reconcile(backend).looked_at == 0


def test_what_became_of_the_others_is_told_after_a_restore_too() -> None:
    backend = Backend()
    post = _album(backend, PHOTO, OTHER_PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    backend.delete_post(post.id)
    backend.upload(post, 1, OTHER_PHOTO)
    backend.drain()
    backend.posts.restore(str(post.id), ADA)
    backend.drain()
    assert _states(backend, post) == [MediaState.FAILED, MediaState.READY]
    assert _reconcile(backend).looked_at == 0


def test_a_large_file_beside_a_failed_one_is_waited_for_until_its_parts_cannot_come() -> None:
    backend = Backend()
    backend.sign_up(1)
    large = MediumDraft("image/jpeg", MULTIPART_THRESHOLD + 1, samples.sha256("large"))
    small = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
    draft = PostDraft("", None, (small, large))
    post = backend.posts.create(ADA, draft, "key").view.post
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    assert _reconcile(backend, timedelta(days=2)).findings == {}
    assert _states(backend, post) == [MediaState.FAILED, MediaState.AWAITING]
    assert _reconcile(backend).findings == {Finding.NEVER_ARRIVED: 1}


CONTENTS = {
    "good": (PHOTO, MediaState.READY),
    "broken": (BROKEN_PHOTO, MediaState.FAILED),
    "refused": (NO_PHOTO, MediaState.FAILED),
    "never": (None, MediaState.FAILED),
}


@given(st.lists(st.sampled_from(sorted(CONTENTS)), min_size=2, max_size=3), st.data())
def test_every_medium_ends_as_itself_in_every_order(kinds: list[str], data: st.DataObject) -> None:
    backend = Backend()
    declared = [b"%s %d" % (CONTENTS[kind][0] or PHOTO, n) for n, kind in enumerate(kinds)]
    post = _album(backend, *declared)
    to_come = [n for n, kind in enumerate(kinds) if kind != "never"]
    for _ in range(data.draw(st.integers(0, 40))):
        steps = [*backend.waiting(), *(["upload"] if to_come else []), "reconcile", "lose"]
        step = data.draw(st.sampled_from(steps))
        if step == "upload":
            index = to_come.pop(data.draw(st.integers(0, len(to_come) - 1)))
            backend.upload(post, index, declared[index])
        elif step == "reconcile":
            _reconcile(backend, timedelta(minutes=11))
        elif step == "lose":
            for name in backend.waiting()[:1]:
                backend.lose(name)
        else:
            backend.deliver(step, data.draw(st.integers(0, backend.backlog(step) - 1)))
    for index in to_come:
        backend.upload(post, index, declared[index])
    _reconcile(backend, GIVE_UP_AFTER + timedelta(seconds=1))
    for _ in range(5):
        backend.drain()
        _reconcile(backend)
    backend.drain()
    # Without the wait there are links again: nothing but the ledger is asked.
    assert _states(backend, post) == [CONTENTS[kind][1] for kind in kinds]
    for kind, medium in zip(kinds, _shown(backend, post), strict=True):
        assert (medium.failure == NEVER_ARRIVED) is (kind == "never")
    published = set(kinds) == {"good"}
    assert (_post_state(backend, post) is PostState.PUBLISHED) is published
    assert _reconcile(backend).looked_at == 0

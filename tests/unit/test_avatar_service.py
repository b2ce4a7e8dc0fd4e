"""Avatars: asked for, uploaded like any photo, shown with their owner, and seen nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.changes import PostChanged
from shutterfeed.domain.errors import Conflict, InvalidInput, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import BLOB_COOLING_OFF, MediaState, Purpose
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.photos import MAX_PHOTO_BYTES, RENDITIONS, SQUARE_NAME, plan
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.users import Avatar
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.avatars import CreatedAvatar
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
OTHER = PHOTO + b" other"


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _draft(content: bytes = PHOTO) -> MediumDraft:
    return MediumDraft("image/jpeg", len(content), samples.sha256(content))


def _ask(backend: Backend, content: bytes = PHOTO, key: str | None = None) -> CreatedAvatar:
    return backend.avatars.create(ADA, _draft(content), key or f"key-{len(backend.metadata.posts)}")


def _upload(backend: Backend, created: CreatedAvatar, content: bytes) -> None:
    post_id = _post_id(backend, created)
    backend.buckets.uploads[keys.upload_object(post_id, created.media_id)] = content
    backend.queues["ingest"].send([IngestUpload(post_id, created.media_id)])


def _set(backend: Backend, content: bytes = PHOTO) -> CreatedAvatar:
    created = _ask(backend, content)
    _upload(backend, created, content)
    backend.drain()
    return created


def _post_id(backend: Backend, created: CreatedAvatar) -> PostId:
    return backend.uploads.get(ADA, created.media_id).upload.post_id


def _avatar(backend: Backend) -> Avatar | None:
    return backend.users.me(ADA).avatar


def _shown(backend: Backend) -> str | None:
    avatar = _avatar(backend)
    return None if avatar is None else avatar.media_id


def test_every_photo_has_the_square_that_avatars_are_shown_by() -> None:
    (square,) = (spec for spec in RENDITIONS if spec.square_crop)
    assert square.name == SQUARE_NAME == "150.jpg"
    for size in ((1, 1), (40, 9000), (10_000, 3)):
        assert SQUARE_NAME in {planned.spec.name for planned in plan(*size)}


def test_a_photo_is_the_avatar_once_it_is_ready(backend: Backend) -> None:
    created = _ask(backend)
    assert created.grant is not None
    assert created.grant.media_id == created.media_id
    assert _avatar(backend) is None
    _upload(backend, created, PHOTO)
    backend.drain()
    avatar = _avatar(backend)
    assert avatar is not None
    blob = backend.metadata.blobs[samples.sha256(PHOTO)]
    assert blob.picture is not None
    assert (avatar.media_id, avatar.blob_id) == (created.media_id, blob.blob_id)
    assert avatar.placeholder == blob.picture.placeholder


def test_the_ledger_tells_what_became_of_it_and_what_it_was_for(backend: Backend) -> None:
    created = _ask(backend)
    state = backend.uploads.get(ADA, created.media_id)
    assert (state.upload.medium.state, state.upload.purpose) == (
        MediaState.AWAITING,
        Purpose.AVATAR,
    )
    assert state.grant is not None
    _upload(backend, created, PHOTO)
    backend.drain()
    (upload,) = backend.uploads.list(ADA, None, 10).items
    assert (upload.medium.state, upload.purpose) == (MediaState.READY, Purpose.AVATAR)
    assert backend.downloads.original(ADA, created.media_id).medium == upload.medium


def test_a_file_that_is_no_picture_leaves_the_avatar_and_says_why(backend: Backend) -> None:
    before = _set(backend)
    broken = _set(backend, BROKEN_PHOTO)
    failed = backend.uploads.get(ADA, broken.media_id).upload.medium
    assert failed.failure is not None
    assert failed.failure.code == "undecodable"
    assert _shown(backend) == before.media_id


@pytest.mark.parametrize("state", ["waiting", "shown", "replaced", "failed"])
def test_nobody_sees_the_post_it_goes_by(backend: Backend, state: str) -> None:
    contents = {"failed": BROKEN_PHOTO}
    created = _ask(backend) if state == "waiting" else _set(backend, contents.get(state, PHOTO))
    post_id = _post_id(backend, created)
    if state == "replaced":
        _set(backend, OTHER)
    backend.drain()
    backend.follows.follow(BOB, backend.users.me(ADA).handle)
    backend.drain()
    text = str(post_id)
    for user_id in (ADA, BOB):
        for call in (
            lambda who: backend.posts.get(text, Viewer(who)),
            lambda who: backend.posts.edit(text, who, "caption", None, drop_place=False),
            lambda who: backend.posts.delete(text, who),
            lambda who: backend.posts.restore(text, who),
        ):
            with pytest.raises(NotFound):
                call(user_id)
        assert backend.reader.page(user_id, None, 10).posts == ()
        assert backend.posts.deleted(user_id, None, 10).items == ()
    profile = backend.users.me(ADA)
    assert backend.posts.by_author(profile.handle, Viewer(BOB), None, 10).items == ()
    assert profile.posts == 0
    assert post_id not in backend.found.documents
    assert not any(backend.feed_table.feeds.values())


def test_the_next_avatar_takes_its_place_and_the_first_is_given_back(backend: Backend) -> None:
    first, second = _set(backend), _set(backend, OTHER)
    assert _shown(backend) == second.media_id
    for _ in range(2):
        backend.wait(BLOB_COOLING_OFF)
        backend.drain()
    assert set(backend.metadata.blobs) == {samples.sha256(OTHER)}
    assert {r.media_id for r in backend.metadata.references} == {second.media_id}
    assert [u.medium.media_id for u in backend.uploads.list(ADA, None, 10).items] == [
        second.media_id
    ]
    with pytest.raises(NotFound):
        backend.uploads.get(ADA, first.media_id)


def test_the_same_photo_again_is_another_avatar_of_the_same_content(backend: Backend) -> None:
    _set(backend)
    again = _set(backend)
    for _ in range(2):
        backend.wait(BLOB_COOLING_OFF)
        backend.drain()
    assert _shown(backend) == again.media_id
    assert set(backend.metadata.blobs) == {samples.sha256(PHOTO)}
    assert backend.buckets.renditions


def test_the_one_asked_for_last_stays_whichever_is_ready_first(backend: Backend) -> None:
    first, second = _ask(backend), _ask(backend, OTHER)
    _upload(backend, second, OTHER)
    backend.drain()
    assert _shown(backend) == second.media_id
    _upload(backend, first, PHOTO)
    backend.drain()
    assert _shown(backend) == second.media_id


def test_one_that_never_comes_does_not_hold_up_the_one_before(backend: Backend) -> None:
    first, _never = _ask(backend), _ask(backend, OTHER)
    _upload(backend, first, PHOTO)
    backend.drain()
    assert _shown(backend) == first.media_id


def test_taken_away_it_is_gone_and_so_is_what_was_on_its_way(backend: Backend) -> None:
    shown = _set(backend)
    waiting = _ask(backend, OTHER)
    for _ in range(2):
        backend.avatars.remove(ADA)
        assert _avatar(backend) is None
        assert list(backend.metadata.denials) == [shown.media_id], "its links end at once"
    _upload(backend, waiting, OTHER)
    backend.drain()
    assert _avatar(backend) is None
    for _ in range(2):
        backend.wait(BLOB_COOLING_OFF)
        backend.drain()
    assert not backend.metadata.blobs
    assert not backend.buckets.renditions
    after = _set(backend)
    assert _shown(backend) == after.media_id


def test_who_has_no_profile_has_no_avatar_to_take_away(backend: Backend) -> None:
    backend.avatars.remove(ADA)
    assert not backend.metadata.profiles


def test_one_that_stands_still_is_set_moving_again(backend: Backend) -> None:
    created = _ask(backend)
    _upload(backend, created, PHOTO)
    backend.lose("ingest")
    for _ in range(5):
        backend.wait(timedelta(minutes=20))
        backend.reconciling.reconcile(timedelta(minutes=10))
        backend.drain()
        backend.lose("publish")
    assert _shown(backend) == created.media_id


def test_the_same_request_again_names_the_same_photo(backend: Backend) -> None:
    first = _ask(backend, key="key")
    again = _ask(backend, key="key")
    assert again.media_id == first.media_id
    assert again.grant is not None
    _upload(backend, first, PHOTO)
    backend.drain()
    assert _ask(backend, key="key") == CreatedAvatar(first.media_id, None)
    assert len(backend.metadata.posts) == 1


def test_a_key_is_good_for_one_request_be_it_a_post_or_an_avatar(backend: Backend) -> None:
    _ask(backend, key="avatar")
    post = PostDraft("", None, (_draft(),))
    backend.posts.create(ADA, post, "post")
    for call in (
        lambda: _ask(backend, OTHER, key="avatar"),
        lambda: _ask(backend, key="post"),
        lambda: backend.posts.create(ADA, post, "avatar"),
    ):
        with pytest.raises(Conflict) as refused:
            call()
        assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize("expired", [True, False])
def test_a_request_repeated_too_late_does_not_bring_an_avatar_back(
    backend: Backend, expired: bool
) -> None:
    created = _ask(backend, key="key")
    _upload(backend, created, PHOTO)
    backend.drain()
    backend.avatars.remove(ADA)
    if expired:
        backend.wait(timedelta(minutes=1))
        backend.drain()
    with pytest.raises(Conflict) as refused:
        _ask(backend, key="key")
    assert refused.value.code == "avatar_replaced"
    assert _avatar(backend) is None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(_draft(), content_type="video/mp4"), "content_type"),
        (replace(_draft(), content_type="text/html"), "content_type"),
        (replace(_draft(), size=0), "bytes"),
        (replace(_draft(), size=MAX_PHOTO_BYTES + 1), "bytes"),
        (replace(_draft(), sha256="A" * 64), "sha256"),
    ],
)
def test_a_wrong_declaration_is_refused_by_its_field(
    backend: Backend, draft: MediumDraft, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        backend.avatars.create(ADA, draft, "key")
    assert refused.value.field == field
    with pytest.raises(InvalidInput) as refused:
        backend.avatars.create(ADA, _draft(), "a b")
    assert refused.value.field == "Idempotency-Key"
    assert not backend.metadata.posts


def test_the_post_of_an_avatar_is_never_published(backend: Backend) -> None:
    created = _set(backend)
    states = [
        change.after.state
        for change in backend.metadata.changes
        if isinstance(change, PostChanged) and change.after is not None
    ]
    assert states == [PostState.PENDING, PostState.PROCESSING, PostState.AVATAR]
    assert _shown(backend) == created.media_id

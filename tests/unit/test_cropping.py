"""A photo is shown cropped, and cropped in another way before its post is published; its original
is kept, and nothing of other crops is left."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.errors import Busy, Conflict, InvalidInput, NotFound
from shutterfeed.domain.media import MediaState, Medium
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.moderation import ActionKind, ReportReason, SubjectKind
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.drafts import WantedMedium
from shutterfeed.services.moderation import Decision
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.drafts import change, posting, ready
from tests.fakes.backend import Backend, Crash
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BEN, CY, MOD = (samples.user_id(number) for number in (1, 2, 3, 4))
CROP, OTHER = Crop(0, 2500, 10_000, 5000), Crop(100, 0, 5000, 5000)


@pytest.fixture
def backend() -> Backend:
    return _signed_up()


def _signed_up() -> Backend:
    backend = Backend()
    for number in (1, 2, 3, 4):
        backend.sign_up(number)
    return backend


def _created(
    backend: Backend, author: int = 1, crop: Crop | None = None, *, later: bool = False
) -> Post:
    medium = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO), crop=crop)
    publish_at = backend.clock.now() + timedelta(days=1) if later else None
    draft = PostDraft("caption", None, (medium,), publish_at=publish_at)
    key = f"{author}-{crop}-{later}"
    return backend.posts.create(samples.user_id(author), draft, key).view.post


def _published(backend: Backend, author: int = 1, crop: Crop | None = None) -> Post:
    post = _created(backend, author, crop)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert _now(backend, post).state is PostState.PUBLISHED
    return _now(backend, post)


def _scheduled(backend: Backend, crop: Crop | None = None) -> Post:
    post = _created(backend, 1, crop, later=True)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert _now(backend, post).state is PostState.SCHEDULED
    return _now(backend, post)


def _now(backend: Backend, post: Post) -> Post:
    return backend.metadata.posts[post.id]


def _crop(backend: Backend, post: Post, medium: Medium, crop: Crop | None) -> Post:
    return backend.cropping.change(str(post.id), ADA, medium.media_id, crop).view.post


def _arrived(backend: Backend) -> None:
    """The storage tells of every upload that is there, as it does of one that was copied."""
    for key in backend.buckets.uploads.keys() - backend.buckets.tags.keys():
        backend.queues["ingest"].send([IngestUpload(*keys.parse_upload_object(key))])
    backend.drain()


def _shown(backend: Backend, medium: Medium) -> bytes:
    """The large rendition of a medium."""
    assert medium.picture is not None
    key = keys.rendition_object(medium.picture.blob_id, "640.jpg")
    _, content = backend.buckets.renditions[key]
    return content


def _seen(backend: Backend, viewer: str, post: Post) -> Medium:
    return backend.viewing.post(Viewer(viewer), post.id).post.media[0]


def test_the_same_file_cropped_and_whole_is_never_mixed_up(backend: Backend) -> None:
    posts = [_published(backend, 1, CROP), _published(backend, 2), _published(backend, 1, OTHER)]
    posts.append(_published(backend, 3, CROP))
    shown = [_shown(backend, post.media[0]) for post in posts]
    assert shown == [
        b"large " + prefix + PHOTO
        for prefix in (f"{CROP} of ".encode(), b"", f"{OTHER} of ".encode(), f"{CROP} of ".encode())
    ]
    assert len({post.media[0].picture.blob_id for post in posts if post.media[0].picture}) == 4
    assert set(backend.buckets.originals.values()) == {PHOTO}


def test_only_its_owner_is_told_of_a_crop_and_gets_the_original(backend: Backend) -> None:
    post = _published(backend, 1, CROP)
    assert _seen(backend, ADA, post).crop == CROP
    assert _seen(backend, BEN, post).crop is None
    media_id = post.media[0].media_id
    backend.downloads.original(ADA, media_id)
    assert backend.buckets.downloads[keys.download_object(post.id, media_id)] == PHOTO


def test_a_cropped_post_that_is_erased_leaves_nothing(backend: Backend) -> None:
    post = _published(backend, 1, CROP)
    whole = _published(backend, 2)
    backend.posts.erase(str(post.id), ADA)
    backend.wait(timedelta(hours=3))
    backend.drain()
    backend.wait(timedelta(hours=3))
    backend.drain()
    assert list(backend.metadata.blobs) == [whole.media[0].sha256]
    assert len(backend.metadata.references) == 1
    assert _shown(backend, whole.media[0]) == b"large " + PHOTO
    assert len(backend.buckets.renditions) == 2
    assert len(backend.buckets.originals.keys() - backend.buckets.retired) == 1


def test_a_file_that_has_not_arrived_is_cropped_when_it_does(backend: Backend) -> None:
    post = _created(backend)
    changed = _crop(backend, post, post.media[0], CROP)
    assert changed.media[0].media_id == post.media[0].media_id
    assert _crop(backend, post, post.media[0], CROP) == changed
    backend.upload(post, 0, PHOTO)
    backend.drain()
    (medium,) = _now(backend, post).media
    assert _shown(backend, medium) == f"large {CROP} of ".encode() + PHOTO
    assert list(backend.metadata.blobs) == [medium.stored_as]


@pytest.mark.parametrize(("first", "second"), [(None, CROP), (CROP, OTHER), (CROP, None)])
def test_a_photo_that_is_stored_is_cropped_anew_without_an_upload(
    backend: Backend, first: Crop | None, second: Crop | None
) -> None:
    post = _scheduled(backend, first)
    changed = _crop(backend, post, post.media[0], second)
    assert changed.media[0].replaces == post.media[0].media_id
    assert _now(backend, post).state is PostState.PROCESSING
    _arrived(backend)
    (medium,) = _now(backend, post).media
    assert (medium.state, medium.crop) == (MediaState.READY, second)
    assert _now(backend, post).state is PostState.SCHEDULED
    expected = PHOTO if second is None else f"{second} of ".encode() + PHOTO
    assert _shown(backend, medium) == b"large " + expected
    backend.wait(timedelta(days=8))
    backend.drain()
    assert list(backend.metadata.blobs) == [medium.stored_as]


def test_a_draft_that_is_cropped_stays_a_draft(backend: Backend) -> None:
    medium = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
    draft = PostDraft("caption", None, (medium,), is_draft=True)
    post = backend.posts.create(ADA, draft, "draft").view.post
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert _now(backend, post).state is PostState.DRAFT
    _crop(backend, post, post.media[0], CROP)
    _arrived(backend)
    assert _now(backend, post).state is PostState.DRAFT
    (shown,) = _now(backend, post).media
    assert _shown(backend, shown) == f"large {CROP} of ".encode() + PHOTO


@pytest.mark.parametrize("call", range(1, 16))
@pytest.mark.parametrize("stored", [True, False])
def test_a_change_that_dies_anywhere_is_completed_when_it_is_repeated(
    call: int, *, stored: bool
) -> None:
    backend = _signed_up()
    post = _scheduled(backend) if stored else _created(backend)
    backend.fuse.crash_after = backend.fuse.calls + call
    with suppress(Crash):
        _crop(backend, post, post.media[0], CROP)
    backend.fuse.crash_after = None
    changed = _crop(backend, post, post.media[0], CROP)
    assert _crop(backend, post, post.media[0], CROP) == changed
    if not stored:
        backend.upload(post, 0, PHOTO)
    _arrived(backend)
    (medium,) = _now(backend, post).media
    assert (medium.state, medium.crop) == (MediaState.READY, CROP)
    assert len([one for one in backend.metadata.uploads if one[0] == ADA]) == 1


@pytest.mark.parametrize("call", range(1, 16))
def test_a_change_that_dies_and_is_not_repeated_has_no_effect_or_is_completed(call: int) -> None:
    backend = _signed_up()
    post = _scheduled(backend)
    backend.fuse.crash_after = backend.fuse.calls + call
    with suppress(Crash):
        _crop(backend, post, post.media[0], CROP)
    backend.fuse.crash_after = None
    backend.drain()
    _arrived(backend)
    (medium,) = _now(backend, post).media
    assert medium.state is MediaState.READY
    prefix = b"" if medium.crop is None else f"{CROP} of ".encode()
    assert _shown(backend, medium) == b"large " + prefix + PHOTO


@pytest.mark.parametrize("call", range(1, 40))
def test_a_crop_that_changes_while_the_file_is_taken_in_is_the_one_that_is_shown(
    call: int,
) -> None:
    backend = _signed_up()
    post = _created(backend)
    wanted: list[Crop | None] = [None]

    def change() -> None:
        # It is busy while the file is stored, and then may be published.
        with suppress(Busy, Conflict):
            _crop(backend, post, post.media[0], CROP)
            wanted[0] = CROP

    backend.upload(post, 0, PHOTO)
    backend.fuse.pauses[backend.fuse.calls + call] = change
    backend.drain()
    backend.fuse.pauses.clear()
    _arrived(backend)
    (medium,) = _now(backend, post).media
    assert medium.crop == wanted[0]
    prefix = b"" if wanted[0] is None else f"{CROP} of ".encode()
    assert _shown(backend, medium) == b"large " + prefix + PHOTO
    backend.wait(timedelta(days=8))
    backend.drain()
    assert list(backend.metadata.blobs) == [medium.stored_as]


@pytest.mark.parametrize("crop", [None, CROP])
def test_a_change_is_repeated_after_its_post_was_published(
    backend: Backend, crop: Crop | None
) -> None:
    """The first answer was lost, and the file has arrived meanwhile."""
    post = _created(backend, crop=OTHER)
    _crop(backend, post, post.media[0], crop)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = _now(backend, post)
    assert published.state is PostState.PUBLISHED
    assert _crop(backend, post, post.media[0], crop).id == post.id
    assert _now(backend, post) == published


def test_a_published_post_and_a_video_are_not_cropped(backend: Backend) -> None:
    post = _published(backend)
    with pytest.raises(Conflict) as refused:
        _crop(backend, post, post.media[0], CROP)
    assert refused.value.code == "already_published"
    clip = MediumDraft("video/mp4", 9, samples.sha256("clip"), False, 9, 9, 9)  # noqa: FBT003
    draft = PostDraft("caption", None, (clip,))
    video = backend.posts.create(ADA, draft, "video").view.post
    with pytest.raises(InvalidInput):
        _crop(backend, video, video.media[0], CROP)
    with pytest.raises(NotFound):
        _crop(backend, video, post.media[0], CROP)


def test_a_file_that_was_refused_is_to_be_replaced(backend: Backend) -> None:
    post = backend.create_post(1, (BROKEN_PHOTO,), "key")
    backend.upload(post, 0, BROKEN_PHOTO)
    backend.drain()
    with pytest.raises(Conflict) as refused:
        _crop(backend, post, post.media[0], CROP)
    assert refused.value.code == "not_stored"


def test_nobody_gets_a_file_by_its_hash(backend: Backend) -> None:
    """Another's content is not sent for a medium that only declares it."""
    _published(backend, 2)
    bad = backend.create_post(1, (BROKEN_PHOTO,), "key")
    backend.upload(bad, 0, BROKEN_PHOTO)
    backend.drain()
    draft = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
    backend.mending.replace(str(bad.id), ADA, bad.media[0].media_id, draft)
    answer = backend.cropping.change(str(bad.id), ADA, bad.media[0].media_id, None)
    assert [grant.media_id for grant in answer.grants] == [answer.view.post.media[0].media_id]
    key = keys.upload_object(bad.id, answer.view.post.media[0].media_id)
    assert key not in backend.buckets.uploads


def test_a_content_is_withheld_however_it_is_cropped(backend: Backend) -> None:
    whole, cropped = _published(backend, 2), _published(backend, 1, CROP)
    view = backend.reporting.report(
        Viewer(CY), SubjectKind.POST, str(whole.id), ReportReason.HATE, ""
    )
    case_id = view.report.case_id

    def version() -> int:
        return backend.metadata.cases[case_id].version

    kind = ActionKind.WITHHOLD_CONTENT
    backend.moderation.act(case_id, MOD, Decision(kind, ReportReason.HATE, "", None, version()))
    backend.drain()
    later = _published(backend, 3, OTHER)
    shown = (post.media[0].picture for post in (whole, cropped, later))
    ids = [picture.blob_id for picture in shown if picture]
    # Links to what is published afterwards were given to its author alone, and expire.
    until = backend.clock.now() + DENIAL_RETENTION
    assert backend.metadata.denials == dict(zip(ids, (None, None, until), strict=True))
    for post in (whole, cropped, later):
        with pytest.raises(NotFound):
            _seen(backend, MOD, post)
    case = backend.metadata.cases[case_id]
    backend.moderation.undo(case_id, MOD, case.standing[-1].id, version())
    backend.drain()
    assert not backend.metadata.denials
    for post in (whole, cropped, later):
        assert _seen(backend, MOD, post).picture


def test_a_draft_that_has_lost_a_content_is_not_withheld_with_it(backend: Backend) -> None:
    """The collector is late, so that the content still has the draft's reference."""
    bad, fine = PHOTO, PHOTO + b"fine"
    reported = _published(backend, 2)
    draft = ready(backend, bad, fine)
    kept = (WantedMedium(draft.media[1].media_id),)
    change(backend, draft, replace(posting(draft), media=kept))
    view = backend.reporting.report(
        Viewer(CY), SubjectKind.POST, str(reported.id), ReportReason.HATE, ""
    )
    version = backend.metadata.cases[view.report.case_id].version
    decision = Decision(ActionKind.WITHHOLD_CONTENT, ReportReason.HATE, "", None, version)
    backend.moderation.act(view.report.case_id, MOD, decision)
    backend.drain_all_but("collect")
    with pytest.raises(NotFound):
        _seen(backend, BEN, reported)
    assert _seen(backend, CY, draft).sha256 == samples.sha256(fine)


def test_a_case_about_a_cropped_photo_withholds_the_whole_one(backend: Backend) -> None:
    whole, cropped = _published(backend, 2), _published(backend, 1, CROP)
    view = backend.reporting.report(
        Viewer(CY), SubjectKind.POST, str(cropped.id), ReportReason.HATE, ""
    )
    case_id = view.report.case_id
    version = backend.metadata.cases[case_id].version
    decision = Decision(ActionKind.WITHHOLD_CONTENT, ReportReason.HATE, "", None, version)
    backend.moderation.act(case_id, MOD, decision)
    backend.drain()
    for post in (whole, cropped):
        with pytest.raises(NotFound):
            _seen(backend, MOD, post)

"""What moderators see of what was reported: videos that move, and pictures of profiles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.models_moderation import EvidenceMediumBody
from shutterfeed import keys
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.media import Clip
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.moderation import ActionKind, CaseId, ReportReason, SubjectKind
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.evidence import of_post
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.moderation import Decision
from shutterfeed.services.posts import MediumDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.fakes.system import START, FakeClock

ADA, BEN, MOD = (samples.user_id(number) for number in (1, 2, 3))
OTHER = PHOTO + b" other"
WITHHOLD = ActionKind.WITHHOLD_CONTENT


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in (1, 2, 3):
        backend.sign_up(number)
    return backend


def _set_avatar(backend: Backend, photo: bytes) -> None:
    draft = MediumDraft("image/jpeg", len(photo), samples.sha256(photo))
    created = backend.avatars.create(ADA, draft, f"key-{len(backend.metadata.posts)}")
    post_id = backend.uploads.get(ADA, created.media_id).upload.post_id
    backend.buckets.uploads[keys.upload_object(post_id, created.media_id)] = photo
    backend.queues["ingest"].send([IngestUpload(post_id, created.media_id)])
    backend.drain()


def _reported(backend: Backend) -> CaseId:
    report = backend.reporting.report(
        Viewer(BEN), SubjectKind.USER, ADA, ReportReason.NUDITY, ""
    ).report
    return report.case_id


def _shown(backend: Backend) -> bool:
    return backend.users.me(ADA).shown_avatar is not None


def test_of_a_video_there_is_the_poster_and_what_moves() -> None:
    clip = Clip("video.mp4", 640, 480, 1_500, 100, has_audio=True)
    picture = replace(samples.picture(), clip=clip)
    post = samples.post(media=2)
    photo, video = post.media
    post = replace(post, media=(photo.ready(samples.picture()), video.ready(picture)))
    evidence = of_post(post, Profile(ADA, "ada", START), START)
    links = MediaLinks(base_url="https://x.example/media", key="secret", clock=FakeClock())
    still, moving = (EvidenceMediumBody.of(medium, links) for medium in evidence.media)
    assert still.clip_url is None
    assert moving.url is not None
    assert moving.clip_url is not None
    assert moving.clip_url == moving.url.replace("640.jpg", "video.mp4")


def test_the_picture_of_a_profile_is_kept_as_it_was_reported(backend: Backend) -> None:
    _set_avatar(backend, PHOTO)
    case_id = _reported(backend)
    _set_avatar(backend, OTHER)
    for _ in range(3):
        backend.wait(timedelta(days=40))
        backend.drain()
    (evidence,) = backend.moderation.case(case_id, MOD).evidence
    (medium,) = evidence.media
    assert medium.sha256 == samples.sha256(PHOTO)
    assert any(str(medium.blob_id) in key for key in backend.buckets.renditions)


def test_the_picture_of_a_profile_is_withheld_and_given_back(backend: Backend) -> None:
    _set_avatar(backend, PHOTO)
    before = backend.metadata.profiles[ADA]
    case_id = _reported(backend)
    assert WITHHOLD in backend.moderation.case(case_id, MOD).possible
    decision = Decision(WITHHOLD, ReportReason.NUDITY, "No.", None, 0)
    decided = backend.moderation.act(case_id, MOD, decision)
    backend.drain()
    assert not _shown(backend)
    (told,) = backend.reporting.statements(ADA, None, 10).items
    assert (told.told, told.case.id.kind) == (ActionKind.HIDE_POST, SubjectKind.USER)
    backend.moderation.undo(case_id, MOD, decided.case.actions[0].id, decided.case.version)
    backend.drain()
    assert _shown(backend)
    assert backend.metadata.profiles[ADA] == before


def test_nothing_is_withheld_of_a_profile_without_a_picture(backend: Backend) -> None:
    case_id = _reported(backend)
    assert WITHHOLD not in backend.moderation.case(case_id, MOD).possible
    decision = Decision(WITHHOLD, ReportReason.NUDITY, "No.", None, 0)
    with pytest.raises(InvalidInput, match="picture"):
        backend.moderation.act(case_id, MOD, decision)

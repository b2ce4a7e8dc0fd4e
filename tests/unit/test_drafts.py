"""Drafts: sent and made ready while their author writes, posted in one step, gone by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.media import MediaState
from shutterfeed.domain.messages import CollectMedia, EndSignIns, Notify
from shutterfeed.domain.people import PersonDraft
from shutterfeed.domain.posts import (
    DISCARDED_RETENTION,
    DRAFT_RETENTION,
    SUSPENDED_RETENTION,
    Place,
    Post,
    PostState,
)
from shutterfeed.domain.users import MentionsFrom, Suspension
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.drafts import WantedMedium
from shutterfeed.services.posts import PostDraft
from tests.drafts import (
    ADA,
    BOB,
    OTHER,
    adding,
    begun,
    change,
    file_of,
    listed,
    now,
    posting,
    ready,
    wanted,
)
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.fakes.system import START
from tests.scheduled import is_seen, pass_minutes

HOUR = timedelta(hours=1)
NO_PHOTO = b"no photo"
CROP = Crop(0, 0, 5_000, 5_000)


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in (1, 2):
        backend.sign_up(number)
    return backend


def test_a_draft_is_made_ready_and_is_its_authors_alone_until_it_is_posted(
    backend: Backend,
) -> None:
    post = ready(backend)
    assert (post.state, post.draft_until) == (PostState.DRAFT, START + DRAFT_RETENTION)
    assert post.media[0].picture is not None
    assert listed(backend) == [post]
    assert backend.posts.get(str(post.id), Viewer(ADA)).post == post
    with pytest.raises(NotFound):
        backend.posts.get(str(post.id), Viewer(BOB))
    assert not is_seen(backend, post)
    assert not is_seen(backend, post, ADA)
    pass_minutes(backend, 60)
    assert now(backend, post).state is PostState.DRAFT
    answer = change(backend, post, posting(post))
    assert (answer.view.post.state, answer.grants) == (PostState.PROCESSING, ())
    assert listed(backend) == []
    backend.drain()
    published = now(backend, post)
    assert (published.state, published.caption) == (PostState.PUBLISHED, "#posted")
    # It stands where a post does that is made in this moment.
    assert ulid_time(published.position or "") == published.published_at == START + HOUR
    assert is_seen(backend, post)
    assert backend.metadata.profiles[ADA].posts == 1
    assert keys.post(post.id) not in backend.metadata.expiries


def test_a_draft_that_is_posted_before_its_file_arrives_is_published_once_it_is_ready(
    backend: Backend,
) -> None:
    post = begun(backend)
    answer = change(backend, post, posting(post))
    assert [grant.media_id for grant in answer.grants] == [post.media[0].media_id]
    backend.drain()
    assert now(backend, post).state is PostState.PENDING
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert now(backend, post).state is PostState.PUBLISHED


def test_files_are_added_put_into_another_order_and_removed_and_posted_with_that(
    backend: Backend,
) -> None:
    post = ready(backend, PHOTO, OTHER)
    more = adding(post, NO_PHOTO + PHOTO)
    answer = change(backend, post, more)
    after = now(backend, post)
    assert [m.media_id for m in after.media[1:]] == [m.media_id for m in reversed(post.media)]
    assert after.state is PostState.PROCESSING
    assert [grant.media_id for grant in answer.grants] == [after.media[0].media_id]
    # Repeated, it is the same file, and its link.
    again = change(backend, post, more)
    assert now(backend, post) == after
    assert [grant.media_id for grant in again.grants] == [after.media[0].media_id]
    last = replace(posting(post), media=(WantedMedium(post.media[1].media_id, "alt"),))
    change(backend, post, last)
    collects = [m for m in backend.queues["collect"].messages if isinstance(m, CollectMedia)]
    assert not collects, "the router tells of it"
    backend.drain()
    published = now(backend, post)
    assert (published.state, published.alt_texts) == (PostState.PUBLISHED, ("alt",))
    assert [m.media_id for m in published.media] == [post.media[1].media_id]
    # What was removed is not kept, nor are its ledger entry and its content.
    assert list(backend.metadata.uploads) == [(ADA, post.media[1].media_id)]


def test_what_is_posted_is_not_a_draft_and_a_repeated_posting_changes_nothing(
    backend: Backend,
) -> None:
    post = ready(backend)
    change(backend, post, posting(post))
    backend.drain()
    backend.posts.edit(str(post.id), ADA, "edited since", None, drop_place=False)
    published = now(backend, post)
    assert change(backend, post, posting(post)).view.post == published
    (medium,) = posting(post).media
    others = (
        posting(post, "other words"),
        replace(posting(post), sensitive=True),
        replace(posting(post), place=Place("Lake Louise")),
        replace(posting(post), publish_at=START + HOUR),
        replace(posting(post), media=(replace(medium, alt_text="A lake"),)),
        replace(posting(post), media=(replace(medium, people=(PersonDraft("user2", 0.5, 0.5),)),)),
    )
    for to in (*others, wanted(post), adding(post, OTHER), adding(post, OTHER, publish=True)):
        with pytest.raises(Conflict) as refused:
            change(backend, post, to)
        assert refused.value.code == "not_a_draft"
    with pytest.raises(Forbidden):
        backend.drafts.change(str(post.id), BOB, posting(post))
    assert now(backend, post) == published
    assert backend.metadata.profiles[ADA].posts == 1


def test_a_draft_is_posted_with_a_time_or_by_the_operations_of_scheduled_posts(
    backend: Backend,
) -> None:
    timed, moved, hurried = (ready(backend, key=key) for key in ("timed", "moved", "hurried"))
    change(backend, timed, replace(posting(timed), publish_at=START + HOUR))
    backend.scheduling.move(str(moved.id), ADA, START + HOUR)
    backend.scheduling.publish_now(str(hurried.id), ADA)
    backend.drain()
    assert listed(backend) == []
    states = [now(backend, post).state for post in (timed, moved, hurried)]
    assert states == [PostState.SCHEDULED, PostState.SCHEDULED, PostState.PUBLISHED]
    assert [view.post.id for view in backend.scheduling.own(ADA, None, 9).items] == [
        timed.id,
        moved.id,
    ]
    pass_minutes(backend, 62)
    assert now(backend, timed).state is now(backend, moved).state is PostState.PUBLISHED


def test_a_photo_of_a_draft_is_cropped_in_another_way_without_another_upload(
    backend: Backend,
) -> None:
    post, crop = ready(backend), Crop(0, 0, 5_000, 5_000)
    backend.cropping.change(str(post.id), ADA, post.media[0].media_id, crop)
    cropped = now(backend, post)
    assert (cropped.state, cropped.is_draft) == (PostState.PROCESSING, True)
    backend.upload(cropped, 0, PHOTO)  # as the storage tells of the copy
    backend.drain()
    assert now(backend, post).state is PostState.DRAFT
    change(backend, post, posting(cropped))
    backend.drain()
    published = now(backend, post)
    assert (published.state, published.media[0].crop) == (PostState.PUBLISHED, crop)


def test_capture_details_are_shown_as_the_author_has_said_last(backend: Backend) -> None:
    post = ready(backend)
    media = (WantedMedium(post.media[0].media_id, keep_capture_details=True),)
    change(backend, post, replace(posting(post), media=media))
    backend.drain()
    assert now(backend, post).media[0].keep_capture_details


def test_a_draft_with_a_refused_file_has_failed_silently_and_is_posted_without_it(
    backend: Backend,
) -> None:
    post = begun(backend, NO_PHOTO, PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.upload(post, 1, PHOTO)
    backend.drain_all_but("notify")
    failed = now(backend, post)
    assert failed.state is PostState.FAILED
    assert not [m for m in backend.queues["notify"].messages if isinstance(m, Notify)]
    assert backend.metadata.expiries[keys.post(post.id)] == START + DRAFT_RETENTION
    assert listed(backend) == [failed]
    one = replace(posting(post), media=(WantedMedium(post.media[1].media_id),))
    change(backend, post, one)
    backend.drain()
    assert now(backend, post).state is PostState.PUBLISHED


def test_a_draft_that_is_posted_with_a_refused_file_has_failed_and_its_author_is_told(
    backend: Backend,
) -> None:
    post = begun(backend, NO_PHOTO)
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    change(backend, post, posting(post))
    backend.drain_all_but("notify")
    assert now(backend, post).state is PostState.FAILED
    assert [m for m in backend.queues["notify"].messages if isinstance(m, Notify)]


def test_a_file_that_never_came_is_declared_anew(backend: Backend) -> None:
    post = begun(backend)
    backend.wait(HOUR)
    answer = change(backend, post, replace(wanted(post), media=(WantedMedium(file_of(PHOTO)),)))
    (new,) = now(backend, post).media
    assert new.media_id != post.media[0].media_id
    assert [grant.media_id for grant in answer.grants] == [new.media_id]
    assert now(backend, post).draft_until == START + HOUR + DRAFT_RETENTION


def test_a_draft_expires_when_nobody_has_changed_it(backend: Backend) -> None:
    post = ready(backend)
    assert backend.metadata.expiries[keys.post(post.id)] == START + DRAFT_RETENTION
    backend.clock.advance(DRAFT_RETENTION)  # TTL is late
    assert listed(backend) == []
    for act in (
        lambda: change(backend, post, posting(post)),
        lambda: backend.scheduling.publish_now(str(post.id), ADA),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "draft_expired"


def _edited(backend: Backend, post: Post) -> object:
    return backend.posts.edit(str(post.id), ADA, "edited", None, drop_place=False)


def _cropped(backend: Backend, post: Post) -> object:
    return backend.cropping.change(str(post.id), ADA, post.media[0].media_id, CROP)


def _removed(backend: Backend, post: Post) -> object:
    return backend.mending.remove(str(post.id), ADA, post.media[0].media_id)


def _replaced(backend: Backend, post: Post) -> object:
    return backend.mending.replace(str(post.id), ADA, post.media[0].media_id, file_of(OTHER))


def _half_refused(backend: Backend) -> Post:
    return ready(backend, NO_PHOTO, PHOTO)


@pytest.mark.parametrize(
    ("make", "act"),
    [
        (begun, _edited),
        (ready, _edited),
        (begun, _cropped),
        (ready, _cropped),
        (_half_refused, _removed),
        (_half_refused, _replaced),
    ],
)
def test_whatever_its_author_changes_a_draft_is_kept_for_as_long_again(
    backend: Backend,
    make: Callable[[Backend], Post],
    act: Callable[[Backend, Post], object],
) -> None:
    post = make(backend)
    backend.clock.advance(timedelta(minutes=5))
    act(backend, post)
    until = START + timedelta(minutes=5) + DRAFT_RETENTION
    changed = now(backend, post)
    assert changed.draft_until == until
    goes_on = changed.state is PostState.PROCESSING
    assert backend.metadata.expiries.get(keys.post(post.id)) == (None if goes_on else until)
    backend.clock.advance(DRAFT_RETENTION)  # TTL is late
    with pytest.raises(Conflict) as refused:
        _edited(backend, post)
    assert refused.value.code == "draft_expired"
    assert now(backend, post) == changed


@pytest.mark.parametrize(
    ("make", "act"), [(ready, _cropped), (_half_refused, _removed), (_half_refused, _replaced)]
)
def test_a_draft_that_has_expired_is_not_changed(
    backend: Backend,
    make: Callable[[Backend], Post],
    act: Callable[[Backend, Post], object],
) -> None:
    post = make(backend)
    backend.clock.advance(DRAFT_RETENTION)  # TTL is late
    with pytest.raises(Conflict) as refused:
        act(backend, post)
    assert refused.value.code == "draft_expired"
    assert now(backend, post) == post


def test_a_discarded_draft_can_be_restored_for_a_day(backend: Backend) -> None:
    post = ready(backend)
    backend.posts.delete(str(post.id), ADA)
    assert listed(backend) == []
    deleted = now(backend, post)
    assert deleted.restorable_until == START + DISCARDED_RETENTION
    assert backend.metadata.expiries[keys.post(post.id)] == START + DISCARDED_RETENTION
    backend.wait(HOUR)
    backend.posts.restore(str(post.id), ADA)
    backend.drain()
    restored = now(backend, post)
    assert (restored.state, restored.draft_until) == (
        PostState.DRAFT,
        START + HOUR + DRAFT_RETENTION,
    )
    assert listed(backend) == [restored]
    assert backend.metadata.expiries[keys.post(post.id)] == restored.draft_until
    assert restored.media[0].state is MediaState.READY


def test_a_draft_has_no_time_before_it_is_posted(backend: Backend) -> None:
    timed = PostDraft("", None, (file_of(PHOTO),), publish_at=START + HOUR, is_draft=True)
    post = begun(backend)
    acts: list[Callable[[], object]] = [
        lambda: backend.posts.create(ADA, timed, "timed"),
        lambda: change(backend, post, replace(wanted(post), publish_at=START + HOUR)),
    ]
    for act in acts:
        with pytest.raises(InvalidInput) as refused:
            act()
        assert (refused.value.code, refused.value.field) == ("draft_with_time", "publish_at")
    unknown = replace(wanted(post), media=(WantedMedium("x"),))
    with pytest.raises(InvalidInput, match="no such photo"):
        change(backend, post, unknown)


@pytest.mark.parametrize("ends", [True, False])
def test_a_draft_does_not_expire_while_its_author_is_suspended(
    backend: Backend, ends: bool
) -> None:
    post, going = ready(backend), begun(backend, OTHER, key="going")
    gone = ready(backend, PHOTO + b"gone", key="gone")
    backend.posts.delete(str(gone.id), ADA)
    until = START + timedelta(days=30) if ends else None
    profile = backend.metadata.profiles[ADA]
    suspended = replace(profile, suspension=Suspension("case", until))
    backend.metadata.write_profile(suspended)
    backend.drain()
    least = START + SUSPENDED_RETENTION if until is None else until + DRAFT_RETENTION
    for draft in (post, going):
        kept = now(backend, draft)
        assert kept.draft_until == backend.metadata.expiries[keys.post(draft.id)] == least
        # A repetition changes nothing, and neither does a change after it make that sooner.
        backend.queues["erase"].send([EndSignIns(ADA)])
        backend.drain()
        assert now(backend, draft).revision == kept.revision
    assert now(backend, gone).state is PostState.DELETED
    backend.metadata.write_profile(profile)
    backend.drain()
    change(backend, post, wanted(post, "Back again"))
    assert now(backend, post).draft_until == least


def test_nobody_is_named_by_a_draft_that_is_posted_who_does_not_want_that_any_more(
    backend: Backend,
) -> None:
    post = ready(backend)
    handle = backend.metadata.profiles[BOB].handle
    (medium,) = wanted(post).media
    naming = replace(
        wanted(post, f"With @{handle}"),
        media=(replace(medium, people=(PersonDraft(handle, 0.5, 0.5),)),),
    )
    change(backend, post, naming)
    assert now(backend, post).person_ids == {BOB}
    backend.users.edit(BOB, mentions_from=MentionsFrom.NOBODY)
    with pytest.raises(InvalidInput) as refused:
        change(backend, post, replace(naming, publish=True))
    assert refused.value.code == "cannot_be_tagged"
    # Posted as it is, it says the same and names nobody.
    backend.scheduling.publish_now(str(post.id), ADA)
    backend.drain()
    published = now(backend, post)
    assert (published.state, published.caption) == (PostState.PUBLISHED, f"With @{handle}")
    assert published.person_ids == frozenset()

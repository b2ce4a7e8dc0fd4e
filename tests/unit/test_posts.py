"""What a post may say, and how the ledger shows in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf, nan

import pytest

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.media import (
    ARRIVAL_GRACE,
    NEVER_ARRIVED,
    UPLOAD_LINK_LIFETIME,
    MediaState,
    Upload,
)
from shutterfeed.domain.photos import MAX_PHOTO_BYTES, PHOTO_TYPES
from shutterfeed.domain.posts import (
    MAX_CAPTION,
    Place,
    PostState,
    check_caption,
    check_medium,
    check_place,
)
from tests import samples

OVERDUE = UPLOAD_LINK_LIFETIME + ARRIVAL_GRACE


@pytest.mark.parametrize("caption", ["", "x" * MAX_CAPTION, "🌻" * MAX_CAPTION, "a\n\tb\r\n"])
def test_a_caption_is_kept_as_it_is_written(caption: str) -> None:
    assert check_caption(caption) == caption


@pytest.mark.parametrize(
    ("caption", "code"),
    [
        ("x" * (MAX_CAPTION + 1), "caption_too_long"),
        ("a\0b", "invalid_text"),
        ("\x1b[31m", "invalid_text"),
        ("\udfff", "invalid_text"),
    ],
)
def test_a_caption_that_is_too_long_or_no_text_is_refused(caption: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_caption(caption)
    assert (refused.value.code, refused.value.field) == (code, "caption")


def test_the_message_about_a_long_caption_says_how_long_it_is() -> None:
    with pytest.raises(InvalidInput, match=r"at most 2,200 characters; this one has 2,201\."):
        check_caption("x" * 2201)


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (Place(" Kurpark ", 50.2, 8.6), Place("Kurpark", 50.2, 8.6)),
        (Place("Pole", 90, -180), Place("Pole", 90, -180)),
        (Place("x" * 100, -90, 180), Place("x" * 100, -90, 180)),
        (Place("here", 50.123456789, 1e-200), Place("here", 50.1234568, 0)),
        (Place(" somewhere "), Place("somewhere", None, None)),
    ],
)
def test_a_place_is_kept_trimmed_and_to_the_centimetre(place: Place, kept: Place) -> None:
    assert check_place(place) == kept


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Place("", 0, 0), "place.name"),
        (Place("   ", 0, 0), "place.name"),
        (Place("x" * 101, 0, 0), "place.name"),
        (Place("a\0b", 0, 0), "place.name"),
        (Place("a", 90.0001, 0), "place.latitude"),
        (Place("a", -91, 0), "place.latitude"),
        (Place("a", nan, 0), "place.latitude"),
        (Place("a", inf, 0), "place.latitude"),
        (Place("a", 0, 180.0001), "place.longitude"),
        (Place("a", 0, -inf), "place.longitude"),
        (Place("a", 0, nan), "place.longitude"),
        (Place("a", latitude=0), "place.longitude"),
        (Place("a", longitude=0), "place.latitude"),
        (Place("a", latitude=91), "place.latitude"),
    ],
)
def test_a_place_without_a_name_or_not_on_earth_is_refused(place: Place, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_place(place)
    assert refused.value.field == field


@pytest.mark.parametrize("content_type", sorted(PHOTO_TYPES))
@pytest.mark.parametrize("size", [1, MAX_PHOTO_BYTES])
def test_photos_up_to_25_megabytes_are_taken(content_type: str, size: int) -> None:
    check_medium("", content_type, size)


@pytest.mark.parametrize(
    ("content_type", "size", "field"),
    [
        ("image/tiff", 1, "media[3].content_type"),
        ("IMAGE/JPEG", 1, "media[3].content_type"),
        ("text/html", 1, "media[3].content_type"),
        ("image/jpeg", 0, "media[3].bytes"),
        ("image/jpeg", -1, "media[3].bytes"),
        ("image/jpeg", MAX_PHOTO_BYTES + 1, "media[3].bytes"),
    ],
)
def test_other_types_and_sizes_are_refused_by_name(
    content_type: str, size: int, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_medium("media[3].", content_type, size)
    assert refused.value.field == field


def _uploads(*states: MediaState) -> dict[str, Upload]:
    post = samples.post(media=len(states))
    return {
        upload.medium.media_id: replace(upload, medium=replace(upload.medium, state=state))
        for upload, state in zip(samples.uploads(post), states, strict=True)
    }


def test_a_post_shows_its_media_as_the_ledger_has_them_in_their_own_order() -> None:
    post = samples.post(media=3)
    uploads = _uploads(MediaState.READY, MediaState.PROCESSING, MediaState.AWAITING)
    shown = post.with_uploads(dict(reversed(uploads.items())))
    assert [m.state for m in shown.media] == ["ready", "processing", "awaiting"]
    assert [m.media_id for m in shown.media] == [m.media_id for m in post.media]
    assert shown.state is PostState.PENDING


def test_a_medium_the_ledger_has_forgotten_is_shown_as_the_post_has_it() -> None:
    post = samples.post(media=2)
    assert post.with_uploads({}) == post


@pytest.mark.parametrize("state", list(PostState))
def test_one_failed_medium_fails_a_post_that_was_still_to_be_published(state: PostState) -> None:
    post = samples.post(media=2, state=state)
    shown = post.with_uploads(_uploads(MediaState.READY, MediaState.FAILED))
    unfinished = state in (PostState.PENDING, PostState.PROCESSING)
    assert shown.state is (PostState.FAILED if unfinished else state)


def test_an_upload_whose_bytes_never_came_is_shown_as_failed_with_the_reason() -> None:
    (upload,) = samples.uploads(samples.post())
    just_in_time = upload.created_at + OVERDUE
    assert upload.as_of(just_in_time) == upload
    late = upload.as_of(just_in_time + timedelta(milliseconds=1))
    assert late.medium.state is MediaState.FAILED
    assert late.medium.failure == NEVER_ARRIVED


@pytest.mark.parametrize("state", [s for s in MediaState if s is not MediaState.AWAITING])
def test_an_upload_that_came_is_never_shown_as_missing(state: MediaState) -> None:
    (upload,) = _uploads(state).values()
    assert upload.as_of(upload.created_at + timedelta(days=20)) == upload

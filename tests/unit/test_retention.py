"""How long things are kept, against what depends on it."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed.domain.feed import FEED_RETENTION
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME
from shutterfeed.domain.retention import (
    GIVE_UP_AFTER,
    IDEMPOTENCY_RETENTION,
    STORED_UPLOAD_RETENTION,
    UPLOAD_OVERDUE,
    unfollowed_marker_retention,
)
from shutterfeed.schema import MOST_ACTIVE_DAYS


def test_no_link_outlives_the_moment_in_which_bytes_are_given_up() -> None:
    """A creation that is asked for again gives fresh links until its key is forgotten."""
    last_link_ends = IDEMPOTENCY_RETENTION + UPLOAD_LINK_LIFETIME
    assert last_link_ends + ARRIVAL_GRACE <= GIVE_UP_AFTER


def test_nothing_is_overdue_before_a_late_lifecycle_could_have_taken_it() -> None:
    assert timedelta(days=2) <= UPLOAD_OVERDUE - STORED_UPLOAD_RETENTION


def test_an_unfollowing_is_remembered_for_longer_than_anything_of_it_can_be_seen() -> None:
    last_entry = timedelta(days=MOST_ACTIVE_DAYS) + FEED_RETENTION
    assert unfollowed_marker_retention(MOST_ACTIVE_DAYS) >= last_entry + timedelta(days=30)
    assert unfollowed_marker_retention(MOST_ACTIVE_DAYS) == timedelta(days=181)

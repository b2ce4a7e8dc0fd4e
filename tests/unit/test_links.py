"""Links to media: how long they are good for, when they change, and what their token signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.ids import random_id
from shutterfeed.domain.links import (
    PRIVATE,
    PUBLIC,
    SIGNATURE_LENGTH,
    Window,
    signature,
    signed_query,
    signing_key,
)
from shutterfeed.services.links import MediaLinks
from tests.fakes.system import FakeClock

KEY = "k" * 43
BLOB, MEDIUM = random_id(1), random_id(2)
EXPIRY = 1_900_000_000
BLOBS = [random_id(number) for number in range(200)]
INSTANTS = st.integers(1_700_000_000, 2_800_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def _life(window: Window, now: datetime, blob_id: str) -> timedelta:
    return datetime.fromtimestamp(window.expiry(now, blob_id), UTC) - now


@given(INSTANTS, st.sampled_from(BLOBS))
def test_links_to_public_media_are_good_for_one_to_two_days(now: datetime, blob_id: str) -> None:
    assert timedelta(hours=24) < _life(PUBLIC, now, blob_id) <= timedelta(hours=48)


@given(INSTANTS, st.sampled_from(BLOBS))
def test_links_to_private_media_are_good_for_two_hours_at_most(now: datetime, blob_id: str) -> None:
    assert timedelta(minutes=105) < _life(PRIVATE, now, blob_id) <= timedelta(hours=2)


@pytest.mark.parametrize("window", [PUBLIC, PRIVATE])
@given(now=INSTANTS, blob_id=st.sampled_from(BLOBS))
def test_a_link_stays_the_same_for_a_whole_step(
    window: Window, now: datetime, blob_id: str
) -> None:
    expiry = window.expiry(now, blob_id)
    begun = datetime.fromtimestamp(expiry, UTC) - timedelta(seconds=window.lifetime)
    for seconds in (0, 1, window.step - 1):
        assert window.expiry(begun + timedelta(seconds=seconds), blob_id) == expiry
    assert window.expiry(begun + timedelta(seconds=window.step), blob_id) == expiry + window.step


def test_links_to_different_blobs_change_at_different_moments() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    changes = sorted(PUBLIC.expiry(now, blob_id) % 86_400 for blob_id in BLOBS)
    assert len(set(changes)) > len(BLOBS) * 0.9
    # No three hours without a change, and in none many more than their share.
    of_three_hours = [sum(at // 10_800 == part for at in changes) for part in range(8)]
    assert min(of_three_hours) > 10
    assert max(of_three_hours) < 45


def test_a_signature_is_the_one_that_the_edge_computes() -> None:
    """The same as `test_the_edge_takes_what_the_api_signs`, which runs the edge's own code."""
    signed = signature(KEY, BLOB, MEDIUM, EXPIRY)
    assert len(signed) == SIGNATURE_LENGTH
    assert signed == "LyLvdCn_ZQp0lIXi3ndpcj"


@given(
    key=st.sampled_from([KEY, "l" * 43]),
    blob_id=st.sampled_from(BLOBS[:3]),
    media_id=st.sampled_from(BLOBS[3:6]),
    expiry=st.sampled_from([EXPIRY, EXPIRY + 1]),
)
def test_a_signature_is_for_one_medium_of_one_blob_until_one_moment(
    key: str, blob_id: str, media_id: str, expiry: int
) -> None:
    same = (key, blob_id, media_id, expiry) == (KEY, BLOBS[0], BLOBS[3], EXPIRY)
    signed = signature(KEY, BLOBS[0], BLOBS[3], EXPIRY)
    assert (signature(key, blob_id, media_id, expiry) == signed) == same


def test_the_first_of_two_keys_signs() -> None:
    assert signing_key("new,old") == "new"
    assert signing_key("only") == "only"


def test_all_files_of_a_medium_have_the_same_token() -> None:
    links = MediaLinks(base_url="https://x.example/media", key=KEY, clock=FakeClock())
    files = links.of(BLOB, MEDIUM, private=False)
    urls = [urlsplit(files.to(name)) for name in ("640.jpg", "video.mp4")]
    assert [url.path for url in urls] == [f"/media/{BLOB}/640.jpg", f"/media/{BLOB}/video.mp4"]
    assert urls[0].query == urls[1].query
    assert {name: value for name, (value,) in parse_qs(urls[0].query).items()} == {
        "m": MEDIUM,
        "e": str(PUBLIC.expiry(FakeClock().now(), BLOB)),
        "s": signature(KEY, BLOB, MEDIUM, PUBLIC.expiry(FakeClock().now(), BLOB)),
    }


def test_a_link_is_signed_for_the_moment_in_which_it_is_shown() -> None:
    clock = FakeClock()
    links = MediaLinks(base_url="", key=KEY, clock=clock)
    first = links.of(BLOB, MEDIUM, private=True)
    clock.advance(timedelta(seconds=PRIVATE.step))
    assert links.of(BLOB, MEDIUM, private=True) != first
    assert signed_query(KEY, BLOB, MEDIUM, PRIVATE.expiry(clock.now(), BLOB)) == (
        links.of(BLOB, MEDIUM, private=True).query
    )

"""Zoom sizes of media: noted beside the reference of each medium, and ordered once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import NOTHING, Allowance, Spending
from shutterfeed.domain.zooming import Zoom, ZoomState
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

REFERENCE = samples.reference("content", 1)
SECOND = timedelta(seconds=1)


def _spending(tokens: int = 1, holds: int = 2) -> Spending:
    limits = plenty_but(zooms=Allowance(holds, 1))
    return limits.spending(samples.user_id(1), START, zooms=tokens)


def test_nothing_is_known_of_a_medium_that_nobody_refers_to(store: Store) -> None:
    assert store.zooms.get(REFERENCE) is None
    assert not store.zooms.order(REFERENCE, Zoom(), START, _spending())
    store.zooms.complete(REFERENCE, Zoom(ZoomState.MADE, START))
    assert store.zooms.get(REFERENCE) is None
    assert not store.blobs.is_referred_to_by(REFERENCE)


def test_of_two_who_ask_at_once_one_orders_and_is_charged(store: Store) -> None:
    store.blobs.refer(REFERENCE)
    known = store.zooms.get(REFERENCE)
    assert known == Zoom()
    assert store.zooms.order(REFERENCE, known, START, _spending())
    for _ in range(3):
        assert not store.zooms.order(REFERENCE, known, START + SECOND, _spending())
    ordered = store.zooms.get(REFERENCE)
    assert ordered == Zoom(ZoomState.ORDERED, START)
    assert store.zooms.order(REFERENCE, ordered, START + SECOND, _spending())
    assert store.zooms.get(REFERENCE) == Zoom(ZoomState.ORDERED, START + SECOND)


def test_who_has_ordered_too_much_orders_nothing(store: Store) -> None:
    store.blobs.refer(REFERENCE)
    assert store.zooms.order(REFERENCE, Zoom(), START, _spending(tokens=2))
    with pytest.raises(LimitReached):
        store.zooms.order(REFERENCE, Zoom(ZoomState.ORDERED, START), START, _spending())
    assert store.zooms.get(REFERENCE) == Zoom(ZoomState.ORDERED, START)


@pytest.mark.parametrize("state", [ZoomState.MADE, ZoomState.REFUSED])
def test_what_has_become_of_it_is_kept_to_the_microsecond_and_goes_with_the_reference(
    store: Store, state: ZoomState
) -> None:
    other = samples.reference("content", 2)
    for reference in (REFERENCE, other):
        store.blobs.refer(reference)
    at = START + timedelta(microseconds=7)
    store.zooms.complete(REFERENCE, Zoom(state, at))
    assert store.zooms.get(REFERENCE) == Zoom(state, at)
    assert store.zooms.get(other) == Zoom(), "another medium with the same content"
    assert store.zooms.order(REFERENCE, Zoom(state, at), at + SECOND, NOTHING)
    store.blobs.release(REFERENCE)
    assert store.zooms.get(REFERENCE) is None
    store.blobs.refer(REFERENCE)
    assert store.zooms.get(REFERENCE) == Zoom()


def test_a_reference_with_a_zoom_size_is_one_like_any_other(store: Store) -> None:
    blob = store.blobs.claim(REFERENCE.sha256, ulid(START, 1), "image/jpeg", 7)
    store.blobs.refer(REFERENCE)
    store.zooms.complete(REFERENCE, Zoom(ZoomState.MADE, START))
    assert store.blobs.is_shown(blob)
    assert not store.blobs.awaits_rendering(REFERENCE)
    found = store.blobs.references(REFERENCE.sha256, None, 10)
    assert [keys.reference(one) for one in found.items] == [keys.reference(REFERENCE)]

"""Devices that are told of activity, in memory and on DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.devices import MAX_DEVICES
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.retention import DEVICE_RETENTION
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB = samples.user_id(1), samples.user_id(2)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def _endpoints(store: Store, user_id: str = ADA) -> set[str]:
    return {device.endpoint for device in store.devices.of(user_id)}


def test_a_device_is_kept_renewed_and_removed(store: Store) -> None:
    first = samples.device()
    key = keys.device(ADA, first.id)
    assert store.devices.put(first) == first
    assert store.devices.of(ADA) == [first]
    assert store.devices.of(BOB) == []
    assert store.expiry(key) == int((START + DEVICE_RETENTION).timestamp())

    assert store.devices.put(samples.device(at=START + MINUTE)) == first, "renewed just before"
    later = samples.device(at=START + DAY)
    renewed = replace(first, renewed_at=START + DAY)
    assert store.devices.put(later) == renewed
    assert store.devices.of(ADA) == [renewed]
    assert store.expiry(key) == int((START + DAY + DEVICE_RETENTION).timestamp())

    for _ in range(2):
        store.devices.remove(ADA, first.id)
        store.devices.remove(BOB, first.id)
    assert store.devices.of(ADA) == []


def test_a_device_is_forgotten_unless_it_was_renewed_since_it_was_read(store: Store) -> None:
    read = store.devices.put(samples.device())
    renewed = store.devices.put(samples.device(at=START + DAY))
    store.devices.forget(read)
    assert store.devices.of(ADA) == [renewed]
    for _ in range(2):
        store.devices.forget(renewed)
        assert store.devices.of(ADA) == []


def test_a_device_rests_until_it_is_renewed(store: Store) -> None:
    device = store.devices.put(samples.device())
    until = START + MINUTE
    store.devices.rest(ADA, device.id, until)
    assert store.devices.of(ADA) == [replace(device, rests_until=until)]
    store.devices.rest(BOB, device.id, until)
    assert store.devices.of(BOB) == [], "there is none"
    store.devices.put(samples.device(at=START + DAY))
    assert store.devices.of(ADA)[0].rests_until is None


def test_the_eleventh_device_takes_the_place_of_the_one_renewed_first(store: Store) -> None:
    for number in range(MAX_DEVICES):
        store.devices.put(samples.device(1, number, START + number * MINUTE))
    store.devices.put(samples.device(1, 0, START + DAY))
    store.devices.put(samples.device(1, MAX_DEVICES, START + DAY + MINUTE))
    kept = {0, *range(2, MAX_DEVICES + 1)}
    assert _endpoints(store) == {samples.endpoint(number) for number in kept}


def test_devices_are_limited_and_repetitions_are_free(store: Store) -> None:
    spending = plenty_but(changes=Allowance(1, 60)).spending(ADA, START, changes=1)
    for _ in range(2):
        store.devices.put(samples.device(), spending)
    with pytest.raises(LimitReached):
        store.devices.put(samples.device(1, 2), spending)
    assert _endpoints(store) == {samples.endpoint()}

"""Which devices may subscribe: endpoints and keys come from strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.devices import (
    MAX_DEVICES,
    RENEWED_AFTER,
    Device,
    PushServices,
    decoded,
    device_id,
    encoded,
    is_point,
    surplus,
)
from shutterfeed.domain.errors import Conflict, InvalidInput
from tests import samples

SERVICES = PushServices(samples.PUSH_SERVICES)
DEVICE = samples.device()


def _at(endpoint: str) -> Device:
    return replace(DEVICE, endpoint=endpoint, id=device_id(endpoint))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example.com/",
        "https://push.example.com/send/c1-e2:A_b?x=1",
        "https://eu.notify.example.com/w/?token=x",
    ],
)
def test_devices_of_known_push_services_are_taken(endpoint: str) -> None:
    SERVICES.check(_at(endpoint))


@pytest.mark.parametrize(
    "endpoint",
    [
        # Nothing but the known names is ever called.
        "https://example.com/",
        "https://evil-push.example.com/",
        "https://push.example.com.evil.org/",
        "https://notify.example.com/",
        "https://xnotify.example.com/",
        "https://push.example.com:8443/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://localhost/",
        "https://metadata.internal/",
    ],
)
def test_no_other_host_is_called(endpoint: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        SERVICES.check(_at(endpoint))
    assert refusal.value.code == "unknown_push_service"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://push.example.com/",
        "https://push.example.com",
        "https://ada@push.example.com/",
        "https://push.example.com@evil.org/",
        "https://evil.org\\@push.example.com/",
        "https://[::1]/",
        "https://PUSH.example.com/",
        "https://push.example.com/a b",
        "https://push.example.com/\r\nX: y",
        "https://push.example.com/" + "x" * 1000,
    ],
)
def test_what_is_no_plain_https_address_is_refused(endpoint: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        SERVICES.check(_at(endpoint))
    assert (refusal.value.code, refusal.value.field) == ("invalid_endpoint", "endpoint")


def test_the_id_is_made_from_the_endpoint() -> None:
    assert len(DEVICE.id) == 22
    with pytest.raises(InvalidInput) as refusal:
        SERVICES.check(replace(DEVICE, id=device_id("https://push.example.com/other")))
    assert refusal.value.code == "wrong_subscription_id"


def test_a_key_has_to_be_a_point_of_the_curve() -> None:
    point = decoded(samples.P256DH)
    assert is_point(point)
    assert not is_point(point[:-1])
    assert not is_point(b"\x02" + point[1:])
    assert not is_point(point[:-1] + bytes([point[-1] ^ 1]))
    assert not is_point(b"\x04" + bytes(64)), "the origin"
    for key in ("", "A" * 87, encoded(point[:-1] + bytes([point[-1] ^ 1]))):
        with pytest.raises(InvalidInput) as refusal:
            SERVICES.check(replace(DEVICE, p256dh=key))
        assert refusal.value.field == "p256dh"
    for auth in ("", "A" * 21, "A" * 24, "=" * 22):
        with pytest.raises(InvalidInput) as refusal:
            SERVICES.check(replace(DEVICE, auth=auth))
        assert refusal.value.field == "auth"


@pytest.mark.parametrize("text", ["", "off"])
def test_without_push_services_no_device_is_taken(text: str) -> None:
    with pytest.raises(Conflict) as refusal:
        PushServices.parse(text).check(DEVICE)
    assert refusal.value.code == "push_is_off"


def test_services_are_read_from_the_setting() -> None:
    assert PushServices.parse(",".join(samples.PUSH_SERVICES)) == SERVICES


def test_those_that_were_renewed_first_are_too_many() -> None:
    minute = timedelta(minutes=1)
    devices = [samples.device(1, n, samples.START + n * minute) for n in range(MAX_DEVICES + 2)]
    assert surplus(devices[:MAX_DEVICES]) == []
    assert {device.endpoint for device in surplus(devices)} == {samples.endpoint(n) for n in (0, 1)}


def test_a_device_is_stored_again_once_a_day_or_if_it_changed() -> None:
    assert not replace(DEVICE, renewed_at=DEVICE.renewed_at + timedelta(hours=23)).renews(DEVICE)
    assert replace(DEVICE, renewed_at=DEVICE.renewed_at + RENEWED_AFTER).renews(DEVICE)
    assert replace(DEVICE, auth="B" * 22).renews(DEVICE)
    assert replace(DEVICE, session_began=DEVICE.session_began + RENEWED_AFTER).renews(DEVICE)

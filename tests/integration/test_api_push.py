"""Push subscriptions over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shutterfeed.bootstrap import push
from shutterfeed.domain.devices import Device
from shutterfeed.domain.pushes import PushAnswer, PushOutcome
from tests import samples
from tests.fakes.pushes import FakePushSender
from tests.integration.client import Answer, Client
from tests.integration.conftest import forget_services
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person, World
from tests.pictures import jpeg

PATH = "/me/push-subscriptions"
KEYS = {"p256dh": samples.P256DH, "auth": samples.AUTH}


def _put(client: Client, person: Person, device: Device, **other: Any) -> Answer:
    body = {"endpoint": device.endpoint, **KEYS, **other}
    return client.request("PUT", f"{PATH}/{device.id}", person, body=body)


def test_a_device_is_subscribed_listed_and_removed(
    client: Client, tables: World, ada: Person, ben: Person
) -> None:
    one, two = samples.device(), samples.device(1, 2)
    first = _put(client, ada, one)
    assert (first.status, first.json["service"]) == (200, "push.example.com")
    assert _put(client, ada, one).json == first.json
    tables.clock.advance(timedelta(hours=1))
    second = _put(client, ada, two)
    listed = client.get(PATH, ada)
    assert listed.json["items"] == [second.json, first.json]
    # Whoever has the address may push to the device.
    assert "/send/" not in listed.text
    assert client.get(PATH, ben).json["items"] == []
    assert client.delete(f"{PATH}/{one.id}", ben).status == 204
    for _ in range(2):
        assert client.delete(f"{PATH}/{one.id}", ada).status == 204
    assert [item["id"] for item in client.get(PATH, ada).json["items"]] == [two.id]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"endpoint": "https://169.254.169.254/"}, ("unknown_push_service", "endpoint")),
        ({"endpoint": "https://push.example.com/other"}, ("wrong_subscription_id", "endpoint")),
        ({"p256dh": "A" * 87}, ("invalid_push_key", "p256dh")),
    ],
)
def test_what_is_no_device_is_refused(
    client: Client, ada: Person, body: dict[str, str], error: tuple[str, str]
) -> None:
    assert _put(client, ada, samples.device(), **body).error == error
    assert client.get(PATH, ada).json["items"] == []


def test_a_text_that_is_no_id_is_not_found(client: Client, ada: Person) -> None:
    answer = client.delete(f"{PATH}/other", ada)
    assert (answer.status, answer.error[0]) == (404, "push_subscription_not_found")


def test_a_service_without_keys_takes_no_device(
    client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(client, ada, samples.device())
    monkeypatch.setenv("PUSH_SERVICES", "off")
    forget_services()
    answer = _put(client, ada, samples.device())
    assert (answer.status, answer.json["error"]["code"]) == (409, "push_is_off")
    assert len(client.get(PATH, ada).json["items"]) == 1
    assert client.delete(f"{PATH}/{samples.device().id}", ada).status == 204


def test_a_like_is_told_to_the_device_of_the_author(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = FakePushSender()
    monkeypatch.setattr(push, "HttpPushSender", lambda *_: sender)
    forget_services()
    post_id = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)])
    client.session_began = pipeline.world.clock.instant
    _put(client, ada, samples.device())
    client.put(f"/posts/{post_id}/like", ben)
    pipeline.world.clock.advance(timedelta(seconds=6))
    pipeline.run()
    (told,) = sender.told()
    assert (told["kind"], told["count"]) == ("like", 1)
    pipeline.world.clock.advance(timedelta(seconds=6))
    (group,) = client.get("/me/activity", ada).json["items"]
    assert group["id"] == told["id"]
    sender.answers[samples.endpoint()] = PushAnswer(PushOutcome.GONE)
    client.put("/me/following/" + client.handle(ada), ben)
    pipeline.world.clock.advance(timedelta(seconds=6))
    pipeline.run()
    assert client.get(PATH, ada).json["items"] == []

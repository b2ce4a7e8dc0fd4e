"""What the functions log of what happens: enough to know who did what, and no secrets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from api.handler import handler
from route_changes.handler import handler as route_changes
from tests.integration import payloads
from tests.integration.client import Client
from tests.integration.conftest import Logs
from tests.integration.pipeline import WORKERS, Pipeline
from tests.integration.publishing import publish
from tests.integration.world import Person
from tests.pictures import jpeg

LINK = "https://b.s3.amazonaws.com/uploads/x?X-Amz-Signature=abc"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
CAPTION = "Only for those who follow me"
SECRETS = {
    "a token": re.compile(r"eyJ[\w-]+\.[\w.-]+|Bearer|eyJ"),
    "a link": re.compile(r"https?://[^\s\"/]+/(?!…)|X-Amz-|Signature="),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a caption": re.compile(CAPTION),
}


def test_no_line_of_any_function_has_a_secret(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, logs: Logs
) -> None:
    client.patch("/me", ada, {"handle": "ada"})
    client.patch("/me", ben, {"handle": "ben", "bio": "ben@example.com"})
    client.put("/me/following/ada", ben)
    client.get("/feed", ben)
    post_id = publish(client, pipeline, ada, [jpeg(16, 16)], caption=CAPTION)
    (medium,) = client.get(f"/posts/{post_id}", ben).json["media"]
    client.get(f"/me/uploads/{medium['id']}/original", ada)
    client.patch(f"/posts/{post_id}", ada, {"caption": f"{CAPTION}!", "nonsense": CAPTION})
    client.get("/search", ben, q="ben@example.com")
    client.delete(f"/posts/{post_id}", ada)
    pipeline.run()
    lines = logs.stream.getvalue()
    assert len(lines.splitlines()) > 20
    for what, pattern in SECRETS.items():
        found = pattern.search(lines)
        assert found is None, f"{what}: {lines[max(0, found.start() - 200) : found.end()]}"


def test_a_failure_of_ours_does_not_tell_them_either(
    client: Client, ada: Person, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"{LINK} {TOKEN} of ada@example.com")

    monkeypatch.setattr("shutterfeed.services.profiles.ProfileService.me", broken)
    assert client.get("/me", ada).status == 500
    (entry,) = logs.entries
    assert entry["exception_name"] == "RuntimeError"
    for pattern in SECRETS.values():
        assert not pattern.search(json.dumps(entry, ensure_ascii=False))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("queue", [*WORKERS, "stream"])
def test_no_worker_tells_them_when_aws_says_them_in_an_error(
    logs: Logs, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    name = "stream/post_published" if queue == "stream" else f"sqs/{queue.replace('-', '_')}"
    event = payloads.sample(name)

    def fail(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url=f"{LINK} {TOKEN} of ada@example.com")

    monkeypatch.setattr(BaseClient, "_make_api_call", fail)
    worker = route_changes if queue == "stream" else WORKERS[queue]
    assert worker(event, payloads.context())["batchItemFailures"]
    failed = [entry for entry in logs.entries if entry["level"] == "ERROR"]
    assert failed
    for pattern in SECRETS.values():
        assert not pattern.search(logs.stream.getvalue())


def _write(person: Person, **headers: str) -> dict[str, Any]:
    claims = payloads.access_claims(person.subject)
    body = json.dumps({"bio": "x"})
    return payloads.http_event("PATCH", "/me", claims=claims, body=body, headers=headers)


@pytest.mark.parametrize(
    ("header", "forwarded_for"),
    [
        ("203.0.113.7", None),
        ("198.51.100.9, 203.0.113.7", "198.51.100.9"),
        ("10.0.0.1, 2001:db8::1, 203.0.113.7", "2001:db8::1"),
        ("<script>, 203.0.113.7", None),
        ("", None),
    ],
)
def test_a_write_is_told_with_who_asked_for_it_and_from_where(
    client: Client, ada: Person, logs: Logs, header: str, forwarded_for: str | None
) -> None:
    handler(_write(ada, **{"X-Forwarded-For": header}), payloads.context())
    (entry,) = logs.entries
    assert (entry["method"], entry["route"], entry["status"]) == ("PATCH", "/me", 200)
    assert entry["user_id"] == ada.user_id
    assert (entry["address"], entry.get("forwarded_for")) == ("203.0.113.7", forwarded_for)
    assert ada.subject not in logs.stream.getvalue()


def test_a_write_is_told_with_what_it_was_about(client: Client, ada: Person, logs: Logs) -> None:
    client.put("/me/following/nobody.there", ada)
    client.put(f"/me/following/{'x' * 3000}", ada)
    first, second = logs.entries
    assert first["subject"] == {"handle": "nobody.there"}
    assert len(second["subject"]["handle"]) < 200


def test_a_write_that_nobody_may_make_is_told_too(client: Client, logs: Logs) -> None:
    client.request("PATCH", "/me", body={})
    (entry,) = logs.entries
    assert (entry["status"], entry["address"]) == (401, "203.0.113.7")
    assert "user_id" not in entry


def test_reading_leaves_no_trace_of_who_read(client: Client, ada: Person, logs: Logs) -> None:
    client.get("/me", ada)
    client.get("/users/nobody", ada)
    for entry in logs.entries:
        assert not {"user_id", "address", "forwarded_for"} & entry.keys()

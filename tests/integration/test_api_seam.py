"""What holds for every route: who is let in, how requests and errors look."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from shutterfeed.domain.errors import Busy
from tests.integration import contract, payloads
from tests.integration.client import Client, draft
from tests.integration.conftest import Logs
from tests.integration.world import Person

SUBJECT = "7f3e9a52-1c4d-4b8e-9f60-2a5d8c1e7b34"
PROTECTED = [(m, p) for m, p, operation in contract.operations() if operation["security"]]
BODIES = [(m, p) for m, p, operation in contract.operations() if "requestBody" in operation]


def _concrete(path: str) -> str:
    return re.sub(r"{\w+}", "someone", path)


def _allowed(person: Person) -> Mapping[str, str]:
    """Claims with which a person may call every route, those for moderators too."""
    return payloads.moderator_claims(person.subject)


def test_health_is_open(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "/feed"),
        ("GET", "/"),
        ("GET", "/users/"),
    ],
)
def test_unknown_routes_say_so(client: Client, ada: Person, method: str, path: str) -> None:
    answer = client.request(method, path, ada)
    assert answer.status == 404
    assert answer.error == ("route_not_found", None)


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_no_protected_route_answers_without_a_token(client: Client, method: str, path: str) -> None:
    answer = client.request(method, _concrete(path), body={})
    assert answer.status == 401
    assert answer.error == ("unauthenticated", None)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        payloads.id_claims(SUBJECT),
        {**payloads.access_claims(SUBJECT), "token_use": "refresh"},
        {k: v for k, v in payloads.access_claims(SUBJECT).items() if k != "token_use"},
        {k: v for k, v in payloads.access_claims(SUBJECT).items() if k != "sub"},
        payloads.access_claims("not-a-uuid"),
        payloads.access_claims(""),
    ],
    ids=["none", "id token", "refresh", "no use", "no subject", "odd subject", "empty subject"],
)
def test_claims_that_are_not_an_access_tokens_are_refused(
    client: Client, claims: Mapping[str, Any]
) -> None:
    for method, path in (("GET", "/me"), ("GET", "/feed"), ("DELETE", "/posts/someone")):
        answer = client.request(method, path, claims=claims)
        assert answer.status == 401
        assert answer.error == ("unauthenticated", None)


@pytest.mark.parametrize("text", [None, "", "{", "{'a': 1}", '{"', "\x00", '"\\ud800'])
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_malformed_json_is_refused(
    client: Client, ada: Person, method: str, path: str, text: str | None
) -> None:
    headers = {"Idempotency-Key": "key"}
    answer = client.request(
        method, _concrete(path), claims=_allowed(ada), text=text, headers=headers
    )
    assert answer.status == 400
    assert answer.error == ("malformed_json", None)


@pytest.mark.parametrize("text", ["null", "[]", "1", '"text"'])
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_must_be_an_object(
    client: Client, ada: Person, method: str, path: str, text: str
) -> None:
    answer = client.request(method, _concrete(path), claims=_allowed(ada), text=text)
    assert answer.status == 400
    assert answer.error == ("invalid_body", None)


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_unknown_fields_are_refused(client: Client, ada: Person, method: str, path: str) -> None:
    answer = client.request(method, _concrete(path), claims=_allowed(ada), body={"captoin": "x"})
    assert answer.status == 400
    assert answer.error == ("invalid_body", "captoin")


def test_a_nested_field_is_named_by_its_path(client: Client, ada: Person) -> None:
    media = [*draft()["media"], {**draft()["media"][0], "bytes": "12"}]
    assert client.create_post(ada, {"media": media}).error == ("invalid_body", "media[1].bytes")
    unknown = {**draft()["media"][0], "name": "a.jpg"}
    assert client.create_post(ada, {"media": [unknown]}).error == (
        "invalid_body",
        "media[0].name",
    )
    del media[0]["sha256"]
    assert client.create_post(ada, {"media": media}).error == ("invalid_body", "media[0].sha256")


def test_a_body_may_come_in_base64(client: Client, ada: Person) -> None:
    event = payloads.http_event("PATCH", "/me", claims=payloads.access_claims(ada.subject))
    event["body"] = base64.b64encode(json.dumps({"bio": "Größe"}).encode()).decode()
    event["isBase64Encoded"] = True
    assert client.send(event).json["bio"] == "Größe"

    event["body"] = base64.b64encode(b"\xff\xfe").decode()
    assert client.send(event).error == ("malformed_json", None)
    event["body"] = "no base64!"
    assert client.send(event).error == ("malformed_json", None)


def test_long_answers_are_compressed_for_those_who_can_read_that(
    client: Client, ada: Person
) -> None:
    plainly, packed = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "br, gzip"}
    client.create_post(ada, draft([b"one", b"two", b"three"]))
    short = client.request("GET", "/me", ada, headers=packed)
    plain = client.request("GET", "/me/uploads", ada, headers=plainly)
    long = client.request("GET", "/me/uploads", ada, headers=packed)
    assert long.headers["Content-Encoding"] == "gzip"
    assert long.text == plain.text
    for answer in (short, plain):
        assert "Content-Encoding" not in answer.headers


def test_every_answer_forbids_caching_and_sniffing(client: Client, ada: Person) -> None:
    client.handle(ada)
    for answer in (
        client.get("/health"),
        client.get("/me", ada),
        client.get("/me"),
        client.get("/users/nobody", ada),
        client.get("/nowhere", ada),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_error_of_ours_shows_nothing_of_its_inside(
    client: Client, ada: Person, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("table metadata-secret-name is gone")

    monkeypatch.setattr("shutterfeed.services.profiles.ProfileService.me", broken)
    answer = client.get("/me", ada)
    assert answer.status == 500
    assert answer.error == ("internal_error", None)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (entry,) = [entry for entry in logs.entries if entry["level"] == "ERROR"]
    assert entry["exception_name"] == "RuntimeError"
    assert "metadata-secret-name" in entry["exception"]


@pytest.mark.parametrize("text", ["x" * 5_000, "\u202egpj.exe", "a\u0085b\u200bc"])
def test_errors_repeat_little_of_what_was_sent(client: Client, ada: Person, text: str) -> None:
    answers = (
        client.patch("/me", ada, {text: 1}),
        client.get(f"/users/{text}", ada),
        client.get("/search", ada, q="sea", type=text),
        client.get("/feed", ada, limit=text),
        client.request("POST", "/posts", ada, body={"media": [{text: 1}]}),
        client.patch(f"/posts/{text}", ada, {"alt_texts": {text: "x"}}),
    )
    for answer in answers:
        detail = answer.json["error"]
        assert answer.status in (400, 404)
        assert len(detail["message"]) <= 401
        assert len(detail["field"] or "") <= 101
        assert (detail["message"] + (detail["field"] or "")).isprintable()


def test_missing_settings_are_an_error_of_ours_too(
    client: Client, ada: Person, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEED_TABLE")
    answer = client.get("/feed", ada)
    assert answer.status == 500
    assert "FEED_TABLE" not in answer.text
    assert any("FEED_TABLE" in entry.get("exception", "") for entry in logs.entries)


def test_too_many_concurrent_changes_may_be_tried_again(
    client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Busy

    monkeypatch.setattr("shutterfeed.services.profiles.ProfileService.me", busy)
    answer = client.get("/me", ada)
    assert answer.status == 503
    assert answer.error == ("busy", None)


@pytest.mark.parametrize("request_id", ["Zk3XyhYpFiAEPbg=", "another="])
def test_every_request_is_one_line_with_its_correlation_id(
    client: Client, ada: Person, logs: Logs, request_id: str
) -> None:
    for path in ("/me", "/users/nobody", "/nowhere"):
        event = payloads.http_event("GET", path, claims=payloads.access_claims(ada.subject))
        event["requestContext"]["requestId"] = request_id
        client.send(event)
    assert [(e["message"], e["status"], e["correlation_id"]) for e in logs.entries] == [
        ("request", 200, request_id),
        ("request", 404, request_id),
        ("request", 404, request_id),
    ]


def test_a_failed_request_is_one_line_too(
    client: Client, ada: Person, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("shutterfeed.services.profiles.ProfileService.me", broken)
    client.get("/me", ada)
    (entry,) = logs.entries
    assert (entry["level"], entry["status"], entry["route"]) == ("ERROR", 500, "/me")


def test_the_feeds_latency_is_a_metric(
    client: Client, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/feed", ada)
    (line,) = capsys.readouterr().out.splitlines()
    metric = json.loads(line)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Shutterfeed"
    assert directive["Metrics"] == [{"Name": "FeedLatency", "Unit": "Milliseconds"}]
    assert metric["FeedLatency"][0] > 0
    client.get("/me", ada)
    assert capsys.readouterr().out == "", "no metric where there is none to report"

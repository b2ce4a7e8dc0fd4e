"""What is sent to OpenSearch and made of its answers; the contract tests use a real node."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from shutterfeed.adapters.search.opensearch_client import admit_reader, connect
from shutterfeed.adapters.search.opensearch_index import ALIAS, OpenSearchWriter
from shutterfeed.domain.search import Gone, post_document
from tests import samples
from tests.contract.test_search import AUTHOR, shown

POSTS = [shown(number, f"caption {number}") for number in range(3)]
DOCUMENTS = [post_document(post.id, post, AUTHOR) for post in POSTS]


@dataclass
class FakeClient:
    """Answers bulk requests with the statuses it is told, by document, one after another."""

    statuses: dict[str, list[int]] = field(default_factory=dict)
    sent: list[list[dict[str, Any]]] = field(default_factory=list)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)

    def bulk(self, body: list[dict[str, Any]], params: dict[str, str]) -> dict[str, Any]:
        assert params["require_alias"] == "true"
        abouts = [about for line in body for about in line.values() if _is_about(about)]
        self.sent.append(abouts)
        return {"items": [self._item(about) for about in abouts]}

    def _item(self, about: dict[str, Any]) -> dict[str, Any]:
        left = self.statuses.get(about["_id"], [])
        status = left.pop(0) if left else 200
        # 404 is a deletion's answer where there was nothing.
        kind = {"result": "not_found"} if status == 404 else {"error": f"status {status}"}
        return {"index": {"_id": about["_id"], "status": status, **kind}}

    @property
    def transport(self) -> FakeClient:
        return self

    def perform_request(self, method: str, url: str, body: Any) -> None:
        self.requests.append((method, url, body))


def _is_about(value: object) -> bool:
    return isinstance(value, dict) and "_id" in value


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def _apply(client: Any, *documents: Any) -> dict[Any, str]:
    return OpenSearchWriter(client, ALIAS).apply(documents or DOCUMENTS)


def test_one_request_has_all_documents_with_their_versions() -> None:
    client = FakeClient()
    assert _apply(client, DOCUMENTS[0], Gone(samples.user_id(7), 12)) == {}
    (abouts,) = client.sent
    assert [(a["version"], a["version_type"]) for a in abouts] == [
        (1, "external_gte"),
        (12, "external_gte"),
    ]


def test_what_is_newer_or_not_there_is_no_failure() -> None:
    client = FakeClient({str(POSTS[0].id): [409], str(POSTS[1].id): [404]})
    assert _apply(client) == {}
    assert len(client.sent) == 1


def test_only_what_was_refused_for_being_busy_is_sent_again() -> None:
    busy = str(POSTS[1].id)
    client = FakeClient({busy: [429, 503, 200]})
    assert _apply(client) == {}
    assert [len(abouts) for abouts in client.sent] == [3, 1, 1]
    assert client.sent[1][0]["_id"] == busy


def test_what_stays_refused_fails_alone() -> None:
    client = FakeClient({str(POSTS[0].id): [429] * 9, str(POSTS[2].id): [400]})
    failures = _apply(client)
    assert failures == {POSTS[0].id: "status 429", POSTS[2].id: "status 400"}


def test_the_reader_may_read_the_index_and_nothing_else() -> None:
    client: Any = FakeClient()
    admit_reader(client, "arn:aws:iam::1:role/api", f"{ALIAS}*")
    (role, mapping) = client.requests
    assert role[:2] == ("PUT", "/_plugins/_security/api/roles/shutterfeed_reader")
    (rights,) = role[2]["index_permissions"]
    assert rights == {"index_patterns": [f"{ALIAS}*"], "allowed_actions": ["read"]}
    assert mapping[2] == {"backend_roles": ["arn:aws:iam::1:role/api"]}


def test_requests_are_signed_as_the_functions_role() -> None:
    client = connect("https://search.example.com")
    (connection,) = client.transport.connection_pool.connections
    signer = connection.http_auth
    headers = signer("POST", "https://search.example.com/x/_search", json.dumps({}), {})
    assert "/eu-central-1/es/aws4_request" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "testing"
    assert connection.use_ssl

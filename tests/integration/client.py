"""A client of the API whose requests go straight into the handler."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.handler import handler
from api.http import PREFIX
from tests.integration import contract, payloads
from tests.integration.rights import held_against
from tests.integration.world import Person

_TOKEN = re.compile(r"&e=\d+&s=[\w-]{22}")


def tokenless(body: Any) -> Any:
    """A body without the tokens of links to media, which change as time goes by."""
    return json.loads(_TOKEN.sub("", json.dumps(body)))


def listed(post: Any) -> Any:
    """A post that was read by its id, as every other answer shows it: without comments."""
    return post | {"first_comments": None}


def for_strangers(post: Any) -> Any:
    """A post, as it is shown to people who are not signed in: they cannot comment."""
    return listed(post) | {"can_comment": False}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> tuple[str, str | None]:
        """An error's code and the field it names."""
        detail = self.json["error"]
        assert detail["message"], "an error says what is wrong"
        return detail["code"], detail["field"]


@dataclass(slots=True)
class Client:
    """Every answer is held against the OpenAPI document."""

    requests: int = 0
    session_began: datetime = payloads.SESSION_BEGAN

    def request(
        self,
        method: str,
        path: str,
        person: Person | None = None,
        *,
        body: Any = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Make a request as `person` with an access token, or with the given claims. `text` is sent
        as the body, unchanged."""
        if claims is None and person is not None:
            claims = payloads.access_claims(person.subject, self.session_began)
        event = payloads.http_event(
            method,
            path,
            claims=claims,
            body=json.dumps(body) if body is not None else text,
            headers=headers,
            query=query,
        )
        return self.send(event)

    def send(self, event: payloads.Event) -> Answer:
        self.requests += 1
        with held_against("api"):
            response = handler(event, payloads.context(self.requests))
        http = event["requestContext"]["http"]
        body = response.get("body") or ""
        if response.get("isBase64Encoded"):
            body = gzip.decompress(base64.b64decode(body)).decode()
        answer = Answer(response["statusCode"], response["headers"], body)
        if http["method"] != "HEAD":  # whose answers are those of GET without their bodies
            _hold_to_contract(http["method"], http["path"].removeprefix(PREFIX), answer)
        return answer

    def get(self, path: str, person: Person | None = None, **query: str) -> Answer:
        return self.request("GET", path, person, query=query)

    def patch(self, path: str, person: Person, body: Any) -> Answer:
        return self.request("PATCH", path, person, body=body)

    def put(self, path: str, person: Person, **query: str) -> Answer:
        return self.request("PUT", path, person, query=query)

    def delete(self, path: str, person: Person) -> Answer:
        return self.request("DELETE", path, person)

    def create_post(self, person: Person, body: Any, key: str = "key-1") -> Answer:
        headers = {"Idempotency-Key": key}
        return self.request("POST", "/posts", person, body=body, headers=headers)

    def handle(self, person: Person) -> str:
        """The person's handle. Their profile is made if there is none."""
        found: str = self.get("/me", person).json["handle"]
        return found

    def all_pages(self, path: str, person: Person, limit: int) -> list[Any]:
        """Every entry of a list, page by page."""
        entries: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, person, limit=str(limit), **cursor).json
            assert len(page["items"]) <= limit
            entries += page["items"]
            if page["next_cursor"] is None:
                return entries
            cursor = {"cursor": page["next_cursor"]}


def declared(content: bytes, content_type: str = "image/jpeg") -> dict[str, Any]:
    """A file as `POST /posts` wants it declared."""
    digest = hashlib.sha256(content).hexdigest()
    return {"content_type": content_type, "bytes": len(content), "sha256": digest}


def draft(contents: Sequence[bytes] = (b"bytes",), **fields: Any) -> dict[str, Any]:
    """The body of `POST /posts` for JPEGs with these bytes."""
    return {"media": [declared(content) for content in contents], **fields}


def _hold_to_contract(method: str, path: str, answer: Answer) -> None:
    operation = contract.operation_for(method, path)
    if operation is None:
        assert answer.status == 404, f"{method} {path} is not documented"
        return
    is_json = answer.headers.get("Content-Type") == "application/json"
    body = answer.json if is_json and answer.text else None
    found = contract.violations(operation, answer.status, body)
    assert not found, f"{method} {path} -> {answer.status}: {found}"

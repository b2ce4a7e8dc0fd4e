"""The sample payloads in `events/`, and events of the same shapes with other contents."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from aws_lambda_powertools.utilities.typing import LambdaContext

from api.http import PREFIX

EVENTS: Final = Path(__file__).parents[2] / "events"
SCOPE: Final = "shutterfeed/use"

SESSION_BEGAN: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)

Event = dict[str, Any]


def sample(name: str) -> Event:
    """A file of `events/` by its path there, without the ending."""
    event: Event = json.loads(_text(name))
    return event


@cache
def _text(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text()


def sample_names(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.stem}" for path in (EVENTS / folder).glob("*.json"))


def context(request_number: int = 1) -> LambdaContext:
    """What the runtime tells a function about its invocation."""
    made = LambdaContext()
    made._function_name = "test"
    made._memory_limit_in_mb = 128
    made._invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:test"
    made._aws_request_id = f"00000000-0000-4000-8000-{request_number:012}"
    return made


def access_claims(subject: str, began_at: datetime = SESSION_BEGAN) -> dict[str, str]:
    """The claims of an access token, as the authorizer hands them on; of a session that began
    then."""
    claims: dict[str, str] = _authorizer(sample("api/get_me"))["claims"]
    began = {"auth_time": str(int(began_at.timestamp()))}
    return {**claims, **began, "sub": subject, "username": subject}


def moderator_claims(subject: str, began_at: datetime = SESSION_BEGAN) -> dict[str, str]:
    """The claims of an access token of a moderator."""
    return {**access_claims(subject, began_at), "cognito:groups": "[moderators]"}


def id_claims(subject: str) -> dict[str, str]:
    """The claims of the same person's id token."""
    return {
        **access_claims(subject),
        "token_use": "id",
        "aud": "4a1b2c3d4e5f6g7h8i9j0k1l2m",
        "email": "ada@example.com",
    }


def http_event(
    method: str,
    path: str,
    *,
    claims: Mapping[str, Any] | None = None,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Event:
    """A request to the HTTP API, payload format 2.0; without claims there is no authorizer."""
    event = sample("api/get_me")
    context = event["requestContext"]
    event["rawPath"] = context["http"]["path"] = PREFIX + path
    context["http"]["method"] = method
    context["routeKey"] = event["routeKey"] = f"{method} {PREFIX}{path}"
    event["rawQueryString"] = urlencode(query or {})
    if query:
        event["queryStringParameters"] = dict(query)
    event["headers"] |= {name.lower(): value for name, value in (headers or {}).items()}
    if claims is None:
        del context["authorizer"]
    else:
        _authorizer(event)["claims"] = dict(claims)
    if body is not None:
        event["body"] = body
        event["headers"] |= {"content-type": "application/json", "content-length": str(len(body))}
    return event


def sqs_event(bodies: Sequence[str], queue: str = "test") -> Event:
    """A batch of a queue; message ids say the place in the batch: `message-0` and on."""
    record = sample("sqs/render")["Records"][0]
    return {
        "Records": [
            {
                **copy.deepcopy(record),
                "messageId": f"message-{index}",
                "body": body,
                "md5OfBody": hashlib.md5(body.encode()).hexdigest(),
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
            }
            for index, body in enumerate(bodies)
        ]
    }


def landed(*keys: str) -> str:
    """S3's notification of objects created, as the body of a message; keys come URL-encoded."""
    record = json.loads(sample("sqs/ingest")["Records"][0]["body"])["Records"][0]
    records = []
    for key in keys:
        one = copy.deepcopy(record)
        one["s3"]["object"]["key"] = key
        records.append(one)
    return json.dumps({"Records": records})


def message(kind: str, **fields: Any) -> str:
    """A message between workers, as it stands on a queue."""
    return json.dumps({"kind": kind, "message": fields})


def _authorizer(event: Event) -> dict[str, Any]:
    jwt: dict[str, Any] = event["requestContext"]["authorizer"]["jwt"]
    return jwt

"""The API's handler in this process, on a copy of what a deployed stack holds.

Over HTTP a request takes several times as long, for the sake of the gateway and the servers behind
it. The handler is the same one, and has the function's own settings; the tables are moto's.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from moto import mock_aws

from api.handler import handler
from shutterfeed.bootstrap import aws as composed
from tests import in_turn
from tests.e2e.conftest import Deployment
from tests.integration import payloads
from tests.integration.conftest import forget_services
from tests.integration.rights import held_against
from tests.integration.world import FEED, METADATA, ORIGINALS, SEARCH, Person, World, aws
from tests.visibility.asking import Request
from tests.visibility.judging import Answer
from tools import names, templates
from tools.deploy import LocalAws

Claims = Mapping[str, str]
_TABLES = {"METADATA_TABLE": METADATA, "FEED_TABLE": FEED, "SEARCH_TARGET": SEARCH}


@contextmanager
def copied(stack: Deployment, everybody: Sequence[Claims]) -> Iterator[None]:
    """Let `answered` answer from a copy of tables and originals as they are now. Everybody who asks
    has an account there."""
    settings, items = _held(stack)
    originals = _files(stack, settings["ORIGINALS_BUCKET"])
    world = World()
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        world.create_tables()
        world.create_storage()
        world.create_site()
        world.create_accounts(*(Person(claims["sub"]) for claims in everybody))
        for table, held in items.items():
            for item in held:
                aws("dynamodb").put_item(TableName=table, Item=item)
        for key, content in originals.items():
            aws("s3").put_object(Bucket=ORIGINALS, Key=key, Body=content)
        # The names of what is there are those of the copy; how the function behaves is its own.
        for name, value in {**settings, **_names(world)}.items():
            patch.setenv(name, value)
        patch.setattr(composed, "client", world.client)
        for replaced in in_turn.pools():
            patch.setattr(*replaced)
        forget_services()
        yield
        forget_services()


def _held(stack: Deployment) -> tuple[dict[str, str], dict[str, list[dict[str, Any]]]]:
    """The function's settings, and the items of all its tables, by the names of the copies."""
    client = LocalAws(stack.endpoint).client
    function = names.function(templates.LOCAL_STAGE, "api")
    configured = client("lambda").get_function_configuration(FunctionName=function)
    settings: dict[str, str] = configured["Environment"]["Variables"]
    scan = client("dynamodb").get_paginator("scan").paginate
    return settings, {
        copy: [item for page in scan(TableName=settings[name]) for item in page["Items"]]
        for name, copy in _TABLES.items()
    }


def _files(stack: Deployment, bucket: str) -> dict[str, bytes]:
    """The files in a bucket, by their keys."""
    s3 = LocalAws(stack.endpoint).client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def _names(world: World) -> dict[str, str]:
    return {
        name: value
        for name, value in world.environment().items()
        if name in {*_TABLES, "USER_POOL_ID"} or name.endswith(("_BUCKET", "_QUEUE_URL"))
    }


def claims_of(token: str) -> Claims:
    """The claims of an access token, as the gateway hands them on."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {name: _text(value) for name, value in claims.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(str, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def answered(claims: Claims, request: Request) -> Answer:
    """What the handler says to somebody. Fails if it makes a call that its role does not allow."""
    event = payloads.http_event(
        request.operation.method,
        request.path,
        claims=claims,
        body=None if request.body is None else json.dumps(request.body),
        headers=dict(request.headers),
        query=dict(request.query),
    )
    with held_against("api"):
        response = handler(event, payloads.context())
    text = response.get("body") or ""
    if response.get("isBase64Encoded"):
        text = gzip.decompress(base64.b64decode(text)).decode()
    return Answer(response["statusCode"], tuple(response["headers"].items()), text)

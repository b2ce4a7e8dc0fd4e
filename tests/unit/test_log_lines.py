"""What of an error never gets into a log line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from shutterfeed import runtime

SECRETS = (
    "https://b.s3.eu-central-1.amazonaws.com/uploads/A/B/C?X-Amz-Signature=0123abcd&X-Amz-Date=x",
    "https://example.com/p/3Z7TD5472D9E79YR1ABP61WYSM#part",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiI3ZjNlIn0.c2lnbmF0dXJl",
    "ann.b+photos@mail.example.co.uk",
)
INNOCENT = (
    "Could not connect to https://dynamodb.eu-central-1.amazonaws.com",
    "3Z7TD5472D9E79YR1ABP61WYSM-01KJMMA2G038NKRKAYDXX8Q70D",
    "@maya",
    "keyJoin.of.things",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler: Any = runtime.logger.registered_handler
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_links_and_addresses_are_left_out_wherever_they_stand(
    lines: io.StringIO, secret: str
) -> None:
    try:
        raise RuntimeError(f"It answered 403 for {secret}, twice")
    except RuntimeError as error:
        runtime.logger.error("request", exc_info=error, failures=[repr(error)], more={"x": secret})
    line = lines.getvalue()
    assert json.loads(line)["exception_name"] == "RuntimeError"
    assert "It answered 403 for " in line
    assert ", twice" in line
    for part in (secret, secret[9:], "Signature", "uploads/A"):
        assert part not in line


@pytest.mark.parametrize("text", INNOCENT)
def test_what_helps_to_find_a_fault_stays(lines: io.StringIO, text: str) -> None:
    runtime.logger.info("batch", failures=[text])
    assert json.loads(lines.getvalue())["failures"] == [text]

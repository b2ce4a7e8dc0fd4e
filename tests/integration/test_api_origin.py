"""The API's own address, which answers only what came through CloudFront."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api import handler, origin
from shutterfeed.bootstrap.api import origin_keys
from tests.integration import payloads
from tests.integration.world import World

OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture(autouse=True)
def keys(tables: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key is being replaced: CloudFront may send either."""
    monkeypatch.setenv("ORIGIN_KEYS", f"{NEW},{OLD}")
    origin_keys.cache_clear()
    yield
    origin_keys.cache_clear()


def _status(**headers: str) -> int:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    event = payloads.http_event("GET", "/health", headers=sent)
    status: int = handler.handler(event, payloads.context())["statusCode"]
    return status


@pytest.mark.parametrize("key", [NEW, OLD])
def test_what_came_through_cloudfront_is_answered(key: str) -> None:
    assert _status(x_origin_key=key) == 200


@pytest.mark.parametrize("key", ["", "anybody", NEW[:-1], NEW + "n", f"{NEW},{OLD}", "ключ"])
def test_another_key_is_refused(key: str) -> None:
    assert _status(x_origin_key=key) == 403


def test_who_sends_none_is_refused_like_by_the_gateway_whoever_it_is() -> None:
    claims = payloads.access_claims("ada")
    for path, token in (("/health", None), ("/feed", claims), ("/no-such-route", claims)):
        answer = handler.handler(payloads.http_event("GET", path, claims=token), payloads.context())
        assert answer["statusCode"] == 403
        assert answer["body"] == '{"message": "Forbidden"}'


def test_a_request_without_any_header_is_refused() -> None:
    assert not origin.admits({}, NEW)
    assert origin.admits({}, origin.OPEN)

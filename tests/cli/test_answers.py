"""Answers that are not the API's own: the gateway's in front of it, and CloudFront's. The command
line says in a sentence what they mean."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import NetworkGone, Refused
from shutterfeed_cli.export import _unpublished
from tests.cli.service import FixedTokens, NoPause


def asking(answer: Callable[[], httpx.Response]) -> Api:
    transport = httpx.MockTransport(lambda _: answer())
    return Api(httpx.Client(transport=transport), "https://x", FixedTokens(), Patience(NoPause()))


def gateways(status: int, message: str) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status, json={"message": message})


def cloudfronts(status: int) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status, text="<html><h1>The request could not be satisfied")


@pytest.mark.parametrize(
    ("status", "said", "meant"),
    [
        (403, "Forbidden", "The service does not allow that with this sign-in"),
        (404, "Not Found", "The service does not know this request"),
        (413, "Request Too Long", "The request is larger than the service accepts"),
        (418, "Teapot", "The service answered 418"),
    ],
)
def test_what_the_gateway_refuses_is_told_in_a_sentence(status: int, said: str, meant: str) -> None:
    for answer in (gateways(status, said), cloudfronts(status)):
        with pytest.raises(Refused) as refused:
            asking(answer).me()

        assert str(refused.value).startswith(meant)
        assert said not in str(refused.value)
        assert (refused.value.status, refused.value.code) == (status, "")


@pytest.mark.parametrize(
    ("status", "said", "meant"),
    [
        (429, "Too Many Requests", "it has too many requests at the moment"),
        (500, "Internal Server Error", "it answered 500"),
        (503, "Service Unavailable", "it answered 503"),
        (504, "Endpoint request timed out", "it answered 504"),
    ],
)
def test_what_may_pass_is_tried_again_and_then_told(status: int, said: str, meant: str) -> None:
    for answer in (gateways(status, said), cloudfronts(status)):
        with pytest.raises(NetworkGone, match=meant) as gone:
            asking(answer).me()

        assert said not in str(gone.value)


@pytest.mark.parametrize("body", [[], "text", {"error": "text"}, {"error": None}, {"error": {}}])
def test_a_body_of_any_other_shape_is_none_of_ours(body: object) -> None:
    with pytest.raises(Refused, match="does not know this request"):
        asking(lambda: httpx.Response(404, json=body)).me()


def test_an_export_takes_only_the_apis_word_for_a_post_that_is_gone() -> None:
    lists: dict[str, list[Json]] = {
        "posts": [],
        "deleted": [],
        "uploads": [{"purpose": "post", "post_id": "one"}],
    }
    gone = {"code": "post_not_found", "message": "There is no such post.", "field": None}

    found = _unpublished(asking(lambda: httpx.Response(404, json={"error": gone})), lists)

    assert list(found) == []
    with pytest.raises(Refused):
        list(_unpublished(asking(gateways(404, "Not Found")), lists))


def test_the_apis_own_words_are_told_as_they_are() -> None:
    error = {"code": "invalid_limit", "message": "A limit goes from 1 to 100.", "field": "limit"}
    with pytest.raises(Refused) as refused:
        asking(lambda: httpx.Response(400, json={"error": error})).me()

    assert str(refused.value) == "A limit goes from 1 to 100. (limit)"
    assert (refused.value.status, refused.value.code) == (400, "invalid_limit")

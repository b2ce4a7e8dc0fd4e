"""Answers that are not the API's own: the gateway's in front of it, and CloudFront's. The command
line says in a sentence what they mean."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Limited, Patience
from shutterfeed_cli.errors import NetworkGone, Refused, Stopped
from shutterfeed_cli.output import Output
from shutterfeed_cli.own_lists import unpublished
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


def limited(seconds: int, limit: str = "posts") -> httpx.Response:
    """The API's own 429."""
    error = {
        "code": "limit_reached",
        "message": f"You have posted a lot. Please try again in {seconds} seconds.",
        "field": None,
        "limit": limit,
        "retry_after": seconds,
    }
    return httpx.Response(429, json={"error": error}, headers={"Retry-After": str(seconds)})


class Slept(NoPause):
    """Notes for how long it would sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.pauses.append(seconds)


def patient(answers: list[httpx.Response], stop: Slept, attempts: int = 3) -> tuple[Api, list[str]]:
    """An API that gives these answers one after another, and the limits that were told."""
    told: list[str] = []
    patience = Patience(stop, attempts, on_limit=lambda limited: told.append(limited.limit))
    transport = httpx.MockTransport(lambda _: answers.pop(0))
    return Api(httpx.Client(transport=transport), "https://x", FixedTokens(), patience), told


def test_a_limit_is_waited_for_as_long_as_told_and_however_often() -> None:
    stop = Slept()
    waits = [limited(3_700), *(limited(5) for _ in range(9))]
    api, told = patient([*waits, httpx.Response(200, json={"handle": "ada"})], stop)
    assert api.me() == {"handle": "ada"}
    assert stop.pauses == [3_700, *[5] * 9]
    assert told == ["posts"] * 10


def test_waiting_for_a_limit_is_no_attempt() -> None:
    stop = Slept()
    down = [httpx.Response(503) for _ in range(3)]
    api, _ = patient([limited(2), down[0], limited(2), down[1], limited(2), down[2]], stop)
    with pytest.raises(NetworkGone, match="3 times in a row"):
        api.me()


def test_waiting_for_a_limit_ends_with_ctrl_c() -> None:
    stop = Slept()
    stop.ask()
    api, _ = patient([limited(3_700)], stop)
    with pytest.raises(Stopped):
        api.me()


def test_whoever_tries_once_is_told_the_limit_at_once() -> None:
    stop = Slept()
    api, told = patient([limited(60)], stop, attempts=1)
    with pytest.raises(Refused, match="You have posted a lot") as refused:
        api.me()
    assert (refused.value.status, refused.value.code) == (429, "limit_reached")
    assert (stop.pauses, told) == ([], [])


@pytest.mark.parametrize("as_json", [False, True])
def test_a_wait_is_told_once_however_many_requests_wait(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    output = Output(as_json=as_json)
    for _ in range(3):
        output.limited(Limited("posts", "You have posted a lot.", 600))
    printed = capsys.readouterr()
    if as_json:
        assert printed.out == '{"event": "limited", "limit": "posts", "seconds": 600}\n'
    else:
        assert printed.err.count("You have posted a lot. This command waits") == 1
        assert not printed.out


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

    found = unpublished(asking(lambda: httpx.Response(404, json={"error": gone})), lists)

    assert list(found) == []
    with pytest.raises(Refused):
        list(unpublished(asking(gateways(404, "Not Found")), lists))


def test_the_apis_own_words_are_told_as_they_are() -> None:
    error = {"code": "invalid_limit", "message": "A limit goes from 1 to 100.", "field": "limit"}
    with pytest.raises(Refused) as refused:
        asking(lambda: httpx.Response(400, json={"error": error})).me()

    assert str(refused.value) == "A limit goes from 1 to 100. (limit)"
    assert (refused.value.status, refused.value.code) == (400, "invalid_limit")

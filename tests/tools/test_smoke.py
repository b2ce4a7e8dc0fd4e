"""What `make smoke` asks of a deployed stage, and what it takes for right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tools import smoke
from tools.errors import ToolError
from tools.smoke import Answer

OUTPUTS = {
    "SiteUrl": "https://photos.example.com",
    "GatewayUrl": "https://abc.execute-api.eu-north-1.amazonaws.com",
    "MediaUrl": "https://media.example.com/media",
    "UserPoolClientId": "client",
}
PAGE = Answer(200, {"content-type": "text/html", "content-security-policy": "x"}, "<!doctype html>")
HEALTHY = {
    "https://photos.example.com/": PAGE,
    "https://photos.example.com/u/nobody": PAGE,
    "http://photos.example.com/": Answer(301, {"location": "https://photos.example.com/"}, ""),
    "https://photos.example.com/config.json": Answer(200, {}, '{"userPoolClientId": "client"}'),
    "https://photos.example.com/docs": PAGE,
    "https://photos.example.com/api/health": Answer(200, {}, ""),
    "https://photos.example.com/api/feed": Answer(401, {}, ""),
    "https://abc.execute-api.eu-north-1.amazonaws.com/api/health": Answer(403, {}, ""),
    "https://media.example.com/media/nothing": Answer(403, {}, ""),
}


def test_a_healthy_stage_has_nothing_wrong() -> None:
    assert smoke.check(OUTPUTS, HEALTHY.__getitem__) == []
    assert {question.url for question in smoke.questions(OUTPUTS)} == HEALTHY.keys()


@pytest.mark.parametrize(
    ("url", "answer", "what"),
    [
        ("https://photos.example.com/", Answer(403, {}, ""), "site is served"),
        ("https://photos.example.com/", Answer(200, {"content-type": "text/html"}, ""), "site"),
        ("http://photos.example.com/", PAGE, "plain HTTP"),
        ("https://photos.example.com/config.json", Answer(404, {}, "{}"), "sign in"),
        ("https://photos.example.com/config.json", Answer(200, {}, "<html>"), "sign in"),
        ("https://photos.example.com/config.json", Answer(200, {}, "[]"), "sign in"),
        (
            "https://photos.example.com/config.json",
            Answer(200, {}, '{"userPoolClientId": "another"}'),
            "sign in",
        ),
        ("https://photos.example.com/docs", Answer(404, {}, ""), "API is documented"),
        ("https://photos.example.com/api/health", Answer(503, {}, ""), "API answers"),
        ("https://photos.example.com/api/feed", Answer(200, {}, ""), "access token"),
        (
            "https://abc.execute-api.eu-north-1.amazonaws.com/api/health",
            Answer(200, {}, ""),
            "own address is closed",
        ),
        ("https://media.example.com/media/nothing", Answer(200, {}, ""), "not listed"),
    ],
)
def test_each_wrong_answer_is_one_sentence(url: str, answer: Answer, what: str) -> None:
    (sentence,) = smoke.check(OUTPUTS, {**HEALTHY, url: answer}.__getitem__)
    assert what in sentence
    assert f"{url} answered {answer.status}" in sentence


def test_what_does_not_answer_is_told_and_the_rest_is_asked_all_the_same() -> None:
    def ask(url: str) -> Answer:
        if "execute-api" in url:
            raise ToolError("no answer")
        return HEALTHY[url]

    assert smoke.check(OUTPUTS, ask) == ["the API's own address is closed: no answer"]


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/moved": 301, "/closed": 403}.get(self.path, 200))
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()
        self.wfile.write("grün".encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/moved", 301), ("/closed", 403)])
def test_every_status_is_an_answer_and_redirects_are_not_followed(
    address: str, path: str, status: int
) -> None:
    answer = smoke.fetch(address + path)
    assert (answer.status, answer.body) == (status, "grün")
    assert answer.headers["location"] == "https://elsewhere.example/"


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(ToolError, match="does not answer"):
        smoke.fetch("http://127.0.0.1:1/")

"""Which addresses `make smoke` opens, and what it takes for right."""

from __future__ import annotations

import httpx
import pytest

from operations.smoke import addresses
from operations.smoke.report import Report

OUTPUTS = {
    "SiteUrl": "https://photos.example.com",
    "GatewayUrl": "https://abc.execute-api.eu-north-1.amazonaws.com",
    "MediaUrl": "https://media.example.com/media",
    "UserPoolClientId": "client",
}
LOCAL = {
    "SiteUrl": "http://abc.cloudfront.localhost:4566",
    "MediaUrl": "http://abc.cloudfront.localhost:4566/media",
    "UserPoolClientId": "client",
}


def answer(status: int, text: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, text=text)


HTML = {"content_type": "text/html", "content_security_policy": "x"}
PAGE = answer(200, "<!doctype html>", **HTML)
HEALTHY = {
    "https://photos.example.com/": PAGE,
    "https://photos.example.com/settings": PAGE,
    "https://photos.example.com/u/nobody": answer(404, "<!doctype html>", **HTML),
    "http://photos.example.com/": answer(301, location="https://photos.example.com/"),
    "https://photos.example.com/config.json": answer(200, '{"userPoolClientId": "client"}'),
    "https://photos.example.com/docs": PAGE,
    "https://photos.example.com/api/health": answer(200),
    "https://photos.example.com/api/feed": answer(401),
    "https://abc.execute-api.eu-north-1.amazonaws.com/api/health": answer(403),
    "https://media.example.com/media/nothing": answer(403),
}


def test_a_healthy_stage_has_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(lambda: 7.0)

    addresses.ask_all(OUTPUTS, report, HEALTHY.__getitem__)

    assert (report.asked, report.wrong) == (len(HEALTHY), 0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "       ok    0.0 s  the site is served"
    assert len(lines) == len(HEALTHY)


@pytest.mark.parametrize(
    ("url", "wrong", "what"),
    [
        ("https://photos.example.com/", answer(403), "site is served"),
        ("https://photos.example.com/", answer(200, content_type="text/html"), "site"),
        ("http://photos.example.com/", PAGE, "plain HTTP"),
        ("https://photos.example.com/config.json", answer(404, "{}"), "sign in"),
        ("https://photos.example.com/config.json", answer(200, "<html>"), "sign in"),
        ("https://photos.example.com/config.json", answer(200, "[]"), "sign in"),
        (
            "https://photos.example.com/config.json",
            answer(200, '{"userPoolClientId": "another"}'),
            "sign in",
        ),
        ("https://photos.example.com/docs", answer(404), "API is documented"),
        ("https://photos.example.com/api/health", answer(503), "API answers"),
        ("https://photos.example.com/api/feed", answer(200), "access token"),
        (
            "https://abc.execute-api.eu-north-1.amazonaws.com/api/health",
            answer(200),
            "own address is closed",
        ),
        ("https://media.example.com/media/nothing", answer(200), "not listed"),
    ],
)
def test_each_wrong_answer_is_one_sentence(
    url: str, wrong: httpx.Response, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()

    addresses.ask_all(OUTPUTS, report, {**HEALTHY, url: wrong}.__getitem__)

    assert report.wrong == 1
    [sentence] = [line for line in capsys.readouterr().out.splitlines() if "WRONG" in line]
    assert what in sentence
    assert f"{url} answered {wrong.status_code}" in sentence


@pytest.mark.parametrize(("times", "wrong"), [(2, 0), (3, 1)])
def test_a_function_that_has_to_start_first_is_asked_again(times: int, wrong: int) -> None:
    waiting = dict.fromkeys(HEALTHY, times)

    def get(url: str) -> httpx.Response:
        if url.endswith("/u/nobody") and waiting[url]:
            waiting[url] -= 1
            return answer(504)
        return HEALTHY[url]

    report = Report()
    addresses.ask_all(OUTPUTS, report, get)

    assert report.wrong == wrong


def test_what_does_not_answer_is_told_and_the_rest_is_asked_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def get(url: str) -> httpx.Response:
        if "execute-api" in url:
            raise httpx.ConnectError("nobody is there")
        return HEALTHY[url]

    report = Report()
    addresses.ask_all(OUTPUTS, report, get)

    assert (report.asked, report.wrong) == (len(HEALTHY), 1)
    [sentence] = [line for line in capsys.readouterr().out.splitlines() if "WRONG" in line]
    assert "closed: there was no answer (ConnectError: nobody is there)." in sentence


def test_without_a_gateway_of_its_own_and_without_tls_two_are_not_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[str] = []

    def get(url: str) -> httpx.Response:
        asked.append(url)
        return answer(500)

    report = Report()
    addresses.ask_all(LOCAL, report, get)

    assert len(asked) == report.asked == len(HEALTHY) - 2
    assert "http://abc.cloudfront.localhost:4566/api/health" in asked
    skipped = [line for line in capsys.readouterr().out.splitlines() if "not asked" in line]
    assert [line.split("  ")[-1].strip() for line in skipped] == [
        "plain HTTP is redirected: this stage has plain HTTP alone.",
        "the API's own address is closed: this stage has no gateway address that would be closed.",
    ]


def test_nobody_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()

    assert not report.ask("the site", lambda: addresses.fetch("http://127.0.0.1:1/"))

    assert "there was no answer (ConnectError" in capsys.readouterr().out

"""`make smoke`: asks a deployed stage some questions, as people would, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tools.errors import ToolError

_SECONDS: Final = 30
_API: Final = "/api"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """The values by name in lower case."""
    body: str


Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Question:
    """An address, and what its answer should be."""

    what: str
    url: str
    is_right: Callable[[Answer], bool]


def check(outputs: Mapping[str, str], ask: Ask) -> list[str]:
    """What is wrong with the stage whose stack has these outputs, in sentences; empty if nothing
    is."""
    return list(_wrong(outputs, ask))


def _wrong(outputs: Mapping[str, str], ask: Ask) -> Iterator[str]:
    for question in questions(outputs):
        try:
            answer = ask(question.url)
        except ToolError as error:
            yield f"{question.what}: {error}"
            continue
        if not question.is_right(answer):
            yield f"{question.what}: {question.url} answered {answer.status} instead."


def questions(outputs: Mapping[str, str]) -> list[Question]:
    site = outputs["SiteUrl"]
    api, gateway = site + _API, outputs["GatewayUrl"] + _API
    plain = site.replace("https://", "http://")
    return [
        Question("the site is served", f"{site}/", _is_page),
        Question("plain HTTP is redirected", f"{plain}/", _redirects(f"{site}/")),
        Question("pages are the site's", f"{site}/u/nobody", _is_page),
        Question(
            "the site knows where to sign in",
            f"{site}/config.json",
            _is_config(outputs["UserPoolClientId"]),
        ),
        Question("the API is documented", f"{site}/docs", _is_page),
        Question("the API answers", f"{api}/health", _has_status(200)),
        Question("the API asks for an access token", f"{api}/feed", _has_status(401)),
        Question("the API's own address is closed", f"{gateway}/health", _has_status(403)),
        # Listing the bucket is not allowed, so S3 does not tell whether there is such an object.
        Question("media are not listed", f"{outputs['MediaUrl']}/nothing", _has_status(403)),
    ]


def _has_status(status: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status == status


def _is_page(answer: Answer) -> bool:
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status == 200 and is_html and "content-security-policy" in answer.headers


def _redirects(to: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.status == 301 and answer.headers.get("location") == to


def _is_config(client_id: str) -> Callable[[Answer], bool]:
    def is_right(answer: Answer) -> bool:
        if answer.status != 200:
            return False
        try:
            config = json.loads(answer.body)
        except ValueError:
            return False
        return isinstance(config, dict) and config.get("userPoolClientId") == client_id

    return is_right


class _Unfollowed(HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: object) -> None:
        return None


def fetch(url: str) -> Answer:
    """GET the URL. Raises `ToolError` if nothing answers."""
    opener = build_opener(_Unfollowed)
    try:
        with opener.open(Request(url), timeout=_SECONDS) as response:  # noqa: S310 - our own address
            return _answer(response.status, response.headers.items(), response.read())
    except HTTPError as error:
        with error:
            return _answer(error.code, error.headers.items(), error.read())
    except (URLError, TimeoutError, ConnectionError) as error:
        raise ToolError(f"{url} does not answer ({error}).") from error


def _answer(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    lowered = {name.lower(): value for name, value in headers}
    return Answer(status, lowered, body.decode(errors="replace"))

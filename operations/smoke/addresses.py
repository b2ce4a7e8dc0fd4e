"""Addresses that anybody may open, and what each has to answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx

from operations.smoke.report import Report
from shutterfeed_cli.client.http import request
from tools.errors import ToolError

_API: Final = "/api"
_TRIES: Final = 3
"""A function that nobody has called for a while takes a moment to start. The edge waits no longer
than a crawler would, and the next question finds it running."""

Fetch = Callable[[str], httpx.Response]


@dataclass(frozen=True, slots=True)
class Address:
    """An address, and what its answer should be."""

    what: str
    url: str
    is_right: Callable[[httpx.Response], bool]
    absent: str = ""
    """Why this stage has no such address; empty if it has."""


def fetch(url: str) -> httpx.Response:
    """GET the URL once. A redirect is not followed."""
    return request("GET", url)


def ask_all(outputs: Mapping[str, str], report: Report, get: Fetch = fetch) -> None:
    """Ask at every address of the stage whose stack has these outputs."""
    for address in addresses(outputs):
        if address.absent:
            report.skip(address.what, address.absent)
        else:
            report.ask(address.what, partial(_check, address, get))


def _check(address: Address, get: Fetch) -> None:
    answer = get(address.url)
    for _ in range(_TRIES - 1):
        if answer.status_code == httpx.codes.GATEWAY_TIMEOUT:
            answer = get(address.url)
    if not address.is_right(answer):
        raise ToolError(f"{address.url} answered {answer.status_code} instead.")


def addresses(outputs: Mapping[str, str]) -> list[Address]:
    site = outputs["SiteUrl"]
    api = site + _API
    return [
        Address("the site is served", f"{site}/", _is_page),
        _redirect(site),
        Address("pages are the site's", f"{site}/settings", _is_page),
        Address("nobody's page is not found", f"{site}/u/nobody", _is_page_of_nothing),
        Address(
            "the site knows where to sign in",
            f"{site}/config.json",
            _is_config(outputs["UserPoolClientId"]),
        ),
        Address("the API is documented", f"{site}/docs", _is_page),
        Address("the API answers", f"{api}/health", _has_status(200)),
        Address("the API asks for an access token", f"{api}/feed", _has_status(401)),
        _gateway(outputs.get("GatewayUrl")),
        # Listing the bucket is not allowed, so S3 does not tell whether there is such an object.
        Address("media are not listed", f"{outputs['MediaUrl']}/nothing", _has_status(403)),
    ]


def _redirect(site: str) -> Address:
    plain = site.replace("https://", "http://")
    absent = "this stage has plain HTTP alone." if plain == site else ""
    return Address("plain HTTP is redirected", f"{plain}/", _redirects(f"{site}/"), absent)


def _gateway(url: str | None) -> Address:
    absent = "" if url else "this stage has no gateway address that would be closed."
    return Address(
        "the API's own address is closed", f"{url}{_API}/health", _has_status(403), absent
    )


def _has_status(status: int) -> Callable[[httpx.Response], bool]:
    return lambda answer: answer.status_code == status


def _is_page(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and _is_of_the_site(answer)


def _is_page_of_nothing(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and _is_of_the_site(answer)


def _is_of_the_site(answer: httpx.Response) -> bool:
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return is_html and "content-security-policy" in answer.headers


def _redirects(to: str) -> Callable[[httpx.Response], bool]:
    return lambda answer: answer.status_code == 301 and answer.headers.get("location") == to


def _is_config(client_id: str) -> Callable[[httpx.Response], bool]:
    def is_right(answer: httpx.Response) -> bool:
        if answer.status_code != 200:
            return False
        try:
            config = json.loads(answer.content)
        except ValueError:
            return False
        return isinstance(config, dict) and config.get("userPoolClientId") == client_id

    return is_right

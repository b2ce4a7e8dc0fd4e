"""Shortcuts for what moto and botocore do with each request to S3, with the same outcome.

For each of them moto looks through the patterns of two hundred services, imports the module with
S3's own again, and finds out by a dozen more whether the bucket stands in the host; and botocore
signs what nobody checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Final
from urllib.parse import urlsplit

from moto import backend_index
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.request import normalize_request
from moto.s3.models import S3Backend, s3_backends
from moto.s3.responses import S3Response
from werkzeug.exceptions import HTTPException

_ACCOUNT: Final = "123456789012"
"""The account that moto plays."""
_UNSIGNED_TRAILER: Final = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def take() -> None:
    """Take them in this process."""
    stubber: Any = BotocoreStubber
    stubber.process_request = _by_host(stubber.process_request)
    response: Any = S3Response
    response.subdomain_based_buckets = staticmethod(_once(response.subdomain_based_buckets))


def direct(client: Any) -> None:
    """Let a client of S3 say who asks, without a signature. Links are signed as before."""
    signed = client._request_signer.sign
    credential = f"testing/20260301/{client.meta.region_name}/s3/aws4_request"

    def sign(operation: str, request: Any, *of_link: Any, **more: Any) -> None:
        if of_link or more:
            signed(operation, request, *of_link, **more)
            return
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}"
        algorithm = request.context.get("checksum", {}).get("request_algorithm", {})
        if isinstance(algorithm, dict) and algorithm.get("in") == "trailer":
            request.headers["X-Amz-Content-SHA256"] = _UNSIGNED_TRAILER

    client._request_signer.sign = sign


def _by_host(process: Callable[..., Any]) -> Callable[..., Any]:
    """Find out by its host that a request is to S3, and by S3's patterns alone who answers it."""

    @wraps(process)
    def processed(stubber: object, request: Any) -> Any:
        parts = urlsplit(request.url)
        if not _is_of_s3(parts.netloc):
            return process(stubber, request)
        url = f"{parts.scheme}://{parts.netloc}{parts.path}"
        answer = next((answer for pattern, answer in _answers() if pattern.match(url)), None)
        if answer is None:
            return process(stubber, request)
        whole = normalize_request(request)
        try:
            return answer(whole, whole.raw_url, whole.headers)
        except HTTPException as error:
            return error.code, error.get_headers(), error.get_body()

    return processed


@cache
def _is_of_s3(host: str) -> bool:
    """Whether moto's S3 is the first service whose pattern such a host has."""
    patterns = backend_index.backend_url_patterns
    url = f"https://{host}/"
    return next((service for service, one in patterns if one.match(url)), None) == "s3"


@cache
def _answers() -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    backend: S3Backend = s3_backends[_ACCOUNT]["aws"]
    return [(re.compile(url), answer) for url, answer in backend.urls.items()]


def _once(look: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Look at each host once."""
    known: dict[str, bool] = {}

    def looked(request: Any) -> bool:
        host = request.headers.get("host", "")
        if host not in known:
            known[host] = look(request)
        return known[host]

    return looked

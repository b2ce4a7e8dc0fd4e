"""The HTTP client, and the rules by which failed requests are repeated."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Final

import httpx

from shutterfeed_cli import VERSION
from shutterfeed_cli.client.loopback import check_encrypted
from shutterfeed_cli.errors import NetworkGone
from shutterfeed_cli.stopping import Stop

ATTEMPTS: Final = 7
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 20.0
LONGEST_ASKED_SECONDS: Final = 120.0
"""The longest pause, even if the service asks for a longer one in Retry-After."""

_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
_AGAIN: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


_LIMIT_REACHED: Final = "limit_reached"


@dataclass(frozen=True, slots=True)
class Limited:
    """The service's answer that the user has reached a limit of theirs: which one, a sentence for
    people, and the seconds to wait."""

    limit: str
    message: str
    seconds: float


class _ThisMachine(httpx.BaseTransport):
    """A transport for which any name under `.localhost` means this machine, as in browsers and
    curl."""

    def __init__(self, limits: httpx.Limits, trust: ssl.SSLContext) -> None:
        self._inner = httpx.HTTPTransport(limits=limits, verify=trust)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # The Host header was set when the request was made, and does not change.
        request.url = request.url.copy_with(host="127.0.0.1")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def new_client(connections: int = 8) -> httpx.Client:
    """A client for any number of requests at a time, which keeps this many connections open between
    them. It is safe to share between threads.

    It raises `NotEncrypted` instead of sending a request by http, unless to this machine: whatever
    gave the address, be it a person, a file, an answer or a redirect.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=connections)
    # The context is made only once, since reading the machine's certificates takes a while.
    trust = httpx.create_ssl_context()
    local = _ThisMachine(limits, trust)
    return httpx.Client(
        verify=trust,
        timeout=_TIMEOUT,
        limits=limits,
        mounts=dict.fromkeys(("all://localhost", "all://*.localhost", "all://127.0.0.1"), local),
        event_hooks={"request": [lambda request: check_encrypted(request.url)]},
        headers={"User-Agent": f"shutterfeed-cli/{VERSION}"},
    )


@cache
def single_client() -> httpx.Client:
    """The process's client that opens a new connection for every request. So a measurement or test
    does not depend on earlier requests."""
    return new_client(0)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float | httpx.Timeout = _TIMEOUT,
) -> httpx.Response:
    """Make one request, once, on a connection of its own. Redirects are not followed, and every
    status is returned. Raises `httpx.TransportError` if there is no answer."""
    return single_client().request(method, url, headers=headers, content=body, timeout=timeout)


@dataclass(frozen=True, slots=True)
class Patience:
    """Repeats requests that may succeed later. Pauses double, with full jitter, up to a limit."""

    stop: Stop = field(default_factory=Stop)
    attempts: int = ATTEMPTS
    chance: Callable[[], float] = random.random
    on_limit: Callable[[Limited], object] = lambda _: None
    """Told before waiting because of a limit."""

    def send(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        """Send a request until there is a final answer, and return that; 4xx errors are final too.

        `request` is called once for every attempt. If the user has reached a limit, it waits as
        long as the service says, which is no attempt; with a single attempt, that answer is final.
        Raises `NetworkGone` if the last attempt got no answer or a server error, and `Stopped` if
        the user interrupted the command.
        """
        problem = ""
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self._within_limits(request)
            except httpx.TransportError as error:
                problem, asked = _reason(error), None
            else:
                if answer.status_code not in _AGAIN or _limited(answer) is not None:
                    return answer
                problem, asked = _trouble(answer), _retry_after(answer)
            if attempt < self.attempts:
                self.stop.sleep(self.pause(attempt) if asked is None else asked)
        often = f", {self.attempts} times in a row" if self.attempts > 1 else ""
        raise NetworkGone(
            f"Shutterfeed could not be reached: {problem}{often}. "
            "Run the same command again to continue."
        )

    def _within_limits(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer to a request once no limit of the user's stands against it."""
        answer = request()
        while self.attempts > 1 and (limited := _limited(answer)) is not None:
            self.on_limit(limited)
            self.stop.sleep(limited.seconds)
            answer = request()
        return answer

    def pause(self, attempt: int) -> float:
        """The seconds to wait after an attempt; attempts are counted from 1."""
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
        return longest * (0.5 + self.chance() / 2)


def _reason(error: httpx.TransportError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _trouble(answer: httpx.Response) -> str:
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return "it has too many requests at the moment"
    return f"it answered {answer.status_code}"


def _limited(answer: httpx.Response) -> Limited | None:
    """The limit that the user has reached, if the answer says so."""
    if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    try:
        error = answer.json()["error"]
        if error["code"] != _LIMIT_REACHED:
            return None
        return Limited(str(error["limit"]), str(error["message"]), max(1, error["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return None  # The gateway's: too many requests of everybody.


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds that the Retry-After header asks for, up to a limit; None if there is none."""
    text: str = answer.headers.get("Retry-After", "")
    seconds: float
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(0.0, min(seconds, LONGEST_ASKED_SECONDS))

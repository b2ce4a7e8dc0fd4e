"""Shortcuts for what the local cloud does for every request: it works out again who asks, what they
want, which route is meant and whether a token is good, and answers in two parts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any, Final

import ministack.app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway
from uvicorn.protocols.http import httptools_impl

Call = Callable[..., Any]

KEPT: Final = 4_096
"""How many results of one shortcut are kept: there are some hundreds of routes, policies and
conditions, and the tokens of those who are signed in."""
_PARAMETER: Final = re.compile(r"\{([^}]+)\}")
_asking: Final[ContextVar[tuple[Any, Any] | None]] = ContextVar("asking", default=None)
"""The headers and the query of the request that is being answered."""


def _remembered(_: Call) -> Call:
    """Remember with what a request came, by which `_when_asked_for` finds who it comes from."""

    def pinned(headers: Any, query_params: Any = None) -> None:
        if ministack.app.AUTH:
            _asking.set((headers, query_params))

    return pinned


def _when_asked_for(root: Call) -> Call:
    """Find out from whom a request comes when somebody wants to know: only queues and topics do."""

    def caller() -> str:
        asking = _asking.get()
        return str(root() if asking is None else iam_evaluator.request_caller_arn(*asking))

    return caller


def _reading_once(module: Any) -> Any:
    """The module that reads JSON, which reads the body of a request once for all who look at what
    it asks for. None of them changes what it has read."""
    last: list[tuple[Any, Any]] = [(None, None)]

    def loads(body: Any) -> Any:
        known, data = last[0]
        if body is not known:
            data = module.loads(body)
            last[0] = (body, data)
        return data

    return SimpleNamespace(**{**vars(json), "loads": loads})


def _each_second(formatted: Call) -> Call:
    """Write down the date once a second, and not in every answer."""
    of_second = lru_cache(1)(formatted)

    def date(*, usegmt: bool) -> str:
        return str(of_second(int(time.time()), usegmt=usegmt))

    return date


def _in_one_write(cycle: Any) -> Any:
    """How an answer is sent: its head together with the body, which wakes up the client once."""

    class InOneWrite(cycle):  # type: ignore[misc] # it is not typed
        transport: Any
        _head = b""

        async def send(self, message: Any) -> None:
            if self.flow.write_paused and not self.disconnected:
                await self.flow.drain()
            transport = self.transport
            self.transport = written = _Written()
            try:
                await super().send(message)
            finally:
                self.transport = transport
            head, self._head = self._head + b"".join(written), b""
            if message["type"] == "http.response.start":
                self._head = head
            elif head:
                transport.write(head)
            if written.closed:
                transport.close()

    return InOneWrite


class _Written(list[bytes]):
    """What is to be written to a connection, and whether it is to be closed then."""

    closed = False
    write = list[bytes].append

    def close(self) -> None:
        self.closed = True


def _matched_once(match: Call) -> Call:
    """Find the route of a request once for as long as an API has the same routes."""
    known: dict[object, int | None] = {}

    @wraps(match)
    def matched(api_id: str, method: str, path: str) -> Any:
        routes = list(apigateway._routes.get(api_id, {}).values())
        asked = (tuple(route.get("routeKey", "") for route in routes), method, path)
        if asked not in known:
            found = match(api_id, method, path)
            if len(known) >= KEPT:
                known.clear()
            known[asked] = next((i for i, route in enumerate(routes) if route is found), None)
        index = known[asked]
        return None if index is None else routes[index]

    return matched


def _by_pattern(_: Call) -> Call:
    """Match the path of a request against that of a route with a pattern that is made once for the
    route."""

    def found(route_path: str, request_path: str) -> dict[str, str] | None:
        pattern, names = _pattern(route_path)
        match = pattern.fullmatch(request_path)
        return None if match is None else dict(zip(names, match.groups(), strict=True))

    return found


@lru_cache(KEPT)
def _pattern(route_path: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """What a path has to be like, and the names of its parameters, of which `{name+}` may have
    slashes."""
    names, parts, place = [], [], 0
    for found in _PARAMETER.finditer(route_path):
        names.append(found[1].removesuffix("+"))
        parts.append(re.escape(route_path[place : found.start()]))
        parts.append("(.+)" if found[1].endswith("+") else "([^/]+)")
        place = found.end()
    parts.append(re.escape(route_path[place:]))
    return re.compile("".join(parts)), tuple(names)


def _verified_once(verify: Call) -> Call:
    """Verify the signature of a token once for a key. Whether it has expired is looked at apart."""

    @lru_cache(KEPT)
    def verified(token: str, modulus: str, exponent: str) -> bool:
        return bool(verify(token, {"n": modulus, "e": exponent}))

    return lambda token, key: verified(token, key.get("n", ""), key.get("e", ""))


SHORTCUTS: Final[tuple[tuple[Any, str, Call], ...]] = (
    (iam_evaluator, "pin_request_caller", _remembered),
    (iam_evaluator, "caller_arn", _when_asked_for),
    (iam_evaluator, "is_root_access_key", lru_cache(KEPT)),  # The environment stays as it is.
    (iam_actions, "json", _reading_once),
    (ministack.app, "formatdate", _each_second),
    (httptools_impl, "RequestResponseCycle", _in_one_write),
    (apigateway, "_match_route", _matched_once),
    (apigateway, "_extract_path_params", _by_pattern),
    (apigateway, "_verify_rs256_signature", _verified_once),
)
"""What has a shortcut, and what makes it."""

"""What goes over the wire to DynamoDB: recorded, counted, and played back without a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

_EVENT = "before-send.dynamodb"


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._content


@dataclass
class Wire:
    """Between a client and its server; `latency` gives seconds for each call that is answered."""

    client: Any
    latency: Callable[[], float] = lambda: 0.0
    offline: bool = False
    """Answer from what was recorded; a call that was not raises `KeyError`."""
    recorded: dict[tuple[str, bytes], tuple[int, dict[str, str], bytes]] = field(
        default_factory=dict
    )
    calls: list[tuple[str, Any]] = field(default_factory=list)
    """Operations and their parameters."""
    trips: int = 0
    """Round trips one after the other: calls made side by side are one."""
    _under_way: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def tapped(self) -> Iterator[Wire]:
        events = self.client.meta.events
        events.register_first(_EVENT, self._answer)
        events.register("provide-client-params.dynamodb", self._note)
        try:
            yield self
        finally:
            events.unregister(_EVENT, self._answer)
            events.unregister("provide-client-params.dynamodb", self._note)

    def clear(self) -> None:
        self.calls.clear()
        self.trips = 0

    def _note(self, params: Any, model: Any, **_: object) -> None:
        with self._lock:
            self.calls.append((model.name, params))

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        with self._lock:
            self.trips += self._under_way == 0
            self._under_way += 1
        try:
            time.sleep(self.latency())
            status, headers, content = self._found(request)
        finally:
            with self._lock:
                self._under_way -= 1
        return AWSResponse(request.url, status, headers, _Body(content))

    def _found(self, request: AWSPreparedRequest) -> tuple[int, dict[str, str], bytes]:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        target = request.headers["X-Amz-Target"]
        place = (target if isinstance(target, str) else target.decode(), bytes(body or b""))
        if not self.offline:
            response = self.client._endpoint.http_session.send(request)
            self.recorded[place] = (
                response.status_code,
                dict(response.headers),
                response.content,
            )
        return self.recorded[place]

"""What goes over the wire to DynamoDB: recorded, counted, and played back without a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

Recorded = tuple[int, dict[str, str], bytes]
"""Status, headers and content of an answer."""
_EVENT = "before-send.dynamodb"


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._content


def answer(
    request: AWSPreparedRequest, status: int, headers: Mapping[str, str], content: bytes
) -> AWSResponse:
    """What botocore takes for a server's answer."""
    url: Any = request.url
    return AWSResponse(url, status, HTTPHeaders.from_dict(dict(headers)), _Body(content))


@dataclass
class Wire:
    """The wire between a client and its server; `latency` gives seconds for each answered call."""

    client: Any
    latency: Callable[[], float] = lambda: 0.0
    offline: bool = False
    """Answer from what was recorded; a call that was not raises `KeyError`."""
    recorded: dict[tuple[str, str], Recorded] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    """Operations and their parameters."""
    session: URLLib3Session = field(default_factory=URLLib3Session)
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
            status, headers, content = self.found(request)
        finally:
            with self._lock:
                self._under_way -= 1
        return answer(request, status, headers, content)

    def found(self, request: AWSPreparedRequest) -> Recorded:
        """The answer to a request, by which it is known again."""
        place = (_text(request.headers["X-Amz-Target"]), _text(request.body))
        if not self.offline:
            response = self.session.send(request)
            headers = dict(response.headers)
            self.recorded[place] = (response.status_code, headers, response.content)
        return self.recorded[place]


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@contextmanager
def units_of(client: Any) -> Iterator[dict[str, float]]:
    """The request units that the calls made meanwhile take, of DynamoDB Local."""
    found = {"read": 0.0, "write": 0.0}
    events = client.meta.events

    def count(parsed: dict[str, Any], model: Any, **_: object) -> None:
        kind = "read" if model.name in {"Query", "BatchGetItem", "GetItem"} else "write"
        found[kind] += _capacity(parsed)

    events.register("provide-client-params.dynamodb", _count_capacity, "units")
    events.register("after-call.dynamodb", count, "count")
    try:
        yield found
    finally:
        events.unregister("after-call.dynamodb", count, "count")


def _count_capacity(params: dict[str, Any], model: Any, **_: object) -> dict[str, Any] | None:
    if "ReturnConsumedCapacity" in model.input_shape.members:
        params["ReturnConsumedCapacity"] = "TOTAL"
    return params


def _capacity(answer: dict[str, Any]) -> float:
    capacity = answer.get("ConsumedCapacity", [])
    each = capacity if isinstance(capacity, list) else [capacity]
    return sum(float(one["CapacityUnits"]) for one in each)

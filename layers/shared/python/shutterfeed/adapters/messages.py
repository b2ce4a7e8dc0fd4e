"""Messages on queues as JSON: `{"kind": "<class>", "message": {...}}`, one codec per worker."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from shutterfeed import topology
from shutterfeed.domain.messages import KINDS

M = TypeVar("M")


class UnknownMessage(ValueError):
    """The text is not a message that the worker accepts."""


def tenant_of(message: object) -> str | None:
    """The user for whom the work is done, as `topology.TENANTS` says; None if there is none."""
    value = message
    for name in topology.TENANTS.get(type(message).__name__, "").split("."):
        value = getattr(value, name, None) if name else None
    return value if isinstance(value, str) else None


class _Envelope(msgspec.Struct):
    kind: str
    message: msgspec.Raw


class Codec(Generic[M]):
    """Encodes and decodes the messages that the worker of a step accepts."""

    def __init__(self, step: str) -> None:
        self._kinds = {name: KINDS[name] for name in topology.worker(step).kinds}

    def encode(self, message: M) -> str:
        """The message in a text. Raises `UnknownMessage`."""
        kind = type(message).__name__
        if kind not in self._kinds:
            raise UnknownMessage(repr(message)[:200])
        return msgspec.json.encode({"kind": kind, "message": message}).decode()

    def tenant(self, message: M) -> str | None:
        """The user for whom the work is done."""
        return tenant_of(message)

    def decode(self, text: str) -> M:
        """The message in a text. Raises `UnknownMessage`."""
        try:
            envelope = msgspec.json.decode(text, type=_Envelope)
            message: M = msgspec.json.decode(envelope.message, type=self._kinds[envelope.kind])
        except (msgspec.MsgspecError, KeyError) as error:
            raise UnknownMessage(text[:200]) from error
        return message

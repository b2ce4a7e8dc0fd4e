"""What storage says when it does not take or give a file, and whether a fresh link helps.

S3 answers with a status and, in XML, a code and a sentence. Only a fault of the server's own and a
connection that stood still pass by themselves; all else is the same however often it is tried.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import httpx

from shutterfeed_cli.errors import Refused

_EXPIRED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""404: the upload in parts, or the copy for a download, that the link belongs to is gone."""
_EXPIRED_CODE: Final = "ExpiredToken"
"""The rights of who signed the link ended before the link did; S3 answers 400."""
_STOOD_STILL: Final = "RequestTimeout"
"""No bytes came for a while; S3 answers 400."""
_TELL: Final = "tell those who run the service."


class LinkRefused(Exception):
    """Storage does not take this link, any more or at all: ask for a fresh one."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(_said(answer))
        self._status = answer.status_code
        self._code = _code(answer)

    def final(self) -> Refused:
        """What to say if a fresh link is refused, too."""
        message = f"Storage refused the file, and with a fresh link, too ({self}): {_TELL}"
        return Refused(message, code=self._code, status=self._status)


def raise_if_passing(answer: httpx.Response) -> None:
    """Raises `httpx.TransportError` if the connection was too slow, as if it had broken off."""
    if answer.status_code == HTTPStatus.BAD_REQUEST and _code(answer) == _STOOD_STILL:
        raise httpx.WriteTimeout(f"storage waited too long ({_said(answer)})")


def check(answer: httpx.Response) -> None:
    """Raises `LinkRefused`, and `Refused` if no link would help."""
    if answer.is_success:
        return
    code = _code(answer)
    if answer.status_code in _EXPIRED or code == _EXPIRED_CODE:
        raise LinkRefused(answer)
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        message = (
            f"Storage is elsewhere ({_said(answer)}). The service gives out links to the wrong "
            f"address: {_TELL}"
        )
    else:
        message = (
            f"Storage refused the file ({_said(answer)}). Run the same command again; if it says "
            f"so again, {_TELL}"
        )
    raise Refused(message, code=code, status=answer.status_code)


def _said(answer: httpx.Response) -> str:
    name = _code(answer) or answer.reason_phrase
    sentence = _between(answer.text, "<Message>", "</Message>")
    return (
        f"{answer.status_code} {name}: {sentence}" if sentence else f"{answer.status_code} {name}"
    )


def _code(answer: httpx.Response) -> str:
    return _between(answer.text, "<Code>", "</Code>")


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]

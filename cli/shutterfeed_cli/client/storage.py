"""Errors of the storage when a file is sent or fetched, and whether a fresh link helps.

S3 answers with a status and, in XML, a code and a sentence. Another try helps only after a server
error or a connection that stood still; any other request fails again in the same way.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import httpx

from shutterfeed_cli.errors import Refused

_EXPIRED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""The statuses of a link that has expired. 404 means that the upload in parts, or the copy for a
download, is gone."""
_EXPIRED_CODE: Final = "ExpiredToken"
"""S3's code, with status 400, if the rights of the link's signer ended before the link did."""
_STOOD_STILL: Final = "RequestTimeout"
"""S3's code, with status 400, if no bytes came for a while."""
_TELL: Final = "tell the people who run the service."


class LinkRefused(Exception):
    """The storage refused this link, which may have expired: ask for a fresh one."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(_said(answer))
        self._status = answer.status_code
        self._code = _code(answer)

    def final(self) -> Refused:
        """The error to raise if a fresh link is refused too."""
        message = f"Storage refused the file, and a fresh link did not help ({self}): {_TELL}"
        return Refused(message, code=self._code, status=self._status)


def raise_if_passing(answer: httpx.Response) -> None:
    """Raise `httpx.TransportError` if the connection was too slow, as if it had been lost."""
    if answer.status_code == HTTPStatus.BAD_REQUEST and _code(answer) == _STOOD_STILL:
        raise httpx.WriteTimeout(f"storage waited too long ({_said(answer)})")


def check(answer: httpx.Response) -> None:
    """Check the storage's answer. Raises `LinkRefused`, or `Refused` if no fresh link would
    help."""
    if answer.is_success:
        return
    code = _code(answer)
    if answer.status_code in _EXPIRED or code == _EXPIRED_CODE:
        raise LinkRefused(answer)
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        message = (
            f"Storage is at another address ({_said(answer)}). The service makes links to "
            f"a wrong address: {_TELL}"
        )
    else:
        message = (
            f"Storage refused the file ({_said(answer)}). Run the same command again; if that does "
            f"not help, {_TELL}"
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

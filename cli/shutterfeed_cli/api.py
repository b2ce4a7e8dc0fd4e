"""The part of the service's HTTP API that the command line uses, called as the signed-in user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import quote

import httpx

from shutterfeed_cli.errors import NotSignedIn, Refused
from shutterfeed_cli.http import Patience

Json = dict[str, Any]

PAGE: Final = 100
"""The highest number of entries that the service returns in one page."""
MAX_CAPTION: Final = 2200
MAX_PLACE_NAME: Final = 100
MAX_MEDIA: Final = 10
MAX_PHOTO_BYTES: Final = 25 * 1024 * 1024
MAX_VIDEO_BYTES: Final = 300 * 1024 * 1024
"""The service's limits, as in its OpenAPI document. They are known here so that a file that is too
large need not be read first."""


class AccessTokens(Protocol):
    """A source of access tokens."""

    def access(self) -> str: ...

    def rejected(self, token: str) -> None: ...


class Api:
    """Calls of the service's API. Each is repeated until the service answers."""

    def __init__(
        self, client: httpx.Client, base_url: str, tokens: AccessTokens, patience: Patience
    ) -> None:
        self._client = client
        self._base_url = base_url
        self._tokens = tokens
        self._patience = patience

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Make one call and return the answer. Every call of this class may be repeated safely.

        Raises `Refused` with the service's reason, `NotSignedIn`, `NetworkGone` or `Stopped`.
        """
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        used = ""

        def send() -> httpx.Response:
            nonlocal used
            used = self._tokens.access()
            return self._client.request(
                method,
                f"{self._base_url}{path}",
                params=asked or None,
                json=body,
                headers={**(headers or {}), "Authorization": f"Bearer {used}"},
            )

        answer = self._patience.send(send)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._tokens.rejected(used)
            answer = self._patience.send(send)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise NotSignedIn("The service refused your sign-in: run `shutterfeed login`.")
        if not answer.is_success:
            raise _refused(answer)
        said: Json = answer.json() if answer.content else {}
        return said

    def pages(
        self, path: str, *, query: Mapping[str, str | int | None] | None = None
    ) -> Iterator[Json]:
        """Every page of a list."""
        cursor: str | None = None
        while True:
            page = self.call("GET", path, query={"limit": PAGE, **(query or {}), "cursor": cursor})
            yield page
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def items(self, path: str) -> Iterator[Json]:
        """Every item of a list."""
        for page in self.pages(path):
            yield from page["items"]

    def me(self) -> Json:
        return self.call("GET", "/me")

    def create_post(self, body: Json, idempotency_key: str) -> Json:
        return self.call("POST", "/posts", body=body, headers={"Idempotency-Key": idempotency_key})

    def set_avatar(self, declaration: Json, idempotency_key: str) -> Json:
        return self.call(
            "POST", "/me/avatar", body=declaration, headers={"Idempotency-Key": idempotency_key}
        )

    def upload(self, media_id: str) -> Json:
        """The state of an upload: the parts that arrived, and the link for the rest."""
        return self.call("GET", f"/me/uploads/{quote(media_id)}")

    def complete(self, media_id: str) -> Json:
        return self.call("POST", f"/me/uploads/{quote(media_id)}/complete")


def _refused(answer: httpx.Response) -> Refused:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
        if field := error.get("field"):
            message = f"{message} ({field})"
    except (ValueError, KeyError, TypeError):
        code, message = "", f"The service answered {answer.status_code}."
    return Refused(message, code=code, status=answer.status_code)

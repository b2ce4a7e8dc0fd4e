"""The sign-in, which is stored in one file that only its owner can read.

The password is sent only to Cognito and never stored; the file has the refresh token.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from shutterfeed_cli.errors import CliError, NotSignedIn, Refused, UsageError
from shutterfeed_cli.folders import config_folder, make_private, replace_text
from shutterfeed_cli.http import Patience

_FILE: Final = "session.json"
_EARLY_SECONDS: Final = 60.0
"""How long before its end a token is renewed, so that it does not expire on its way."""
_TARGET: Final = "AWSCognitoIdentityProviderService"


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses and ids in a site's `config.json`."""

    url: str
    api_url: str
    cognito_url: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in as it is stored."""

    site: Site
    email: str
    refresh_token: str
    user_id: str = ""
    """The user's id; empty in files of earlier versions."""


class SessionFile:
    """The file with the sign-in of this machine's user."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (config_folder() if folder is None else folder) / _FILE

    def load(self) -> Session | None:
        """The stored sign-in; None if nobody is signed in. Raises `CliError` if the file cannot be
        read."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return Session(Site(**kept.pop("site")), **kept)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise CliError(
                f"{self.path} cannot be read: delete it and run `shutterfeed login`."
            ) from error

    def save(self, session: Session) -> None:
        """Replace the whole file. Others can never read it, not even for a moment."""
        make_private(self.path.parent)
        replace_text(self.path, json.dumps(asdict(session), indent=2) + "\n")

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def find_site(client: httpx.Client, url: str, patience: Patience) -> Site:
    """The site at this address. Raises `UsageError` if it is not a Shutterfeed site."""
    base = url if "://" in url else f"https://{url}"
    if not urlsplit(base).hostname or urlsplit(base).scheme not in {"http", "https"}:
        raise UsageError(f"{url} is not a web address, such as https://photos.example.com.")
    base = base.rstrip("/") + "/"
    answer = patience.send(lambda: client.get(urljoin(base, "config.json")))
    try:
        answer.raise_for_status()
        config = answer.json()
        return Site(
            url=base.rstrip("/"),
            api_url=urljoin(base, config["apiUrl"]).rstrip("/"),
            cognito_url=config["cognitoUrl"],
            client_id=config["userPoolClientId"],
        )
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{url} is not a Shutterfeed site: it has no valid config.json."
        ) from error


class Cognito:
    """The operations of the identity provider that need only the user's own credentials."""

    def __init__(self, client: httpx.Client, site: Site, patience: Patience) -> None:
        self._client = client
        self._site = site
        self._patience = patience

    def sign_in(self, email: str, password: str) -> str:
        """Sign in and return a refresh token. Raises `NotSignedIn` for a wrong address or
        password."""
        answer = self._call(
            "InitiateAuth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": email, "PASSWORD": password},
            },
        )
        try:
            return str(answer["AuthenticationResult"]["RefreshToken"])
        except KeyError:
            asked = answer.get("ChallengeName", "something else")
            raise NotSignedIn(
                f"The account asks for {asked}, which this command cannot answer: sign in once on "
                "the site."
            ) from None

    def refresh(self, refresh_token: str) -> tuple[str, float, str]:
        """An access token, its lifetime in seconds, and the refresh token to use from now on.

        Raises `NotSignedIn` if the old refresh token is no longer valid.
        """
        answer = self._call(
            "InitiateAuth",
            {
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": {"REFRESH_TOKEN": refresh_token},
            },
        )["AuthenticationResult"]
        return (
            str(answer["AccessToken"]),
            float(answer.get("ExpiresIn", 300)),
            str(answer.get("RefreshToken") or refresh_token),
        )

    def revoke(self, refresh_token: str) -> None:
        """Make the refresh token invalid, and every access token that was made with it."""
        self._call("RevokeToken", {"Token": refresh_token})

    def _call(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        content = json.dumps({"ClientId": self._site.client_id, **body}).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{_TARGET}.{operation}",
        }
        answer = self._patience.send(
            lambda: self._client.post(self._site.cognito_url, content=content, headers=headers)
        )
        if answer.status_code == HTTPStatus.OK:
            said: dict[str, Any] = answer.json() if answer.content else {}
            return said
        raise _refusal(answer)


class Tokens:
    """The access tokens of one sign-in, which are renewed when needed. Threads can share it."""

    def __init__(
        self,
        cognito: Cognito,
        session: Session,
        file: SessionFile,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cognito = cognito
        self._session = session
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._access = ""
        self._ends = float("-inf")

    def access(self) -> str:
        """A token that is still valid for a while. Raises `NotSignedIn`."""
        with self._lock:
            if self._clock() > self._ends - _EARLY_SECONDS:
                self._renew()
            return self._access

    def rejected(self, token: str) -> None:
        """Note that the service refused this token, so that the next one is new."""
        with self._lock:
            if token == self._access:
                self._ends = float("-inf")

    def _renew(self) -> None:
        access, lifetime, refresh_token = self._cognito.refresh(self._session.refresh_token)
        # A token whose lifetime is shorter than the margin is still used once.
        self._access, self._ends = access, self._clock() + max(lifetime, _EARLY_SECONDS + 1)
        if refresh_token != self._session.refresh_token:
            self._session = replace(self._session, refresh_token=refresh_token)
            self._file.save(self._session)


def _refusal(answer: httpx.Response) -> CliError:
    try:
        said = answer.json()
        kind, message = str(said.get("__type", "")).rpartition("#")[2], str(said.get("message", ""))
    except (ValueError, AttributeError):
        kind, message = "", ""
    match kind:
        case "NotAuthorizedException" | "UserNotFoundException":
            return NotSignedIn(
                f"{message or 'The sign-in was refused.'} Run `shutterfeed login` and try again."
            )
        case "UserNotConfirmedException":
            return NotSignedIn("The e-mail address is not confirmed yet: confirm it on the site.")
        case "PasswordResetRequiredException":
            return NotSignedIn("The password must be changed first: change it on the site.")
    return Refused(
        f"The sign-in service answered {answer.status_code}: {message or kind or 'nothing more'}",
        code=kind,
        status=answer.status_code,
    )

"""Who is signed in, where: kept in one file that only its owner can read.

The password goes to Cognito alone and is kept nowhere; what is kept is the refresh token.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import CliError, UsageError
from shutterfeed_cli.folders import config_folder, make_private, replace_text

_FILE: Final = "session.json"
_EARLY_SECONDS: Final = 60.0
"""A token is renewed this long before it ends, so that none ends on its way."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a site's `config.json` says of its parts."""

    url: str
    api_url: str
    cognito_url: str
    client_id: str

    def accounts(self, client: httpx.Client, patience: Patience) -> Accounts:
        return Accounts(client, self.cognito_url, self.client_id, patience)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in, as it is kept."""

    site: Site
    email: str
    refresh_token: str
    user_id: str = ""
    """Empty in files of earlier versions."""


class SessionFile:
    """The kept sign-in of this user of this machine."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (config_folder() if folder is None else folder) / _FILE

    def load(self) -> Session | None:
        """None where nobody is signed in. Raises `CliError` for a file that cannot be read."""
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
        """Replace the file whole; it is never readable by others, not even for a moment."""
        make_private(self.path.parent)
        replace_text(self.path, json.dumps(asdict(session), indent=2) + "\n")

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def find_site(client: httpx.Client, url: str, patience: Patience) -> Site:
    """What is at this address. Raises `UsageError` where it is no Shutterfeed site."""
    base = url if "://" in url else f"https://{url}"
    if not urlsplit(base).hostname or urlsplit(base).scheme not in {"http", "https"}:
        raise UsageError(f"{url} is no web address: it looks like https://photos.example.com.")
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
            f"{url} is no Shutterfeed site: it has no config.json that says so."
        ) from error


class Tokens:
    """Access tokens of one sign-in, renewed by themselves; for any number of threads."""

    def __init__(
        self,
        accounts: Accounts,
        session: Session,
        file: SessionFile,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._session = session
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._access = ""
        self._ends = float("-inf")

    def access(self) -> str:
        """A token that is good for a while. Raises `NotSignedIn`."""
        with self._lock:
            if self._clock() > self._ends - _EARLY_SECONDS:
                self._renew()
            return self._access

    def rejected(self, token: str) -> None:
        """The service did not take this one: the next is a new one."""
        with self._lock:
            if token == self._access:
                self._ends = float("-inf")

    def _renew(self) -> None:
        renewed = self._accounts.refresh(self._session.refresh_token)
        # A token that lives shorter than the margin is still used once.
        self._access = renewed.access
        self._ends = self._clock() + max(renewed.lifetime, _EARLY_SECONDS + 1)
        if renewed.refresh != self._session.refresh_token:
            self._session = replace(self._session, refresh_token=renewed.refresh)
            self._file.save(self._session)

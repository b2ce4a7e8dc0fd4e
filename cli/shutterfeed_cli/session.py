"""The sign-in, which is stored in one file that only its owner can read.

The password is sent only to Cognito and never stored; the file has the refresh token.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx

from shutterfeed_cli.client.accounts import Accounts, SignIn
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.client.loopback import check_encrypted
from shutterfeed_cli.errors import CliError, FileTrouble, NotSignedIn, UsageError
from shutterfeed_cli.folders import config_folder, make_private, opened, replace_text

_FILE: Final = "session.json"
_EARLY_SECONDS: Final = 60.0
"""How long before its end a token is renewed, so that it does not expire on its way."""


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses and ids in a site's `config.json`."""

    url: str
    api_url: str
    cognito_url: str
    client_id: str

    def accounts(self, client: httpx.Client, patience: Patience) -> Accounts:
        return Accounts(client, self.cognito_url, self.client_id, patience)


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
        """The stored sign-in; None if nobody is signed in. Raises `FileTrouble` if the file cannot
        be read, and `CliError` if it is damaged."""
        try:
            with opened(self.path) as file:
                kept = json.loads(file.read())
            return Session(Site(**kept.pop("site")), **kept)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileTrouble(error) from error
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise CliError(
                f"{self.path} is damaged: delete it and run `shutterfeed login`."
            ) from error

    def save(self, session: Session) -> None:
        """Replace the whole file. Others can never read it, not even for a moment. Raises
        `FileTrouble`."""
        try:
            make_private(self.path.parent)
            replace_text(self.path, json.dumps(asdict(session), indent=2) + "\n")
        except OSError as error:
            raise FileTrouble(error) from error

    def delete(self) -> None:
        """Delete the file, if it is there. Raises `FileTrouble`."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise FileTrouble(error) from error


def find_site(client: httpx.Client, url: str, patience: Patience) -> Site:
    """The site at this address. Raises `UsageError` if it is not a Shutterfeed site, and
    `NotEncrypted` if it, or an address in its configuration, is to be asked by http."""
    base = url if "://" in url else f"https://{url}"
    address = _address(base)
    if address is None or not address.host or address.scheme not in {"http", "https"}:
        raise UsageError(f"{url} is not a web address, such as https://photos.example.com.")
    check_encrypted(address)
    base = base.rstrip("/") + "/"
    answer = patience.send(lambda: client.get(urljoin(base, "config.json")))
    try:
        answer.raise_for_status()
        config = answer.json()
        site = Site(
            url=base.rstrip("/"),
            api_url=urljoin(base, config["apiUrl"]).rstrip("/"),
            cognito_url=urljoin(base, config["cognitoUrl"]),
            client_id=str(config["userPoolClientId"]),
        )
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{url} is not a Shutterfeed site: it has no valid config.json."
        ) from error
    # Every request is checked. These are checked before a password is typed, too.
    for named in (site.api_url, site.cognito_url):
        if (address := _address(named)) is None:
            raise UsageError(f"{url} is not a Shutterfeed site: {named} is no web address.")
        check_encrypted(address)
    return site


def _address(text: str) -> httpx.URL | None:
    """The address that a text is; None if it is none."""
    try:
        return httpx.URL(text)
    except httpx.InvalidURL:
        return None


class Tokens:
    """The access tokens of one sign-in, which are renewed when needed. Threads can share it."""

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
        renewed = self._exchanged()
        # A token whose lifetime is shorter than the margin is still used once.
        self._access = renewed.access
        self._ends = self._clock() + max(renewed.lifetime, _EARLY_SECONDS + 1)
        if renewed.refresh != self._session.refresh_token:
            self._session = replace(self._session, refresh_token=renewed.refresh)
            if self._is_stored():
                self._file.save(self._session)

    def _exchanged(self) -> SignIn:
        """New tokens for the refresh token. Each is good for one exchange, so if another process of
        this sign-in was faster, its refresh token is used."""
        self._take_over()
        used = self._session.refresh_token
        try:
            return self._accounts.refresh(used)
        except NotSignedIn:
            self._take_over()
            if self._session.refresh_token == used:
                raise
            return self._accounts.refresh(self._session.refresh_token)

    def _take_over(self) -> None:
        stored = self._file.load()
        if stored is not None and self._is_stored():
            self._session = replace(self._session, refresh_token=stored.refresh_token)

    def _is_stored(self) -> bool:
        """Whether the file still has this sign-in: somebody may have signed out since, or have
        signed in as somebody else."""
        stored, own = self._file.load(), self._session
        return stored is not None and (stored.site, stored.email) == (own.site, own.email)

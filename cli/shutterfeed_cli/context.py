"""The things that all commands share: output, sign-in and API."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import httpx

from shutterfeed_cli.client import http
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import NotSignedIn
from shutterfeed_cli.output import Output
from shutterfeed_cli.session import Session, SessionFile, Tokens
from shutterfeed_cli.stopping import Stop

_FEW_ATTEMPTS: Final = 3
"""The number of attempts for a request while a person waits for it."""


@dataclass
class Context:
    """The things that all commands share: the output, the sign-in, and the API."""

    output: Output
    stop: Stop = field(default_factory=Stop)
    connections: int = 4
    attempts: int = _FEW_ATTEMPTS

    @cached_property
    def client(self) -> httpx.Client:
        return http.new_client(self.connections)

    @cached_property
    def patience(self) -> Patience:
        return Patience(self.stop, self.attempts, on_limit=self.output.limited)

    @cached_property
    def file(self) -> SessionFile:
        return SessionFile()

    @cached_property
    def session(self) -> Session:
        """The stored sign-in. Raises `NotSignedIn`."""
        session = self.file.load()
        if session is None:
            raise NotSignedIn
        return session

    @cached_property
    def api(self) -> Api:
        accounts = self.session.site.accounts(self.client, self.patience)
        tokens = Tokens(accounts, self.session, self.file)
        return Api(self.client, self.session.site.api_url, tokens, self.patience)

"""Sign-ins at the identity provider."""

from __future__ import annotations

from typing import Protocol


class SignIns(Protocol):
    def end_all(self, account: str) -> None:
        """End every sign-in of the account with this name: none of its refresh tokens is accepted
        any more. Does nothing if there is no such account."""
        ...

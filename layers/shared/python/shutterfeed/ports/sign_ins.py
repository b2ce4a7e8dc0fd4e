"""Sign-ins at the identity provider."""

from __future__ import annotations

from typing import Protocol


class SignIns(Protocol):
    def end_all(self, subject: str) -> None:
        """End every sign-in of an account: none of its refresh tokens is accepted any more. Does
        nothing if there is no such account."""
        ...

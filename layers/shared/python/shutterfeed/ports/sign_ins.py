"""Sign-ins and accounts at the identity provider."""

from __future__ import annotations

from typing import Protocol


class SignIns(Protocol):
    def end_all(self, account: str) -> None:
        """End every sign-in of the account with this name: none of its refresh tokens is accepted
        any more. Does nothing if there is no such account."""
        ...


class Accounts(Protocol):
    """Accounts at the identity provider, by the ids by which their users are known."""

    def email_of(self, account: str) -> str | None:
        """The account's address; None if there is no such account."""
        ...

    def end_sign_ins(self, account: str) -> None:
        """End every sign-in of an account: none of its refresh tokens is accepted any more. Does
        nothing if there is no such account."""
        ...

    def delete(self, account: str) -> None:
        """Delete an account. Does nothing if there is none."""
        ...

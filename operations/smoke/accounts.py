"""Accounts that exist only while a stage is asked: made and deleted by Cognito's admin API."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.session import Site

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_ADDRESS: Final = re.compile(r"smoke-[0-9a-f]{16}@example\.com")
"""Nobody receives mail below example.com, so no account with such an address is a person's."""
_OF_EVERY_KIND: Final = "aA1!"
"""The pool's policy for passwords asks for a letter of each kind, a digit and a symbol."""


@dataclass(slots=True)
class Account:
    """One account, from before it is made until it is deleted."""

    role: str
    """Who it is in the story, with an article."""
    email: str
    password: str = field(repr=False)
    handle: str = ""
    """The user's handle; empty until the account has signed in."""

    @classmethod
    def new(cls, role: str) -> Account:
        return cls(role, f"smoke-{secrets.token_hex(8)}@example.com", _password())

    @classmethod
    def left(cls, email: str) -> Account:
        """An account that an earlier run could not delete, with a new password."""
        return cls(email, email, _password())


def _password() -> str:
    return secrets.token_urlsafe(24) + _OF_EVERY_KIND


def is_ours(email: str) -> bool:
    """Whether an account with this address was made by `make smoke`."""
    return _ADDRESS.fullmatch(email) is not None


@dataclass(frozen=True, slots=True)
class Pool:
    """The stage's user pool, for an operator."""

    client: CognitoIdentityProviderClient
    pool_id: str

    def create(self, account: Account) -> None:
        """Make the account. No mail is sent."""
        self.client.admin_create_user(
            UserPoolId=self.pool_id,
            Username=account.email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": account.email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        self.set_password(account)

    def set_password(self, account: Account) -> None:
        """Give the account its password, with which it can sign in at once."""
        self.client.admin_set_user_password(
            UserPoolId=self.pool_id,
            Username=account.email,
            Password=account.password,
            Permanent=True,
        )

    def take_over(self, account: Account) -> bool:
        """Give an account of an earlier run a new password. False if there is no such account."""
        try:
            self.set_password(account)
        except self.client.exceptions.UserNotFoundException:
            return False
        return True

    def delete(self, account: Account) -> None:
        """Make sure that there is no such account."""
        try:
            self.client.admin_delete_user(UserPoolId=self.pool_id, Username=account.email)
        except self.client.exceptions.UserNotFoundException:
            return


@dataclass(frozen=True, slots=True)
class Doors:
    """Sign-in and API of a stage, found and used as clients do."""

    site: Site
    client: httpx.Client
    patience: Patience

    def api(self, account: Account) -> Api:
        """The API for this account. It signs in at the first call."""
        signing_in = _Tokens(self.site.accounts(self.client, self.patience), account)
        return Api(self.client, self.site.api_url, signing_in, self.patience)


class _Tokens:
    """The account's access tokens. Waiting may take longer than one of them lives."""

    def __init__(
        self, accounts: Accounts, account: Account, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = accounts
        self._account = account
        self._clock = clock
        self._token = ""
        self._ends = float("-inf")

    def access(self) -> str:
        if self._clock() > self._ends:
            signed_in = self._accounts.sign_in(self._account.email, self._account.password)
            self._token = signed_in.access
            self._ends = self._clock() + signed_in.lifetime / 2
        return self._token

    def rejected(self, token: str) -> None:
        if token == self._token:
            self._ends = float("-inf")

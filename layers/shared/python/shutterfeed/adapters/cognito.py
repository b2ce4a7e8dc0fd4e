"""Sign-ins and accounts at a Cognito user pool.

An account that was brought into a new pool has another name there: its first id, by which its user
is known, is an attribute then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from shutterfeed.ports.exports import KnownAccount
from shutterfeed.schema import FORMER_ACCOUNT

FORMER: Final = f"custom:{FORMER_ACCOUNT}"
FINDABLE: Final = "preferred_username"
"""The attribute that holds the same id once more: Cognito searches no attributes of one's own."""


@dataclass(frozen=True, slots=True)
class CognitoSignIns:
    client: Callable[[], Any]
    """Makes the client. Few containers ever need one, and it takes long to make."""
    user_pool_id: str

    def end_all(self, account: str) -> None:
        client = self.client()
        with suppress(client.exceptions.UserNotFoundException):
            client.admin_user_global_sign_out(UserPoolId=self.user_pool_id, Username=account)


@dataclass(frozen=True, slots=True)
class CognitoAccounts:
    client: Callable[[], Any]
    user_pool_id: str

    def email_of(self, account: str) -> str | None:
        client = self.client()
        with suppress(client.exceptions.UserNotFoundException):
            name = current_name(client, self.user_pool_id, account)
            found = client.admin_get_user(UserPoolId=self.user_pool_id, Username=name)
            return attributes(found).get("email")
        return None

    def end_sign_ins(self, account: str) -> None:
        client = self.client()
        name = current_name(client, self.user_pool_id, account)
        CognitoSignIns(self.client, self.user_pool_id).end_all(name)

    def delete(self, account: str) -> None:
        client = self.client()
        name = current_name(client, self.user_pool_id, account)
        with suppress(client.exceptions.UserNotFoundException):
            client.admin_delete_user(UserPoolId=self.user_pool_id, Username=name)


@dataclass(frozen=True, slots=True)
class CognitoDirectory:
    client: Callable[[], Any]
    user_pool_id: str

    def known_of(self, account_name: str) -> KnownAccount | None:
        client = self.client()
        try:
            found = client.admin_get_user(UserPoolId=self.user_pool_id, Username=account_name)
        except client.exceptions.UserNotFoundException:
            return None
        known = attributes(found)
        return KnownAccount(
            known.get("email"),
            known.get("email_verified") == "true",
            found["UserCreateDate"],
            found["UserLastModifiedDate"],
            bool(found.get("UserMFASettingList")),
        )


def current_name(cognito: Any, pool: str, account: str) -> str:
    """The name by which the pool knows the account now: its first id if it was never moved."""
    found = cognito.list_users(UserPoolId=pool, Filter=f'{FINDABLE} = "{account}"')["Users"]
    for user in found:
        if attributes(user).get(FORMER) == account:
            name: str = user["Username"]
            return name
    return account


def attributes(user: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of an account, in either form in which Cognito gives them."""
    listed = user.get("Attributes") or user.get("UserAttributes") or []
    return {entry["Name"]: entry["Value"] for entry in listed}

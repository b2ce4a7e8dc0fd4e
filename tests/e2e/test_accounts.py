"""Accounts at the user pool: what others can do with what they are shown, and what a token can."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.errors import CliError, NotSignedIn, Refused
from tests.e2e.authenticator import code_for
from tests.e2e.conftest import PASSWORD, Deployment, Person, eventually

ANOTHER_PASSWORD: Final = "Another-horse-8-battery"
OF_THE_ACCOUNT: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("GetUser", {}),
    ("ChangePassword", {"PreviousPassword": PASSWORD, "ProposedPassword": ANOTHER_PASSWORD}),
    ("UpdateUserAttributes", {"UserAttributes": [{"Name": "email", "Value": "eve@example.com"}]}),
    ("AssociateSoftwareToken", {}),
    ("SetUserMFAPreference", {"SoftwareTokenMfaSettings": {"Enabled": False}}),
    ("GlobalSignOut", {}),
    ("DeleteUser", {}),
)
"""What Cognito lets a token of the account do."""


@pytest.fixture
def account_client(stack: Deployment) -> Accounts:
    """The client whose tokens change accounts."""
    return Accounts.once(stack.endpoint, stack.outputs["AccountClientId"])


def test_nothing_of_a_profile_is_a_user_name(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    someone, other = person(), person()
    seen = other.api.call("GET", f"/users/{someone.handle}")["user"]
    texts = [value for value in seen.values() if isinstance(value, str) and value]
    assert {seen["id"], seen["handle"]} <= set(texts)
    for text in texts:
        with pytest.raises(NotSignedIn):
            stack.accounts.sign_in(text, PASSWORD)


@pytest.mark.parametrize(("operation", "body"), OF_THE_ACCOUNT)
def test_a_token_of_the_api_does_nothing_to_the_account(
    stack: Deployment, person: Callable[[], Person], operation: str, body: dict[str, Any]
) -> None:
    someone = person()
    refreshed = stack.accounts.refresh(someone.tokens.refresh)
    for token in (someone.tokens.access, refreshed.access):
        with pytest.raises(NotSignedIn) as refused:
            stack.accounts.call(operation, {"AccessToken": token, **body})
        assert refused.value.code == "NotAuthorizedException"
    assert stack.accounts.sign_in(someone.email, PASSWORD).access


def test_a_password_typed_at_the_account_client_changes_it(
    stack: Deployment, account_client: Accounts, person: Callable[[], Person]
) -> None:
    someone = person()
    permit = account_client.sign_in(someone.email, PASSWORD)
    assert stack.api.as_user(permit.access).send("GET", "/me").status_code in {401, 403}
    change = dict(OF_THE_ACCOUNT)["ChangePassword"]
    account_client.call("ChangePassword", {"AccessToken": permit.access, **change})
    with pytest.raises(NotSignedIn):
        stack.accounts.sign_in(someone.email, PASSWORD)
    assert stack.accounts.sign_in(someone.email, ANOTHER_PASSWORD).access


def test_what_a_permit_is_exchanged_for_changes_nothing(
    account_client: Accounts, person: Callable[[], Person]
) -> None:
    someone = person()
    permit = account_client.sign_in(someone.email, PASSWORD)
    try:
        later = account_client.refresh(permit.refresh).access
    except (NotSignedIn, Refused):
        return  # Better still: it is exchanged for nothing.
    with pytest.raises(NotSignedIn):
        account_client.call("DeleteUser", {"AccessToken": later})


def test_a_second_factor_is_asked_for_at_every_sign_in(
    stack: Deployment, account_client: Accounts, person: Callable[[], Person]
) -> None:
    someone = person()
    permit = {"AccessToken": account_client.sign_in(someone.email, PASSWORD).access}
    key = account_client.call("AssociateSoftwareToken", permit)["SecretCode"]
    with pytest.raises(CliError):
        account_client.call("VerifySoftwareToken", {**permit, "UserCode": "000000"})
    account_client.call("VerifySoftwareToken", {**permit, "UserCode": code_for(key)})
    on = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    account_client.call("SetUserMFAPreference", {**permit, **on})

    for accounts in (stack.accounts, account_client):
        with pytest.raises(NotSignedIn, match="SOFTWARE_TOKEN_MFA"):
            accounts.sign_in(someone.email, PASSWORD)
        with pytest.raises(NotSignedIn, match="code is wrong"):
            accounts.sign_in(someone.email, PASSWORD, lambda: "000000")
    tokens = stack.accounts.sign_in(someone.email, PASSWORD, lambda: code_for(key))
    assert stack.api.as_user(tokens.access).me()["handle"] == someone.handle


def test_signing_out_everywhere_ends_every_session(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    someone, other = person(), person()
    elsewhere = stack.accounts.sign_in(someone.email, PASSWORD)
    second = stack.api.as_user(elsewhere.access)
    assert second.send("GET", "/me").status_code == 200

    for _ in range(2):
        assert someone.api.send("POST", "/me/sign-out-everywhere").status_code == 204

    for api in (someone.api, second):
        for method, path in (("GET", "/me"), ("GET", "/feed"), ("DELETE", "/me/avatar")):
            answer = api.send(method, path)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "session_ended"
    for refresh in (someone.tokens.refresh, elsewhere.refresh):
        with pytest.raises(NotSignedIn):
            stack.accounts.refresh(refresh)
    assert other.api.send("GET", "/me").status_code == 200

    def signed_in_again() -> int:
        # A session that begins in the same second has ended too.
        time.sleep(1)
        token = stack.accounts.sign_in(someone.email, PASSWORD).access
        return stack.api.as_user(token).send("GET", "/me").status_code

    assert eventually(signed_in_again, lambda status: status == 200) == 200

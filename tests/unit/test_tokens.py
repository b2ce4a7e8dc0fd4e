"""What an access token is good for, as Cognito is told before it makes one."""

from __future__ import annotations

from typing import Any

import pytest

from shutterfeed.schema import ACCOUNT_SCOPE, API_SCOPE
from tests.integration import payloads
from tokens.handler import handler

ACCOUNT_CLIENT = "9z8y7x6w5v4u3t2s1r0q9p8o7n"
SIGN_IN, REFRESH = "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNT_CLIENT_ID", ACCOUNT_CLIENT)


def _scopes(client_id: str | None, source: str) -> set[str]:
    """The scopes of the token that Cognito makes."""
    event: dict[str, Any] = payloads.sample("cognito/pre_token_generation")
    event["triggerSource"] = source
    if client_id is not None:
        event["callerContext"]["clientId"] = client_id
    answer = handler(event, None)
    assert {name: answer[name] for name in event if name != "response"} == {
        name: event[name] for name in event if name != "response"
    }
    change = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    before = set(event["request"]["scopes"])
    return before - set(change.get("scopesToSuppress", ())) | set(change.get("scopesToAdd", ()))


@pytest.mark.parametrize("source", [SIGN_IN, REFRESH])
def test_tokens_of_the_client_that_everybody_uses_are_for_the_api_alone(source: str) -> None:
    assert _scopes(None, source) == {API_SCOPE}


def test_a_password_typed_at_the_account_client_makes_a_token_for_the_account_alone() -> None:
    assert _scopes(ACCOUNT_CLIENT, SIGN_IN) == {ACCOUNT_SCOPE}


def test_a_refreshed_token_never_changes_the_account() -> None:
    assert ACCOUNT_SCOPE not in _scopes(ACCOUNT_CLIENT, REFRESH)


@pytest.mark.parametrize("client_id", ["", "another", ACCOUNT_CLIENT.upper()])
def test_no_other_client_changes_the_account(client_id: str) -> None:
    assert ACCOUNT_SCOPE not in _scopes(client_id, SIGN_IN)


FORMER = "0b9d1c62-5c0f-4d5f-8f43-5b7a3a6f1d20"


@pytest.mark.parametrize("source", [SIGN_IN, REFRESH])
@pytest.mark.parametrize("client_id", ["4a1b2c3d4e5f6g7h8i9j0k1l2m", ACCOUNT_CLIENT])
@pytest.mark.parametrize("former", [FORMER, "", None])
def test_a_token_for_the_api_tells_which_account_was_brought_from_another_pool(
    former: str | None, client_id: str, source: str
) -> None:
    event: dict[str, Any] = payloads.sample("cognito/pre_token_generation")
    event["triggerSource"] = source
    event["callerContext"]["clientId"] = client_id
    if former is not None:
        event["request"]["userAttributes"]["custom:account"] = former
    answer = handler(event, None)
    change = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    for_the_api = (client_id, source) != (ACCOUNT_CLIENT, SIGN_IN)
    expected = {"account": FORMER} if former and for_the_api else None
    assert change.get("claimsToAddOrOverride") == expected

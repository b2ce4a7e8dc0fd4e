"""Called by Cognito before it makes tokens: it decides what an access token is good for.

Cognito gives every access token the right to change and delete its account. Here only a token
that was made for a password typed right now at the account client has it, and is then good for
nothing else; all other tokens are good for the API alone.

An account that was brought here from a pool that is lost has a new id. Its tokens also tell the id
that it had there, by which the API knows its user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shutterfeed.config import TokensSettings
from shutterfeed.schema import ACCOUNT_SCOPE, API_SCOPE, FORMER_ACCOUNT

_REFRESH = "TokenGeneration_RefreshTokens"


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    change = {} if _may_change_account(event) else {**_API_ALONE, **_former_account(event)}
    details = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": change}}
    return {**event, "response": details}


_API_ALONE: Mapping[str, list[str]] = {
    "scopesToAdd": [API_SCOPE],
    "scopesToSuppress": [ACCOUNT_SCOPE],
}


def _former_account(event: Mapping[str, Any]) -> Mapping[str, Any]:
    former = event["request"]["userAttributes"].get(f"custom:{FORMER_ACCOUNT}")
    return {"claimsToAddOrOverride": {FORMER_ACCOUNT: former}} if former else {}


def _may_change_account(event: Mapping[str, Any]) -> bool:
    client_id, source = str(event["callerContext"]["clientId"]), str(event["triggerSource"])
    return client_id == TokensSettings.from_env().account_client_id and source != _REFRESH

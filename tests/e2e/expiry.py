"""Access tokens that have expired."""

from __future__ import annotations

from tests.e2e.conftest import PASSWORD, Deployment, eventually
from tools.deploy import LocalAws


def expired_token(stack: Deployment, email: str) -> str:
    """An access token of this account that has expired: it was made while tokens live for a
    second."""
    cognito = LocalAws(stack.endpoint).client("cognito-idp")
    client = {
        "UserPoolId": stack.outputs["UserPoolId"],
        "ClientId": stack.outputs["UserPoolClientId"],
    }
    before = cognito.describe_user_pool_client(**client)["UserPoolClient"]
    kept = {
        name: before[name]
        for name in ("ExplicitAuthFlows", "PreventUserExistenceErrors", "AccessTokenValidity")
        if name in before
    }
    units = before.get("TokenValidityUnits", {})
    short = {"AccessTokenValidity": 1, "TokenValidityUnits": {**units, "AccessToken": "seconds"}}
    try:
        cognito.update_user_pool_client(**client, **{**kept, **short})
        token = stack.accounts.sign_in(email, PASSWORD).access
    finally:
        cognito.update_user_pool_client(**client, **kept, TokenValidityUnits=units)
    api = stack.api.as_user(token)
    eventually(lambda: api.send("GET", "/me").status_code, lambda status: status != 200)
    return token

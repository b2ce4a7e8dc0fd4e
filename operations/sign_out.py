"""`make sign-out`: end all sessions of a user, whose account somebody else may have taken over."""

from __future__ import annotations

from operations.deployment import Deployment
from operations.people import find_user
from shutterfeed.adapters.cognito import CognitoSignIns
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.system import SystemClock
from shutterfeed.ports.system import Clock


def sign_out(deployment: Deployment, handle: str, clock: Clock | None = None) -> str:
    """End all sessions of the user who has this handle. Returns the user name of the account at
    Cognito, for what else has to be done with it. Raises `ToolError` if nobody has the handle."""
    user_id, account = find_user(deployment, handle)
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    CognitoSignIns(lambda: cognito, pool).end_all(account)
    DynamoProfiles(deployment.metadata).end_sessions(user_id, (clock or SystemClock()).now())
    return account

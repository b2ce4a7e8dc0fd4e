"""`make sign-out`: end all sessions of a user, whose account somebody else may have taken over."""

from __future__ import annotations

from operations.accounts import current_name
from operations.deployment import Deployment
from shutterfeed.adapters.cognito import CognitoSignIns
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.users import canonical_handle
from shutterfeed.ports.system import Clock
from tools.errors import ToolError


def sign_out(deployment: Deployment, handle: str, clock: Clock | None = None) -> str:
    """End all sessions of the user who has this handle. Returns the user name of the account at
    Cognito, for what else has to be done with it. Raises `ToolError` if nobody has the handle."""
    profiles = DynamoProfiles(deployment.metadata)
    name = canonical_handle(handle.removeprefix("@"))
    user_id = profiles.id_of(name) if name else None
    if user_id is None:
        raise ToolError(f"Nobody has the handle {handle}.")
    subject = subject_of(user_id, DynamoSecrets(deployment.metadata).account_key())
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    account = current_name(cognito, pool, subject)
    CognitoSignIns(lambda: cognito, pool).end_all(account)
    profiles.end_sessions(user_id, (clock or SystemClock()).now())
    return account

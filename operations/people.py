"""Users by their handles, for the operator's commands."""

from __future__ import annotations

from operations.deployment import Deployment
from shutterfeed.adapters.cognito import current_name
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.users import canonical_handle
from tools.errors import ToolError


def user_of(deployment: Deployment, handle: str) -> str:
    """The id of the user who has this handle. Raises `ToolError` if nobody has it."""
    name = canonical_handle(handle.removeprefix("@"))
    user_id = DynamoProfiles(deployment.metadata).id_of(name) if name else None
    if user_id is None:
        raise ToolError(f"Nobody has the handle {handle}.")
    return user_id


def find_user(deployment: Deployment, handle: str) -> tuple[str, str]:
    """The id of the user who has this handle, and the name by which Cognito knows the account.
    Raises `ToolError` if nobody has the handle."""
    user_id = user_of(deployment, handle)
    subject = subject_of(user_id, DynamoSecrets(deployment.metadata).account_key())
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    return user_id, current_name(cognito, pool, subject)

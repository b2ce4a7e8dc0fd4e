"""`make close`: close a user's account, as its user can, or have it erased at once."""

from __future__ import annotations

from datetime import datetime

from operations.deployment import Deployment, queues
from operations.people import find_user
from shutterfeed.adapters.cognito import CognitoSignIns
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.queues import SqsQueue
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.closing import IN_FLIGHT, erase_at
from shutterfeed.domain.messages import EraseAccount
from shutterfeed.ports.system import Clock
from tools import names
from tools.errors import ToolError


def close(
    deployment: Deployment, handle: str, *, erase_now: bool = False, clock: Clock | None = None
) -> datetime:
    """Close the account of the user who has this handle, and end all sessions. Returns when it is
    erased: after the days that the stage gives, or with `erase_now` in a minute.

    An account that is closed already is erased when it was to be, unless `erase_now` says
    otherwise. Raises `ToolError` if nobody has the handle, or if the account is being erased.
    """
    user_id, account = find_user(deployment, handle)
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    profiles, closings = DynamoProfiles(deployment.metadata), DynamoClosings(deployment.metadata)
    now = (clock or SystemClock()).now()
    CognitoSignIns(lambda: cognito, pool).end_all(account)
    closings.close(user_id, now, erase_at(now, 0 if erase_now else _days(deployment)))
    profile = profiles.item(user_id)
    if profile is None or profile.closed_at is None or profile.erase_at is None:
        raise ToolError(f"The account of {handle} was opened or erased meanwhile.")
    if not erase_now:
        return profile.erase_at
    soon = now + IN_FLIGHT
    if profile.erase_at > soon and not closings.hasten(user_id, profile.closed_at, soon):
        raise ToolError(f"The account of {handle} is being erased.")
    orders = SqsQueue(
        deployment.client_for("sqs"), queues(deployment)["erase"], Codec[EraseAccount]("erase")
    )
    orders.send_later([EraseAccount(user_id)], IN_FLIGHT)
    return min(soon, profile.erase_at)


def _days(deployment: Deployment) -> int:
    """The number of days that the stage gives its users to come back."""
    function = deployment.client_for("lambda").get_function_configuration(
        FunctionName=names.function(deployment.stage, "api")
    )
    return int(function["Environment"]["Variables"]["CLOSING_DAYS"])

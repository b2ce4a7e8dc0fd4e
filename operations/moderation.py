"""`make moderator` and `make moderation-log`: who moderates, and whether the log is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.deployment import Deployment
from operations.people import find_user
from operations.sign_out import sign_out
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.log_anchors import S3LogAnchors
from shutterfeed.domain.moderation_log import Break, Entry, broken, not_as_noted
from shutterfeed.schema import MODERATORS

_PAGE = 500


def appoint(deployment: Deployment, handle: str) -> None:
    """Make the user who has this handle a moderator. Tokens that are made from now on say so.
    Raises `ToolError` if nobody has the handle."""
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    _, account = find_user(deployment, handle)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=account, GroupName=MODERATORS)


def dismiss(deployment: Deployment, handle: str) -> None:
    """Undo `appoint`. The user's sessions end, since their tokens say still that they moderate.
    Raises `ToolError` like it."""
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    _, account = find_user(deployment, handle)
    cognito.admin_remove_user_from_group(UserPoolId=pool, Username=account, GroupName=MODERATORS)
    sign_out(deployment, handle)


def entries(deployment: Deployment) -> Iterator[Entry]:
    """All entries of the log, the first one first."""
    log = DynamoModerationLog(deployment.metadata)
    last = 0
    while page := log.after(last, _PAGE):
        yield from page
        last = page[-1].number


def verify(deployment: Deployment) -> tuple[int, str, Break | None]:
    """How many entries the log has, the hash of the last, and where its chain is broken, or is
    another than was noted outside the table; None if it is whole."""
    found = list(entries(deployment))
    s3: Any = deployment.client_for("s3")
    anchors = S3LogAnchors(s3, deployment.outputs["OriginalsBucketName"])
    wrong = broken(found) or not_as_noted(found, anchors.all())
    return len(found), found[-1].hash if found else "", wrong


def line(entry: Entry) -> str:
    """An entry as `make moderation-log` prints it."""
    event = entry.event
    what = " ".join(filter(None, (event.kind, event.action, event.rule)))
    who = event.moderator_id or "the service"
    return f"{entry.number:>6} {event.at:%Y-%m-%d %H:%M} {what} in {event.case_id} by {who}"

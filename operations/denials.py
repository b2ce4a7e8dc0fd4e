"""`make deny`, `make allow`, `make denied`: take media off the edge at once, and give them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from operations.deployment import Deployment
from shutterfeed.adapters.denials import DenialsInCode, StoredDenials
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.ids import MalformedId, PostId, is_ulid
from shutterfeed.ports.system import Clock
from shutterfeed.services.denials import DenialService
from tools.errors import ToolError


def deny(deployment: Deployment, given: str) -> Sequence[str]:
    """Deny what the id names until it is allowed again: the media of a post, one medium, or a blob,
    whoever posted it. Returns the ids that are denied. Raises `ToolError` for anything else."""
    ids = _ids(deployment, given)
    service(deployment).deny(ids, hidden=False)
    return ids


def allow(deployment: Deployment, given: str) -> Sequence[str]:
    """Undo `deny`. Returns the ids that are allowed. Raises `ToolError` like it."""
    ids = _ids(deployment, given)
    service(deployment).allow(ids)
    return ids


def denied(deployment: Deployment) -> Mapping[str, datetime | None]:
    """What is denied, and when each entry ends, after entries that are over were removed."""
    return service(deployment).tidy()


def service(deployment: Deployment, clock: Clock | None = None) -> DenialService:
    """The denials of a stage: in its key-value store, or in the function's code if it has none."""
    outputs = deployment.outputs
    if "DenialsArn" in outputs:
        store = deployment.client_for("cloudfront-keyvaluestore")
        denials: StoredDenials | DenialsInCode = StoredDenials(store, outputs["DenialsArn"])
    else:
        cloudfront = deployment.client_for("cloudfront")
        denials = DenialsInCode(cloudfront, outputs["MediaLinksFunctionName"])
    return DenialService(denials=denials, clock=clock or SystemClock())


def _ids(deployment: Deployment, given: str) -> Sequence[str]:
    if is_ulid(given):
        return [given]
    try:
        post_id = PostId.parse(given)
    except MalformedId:
        raise ToolError(
            f"ID must be the id of a post, a medium or a blob, as in its address, not {given}."
        ) from None
    post = DynamoPosts(deployment.metadata).get(post_id)
    if post is None:
        raise ToolError(f"There is no post {given}.")
    return [medium.media_id for medium in post.media]

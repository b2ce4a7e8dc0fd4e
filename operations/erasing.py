"""`make erase`: erase a post at once, whoever's it is."""

from __future__ import annotations

from operations.deployment import Deployment
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.posts import PostState
from shutterfeed.ports.system import Clock
from shutterfeed.services.erasing import ErasureService
from tools.errors import ToolError


def erase(deployment: Deployment, given: str, clock: Clock | None = None) -> bool:
    """Erase a post, deleted or not. It cannot be undone; repeated, it changes nothing more. Returns
    whether there was such a post. Raises `ToolError` for what cannot be a post's id, and for the
    hidden post of an avatar that is shown."""
    try:
        post_id = PostId.parse(given)
    except MalformedId:
        raise ToolError(f"POST must be the id of a post, as in its address, not {given}.") from None
    posts = DynamoPosts(deployment.metadata)
    post = posts.get(post_id)
    if post is not None and post.state is PostState.AVATAR:
        raise ToolError(f"{given} is an avatar that is shown: its owner can remove it.")
    ErasureService(posts=posts, clock=clock or SystemClock()).erase(post_id)
    return post is not None

"""`make explain`: why somebody sees a post, or does not: the decision, and all that it is made
of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.deployment import Deployment
from operations.people import user_of
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import (
    NOBODY,
    PostSubject,
    Relation,
    Surface,
    Viewer,
    decide,
)
from shutterfeed.ports.viewing import Wanted
from tools.errors import ToolError

SIGNED_OUT: Final = "nobody"
"""What is given for a viewer who is not signed in."""
_SURFACES: Final = {
    Surface.ITSELF: "by its address",
    Surface.LIST: "in its author's list",
    Surface.MIXED: "among the posts of many",
    Surface.FOUND: "in search and hashtags",
    Surface.FEED: "in the feed",
}


def explain(deployment: Deployment, viewer: str, post: str) -> Iterator[str]:
    """The decision for a viewer, by their handle or `nobody`, on each surface, and its inputs, line
    by line. Raises `ToolError` for a handle or an id that is none."""
    try:
        post_id = PostId.parse(post)
    except MalformedId:
        raise ToolError(f"POST must be the id of a post, as in its address, not {post}.") from None
    who = NOBODY if viewer == SIGNED_OUT else Viewer(user_of(deployment, viewer))
    reads = DynamoViewingReads(deployment.metadata, SystemClock())
    stored = reads.read_now(who, Wanted(posts=[post_id], mixed=True))
    found, author = stored.posts.get(post_id), stored.profiles.get(post_id.author_id)
    subject = PostSubject(found, author, stored.reported.has(str(post_id)))
    relation = stored.relation_to(post_id.author_id)
    for surface, where in _SURFACES.items():
        reason = decide(who, subject, relation, surface)
        yield f"{where:<24} {'shown' if reason is None else f'hidden: {reason}'}"
    yield ""
    yield from _of_viewer(who, relation, subject)
    yield from _of_post(found)
    yield from _of_author(author)


def _of_viewer(viewer: Viewer, relation: Relation, subject: PostSubject) -> Iterator[str]:
    yield _line("viewer", viewer.user_id or "not signed in")
    yield _line("follows the author", relation.follows)
    yield _line("has blocked the author", relation.has_blocked)
    yield _line("is blocked by the author", relation.is_blocked)
    yield _line("has muted the author", relation.has_muted)
    yield _line("has reported the author", relation.has_reported)
    yield _line("has reported the post", subject.is_reported)


def _of_post(post: Post | None) -> Iterator[str]:
    if post is None:
        yield _line("post", "is not stored")
        return
    yield _line("post's state", post.state)
    yield _line("post's purpose", post.purpose)
    yield _line("is erased", post.erased_at is not None)
    yield _line("content is withheld by", ", ".join(sorted(post.withheld)) or "no case")
    yield _line("is hidden by", post.taken_down or "no case")


def _of_author(author: Profile | None) -> Iterator[str]:
    if author is None:
        yield _line("author", "is not stored")
        return
    suspension = author.suspension
    yield _line("author", f"@{author.handle}")
    yield _line("account is private", author.private)
    yield _line("has a public page", author.public_page)
    yield _line("account is closed", author.is_closed)
    yield _line("author is suspended by", "no case" if suspension is None else suspension.case_id)
    yield _line("author is limited by", author.limited or "no case")


def _line(what: str, value: object) -> str:
    shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return f"{what:<24} {shown}"

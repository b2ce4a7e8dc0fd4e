"""Appearances: the posts in which others have tagged a user."""

from __future__ import annotations

from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page


class Appearances(Protocol):
    """Users' lists of the posts in which others have tagged them.

    A list may lag behind the posts, and may have a post from which the tag is gone: the post itself
    decides. `revision` is that of the post as it was read. Of two changes, in whatever order they
    come, a tag that is the newer one stays listed. Repeating a change is harmless.
    """

    def add(self, user_id: str, post_id: PostId, revision: int) -> None:
        """List a post, unless it is listed by a later revision."""
        ...

    def remove(self, user_id: str, post_id: PostId, revision: int | None) -> None:
        """Take a post off the list, unless it was listed by a later revision. The revision is None
        if the post is gone for good."""
        ...

    def page(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        """A page of a user's list, the newest post first. Strongly consistent."""
        ...

"""Who may see what of whom, by the facts of the graph alone: what the product's decision, its
services and its indexes are compared with, and knows nothing of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Pair = tuple[str, str]
Mark = tuple[str, Any]
"""Who likes or has saved which post."""
NOBODY: Final = ""
"""The viewer who is not signed in."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at one moment."""

    now: datetime
    edges: frozenset[Pair]
    """Who follows whom."""
    requests: frozenset[Pair]
    """Who has asked to follow whom, and has no answer yet."""
    blocks: frozenset[Pair]
    mutes: Mapping[Pair, datetime]
    """The ends of mutes, by who has muted whom."""
    private: frozenset[str]
    off_public_pages: frozenset[str]
    """Those who do not want to be shown to people who are not signed in."""
    shown: frozenset[Any]
    """The posts that are published, and not deleted."""
    likes: frozenset[Mark] = frozenset()
    saves: frozenset[Mark] = frozenset()
    counted_apart: frozenset[str] = frozenset()
    """Celebrities, whose profile no follow looks at when it is written."""
    hidden: frozenset[Any] = frozenset()
    """The posts that moderators have hidden, or whose contents they withhold."""
    suspended: frozenset[str] = frozenset()
    limited: frozenset[str] = frozenset()
    """The users whom moderators have suspended, or limited."""
    reported: frozenset[tuple[str, Any]] = frozenset()
    """Who has reported which post or user."""

    def are_cut(self, one: str, other: str) -> bool:
        """Whether one of the two has blocked the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def has_muted(self, viewer: str, user: str) -> bool:
        return (viewer, user) in self.mutes and self.mutes[viewer, user] > self.now

    def sees_profile(self, viewer: str, user: str) -> bool:
        if user in self.suspended and viewer != user:
            return False
        if viewer == NOBODY:
            return user not in self.private and user not in self.off_public_pages
        return not self.are_cut(viewer, user)

    def sees_lists(self, viewer: str, user: str) -> bool:
        """Whether somebody sees a user's posts, followers and followed."""
        accepted = user not in self.private or viewer == user or (viewer, user) in self.edges
        return accepted and self.sees_profile(viewer, user)

    def sees_post(self, viewer: str, author: str, post_id: Any) -> bool:
        is_shown = post_id in self.shown and post_id not in self.hidden
        return is_shown and self.sees_lists(viewer, author)

    def comes_upon(self, viewer: str, author: str, post_id: Any) -> bool:
        """Whether somebody may find a post when they look for something."""
        return self._meets(viewer, author, post_id) and not self.is_limited_for(viewer, author)

    def is_indexed(self, author: str) -> bool:
        """Whether the posts of somebody are found at all, by themselves too, once the index is up
        to date."""
        return author not in self.limited | self.suspended

    def finds(self, viewer: str, user: str) -> bool:
        """Whether somebody may find a user when they look for something."""
        return self.sees_profile(viewer, user) and not self.is_limited_for(viewer, user)

    def is_limited_for(self, viewer: str, user: str) -> bool:
        return user in self.limited and viewer != user

    def _meets(self, viewer: str, author: str, post_id: Any) -> bool:
        if {(viewer, author), (viewer, post_id)} & self.reported:
            return False
        return self.sees_post(viewer, author, post_id) and not self.has_muted(viewer, author)

    def has_in_feed(self, viewer: str, author: str, post_id: Any) -> bool:
        followed = viewer == author or (viewer, author) in self.edges
        return followed and self._meets(viewer, author, post_id)

    def may_be_suggested(self, viewer: str, user: str) -> bool:
        known = viewer == user or (viewer, user) in self.edges | self.requests
        kept = user in self.private or self.has_muted(viewer, user)
        if (viewer, user) in self.reported or not self.finds(viewer, user):
            return False
        return not known and not kept

"""Erasing takes a post away for good: nobody can restore it, and its links are dead at once.

The post's own write does all that others notice. Its item goes a minute later, and all that belongs
to it goes with it, as when a deleted post expires: references, ledger, likes, comments, counts,
appearances. Contents that nobody else refers to cool off for an hour instead of a week.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.system import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureService:
    posts: Posts
    clock: Clock

    def erase(self, post_id: PostId, *, deny: bool = True, spending: Spending = NOTHING) -> None:
        """Erase a post in any state, also the hidden one of an avatar that was removed, and make
        the charges. `deny` says that its links must be dead at once: without it they die within 48
        hours, which is enough if nobody has been shown the post for that long. Repeated, it changes
        nothing more, and it does nothing if there is no such post. Raises `LimitReached`."""
        now = self.clock.now()
        until = now + DENIAL_RETENTION if deny else None
        self.posts.erase(post_id, now, denied_until=until, spending=spending)

"""Feeds: for each user, the posts of those they follow and their own, by publish position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shutterfeed.domain.ids import MalformedId, PostId, is_ulid

FEED_RETENTION: Final = timedelta(days=90)
"""How long an entry stays in a pre-generated feed."""
BACKFILL_POSTS: Final = 50
"""How many of a newly followed user's newest posts enter the follower's feed."""


@dataclass(frozen=True, slots=True, order=True)
class FeedEntry:
    """One post in one feed. Entries order by position, then by post id."""

    position: str
    post_id: PostId

    def __str__(self) -> str:
        """The entry as a place in the list: what cursors carry and the sort key is."""
        return f"{self.position}#{self.post_id}"

    @classmethod
    def parse(cls, text: str) -> FeedEntry:
        """Raises `MalformedId`."""
        position, _, post_id = text.partition("#")
        if not is_ulid(position):
            raise MalformedId(text)
        return cls(position, PostId.parse(post_id))

"""The JSON of likes."""

from __future__ import annotations

from msgspec import Struct

from api.models import PostCounts
from shutterfeed.domain import posts


class Liked(Struct):
    """Whether the caller likes a post, and the post's counts."""

    liked_by_me: bool
    counts: PostCounts

    @classmethod
    def of(cls, counts: posts.PostCounts, *, liked: bool) -> Liked:
        return cls(liked, PostCounts(counts.likes, counts.comments))

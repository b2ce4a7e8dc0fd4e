"""The JSON of followed hashtags."""

from __future__ import annotations

from msgspec import Struct

from api.models import Instant
from shutterfeed.domain.hashtags import FollowedHashtag


class HashtagFollowed(Struct):
    """A hashtag that the caller follows, without `#` and in small letters, as posts are found under
    it."""

    hashtag: str
    followed_at: Instant

    @classmethod
    def of(cls, followed: FollowedHashtag) -> HashtagFollowed:
        return cls(followed.tag, followed.at)


class HashtagsFollowed(Struct):
    """A page of the hashtags that the caller follows, at most 50 altogether."""

    items: list[HashtagFollowed]
    next_cursor: str | None

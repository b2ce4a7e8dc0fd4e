"""Followed hashtags, and the newest posts of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import FollowedHashtag, TaggedPosts
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page


class FollowedHashtags(Protocol):
    """Who follows which hashtags. Strongly consistent, except the list of a hashtag's followers."""

    def follow(
        self,
        user_id: str,
        hashtag: FollowedHashtag,
        follow_ulid: str,
        spending: Spending = NOTHING,
        *,
        known: Sequence[FollowedHashtag] | None = None,
    ) -> FollowedHashtag:
        """Follow a hashtag, and make the charges. Returns what is stored: an earlier follow, if
        there is one; then nothing changes and nothing is charged. Raises `LimitReached`, and
        `Conflict` for more than `MAX_FOLLOWED`. `known` are all that the user follows, if the
        caller has just read them."""
        ...

    def unfollow(self, user_id: str, tag: str) -> bool:
        """Follow a hashtag no longer. False if the user did not."""
        ...

    def page(self, user_id: str, after: str | None, limit: int) -> Page[FollowedHashtag]:
        """A page of the hashtags that a user follows, in their own order; `after` is a hashtag."""
        ...

    def followers(self, tag: str, after: str | None, limit: int) -> Page[str]:
        """A page of the ids of those who follow a hashtag. Eventually consistent."""
        ...

    def bring(self, posts: TaggedPosts, user_ids: Iterable[str]) -> None:
        """Write a hashtag's newest posts into the rows of users. Rows that are gone stay gone, and
        rows that come from a later version of the list stay as they are."""
        ...


class TaggedPostsStore(Protocol):
    """The lists of hashtags that somebody follows, or has followed. Strongly consistent."""

    def get_many(self, tags: Collection[str]) -> Mapping[str, TaggedPosts]:
        """The lists of those hashtags that have one."""
        ...

    def begin(self, tag: str, entries: Iterable[FeedEntry]) -> None:
        """Make a hashtag's list with these posts, unless there is one."""
        ...

    def include(self, tag: str, entries: Iterable[FeedEntry]) -> TaggedPosts | None:
        """Put posts into a hashtag's list, if it has one. Returns the list as it is then. If a
        message waits according to it, that begins after the posts were put in. Raises `Busy` if
        others change the same list at the same time."""
        ...

    def note_message(self, posts: TaggedPosts, due_at: datetime) -> None:
        """Note that a message waits that brings the posts, unless bringing has begun since the list
        was like `posts`."""
        ...

    def start(self, posts: TaggedPosts, now: datetime) -> TaggedPosts | None:
        """Note that bringing begins, and that no message waits any more. Returns the list as it is
        then; None if bringing has begun since the list was like `posts`."""
        ...

    def note_brought(self, tag: str, version: int | None, followers: int | None) -> None:
        """Note that the posts of a version are brought, or are on their way; and, after the last of
        the followers, how many there were. None for what is not to be noted. A lower version than
        the noted one changes nothing."""
        ...

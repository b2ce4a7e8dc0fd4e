"""Reading a feed: two round trips, one for the page of entries, one for all it shows."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import MalformedId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostState
from shutterfeed.ports import FeedDetails, Feeds, FeedView
from shutterfeed.services.posts import PostView
from shutterfeed.services.profiles import ProfileService


@dataclass(frozen=True, slots=True)
class FeedService:
    feeds: Feeds
    details: FeedDetails
    users: ProfileService

    def page(self, reader_id: str, before: str | None, limit: int) -> Page[PostView]:
        """Published posts of those the reader follows and their own, newest first.

        Visibility is decided now, not when an entry was written: a page may hold fewer posts
        than `limit`, and still have a next one. Raises `InvalidCursor`.
        """
        entries = self.feeds.page(reader_id, _parse_position(before), limit)
        post_ids = [entry.post_id for entry in entries.items]
        users = {reader_id, *(post_id.author_id for post_id in post_ids)}
        view = self.details.view(post_ids, users)
        if reader_id not in view.profiles:
            self.users.create(reader_id)
        return Page(
            tuple(shown for entry in entries.items if (shown := _shown(entry, view))),
            entries.next_position,
        )


def _shown(entry: FeedEntry, view: FeedView) -> PostView | None:
    post = view.posts.get(entry.post_id)
    author = view.profiles.get(entry.post_id.author_id)
    if post is None or author is None or post.state is not PostState.PUBLISHED:
        return None
    return PostView(post, author)


def _parse_position(position: str | None) -> FeedEntry | None:
    try:
        return None if position is None else FeedEntry.parse(position)
    except MalformedId as error:
        raise InvalidCursor from error

"""Search finds posts, people and hashtags. What the index says is checked against the table when it
is read: it is shown by `services/viewing.py`, whatever the index remembers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import InvalidCursor, InvalidInput
from shutterfeed.domain.ids import ULID, MalformedId, ulid, ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import MAX_DEPTH, RANK_SORT, Query, SuggestionKind, parse_query
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts, parse_place, parse_tag
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.search import SearchIndex
from shutterfeed.ports.system import Clock
from shutterfeed.services.viewing import AuthorView, PostView, ProfileView, ViewingService

MAX_SUGGESTIONS: Final = 10
_MAX_HASHTAGS: Final = 20
_POSITIONS: Final = {
    PostOrder.NEWEST: re.compile(ULID),
    PostOrder.BEST: re.compile(RANK_SORT),
}
"""The patterns of positions in the lists of hashtags and places."""
_POSITION: Final = re.compile(r"(?P<as_of>[0-9A-Z]{26}):(?P<offset>\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion. `text` is a handle, a hashtag without its `#`, or a place's name."""

    kind: SuggestionKind
    text: str
    user: AuthorView | None = None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place: its key, the name that posts give it, and how many posts were made there."""

    key: str
    name: str
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchService:
    index: SearchIndex
    viewing: ViewingService
    clock: Clock

    def posts(
        self, viewer: Viewer, query: Query, position: str | None, limit: int
    ) -> Page[PostView]:
        """Published posts, best first. A page may hold fewer than `limit` and have a next one.

        The first page fixes the moment that all further ones look at: what is published later
        does not push anything onto the next page. Raises `InvalidCursor`.
        """
        as_of, offset = self._open(position)
        found = self.index.posts(query, as_of, offset, _within_depth(offset, limit))
        views = self.viewing.posts(viewer, found.items)
        return Page(views, _seal(as_of, found.next_position))

    def users(
        self, viewer: Viewer, query: Query, position: str | None, limit: int
    ) -> Page[ProfileView]:
        """The users who match, best first. Raises `InvalidCursor`, and `InvalidInput` for a query
        without words."""
        _require_words(query)
        as_of, offset = self._open(position)
        found = self.index.users(query, offset, _within_depth(offset, limit))
        views = self.viewing.users(viewer, found.items, surface=Surface.FOUND)
        return Page(views, _seal(as_of, found.next_position))

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        """The hashtags in use, without their `#`. Raises `InvalidInput` for a query without
        words."""
        _require_words(query)
        return self.index.hashtags(query, min(limit, _MAX_HASHTAGS))

    def tagged(
        self,
        viewer: Viewer,
        tag: str,
        position: str | None,
        limit: int,
        order: PostOrder = PostOrder.NEWEST,
    ) -> Page[PostView]:
        """Posts with a hashtag. Raises `InvalidInput`, `InvalidCursor`."""
        return self._listed(viewer, Topic.hashtag(parse_tag(tag)), order, position, limit)

    def at_place(
        self, viewer: Viewer, place: str, order: PostOrder, position: str | None, limit: int
    ) -> Page[PostView]:
        """Posts at a place, by its name or key. Raises `InvalidInput`, `InvalidCursor`."""
        return self._listed(viewer, Topic.place(parse_place(place)), order, position, limit)

    def _listed(
        self, viewer: Viewer, topic: Topic, order: PostOrder, position: str | None, limit: int
    ) -> Page[PostView]:
        if position is not None and not _POSITIONS[order].fullmatch(position):
            raise InvalidCursor
        found = self.index.listed(topic, order, position, limit)
        return Page(self.viewing.posts(viewer, found.items), found.next_position)

    def hashtag(self, tag: str) -> TopicFacts:
        """A hashtag as posts are found under it, and their number. Raises `InvalidInput`."""
        return self.index.facts(Topic.hashtag(parse_tag(tag)))

    def place(self, place: str) -> PlaceFacts:
        """What is known of a place, by its name or key. Raises `InvalidInput`."""
        key = parse_place(place)
        facts = self.index.facts(Topic.place(key))
        return PlaceFacts(key, facts.name, facts.posts)

    def suggest(self, viewer: Viewer, text: str) -> tuple[SuggestionView, ...]:
        """Suggestions for somebody who has typed this much. Raises `InvalidInput`."""
        found = self.index.suggest(parse_query(text), MAX_SUGGESTIONS)
        user_ids = [s.text for s in found if s.kind is SuggestionKind.USER]
        users = self.viewing.authors(viewer, user_ids, Surface.FOUND)
        views = []
        for suggestion in found:
            if suggestion.kind is not SuggestionKind.USER:
                views.append(SuggestionView(suggestion.kind, suggestion.text))
            elif user := users.get(suggestion.text):
                views.append(SuggestionView(suggestion.kind, user.profile.handle, user))
        return tuple(views)

    def _open(self, position: str | None) -> tuple[datetime, int]:
        if position is None:
            return self.clock.now(), 0
        match = _POSITION.fullmatch(position)
        try:
            if match is None:
                raise InvalidCursor
            return ulid_time(match["as_of"]), int(match["offset"])
        except MalformedId as error:
            raise InvalidCursor from error


def _within_depth(offset: int, limit: int) -> int:
    return max(0, min(limit, MAX_DEPTH - offset))


def _seal(as_of: datetime, offset: str | None) -> str | None:
    if offset is None or int(offset) >= MAX_DEPTH:
        return None
    return f"{ulid(as_of, 0)}:{offset}"


def _require_words(query: Query) -> None:
    if not query.terms:
        raise InvalidInput("empty_query", "There is nothing in it to search for.", "q")

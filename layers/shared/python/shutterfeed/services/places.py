"""Places to choose from for a post: those that its author used before, and others' near a point or
by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from shutterfeed.domain.posts import Place
from shutterfeed.domain.search import Circle, parse_query, plain, start_keys
from shutterfeed.domain.topics import place_key
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.search import SearchIndex
from shutterfeed.ports.system import Clock, Together
from shutterfeed.services.viewing import ViewingService

MAX_PLACES: Final = 10
NEAR_KM: Final = 2.0
"""The greatest distance of a place that is near a point, in kilometres."""
_OWN_POSTS: Final = 60
"""The number of the author's newest published posts of which the places are offered."""
_NEAR_POSTS: Final = 20


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place to choose; `is_own` says whether the author has used it before."""

    place: Place
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceService:
    posts: Posts
    index: SearchIndex
    viewing: ViewingService
    clock: Clock
    together: Together

    def find(self, viewer: Viewer, text: str, near: Circle | None) -> tuple[FoundPlace, ...]:
        """Places for what has been typed, up to `MAX_PLACES` with different names: first those of
        the viewer's newest posts, then those of posts near a point, nearest first, and then those
        whose names begin with the text, most used first. Without a text and a point these are only
        the viewer's own. Raises `InvalidInput`."""
        own, around, named = self.together(
            partial(self._own, viewer),
            partial(self._near, viewer, near),
            partial(self._named, text),
        )
        found = (
            *(FoundPlace(place, is_own=True) for place in own if _begins(place, text)),
            *(FoundPlace(place, is_own=False) for place in around if _begins(place, text)),
            *(FoundPlace(place, is_own=False) for place in named),
        )
        first: dict[str, FoundPlace] = {}
        for one in found:
            first.setdefault(place_key(one.place.name) or one.place.name, one)
        return tuple(islice(first.values(), MAX_PLACES))

    def _own(self, viewer: Viewer) -> tuple[Place, ...]:
        if viewer.user_id is None:
            return ()
        page = self.posts.published_by(viewer.user_id, None, _OWN_POSTS)
        return tuple(post.place for post in page.items if post.place is not None)

    def _near(self, viewer: Viewer, near: Circle | None) -> tuple[Place, ...]:
        if near is None:
            return ()
        page = self.index.posts(parse_query("", near), self.clock.now(), 0, _NEAR_POSTS)
        views = self.viewing.posts(viewer, page.items)
        places = (view.post.place for view in views if view.post.place is not None)
        return tuple(place for _, place in sorted(_distances(near, places), key=lambda p: p[0]))

    def _named(self, text: str) -> tuple[Place, ...]:
        if not text.strip():
            return ()
        return tuple(map(Place, self.index.places(parse_query(text), MAX_PLACES)))


def _distances(near: Circle, places: Iterator[Place]) -> Iterator[tuple[float, Place]]:
    for place in places:
        # A post may have been edited since it was indexed.
        if place.point is not None and (far := near.distance(*place.point)) <= near.km:
            yield far, place


def _begins(place: Place, text: str) -> bool:
    return any(start.startswith(plain(text)) for start in start_keys(place.name))

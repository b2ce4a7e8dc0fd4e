"""The JSON of exploring: hashtags, places, and places to choose from."""

from __future__ import annotations

from msgspec import Struct

from shutterfeed.domain.topics import TopicFacts
from shutterfeed.services.places import FoundPlace
from shutterfeed.services.search import PlaceFacts


class HashtagBody(Struct):
    """A hashtag without `#` and in small letters, and the number of posts that are found under it:
    those of accounts that are not private."""

    hashtag: str
    posts: int

    @classmethod
    def of(cls, facts: TopicFacts) -> HashtagBody:
        return cls(facts.name, facts.posts)


class PlacePageBody(Struct):
    """A place, and the number of posts that are found at it: those of accounts that are not
    private. `place` is the same for all spellings of its name, and stands in the address of its
    page."""

    place: str
    name: str
    posts: int

    @classmethod
    def of(cls, facts: PlaceFacts) -> PlacePageBody:
        return cls(facts.key, facts.name, facts.posts)


class FoundPlaceBody(Struct):
    """A place to choose for a post. `latitude` and `longitude` are null if only its name is known.
    `used_before` says whether the caller has chosen it for one of their newest posts."""

    name: str
    latitude: float | None
    longitude: float | None
    used_before: bool

    @classmethod
    def of(cls, found: FoundPlace) -> FoundPlaceBody:
        place = found.place
        return cls(place.name, place.latitude, place.longitude, found.is_own)


class FoundPlaces(Struct):
    """Places to choose from, likeliest first."""

    items: list[FoundPlaceBody]

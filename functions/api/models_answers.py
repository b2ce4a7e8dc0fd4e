"""The JSON of likes, saves and collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from api.models import Author, Instant, PostCounts, RequestBody, shown_pattern
from shutterfeed.domain import posts
from shutterfeed.domain.characters import NAME
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.saves import MAX_COLLECTION_NAME
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.saves import CollectionView
from shutterfeed.services.viewing import AuthorView

CollectionName = Annotated[
    str, Meta(min_length=1, max_length=MAX_COLLECTION_NAME), shown_pattern(NAME)
]


class Liked(Struct):
    """Whether the caller likes a post, and the post's counts. While very many like a post at once,
    the number of likes is some seconds old."""

    liked_by_me: bool
    counts: PostCounts

    @classmethod
    def of(cls, counts: posts.PostCounts, *, liked: bool) -> Liked:
        return cls(liked, PostCounts(counts.likes, counts.comments))


class PostLiker(Struct):
    """A post, and one of those who like it."""

    post_id: str
    user: Author


class PostLikers(Struct):
    """Those who are named beside some posts."""

    items: list[PostLiker]

    @classmethod
    def of(cls, named: Mapping[PostId, AuthorView], links: MediaLinks) -> PostLikers:
        return cls([PostLiker(str(i), Author.of(view, links)) for i, view in named.items()])


class Saved(Struct):
    """Whether the caller has saved a post."""

    saved_by_me: bool


class NameCollection(RequestBody):
    """The name of a collection: one line of up to 50 characters."""

    name: CollectionName


class CollectionBody(Struct):
    """A collection of the caller's. `count` is the number of saved posts in it: also of those that
    the caller may not see at the moment."""

    id: str
    name: str
    count: int
    created_at: Instant

    @classmethod
    def of(cls, view: CollectionView) -> CollectionBody:
        collection = view.collection
        return cls(collection.id, collection.name, view.count, collection.created_at)


class CollectionPage(Struct):
    """Collections. `next_cursor` is null at the end of the list."""

    items: list[CollectionBody]
    next_cursor: str | None

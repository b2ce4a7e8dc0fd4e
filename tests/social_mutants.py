"""Faults put into the code on purpose, which the world of `social_world.py` has to find."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.likes import LikeService
from shutterfeed.services.viewing import PostView
from tests.fakes.metadata import FakeLikes

_unlike = FakeLikes.unlike
_like = FakeLikes.like


def _count_every_request(likes: FakeLikes, user_id: str, post_id: PostId, *more: Any) -> bool:
    """A like that is counted again when the request is repeated."""
    new = _like(likes, user_id, post_id, *more)
    if not new:
        likes._add(post_id, 1)
    return new


def _take_back_uncounted(likes: FakeLikes, user_id: str, post_id: PostId, shards: int) -> bool:
    taken = _unlike(likes, user_id, post_id, shards)
    if taken:
        likes._add(post_id, 1)
    return taken


def _like_unseen(service: LikeService, viewer: Viewer, text: str) -> PostView:
    """A like that asks whether the post is there, and not whether the person may see it."""
    return service.viewing.post(Viewer(PostId.parse(text).author_id), PostId.parse(text))


def _liked_unseen(service: LikeService, user_id: str, before: str | None, limit: int) -> Page[Any]:
    """A list that shows what was liked once, whoever may see it today."""
    page = service.likes.liked_by(user_id, before, limit)
    views = (
        service.viewing.own_list(Viewer(post_id.author_id), [post_id]) for post_id in page.items
    )
    return Page(tuple(view for found in views for view in found), page.next_position)


MUTANTS: Final[dict[str, Callable[[], AbstractContextManager[Any]]]] = {
    "like_that_counts_repetitions": partial(patch.object, FakeLikes, "like", _count_every_request),
    "unlike_that_is_not_counted": partial(patch.object, FakeLikes, "unlike", _take_back_uncounted),
    "like_of_what_may_not_be_seen": partial(patch.object, LikeService, "_published", _like_unseen),
    "list_of_what_may_not_be_seen": partial(patch.object, LikeService, "liked", _liked_unseen),
}

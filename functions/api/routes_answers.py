"""The routes of likes."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostPage, UserPage
from api.models_answers import Liked
from api.routes import post_page, user_page


@route("PUT", "/posts/{id}/like", returns=Liked, errors=(404,), limited=True)
def like_post(call: Call) -> Liked:
    """Like a post. Nothing changes if the caller likes it already."""
    counts = call.services.likes.like(call.user_id, call.path["id"])
    return Liked.of(counts, liked=True)


@route("DELETE", "/posts/{id}/like", returns=Liked, errors=(404,))
def unlike_post(call: Call) -> Liked:
    """Take a like back. Nothing changes if the caller does not like the post."""
    counts = call.services.likes.unlike(call.user_id, call.path["id"])
    return Liked.of(counts, liked=False)


@route("GET", "/posts/{id}/likes", returns=UserPage, paged=True, errors=(404,))
def list_likers(call: Call) -> UserPage:
    """List the users who like a post, newest like first. Those whom the caller may not see are left
    out, so the list can be shorter than the number of likes."""
    page = call.services.likes.likers(call.viewer, call.path["id"], call.position, call.limit)
    return user_page(call, page)


@route("GET", "/me/likes", returns=PostPage, paged=True)
def list_likes(call: Call) -> PostPage:
    """List the posts that the caller likes, the newest post first.

    Posts that the caller may not see any more are left out: deleted ones, those of private accounts
    that the caller does not follow, and those of users who have blocked the caller. They come back
    if they can be seen again.
    """
    page = call.services.likes.liked(call.user_id, call.position, call.limit)
    return post_page(call, page)

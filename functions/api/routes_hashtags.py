"""The routes of followed hashtags."""

from __future__ import annotations

from api.http import Call, route
from api.models_hashtags import HashtagFollowed, HashtagsFollowed


@route(
    "PUT",
    "/me/hashtags/{tag}",
    returns=HashtagFollowed,
    errors=(400, 404, 409),
    limited=True,
    reads_session=True,
)
def follow_hashtag(call: Call) -> HashtagFollowed:
    """Follow a hashtag: its newest posts come into the caller's feed.

    They are posts of public accounts, at most a quarter of a page, and few of one author; their
    `hashtag` says why they are there. Upper and lower case and accents make no difference. The
    answer is 409 `too_many_hashtags` if the caller follows 50 hashtags.
    """
    follow, tag = call.services.hashtags.follow, call.path["tag"]
    return HashtagFollowed.of(follow(call.user_id, tag, call.session_began))


@route("DELETE", "/me/hashtags/{tag}", status=204, errors=(400, 404))
def unfollow_hashtag(call: Call) -> None:
    """Follow a hashtag no longer. Nothing changes if the caller does not follow it."""
    call.services.hashtags.unfollow(call.user_id, call.path["tag"])


@route("GET", "/me/hashtags", returns=HashtagsFollowed, paged=True)
def list_followed_hashtags(call: Call) -> HashtagsFollowed:
    """List the hashtags that the caller follows."""
    page = call.services.hashtags.page(call.user_id, call.position, call.limit)
    items = [HashtagFollowed.of(followed) for followed in page.items]
    return HashtagsFollowed(items, call.cursor(page.next_position))

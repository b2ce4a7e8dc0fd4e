"""Naming those who like posts: one beside each, as in "Liked by anna and 12 others".

Names are not read with the posts: a client asks for those of the posts that somebody looks at. Two
round trips find them, and a third one if whoever comes first may not be named to the viewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import MalformedId, PostId, nobodys_id
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.likes import Likes
from shutterfeed.services.viewing import AuthorView, ViewingService

MAX_POSTS: Final = 20
"""The highest number of posts for which one request names somebody."""
_LOOKED_AT: Final = (1, 9)
"""How many of those who like a post are read at first, and how many more if none of these may be
named. If none of all may be, nobody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikedByService:
    likes: Likes
    viewing: ViewingService

    def named(self, viewer: Viewer, texts: Sequence[str]) -> dict[PostId, AuthorView]:
        """Somebody who likes each of some posts, by the posts: whom the viewer follows if possible,
        otherwise who liked it last; never the viewer. Nobody is named whom the viewer may not see,
        has muted, or whom the owner of the post has blocked.

        Posts that the viewer may not see are left out, like those of which nobody can be named.
        Raises `InvalidInput` for what cannot be an id, and for too many.
        """
        post_ids = _parsed(texts)
        recent = self.likes.recent(viewer.user_id, post_ids)
        waiting = {
            post_id: _ordered(viewer, post_id, recent.of_posts.get(post_id, ()), recent.followed)
            for post_id in post_ids
        }
        named: dict[PostId, AuthorView] = {}
        for number in _LOOKED_AT:
            looked_at = {post_id: ids[:number] for post_id, ids in waiting.items() if ids}
            found = self.viewing.likers(viewer, looked_at, recent.followed)
            named |= {post_id: views[0] for post_id, views in found.items() if views}
            waiting = {i: waiting[i][number:] for i in found if i not in named}
        return named


def _ordered(
    viewer: Viewer, post_id: PostId, likers: Sequence[str], followed: frozenset[str]
) -> Sequence[str]:
    """Those who may be named, in the order in which they are tried.

    A post that nobody likes is read like one that somebody likes: so it takes no shorter to say
    nothing of a post that does not exist than of one that is hidden.
    """
    others = [user_id for user_id in likers if not viewer.is_user(user_id)]
    others.sort(key=lambda user_id: user_id not in followed)
    return others or [nobodys_id(str(post_id))]


def _parsed(texts: Sequence[str]) -> list[PostId]:
    """The ids, each once. Raises `InvalidInput`."""
    if len(texts) > MAX_POSTS:
        message = f"ids has {len(texts)} posts; a request may have up to {MAX_POSTS}."
        raise InvalidInput("invalid_ids", message, "ids")
    try:
        return list(dict.fromkeys(map(PostId.parse, texts)))
    except MalformedId as error:
        message = "ids must be the ids of posts, with a comma between them."
        raise InvalidInput("invalid_ids", message, "ids") from error

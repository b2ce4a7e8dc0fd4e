"""Keeping the numbers of likes up to date where many like a post at once, and noting their order of
magnitude, by which a search ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.search import noted_popularity
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Posts

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeCountService:
    likes: Likes
    posts: Posts

    def update(self, post_id: PostId) -> None:
        """Bring a post's number of likes up to date, and note its order of magnitude. Repeating it
        is harmless.

        It ends when the two agree. So after the last change of the number, the last is noted,
        whatever the order of the messages.
        """
        for _ in range(_ATTEMPTS):
            counts, post = self.likes.count(post_id), self.posts.get(post_id)
            if counts is None or post is None:
                return
            order = noted_popularity(counts.likes, post.popularity)
            if order == post.popularity:
                return
            self.posts.note_popularity(post_id, post.popularity, order)
        raise Busy

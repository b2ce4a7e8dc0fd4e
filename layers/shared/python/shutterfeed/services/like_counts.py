"""Keeping numbers of likes and comments up to date: those of a post that many like at once, those
in a celebrity's recent posts, and the order of magnitude by which a search ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.explore import Contender
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.ranking import rank
from shutterfeed.domain.search import noted_popularity
from shutterfeed.ports.explore import Contenders
from shutterfeed.ports.feeds import RecentPostsStore
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.system import Clock

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeCountService:
    likes: Likes
    posts: Posts
    recent_posts: RecentPostsStore
    contenders: Contenders
    clock: Clock

    def update(self, post_id: PostId) -> None:
        """Bring a post's number of likes up to date, also in its author's recent posts, and note
        its order of magnitude; if that has grown, the post becomes a contender for the list to
        explore. Repeating it is harmless.

        It ends when all agree. So after the last change of the number, the last is noted, whatever
        the order of the messages. Raises `Busy` if that does not happen.
        """
        counts = self._note(post_id)
        if counts is not None and counts.kept:
            self._keep(post_id)

    def _note(self, post_id: PostId) -> PostCounts | None:
        """The counts of a post, whose order of magnitude is noted. None if there is none."""
        for _ in range(_ATTEMPTS):
            counts, post = self.likes.count(post_id), self.posts.get(post_id)
            if counts is None or post is None:
                return None
            order = noted_popularity(counts.likes, post.popularity)
            if order == post.popularity:
                return counts
            if order > post.popularity:
                self._nominate(post, counts)
            self.posts.note_popularity(post_id, post.popularity, order)
        raise Busy

    def _nominate(self, post: Post, counts: PostCounts) -> None:
        if post.published_at is not None:
            now = self.clock.now()
            standing = rank(post.published_at, counts.likes)
            self.contenders.nominate(Contender(post.id, standing, now))

    def _keep(self, post_id: PostId) -> None:
        """Bring the numbers in the author's recent posts up to date, if these have the post whole.

        They are read before the counts, and written only if nobody has changed them since: nobody
        replaces numbers by older ones.
        """
        author_id = post_id.author_id
        for _ in range(_ATTEMPTS):
            recent = self.recent_posts.get_many([author_id])[author_id]
            kept, counts = recent.counted.get(post_id), self.likes.counts(post_id)
            if kept is None or kept.rounded == counts.rounded:
                return
            if self.recent_posts.keep_counts(recent, post_id, counts):
                return
        raise Busy

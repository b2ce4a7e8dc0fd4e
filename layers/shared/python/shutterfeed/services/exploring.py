"""The list of posts to explore: `reconcile` makes it, and everybody pages through it."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain import visibility
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.explore import MAX_EXPLORED, Explored, parse_position
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.ranking import rank, spread
from shutterfeed.domain.visibility import NOBODY, STRANGERS, PostSubject, Surface, Viewer
from shutterfeed.ports.explore import Contenders, ExploreLists
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.viewing import Stored, ViewingReads, Wanted
from shutterfeed.services.popular import SOMEBODY
from shutterfeed.services.viewing import PostView, ViewingService


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreService:
    """Shows the list."""

    lists: ExploreLists
    viewing: ViewingService

    def page(self, viewer: Viewer, position: str | None, limit: int) -> Page[PostView]:
        """A page of the list, best first. It may hold fewer posts than `limit` and have a next one.

        A position names the version of the list that its reader began with. Raises
        `InvalidCursor`, also if that version is not kept any more.
        """
        if position is None:
            found, offset = self.lists.current(), 0
            if found is None:
                return Page((), None)
        else:
            version, offset = parse_position(position)
            found = self.lists.version(version)
            if found is None:
                raise InvalidCursor
        page = found.page(offset, limit)
        return Page(self.viewing.explored(viewer, page.items), page.next_position)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreListing:
    """Makes the list."""

    contenders: Contenders
    lists: ExploreLists
    reads: ViewingReads
    clock: Clock
    ids: Ids

    def update(self) -> int:
        """Make the list again, if there are new contenders or it is a day old; how many posts are
        on it then, or 0 if it stays as it is.

        Only those posts are on it that everybody may explore: others would take their positions in
        vain. Two runs at once make two versions, of which the later one counts.
        """
        contenders, now = self.contenders.recent(), self.clock.now()
        newest = max((contender.at for contender in contenders), default=None)
        before = self.lists.current()
        if before is None and newest is None:
            return 0
        if before is not None and not before.is_due(newest, now):
            return 0
        known = before.post_ids if before is not None else ()
        until = newest or (before.counted_until if before is not None else None)
        ahead = sorted(contenders, key=lambda one: (-one.rank, one.post_id))[:MAX_EXPLORED]
        candidates = dict.fromkeys((*(one.post_id for one in ahead), *known))
        best = tuple(spread(self._ranked(tuple(candidates)))[:MAX_EXPLORED])
        self.lists.keep(Explored(self.ids.new(now), best, now, until))
        return len(best)

    def _ranked(self, post_ids: tuple[PostId, ...]) -> list[PostId]:
        """Those of the posts that may be explored, best first, by their present likes."""
        stored = self.reads.read(NOBODY, Wanted(posts=post_ids)) if post_ids else Stored()
        ranks = {
            post.id: _rank(post, stored)
            for post in stored.posts.values()
            if _is_explored(post, stored)
        }
        return sorted(ranks, key=lambda post_id: (-ranks[post_id], post_id))


def _is_explored(post: Post, stored: Stored) -> bool:
    subject = PostSubject(post, stored.profiles.get(post.author_id))
    return visibility.decide(SOMEBODY, subject, STRANGERS, Surface.EXPLORED) is None


def _rank(post: Post, stored: Stored) -> int:
    counts = stored.counts.get(post.id)
    likes = 0 if counts is None else counts.likes
    return rank(post.published_at or post.created_at, likes)

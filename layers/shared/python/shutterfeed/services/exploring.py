"""The list of posts to explore: `reconcile` makes it, and everybody pages through it. While it is
short, those who look at it make it, too."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain import visibility
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.explore import (
    CONTENDERS_OF_SHORT,
    MAX_EXPLORED,
    Explored,
    parse_position,
)
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
    listing: ExploreListing
    viewing: ViewingService

    def page(self, viewer: Viewer, position: str | None, limit: int) -> Page[PostView]:
        """A page of the list, best first. It may hold fewer posts than `limit` and have a next one.

        A position names the version of the list that its reader began with. Raises
        `InvalidCursor`, also if that version is not kept any more.
        """
        if position is None:
            found, offset = self.listing.current(), 0
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
        made = self._make(self.lists.current(), MAX_EXPLORED)
        return 0 if made is None else len(made.post_ids)

    def current(self) -> Explored | None:
        """The list as it is shown; None if nobody has published. A short one is made again first if
        there are new contenders, so that the first posts of a deployment are on it at once."""
        last, now = self.lists.current(), self.clock.now()
        if last is not None:
            if not last.may_grow(now):
                return last
            if not self.lists.claim(last, last.looked_for_more(now)):
                return last  # Of all who come in this moment, one looks for contenders.
        return self._make(last, CONTENDERS_OF_SHORT) or last

    def _make(self, before: Explored | None, most: int) -> Explored | None:
        """The list after `before`, from the best `most` contenders and those on it. None if it
        stays as it is."""
        contenders, now = self.contenders.recent(), self.clock.now()
        newest = max((contender.at for contender in contenders), default=None)
        if before is None and newest is None:
            return None
        if before is not None and not before.is_due(newest, now):
            return None
        known = before.post_ids if before is not None else ()
        ahead = sorted(contenders, key=lambda one: (-one.rank, one.post_id))[:most]
        candidates = dict.fromkeys((*(one.post_id for one in ahead), *known))
        best = tuple(spread(self._ranked(tuple(candidates)))[:MAX_EXPLORED])
        until = newest or (before.counted_until if before is not None else None)
        if most < min(len(contenders), MAX_EXPLORED):
            until = None  # The schedule counts all of them.
        version = self.ids.new(now)
        if before is None:
            made = Explored(version, best, now, until)
        else:
            made = before.made_again(version, best, now, until)
        self.lists.keep(made)
        return made

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

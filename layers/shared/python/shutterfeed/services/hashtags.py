"""Followed hashtags: following them, and bringing their newest posts to those who do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.errors import Busy, InvalidCursor
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import LISTED, MAX_FOLLOWED, FollowedHashtag, TaggedPosts
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.messages import BringTagged, FanOutMessage
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.search import Document, PostDocument
from shutterfeed.domain.text import is_tag
from shutterfeed.domain.topics import PostOrder, Topic, parse_tag
from shutterfeed.domain.visibility import NOBODY
from shutterfeed.ports.hashtags import FollowedHashtags, TaggedPostsStore
from shutterfeed.ports.queues import LONGEST_DELAY, DelayingQueue
from shutterfeed.ports.search import SearchIndex
from shutterfeed.ports.system import Clock, Ids, Together
from shutterfeed.ports.viewing import ViewingReads, Wanted
from shutterfeed.services.profiles import ProfileService

_ROWS: Final = 500
"""The rows that are written before the rest is left to a new message: less than a second's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashtagService:
    users: ProfileService
    followed: FollowedHashtags
    lists: TaggedPostsStore
    index: SearchIndex
    reads: ViewingReads
    limits: Limits
    clock: Clock
    ids: Ids
    together: Together

    def follow(
        self, user_id: str, text: str, session_began: datetime | None = None
    ) -> FollowedHashtag:
        """Follow a hashtag, with or without `#`; one that is followed already stays as it is. Its
        newest posts are in the feed at once.

        Raises `InvalidInput`, `SessionEnded`, `LimitReached`, and `Conflict` for too many hashtags.
        """
        tag, now = parse_tag(text), self.clock.now()
        user, followed = self.together(
            partial(self.users.me, user_id),
            partial(self.followed.page, user_id, None, MAX_FOLLOWED + 1),
        )
        user.check_session(session_began)
        spending = self.limits.spending(user_id, now, changes=1)
        hashtag = FollowedHashtag(tag, now)
        ulid = self.ids.new(now)
        hashtag = self.followed.follow(user_id, hashtag, ulid, spending, known=followed.items)
        # The follow is stored first: what is indexed from now on comes by itself.
        found = self.lists.get_many([tag])
        if not found:
            self.lists.begin(tag, self._newest(tag))
            found = self.lists.get_many([tag])
        self.followed.bring(found[tag], [user_id])
        return hashtag

    def unfollow(self, user_id: str, text: str) -> None:
        """Follow a hashtag no longer. Nothing changes if the user does not. Raises
        `InvalidInput`."""
        self.followed.unfollow(user_id, parse_tag(text))

    def page(self, user_id: str, after: str | None, limit: int) -> Page[FollowedHashtag]:
        """The hashtags that a user follows. Raises `InvalidCursor`."""
        if after is not None and not is_tag(after):
            raise InvalidCursor
        return self.followed.page(user_id, after, limit)

    def _newest(self, tag: str) -> list[FeedEntry]:
        """The newest posts that are indexed under a hashtag. Who may see them is decided when they
        are shown."""
        found = self.index.listed(Topic.hashtag(tag), PostOrder.NEWEST, None, LISTED)
        if not found.items:
            return []
        posts = self.reads.read(NOBODY, Wanted(posts=found.items)).posts.values()
        return [entry_of(post) for post in posts if post.state is PostState.PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggingService:
    """Puts what was indexed into the lists of hashtags that somebody follows."""

    lists: TaggedPostsStore
    steps: DelayingQueue[FanOutMessage]
    clock: Clock

    def include(self, documents: Iterable[Document]) -> Mapping[str, Exception]:
        """Put posts into the lists of their hashtags, and have these brought to the followers.

        Returns the hashtags for which that has failed, and why. It may be repeated, and what is
        late finds its place by its position. A post that is gone stays in the lists: whether a
        post is shown is decided when a feed is read.
        """
        found: defaultdict[str, list[FeedEntry]] = defaultdict(list)
        for document in documents:
            if isinstance(document, PostDocument):
                for tag in document.tags:
                    found[tag].append(FeedEntry(document.position, document.post_id))
        failures: dict[str, Exception] = {}
        for tag in self.lists.get_many(found) if found else ():
            try:
                posts = self.lists.include(tag, found[tag])
                if posts is not None:
                    self._announce(posts)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[tag] = error
        return failures

    def _announce(self, posts: TaggedPosts) -> None:
        """Send a message for what is not brought yet, unless one waits that will do. It is noted
        only when it was sent, so that none is missing; and only if it has to wait, since otherwise
        it begins at once."""
        now = self.clock.now()
        if not posts.needs_message(now):
            return
        wait = posts.wait(now)
        _send(self.steps, BringTagged(posts.tag, posts.version), wait)
        if wait:
            self.lists.note_message(posts, now + wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class BringingService:
    """Brings the newest posts of a hashtag to its followers."""

    followed: FollowedHashtags
    lists: TaggedPostsStore
    steps: DelayingQueue[FanOutMessage]
    clock: Clock

    def bring(self, step: BringTagged) -> int:
        """Write the rows of some followers, from the step's checkpoint on. Returns their number.

        A repeated step writes nothing new, and a late one nothing old: the list is read now, and
        its version decides. A step that comes too early goes back to the queue. Raises `Busy` if
        others begin at the same time.
        """
        posts = self.lists.get_many([step.tag]).get(step.tag)
        if posts is not None and step.after is None:
            posts = self._begin(step, posts)
        if posts is None:
            return 0
        page = self.followed.followers(step.tag, step.after, _ROWS)
        self.followed.bring(posts, page.items)
        rows, is_last = step.rows + len(page.items), page.next_position is None
        if not is_last:
            self.steps.send([replace(step, after=page.next_position, rows=rows)])
        version = posts.version if step.after is None else None
        if version is not None or is_last:
            self.lists.note_brought(step.tag, version, rows if is_last else None)
        return len(page.items)

    def _begin(self, step: BringTagged, posts: TaggedPosts) -> TaggedPosts | None:
        """The list that the first step brings; None if its posts are brought already, or have to
        wait."""
        # If a message waits according to the list, those who add posts count on the next one that
        # begins.
        if posts.brought_version >= step.version and posts.due_at is None:
            return None
        now = self.clock.now()
        if wait := posts.wait(now):
            _send(self.steps, step, wait)
            return None
        if not posts.has_many and posts.due_at is None:
            return posts
        begun = self.lists.start(posts, now)
        if begun is None:
            raise Busy
        return begun


def _send(steps: DelayingQueue[FanOutMessage], step: BringTagged, wait: timedelta) -> None:
    """Send a step that waits, or as much of that as a queue can: then it comes too early."""
    if wait:
        steps.send_later([step], min(wait, LONGEST_DELAY))
    else:
        steps.send([step])

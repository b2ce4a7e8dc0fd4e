"""Reading a feed: two round trips, one for what is known of the reader, one for all a page shows.

A reader who does not come often has nothing in their feed: their first page is made from the
recent posts of all they follow, and kept as a snapshot, through which they then page like anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from shutterfeed.domain.delivery import FeedPolicy, Reader, RecentPosts, entry_of
from shutterfeed.domain.feed import (
    BOTTOM,
    FeedCursor,
    FeedEntry,
    Merged,
    Snapshot,
    Source,
    merge,
    newest_first,
)
from shutterfeed.domain.hashtags import tagged_on_page
from shutterfeed.domain.ids import NEWEST, OLDEST, PostId, ulid, ulid_time
from shutterfeed.domain.messages import PrepareFeed
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Relation, Surface, Viewer, decide_on_relation
from shutterfeed.ports.feed_reads import FeedReads, FeedStart, FeedView, FeedWanted
from shutterfeed.ports.feeds import Feeds, Readers
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.ports.viewing import Stored, Wanted
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import PostView, ViewingService

_FOLLOWING_PAGE: Final = 1000
_ROUNDS: Final = 10
"""How often a page is tried whose posts were all deleted, before an empty one is given."""
_PUBLISHING: Final = timedelta(hours=1)
"""How long most posts take from being made to being published, at the most."""
_EPOCH: Final = ulid_time(OLDEST)
_MOST_NEW: Final = 100
_SEEN: Final = 2_000
"""The number of celebrities whose entries a process remembers, with up to 5 KB each."""
_SCANNED: Final = 500
"""Entries looked at for that number; those of whom the reader has unfollowed do not count."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed. `latest` is the position from which to ask later how many posts are new."""

    posts: tuple[PostView, ...]
    next_position: str | None
    latest: str | None
    """None except on a feed's first page."""


@dataclass(frozen=True, slots=True)
class NewPosts:
    """The number of new posts. `more` says that there are more than were counted."""

    count: int
    more: bool


@dataclass(slots=True)
class SeenEntries:
    """The entries of celebrities whose recent posts this process has read, the last of them."""

    _entries: dict[str, Sequence[FeedEntry]] = field(default_factory=dict)

    def of(self, author_ids: Iterable[str]) -> list[Sequence[FeedEntry]]:
        return [self._entries[i] for i in author_ids if i in self._entries]

    def note(self, recent_posts: Mapping[str, RecentPosts]) -> None:
        for author_id, recent in recent_posts.items():
            self._entries.pop(author_id, None)
            self._entries[author_id] = recent.entries
        for author_id in list(self._entries)[:-_SEEN]:
            del self._entries[author_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedService:
    reads: FeedReads
    feeds: Feeds
    follows: Follows
    readers: Readers
    users: ProfileService
    viewing: ViewingService
    preparations: Queue[PrepareFeed]
    policy: FeedPolicy
    clock: Clock
    seen: SeenEntries = field(default_factory=SeenEntries)

    def page(
        self, reader_id: str, position: str | None, limit: int, session: datetime | None = None
    ) -> FeedPage:
        """Published posts of those the reader follows and their own, newest first.

        Visibility is decided now, not when an entry was written: a page may hold fewer posts
        than `limit`, and still have a next one. `session` is when the reader's session began.
        Raises `InvalidCursor`, and `SessionEnded`.
        """
        cursor = None if position is None else FeedCursor.parse(position)
        viewer = Viewer(reader_id)
        start = self._start(reader_id, cursor, limit)
        _check(start, session)
        if cursor is None:
            start = self._record_visit(reader_id, start)
        posts, newest, after = self._read(viewer, start, cursor, limit)
        latest = FeedCursor(newest or BOTTOM) if cursor is None else None
        for _ in range(_ROUNDS):
            if posts or after is None:
                break
            start = self._start(reader_id, after, limit)
            posts, _newest, after = self._read(viewer, start, after, limit)
        return FeedPage(
            posts,
            None if after is None else str(after),
            None if latest is None else str(latest),
        )

    def new_posts(self, reader_id: str, since: str, session: datetime | None = None) -> NewPosts:
        """The number of others' posts that have come since a page was read, at most 100. Those that
        were deleted since are counted too. Raises `InvalidCursor`, and `SessionEnded`."""
        boundary = FeedCursor.parse(since).before
        now = self.clock.now()
        start = self.reads.start(reader_id, None, _MOST_NEW + 1, now, with_snapshot=False)
        _check(start, session)
        viewer, reader = Viewer(reader_id), start.reader
        shown = _Shown(viewer, reader, now)
        if reader.is_pushed(now):
            pulled = shown.among(reader.pulled)
            recent_posts = self.reads.view(
                viewer, FeedWanted(recent_posts=pulled), None, 0
            ).recent_posts
        else:
            followed = shown.among(self._following(reader_id))
            recent_posts = self.reads.recent_posts(followed)
        sources = [start.pushed.items, *(recent.entries for recent in recent_posts.values())]
        new = [
            entry
            for entry in islice(newest_first(sources), _SCANNED)
            if entry > boundary and shown.has(entry)
        ]
        return NewPosts(min(len(new), _MOST_NEW), len(new) > _MOST_NEW)

    def _start(self, reader_id: str, cursor: FeedCursor | None, limit: int) -> FeedStart:
        """The first round trip."""
        now = self.clock.now()
        if cursor is None:
            return self.reads.start(reader_id, None, limit, now)
        with_snapshot = cursor.has_snapshot
        return self.reads.start(reader_id, cursor.before, limit, now, with_snapshot=with_snapshot)

    def _record_visit(self, reader_id: str, start: FeedStart) -> FeedStart:
        """What a visit begins with: the reader's profile, their standing, and, unless posts are
        pushed to them, their feed made again."""
        reader, now = start.reader, self.clock.now()
        if reader.profile is None:
            self.users.create(reader_id)
        if reader.pushed_until is not None and reader.is_pushed(now):
            if self.policy.renewal_due(reader.pushed_until, now):
                # Each subscription is renewed by the first post that finds it run out.
                until = self.policy.pushed_until(now)
                self.readers.record_visit(reader_id, now.date(), until)
            return start
        if reader.last_visit != now.date():
            if self.policy.is_regular(reader.last_visit, now.date()):
                self.preparations.send([PrepareFeed(reader_id)])
            self.readers.record_visit(reader_id, now.date())
        return FeedStart(reader, start.pushed, self._rebuild(reader_id, start.snapshot))

    def _rebuild(self, reader_id: str, old: Snapshot | None) -> Snapshot:
        recent_posts = self.reads.recent_posts(self._following(reader_id))
        size, now = self.policy.snapshot_posts, self.clock.now()
        snapshot = make_snapshot(recent_posts.values(), old, size, self.reads, now)
        if snapshot is not old:
            # Where another request was faster, its snapshot is as new as this one.
            self.feeds.keep_snapshot(reader_id, snapshot, now)
        return snapshot

    def _following(self, reader_id: str) -> list[str]:
        return list(following(self.follows, reader_id))

    def _read(
        self, viewer: Viewer, start: FeedStart, cursor: FeedCursor | None, limit: int
    ) -> tuple[tuple[PostView, ...], FeedEntry | None, FeedCursor | None]:
        """The second round trip: the posts, the position that none is above, and the next
        cursor."""
        reader, before = start.reader, cursor.before if cursor else None
        snapshot, now = start.snapshot, self.clock.now()
        if snapshot is not None and snapshot.is_over(now):
            snapshot = None
        end = snapshot.complete_down_to if snapshot is not None else None
        own = reader.recent_posts
        own_id = {own.author_id} if own is not None and _is_exhausted(own, before) else set()
        shown = _Shown(viewer, reader, now)
        tagged = shown.tagged(before, limit)
        pulled = frozenset(shown.among(reader.pulled))
        exhausted = own_id | {a for a in pulled if cursor and cursor.is_exhausted(a)}
        known = [*_known(shown, start, snapshot, before), Source(tuple(tagged))]
        expected = merge(known, limit, end).entries
        likely = [entry.post_id for entry in expected]
        people = {user_id for entry in expected for user_id in entry.people}
        guessed = self._guess(known, pulled - exhausted, before, limit, end)
        authors = pulled | own_id
        shown_posts = Wanted(posts=likely, at_hand=guessed, authors=authors, people=people)
        strangers = {entry.post_id.author_id for entry in tagged}
        own_between = _around([*likely, *guessed], before, limit) if pulled else None
        wanted = FeedWanted(shown_posts, pulled - exhausted, exhausted, own_between, strangers)
        view = self.reads.view(viewer, wanted, before, limit)
        celebrities = {a: recent.timeline for a, recent in view.recent_posts.items()}
        celebrities |= {a: _source(page) for a, page in view.timelines.items()}
        merged = merge([*known, *(s.below(before) for s in celebrities.values())], limit, end)
        if merged.next is None and end is None and merged.entries:
            merged = shown.continued(merged)
        self.seen.note(view.recent_posts)
        stored = self._stored(viewer, merged.entries, {*likely, *guessed}, view)
        # Of celebrities, what the reader has reported is known only when their posts are read.
        stored = replace(stored, reported=reader.reported)
        if reader.profile is not None:
            stored = stored.including((), [reader.profile])
        ids = (entry.post_id for entry in merged.entries)
        brought = {entry.post_id: tag for entry, tag in tagged.items()}
        posts = self.viewing.feed(viewer, ids, stored, shown.relation_to, brought)
        # Nothing but what is below its boundary: nothing is above it either. What hashtags bring is
        # not counted among the new posts.
        newest = next((entry for entry in merged.entries if entry not in tagged), merged.next)
        after = _next(merged, celebrities, exhausted - own_id)
        if after is not None and snapshot is None:
            # A snapshot that was just written, and is not seen yet, is read by the next page.
            settled = self.policy.is_settled(reader.pushed_until, now)
            not_read = cursor is not None and not cursor.has_snapshot
            after = replace(after, has_snapshot=not (settled or not_read))
        return posts, newest, after

    def _guess(
        self,
        known: Sequence[Source],
        pulled: Iterable[str],
        before: FeedEntry | None,
        limit: int,
        end: FeedEntry | None,
    ) -> list[PostId]:
        """The posts of celebrities that the page will have, unless they have posted since this
        process last read their recent posts. Their exact counts can be asked for with the rest."""
        sources = [Source(entries).below(before) for entries in self.seen.of(pulled)]
        own = {entry.post_id for source in known for entry in source.entries[:limit]}
        merged = merge([*known, *sources], limit, end).entries if sources else ()
        return [entry.post_id for entry in merged if entry.post_id not in own]

    def _stored(
        self, viewer: Viewer, entries: Sequence[FeedEntry], asked: set[PostId], view: FeedView
    ) -> Stored:
        """Everything that the page shows, with the posts from recent posts and timelines. Which
        these are is known only when they have been read. Recent posts have their counts too; those
        of posts from timelines take a third round trip."""
        in_recent_posts = [
            whole
            for entry in entries
            if (recent := view.recent_posts.get(entry.post_id.author_id)) is not None
            and (whole := recent.whole(entry)) is not None
        ]
        kept = {post.id: counts for post, counts in in_recent_posts if counts is not None}
        # The exact counts, of posts that were guessed, come before those that are kept.
        stored = Stored(counts=kept) | view.stored
        stored = stored.including(post for post, _ in in_recent_posts)
        for page in view.timelines.values():
            stored = stored.including(page.items)
        # A reader's pull marker can outlive the celebrity, whose recent posts then name
        # posts and does not hold them. It costs a third round trip, until the marker goes.
        others = [entry.post_id for entry in entries if entry.post_id not in asked]
        missing = [post_id for post_id in others if post_id not in stored.posts]
        unknown = [
            post_id
            for post_id in others
            if post_id in stored.posts and not (post_id in kept and view.knows_own(post_id))
        ]
        if missing or unknown:
            wanted = FeedWanted(Wanted(posts=missing, at_hand=unknown))
            stored |= self.reads.view(viewer, wanted, None, 0).stored
        return stored


def _check(start: FeedStart, session: datetime | None) -> None:
    """Raise `SessionEnded` if the reader's session, which began at `session`, was ended."""
    if start.reader.profile is not None:
        start.reader.profile.check_session(session)


def following(follows: Follows, reader_id: str) -> Iterable[str]:
    """The ids of all whom a user follows."""
    after = None
    while True:
        page = follows.following(reader_id, after, _FOLLOWING_PAGE)
        yield from page.items
        after = page.next_position
        if after is None:
            return


def make_snapshot(
    recent_posts: Iterable[RecentPosts],
    old: Snapshot | None,
    size: int,
    reads: FeedReads,
    now: datetime,
) -> Snapshot:
    """The newest posts of all the authors; `old` itself if nothing has changed and it lasts.

    Where recent posts end above the last entry, its author's list is read on. That happens to few:
    each has all their recent posts among the newest `size`.
    """
    sources = {recent.author_id: recent.source for recent in recent_posts}
    newest = list(islice(newest_first([s.entries for s in sources.values()]), size))
    last = newest[-1] if len(newest) == size else BOTTOM
    shallow = {
        author_id: source.complete_down_to
        for author_id, source in sources.items()
        if source.complete_down_to is not None and source.complete_down_to > last
    }
    if shallow:
        for author_id, page in reads.timelines(shallow, size).items():
            entries = tuple(newest_first([sources[author_id].entries, page.items]))
            sources[author_id] = Source(entries, _source_end(page))
    merged = merge(list(sources.values()), size)
    is_same = old is not None and (merged.entries, merged.next) == (
        old.entries,
        old.complete_down_to,
    )
    if old is not None and is_same and not old.is_ageing(now):
        return old
    return Snapshot(merged.entries, merged.next, 1 if old is None else old.version + 1)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Decides, before any post is read, whose posts a reader's feed shows now."""

    viewer: Viewer
    reader: Reader
    now: datetime
    decided: dict[str, bool] = field(default_factory=dict)
    """What was decided on each author: a page has many posts of few."""

    def relation_to(self, author_id: str) -> Relation:
        return self.reader.relation_to(author_id, self.now)

    def has(self, entry: FeedEntry) -> bool:
        is_reported = self.reader.reported.has(str(entry.post_id))
        return not is_reported and self._shows(entry.post_id.author_id)

    def among(self, author_ids: Iterable[str]) -> list[str]:
        """Those of the authors whose posts the feed shows."""
        return [author_id for author_id in author_ids if self._shows(author_id)]

    def of(self, source: Source) -> Source:
        """The source without the entries that the feed does not show."""
        reader = self.reader
        if not (reader.unfollowed or reader.muted or reader.reported):
            return source
        return Source(tuple(filter(self.has, source.entries)), source.complete_down_to)

    def tagged(self, before: FeedEntry | None, limit: int) -> dict[FeedEntry, str]:
        """The posts that followed hashtags bring to a page, each with its hashtag. Their authors
        may be anybody, of whom a feed knows only whether they are muted."""
        return tagged_on_page(self.reader.hashtags, before, limit, self._may_bring)

    def continued(self, merged: Merged) -> Merged:
        """The last page's entries, with a next page if hashtags bring more posts below them."""
        last = merged.entries[-1]
        return Merged(merged.entries, last if self.tagged(last, 1) else None)

    def _may_bring(self, entry: FeedEntry) -> bool:
        author_id = entry.post_id.author_id
        is_own = self.viewer.is_user(author_id)
        reported = self.reader.reported
        is_reported = reported.has(author_id) or reported.has(str(entry.post_id))
        return not is_own and not is_reported and not self.reader.muted.has(author_id, self.now)

    def _shows(self, author_id: str) -> bool:
        if author_id not in self.decided:
            relation = self.relation_to(author_id)
            reason = decide_on_relation(self.viewer, author_id, relation, Surface.FEED)
            self.decided[author_id] = reason is None
        return self.decided[author_id]


def _known(
    shown: _Shown, start: FeedStart, snapshot: Snapshot | None, before: FeedEntry | None
) -> list[Source]:
    """What the first round trip has brought: pushed entries, the snapshot and the own posts."""
    reader, pushed = start.reader, start.pushed
    # A page of entries may end below the last that has not expired.
    end = None if pushed.next_position is None else FeedEntry.parse(pushed.next_position)
    sources = [Source(pushed.items, end)]
    if snapshot is not None:
        # It is not read beyond its end: there the whole feed ends.
        sources.append(Source(snapshot.entries))
    kept = [shown.of(source) for source in sources]
    if reader.recent_posts is not None and not _is_exhausted(reader.recent_posts, before):
        kept.append(reader.recent_posts.source)
    return [source.below(before) for source in kept]


def _around(post_ids: Sequence[PostId], before: FeedEntry | None, limit: int) -> tuple[str, str]:
    """The range of ULIDs that a page's posts have. A post is not made after it is published, and
    not long before. If fewer posts are expected than the page may have, it may reach down to any
    post."""
    last = NEWEST if before is None else before.position
    if len(post_ids) < limit:
        return OLDEST, last
    oldest = ulid_time(min(post_id.ulid for post_id in post_ids))
    return ulid(max(oldest - _PUBLISHING, _EPOCH), 0), last


def _is_exhausted(recent: RecentPosts | None, before: FeedEntry | None) -> bool:
    """Whether all that the recent posts have stands above `before`, and there may be more."""
    return (
        recent is not None
        and recent.oldest_known is not None
        and before is not None
        and before <= recent.oldest_known
    )


def _next(
    merged: Merged, celebrities: Mapping[str, Source], exhausted: Iterable[str]
) -> FeedCursor | None:
    last = merged.next
    if last is None:
        return None
    newly = {
        author_id
        for author_id, source in celebrities.items()
        if source.complete_down_to is not None and last <= source.complete_down_to
    }
    return FeedCursor.after(last, {*exhausted, *newly})


def _source(page: Page[Post]) -> Source:
    entries = tuple(entry_of(post) for post in page.items)
    return Source(entries, _source_end(Page(entries, page.next_position)))


def _source_end(page: Page[FeedEntry]) -> FeedEntry | None:
    return page.items[-1] if page.next_position is not None and page.items else None

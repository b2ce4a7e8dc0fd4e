"""The DynamoDB bill for bringing a trace's posts to its readers, for each way of delivery.

Prices are micro-dollars, so that a price per million request units is the price of one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bench.feed_model import PAGE, Reader, Shown, Trace
from shutterfeed.domain.delivery import RECENT_ENTRIES, RECENT_WHOLE_POSTS, Delivery, FeedPolicy
from shutterfeed.domain.feed import FEED_RETENTION

WRITE: Final = 0.625
READ: Final = 0.125
"""The prices for a million units, on demand, in us-east-1:
https://aws.amazon.com/dynamodb/pricing/on-demand/. A
write unit is 1 KB, a read unit 4 KB strongly consistent; an eventually consistent read takes
half, a write within a transaction twice as many."""
STORED_GB: Final = 0.25
"""The price in dollars of storing a GB for a month, from the same page."""
OVERHEAD: Final = 100
"""Bytes that are stored for an item beside its own."""

PROFILE: Final = 500
POST: Final = 900
RECENT_POSTS: Final = 980
"""The recent posts of an author: the positions of the newest 25 posts. Measured: 953 to 970
bytes."""
WHOLE_POST: Final = 240
"""A post with one photo in a celebrity's recent posts, where it is compressed together with
others."""
SNAPSHOT: Final = 330
SNAPSHOT_ENTRY: Final = 36
"""An entry of a snapshot. A hundred entries of thirty authors take 3,930 bytes."""
SUBSCRIPTION: Final = 90
ENTRY: Final = 130
EDGE: Final = 185
"""Sizes, in bytes, of the items that the adapters store."""

_FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def strong(size: int) -> float:
    """The price of reading an item, or all items of a query, of this size in bytes."""
    return READ * max(1, math.ceil(size / 4096))


def eventual(size: int) -> float:
    return strong(size) / 2


def write(size: int) -> float:
    return WRITE * max(1, math.ceil(size / 1024))


class Bill(dict[str, float]):
    """Costs in micro-dollars, by what they are paid for. Names that begin with `page:` are shared
    costs, which are the same however the posts are delivered."""

    def pay(self, name: str, cost: float) -> None:
        self[name] = self.get(name, 0.0) + cost

    def add(self, other: Bill) -> None:
        for name, cost in other.items():
            self.pay(name, cost)

    @property
    def all(self) -> float:
        return float(sum(self.values()))

    @property
    def own(self) -> float:
        """The sum without the shared costs."""
        return float(sum(cost for name, cost in self.items() if not name.startswith("page:")))


@dataclass(frozen=True, slots=True)
class Design:
    """What the service does beside its policy. Values other than the defaults show what a choice
    saves."""

    silent_unsubscribed: bool = False
    """A reader subscribes only to authors who have ever posted. An author's first post checks for
    each follower whether posts are pushed to them."""
    author_in_recent_posts: bool = False
    """A celebrity's recent posts include what a page shows of its author."""
    snapshot_in_feed: bool = False
    """The snapshot is stored among the pushed entries, in their order, and only pages that reach it
    read it."""
    whole_posts: int = RECENT_WHOLE_POSTS
    """How many complete posts a celebrity's recent posts hold."""

    @property
    def pulled_recent_posts(self) -> int:
        """The size of a celebrity's recent posts in bytes."""
        return RECENT_POSTS + self.author_in_recent_posts * PROFILE + self.whole_posts * WHOLE_POST


def stored_entries(bill: Bill, months: float) -> float:
    """What the entries in feeds cost a month to store, in dollars, if a month's pushes are paid
    with `bill` (in dollars, too) and each entry stays for this number of months."""
    entries = bill.get("pushes", 0.0) / WRITE * 1e6 * months
    return entries * (ENTRY + OVERHEAD) / 1e9 * STORED_GB


def pulled_counts(policy: FeedPolicy, counts: Iterable[int]) -> frozenset[int]:
    """The numbers of followers, out of `counts`, that make an author a celebrity."""
    due = (count for count in set(counts) if policy.delivery_due(Delivery.PUSH, count))
    return frozenset(due)


def display(trace: Trace) -> Bill:
    """The cost of pages that all ways of delivery share: the reader's state, one list of what to
    show, the posts, and their authors. The posts' counts, which cost as much again as the
    posts, are left out: they would make all ways look alike."""
    pages = [page for reader in trace.readers for shown in reader.pages for page in shown]
    return Bill(
        {
            "page: state": strong(PROFILE + RECENT_POSTS) * len(pages),
            "page: list": eventual(ENTRY * PAGE) * len(pages),
            "page: posts": eventual(POST) * sum(len(page.posts) for page in pages),
            "page: authors": eventual(PROFILE) * sum(len(page.authors) for page in pages),
        }
    )


def hybrid(trace: Trace, policy: FeedPolicy, design: Design) -> Bill:
    """The service's own way of delivery."""
    bill = Bill(display(trace))
    pulled = pulled_counts(policy, trace.followers)
    for _, author in trace.counted:
        celebrity = trace.followers[author] in pulled
        _publish(design.pulled_recent_posts if celebrity else RECENT_POSTS, bill)
        if not celebrity:
            bill.pay("audience", READ)
    if design.silent_unsubscribed:
        for followers in trace.first_posts():
            bill.pay("audience", strong(EDGE * followers) + strong(PROFILE) * followers)
    for reader in trace.readers:
        _Reading(trace, policy, design, reader=reader, pulled=pulled, bill=bill).play()
    return bill


def _publish(recent: int, bill: Bill) -> None:
    """The recent posts change in the transaction that publishes, and are read before it."""
    bill.pay("recent posts", strong(recent) + 2 * write(recent))


class _Reading:
    """One reader's days, in order, as the service's own rules take them."""

    def __init__(
        self,
        trace: Trace,
        policy: FeedPolicy,
        design: Design,
        *,
        reader: Reader,
        pulled: frozenset[int],
        bill: Bill,
    ) -> None:
        self._begin = trace.begin
        self._followers = trace.followers
        self._policy = policy
        self._design = design
        self._reader = reader
        self._pulled = pulled
        self._counted = self._bill = bill
        self._warm_up = Bill()
        self._celebrities = sum(count in pulled for count in reader.followed)
        self._last_visit: date | None = None
        self._pushed_until = _NEVER
        self._subscribed_until = _NEVER
        """Until then all are subscribed to; below, single authors."""
        self._renewed: dict[int, datetime] = {}
        self._ended: set[int] = set()
        self._met: set[int] = set()
        """Authors who had posted when all were subscribed to, or have since."""
        self._arrived = 0
        self._snapshot: tuple[int, int, datetime] | None = None
        """Its entries, how many posts had arrived when it was made, and when it was written."""

    def play(self) -> None:
        for visit, pages in zip(self._reader.visits, self._reader.pages, strict=True):
            self._arrive(visit.at)
            self._bill = self._bill_at(visit.at)
            self._visit(_moment(visit.at), pages)
        self._arrive(math.inf)

    def _bill_at(self, day: float) -> Bill:
        return self._counted if day >= self._begin else self._warm_up

    def _arrive(self, until: float) -> None:
        """Bring the posts that the followed people publish up to a visit."""
        reader, begin = self._reader, self._arrived
        self._arrived = end = reader.arrived(0, until).stop
        for author, at in zip(reader.authors[begin:end], reader.times[begin:end], strict=True):
            if self._subscribed_until > _NEVER and self._followers[author] not in self._pulled:
                self._bill = self._bill_at(at)
                self._plan(author, _moment(at))

    def _plan(self, author: int, now: datetime) -> None:
        """A post is published while the reader may hold a subscription. If that has run out, it is
        renewed for a reader who still comes, and otherwise ended."""
        if author in self._ended:
            return
        if self._design.silent_unsubscribed and author not in self._met:
            self._met.add(author)
            self._subscribe(author, now)
            self._bill.pay("push subscriptions", 0 if author in self._ended else WRITE)
        elif self._renewed.get(author, self._subscribed_until) <= now:
            self._subscribe(author, now)
            # The edge is looked at only of whoever still comes.
            edge = 0 if author in self._ended else strong(EDGE)
            self._bill.pay("push subscriptions", strong(PROFILE) + edge + WRITE)
        self._bill.pay("audience", READ * SUBSCRIPTION / 4096)
        if author not in self._ended:
            self._bill.pay("pushes", WRITE)

    def _subscribe(self, author: int, now: datetime) -> None:
        until = self._policy.subscribed_until(self._pushed_until)
        if until > now:
            self._renewed[author] = until
        else:
            self._ended.add(author)

    def _visit(self, now: datetime, pages: tuple[Shown, ...]) -> None:
        pushed = now < self._pushed_until
        settled = self._policy.is_settled(self._pushed_until, now)
        if pages:
            self._read_top(now, pushed=pushed)
        renewal = pushed and self._policy.renewal_due(self._pushed_until, now)
        if renewal:
            self._bill.pay("visits", WRITE)
            self._pushed_until = self._policy.pushed_until(now)
            self._last_visit = now.date()
        elif not pushed and self._last_visit != now.date():
            self._bill.pay("visits", WRITE)
            if self._policy.is_regular(self._last_visit, now.date()):
                self._promote(now)
            self._last_visit = now.date()
        if not pages:
            return
        if not pushed:
            self._remake(now)
        self._read_snapshot(len(pages), now, pushed=pushed, settled=settled)
        if pushed and self._celebrities:
            for page in pages:
                self._merge_celebrities(page)

    def _promote(self, now: datetime) -> None:
        """Make the reader a regular one: write subscriptions, pull markers for celebrities, and the
        older posts into the feed."""
        self._met = set(self._reader.authors[: self._arrived])
        subscribed = (
            len(self._met) if self._design.silent_unsubscribed else len(self._reader.followed)
        )
        self._bill.pay("push subscriptions", self._list_followed() + subscribed * WRITE)
        # The unfollowed markers, which stand beside the reader's state, say whose subscription is
        # withdrawn.
        self._bill.pay("push subscriptions", strong(PROFILE + RECENT_POSTS))
        # A pull marker is written in a transaction that checks the follow.
        markers = self._celebrities * 2 * (WRITE + WRITE)
        recent_posts, snapshot = (
            2 * self._recent_posts() + self._read_on(),
            strong(self._snapshot_size),
        )
        self._bill.pay("promotions", WRITE + snapshot + recent_posts + markers)
        self._write_snapshot("promotions", now)
        self._renewed.clear()
        self._ended.clear()
        # The reader's state is read, and until when posts are pushed is written.
        self._bill.pay("promotions", strong(PROFILE + RECENT_POSTS) + WRITE)
        self._pushed_until = self._policy.pushed_until(now)
        self._subscribed_until = self._policy.subscribed_until(self._pushed_until)

    def _list_followed(self) -> float:
        return strong(EDGE * len(self._reader.followed))

    def _recent_posts(self) -> float:
        """Read the recent posts of all whom the reader follows, eventually consistent."""
        others = len(self._reader.followed) - self._celebrities
        return (
            eventual(self._design.pulled_recent_posts) * self._celebrities
            + eventual(RECENT_POSTS) * others
        )

    def _read_on(self) -> float:
        return read_on(self._reader, self._arrived, self._policy.snapshot_posts)

    def _remake(self, now: datetime) -> None:
        """A pulling reader's feed is made again with the first page."""
        self._bill.pay("pulls", self._list_followed() + self._recent_posts() + self._read_on())
        self._write_snapshot("snapshots", now)

    def _write_snapshot(self, name: str, now: datetime) -> None:
        if (
            self._snapshot is None
            or self._snapshot[1] != self._arrived
            or now - self._snapshot[2] > FEED_RETENTION / 2
        ):
            entries = min(self._policy.snapshot_posts, self._arrived)
            self._snapshot = entries, self._arrived, now
            self._bill.pay(name, write(self._snapshot_size))

    @property
    def _snapshot_size(self) -> int:
        return snapshot_size(self._snapshot[0]) if self._snapshot else 0

    def _has_snapshot(self, now: datetime) -> bool:
        return self._snapshot is not None and now - self._snapshot[2] < FEED_RETENTION

    def _read_top(self, now: datetime, *, pushed: bool) -> None:
        """A visit's first page reads the snapshot together with the entries, whose price is among
        the shared ones."""
        if self._has_snapshot(now) and not (pushed and self._design.snapshot_in_feed):
            both = ENTRY * (PAGE + 1) + self._snapshot_size
            self._bill.pay("snapshots", eventual(both) - eventual(ENTRY * PAGE))

    def _read_snapshot(self, pages: int, now: datetime, *, pushed: bool, settled: bool) -> None:
        """Further pages read it by itself, unless the first page has found that there is none."""
        reading = pages - 1
        if pushed and self._design.snapshot_in_feed:
            above = self._arrived - (self._snapshot[1] if self._snapshot else 0)
            reading = max(0, pages - above // PAGE)
        if self._has_snapshot(now):
            self._bill.pay("snapshots", reading * eventual(self._snapshot_size))
        elif not settled:
            self._bill.pay("snapshots", reading * eventual(0))

    def _merge_celebrities(self, page: Shown) -> None:
        """Celebrities' posts come whole in their recent posts. That saves reading posts only if
        fewer were pushed than the page holds: those are read before the recent posts are known."""
        author = 0 if self._design.author_in_recent_posts else eventual(PROFILE)
        recent = eventual(self._design.pulled_recent_posts)
        saved = sum(count in self._pulled for count in page.authors) * eventual(PROFILE)
        if len(page.posts) < PAGE:
            saved += sum(count in self._pulled for count in page.posts) * eventual(POST)
        self._bill.pay("celebrities", self._celebrities * (recent + author) - saved)


def snapshot_size(entries: int) -> int:
    """The size in bytes of a snapshot with this many entries."""
    return SNAPSHOT + SNAPSHOT_ENTRY * entries


def read_on(reader: Reader, arrived: int, size: int) -> float:
    """How many authors in a snapshot have more posts among the newest `size` than their recent
    posts hold, so that the index of their posts is read."""
    newest = Counter(reader.authors[max(0, arrived - size) : arrived])
    longer = sum(posts > RECENT_ENTRIES for posts in newest.values())
    return longer * eventual(POST * size)


def _moment(day: float) -> datetime:
    return _FIRST_DAY + timedelta(days=day)


def push(trace: Trace) -> Bill:
    """Push to every follower, whether they visit or not. Readers find everything in their feeds."""
    bill = Bill(display(trace))
    for _, author in trace.counted:
        followers = trace.followers[author]
        bill.pay("audience", strong(SUBSCRIPTION * followers))
        bill.pay("pushes", WRITE * followers)
    return bill


def pull(trace: Trace, policy: FeedPolicy) -> Bill:
    """Pull for every reader, as if all came rarely: nothing is pushed, every visit reads the recent
    posts of all followed people, and further pages read the snapshot made of these."""
    bill = Bill(display(trace))
    for _ in trace.counted:
        _publish(RECENT_POSTS, bill)
    for reader in trace.readers:
        follows, before = len(reader.followed), -1
        made = strong(EDGE * follows) + eventual(RECENT_POSTS) * follows
        for visit, pages in zip(reader.visits, reader.pages, strict=True):
            arrived = reader.arrived(0, visit.at).stop
            size = snapshot_size(min(policy.snapshot_posts, arrived))
            if pages:
                bill.pay("pulls", made + read_on(reader, arrived, policy.snapshot_posts))
                if arrived != before:
                    bill.pay("snapshots", write(size))
            before = arrived
            bill.pay("snapshots", eventual(size) * len(pages))
    return bill


@dataclass(frozen=True, slots=True)
class Pair:
    """The prices of an assignment in hindsight, in micro-dollars."""

    recent_posts: float
    """The price of each post of an author whom nobody pulls."""
    pulled_recent_posts: float
    """The price of each post of an author whom somebody pulls."""
    pull: float
    """The price of each page that a reader looks at, for each author whom the reader pulls."""

    @classmethod
    def ours(cls, design: Design) -> Pair:
        """The service's own prices, as far as they depend on the choice."""
        whole = design.pulled_recent_posts
        return cls(
            strong(RECENT_POSTS) + 2 * write(RECENT_POSTS),
            strong(whole) + 2 * write(whole),
            eventual(whole),
        )

    @classmethod
    def ideal(cls) -> Pair:
        """The smallest possible writes and reads, and recent posts only for authors for whom they
        pay."""
        return cls(0, WRITE, eventual(1))


def hindsight(trace: Trace, pair: Pair, period: int) -> Bill:
    """The cheapest assignment of each pair of author and reader to push or pull, for each
    `period` of days by itself, knowing all that will happen in it.

    A pushed pair costs a write for each post; a pulled one, a read of the recent posts with each
    page. Pairs whose reader does not come, or whose author does not post, cost nothing. No audience
    is read, no subscription kept, nothing listed, noted or rebuilt, and changing over
    between periods is free: no delivery that chooses by pair, at these prices, costs less.
    """
    bill = Bill(display(trace))
    begin = trace.begin
    while begin < trace.end:
        _assign(trace, pair, begin, min(begin + period, trace.end), bill)
        begin += period
    return bill


def _assign(trace: Trace, pair: Pair, begin: float, end: float, bill: Bill) -> None:
    pushed: Counter[int] = Counter()
    cheapest: dict[int, Bill] = defaultdict(Bill)
    for reader in trace.readers:
        pages = sum(
            len(shown)
            for visit, shown in zip(reader.visits, reader.pages, strict=True)
            if begin <= visit.at < end
        )
        if pages:
            by_pull = pair.pull * pages
            for author, posts in Counter(reader.authors[reader.arrived(begin, end)]).items():
                pushed[author] += posts
                if by_pull < WRITE * posts:
                    cheapest[author].pay("pulls", by_pull)
                else:
                    cheapest[author].pay("pushes", WRITE * posts)
    for author, posts in Counter(a for at, a in trace.posts if begin <= at < end).items():
        mixed = cheapest[author].all + pair.pulled_recent_posts * posts
        if pushed[author] * WRITE + pair.recent_posts * posts <= mixed:
            bill.pay("recent posts", pair.recent_posts * posts)
            bill.pay("pushes", pushed[author] * WRITE)
        else:
            bill.pay("recent posts", pair.pulled_recent_posts * posts)
            bill.add(cheapest[author])

"""What DynamoDB charges for bringing a trace's posts to its readers, by way of delivery.

Prices are micro-dollars, so that a price per million request units is the price of one.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bench.feed_model import PAGE, Reader, Shown, Trace
from shutterfeed.domain.delivery import HEAD_ENTRIES, HEAD_POSTS, Delivery, FeedPolicy

WRITE: Final = 0.625
READ: Final = 0.125
"""On demand, us-east-1, per million units: https://aws.amazon.com/dynamodb/pricing/on-demand/. A
write unit is 1 KB, a read unit 4 KB strongly consistent; an eventually consistent read takes
half, a write within a transaction twice as many."""

PROFILE: Final = 500
HEAD_ENTRY: Final = 33
HEAD_REST: Final = 80
POST_IN_HEAD: Final = 160
"""A post that a celebrity's head holds whole, compressed together with the others."""
LISTED: Final = 110
"""An item of which a query reads many: a lease, a marker, a followed one, a feed entry."""
SNAPSHOT_ENTRY: Final = 48
"""Bytes, all of them; what the adapters store."""

_FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


def strong(size: int) -> float:
    """Reading an item, or a query's items, of so many bytes together."""
    return READ * max(1, math.ceil(size / 4096))


def eventual(size: int) -> float:
    return strong(size) / 2


def write(size: int) -> float:
    return WRITE * max(1, math.ceil(size / 1024))


class Bill(dict[str, float]):
    """Micro-dollars by what they are paid for. Names beginning with `page:` are shared costs:
    whoever shows these pages pays them, however the posts came."""

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
        """Without the shared costs."""
        return float(sum(cost for name, cost in self.items() if not name.startswith("page:")))


@dataclass(frozen=True, slots=True)
class Design:
    """What the service does beside its policy; other than the defaults, to see the worth of it."""

    head_entries: int = HEAD_ENTRIES
    planner_renews: bool = False
    """A lease that has run out is renewed, or dropped, when a post meets it, and not by the
    reader for all whom they follow."""
    silent_unleased: bool = False
    """A reader leases only those who have ever posted; a first post asks of each follower whether
    posts are pushed to them."""
    author_in_head: bool = False
    """A celebrity's head has what a page shows of its author."""
    visits_noted: bool = True
    """Every day with a visit is noted, also of readers who are pushed to."""
    snapshot_in_feed: bool = False
    """The snapshot stands among the pushed entries, at its place in their order, and is read only
    by pages that reach it."""
    posts_in_head: int = HEAD_POSTS
    """How many posts a celebrity's head holds whole."""

    @property
    def head(self) -> int:
        """Bytes."""
        return HEAD_REST + HEAD_ENTRY * self.head_entries

    @property
    def head_with_posts(self) -> int:
        """Bytes, of a celebrity's head."""
        author = PROFILE if self.author_in_head else 0
        return self.head + author + POST_IN_HEAD * self.posts_in_head


def pulled_counts(policy: FeedPolicy, counts: Iterable[int]) -> frozenset[int]:
    """With which of these numbers of followers an author ends up pulled who was pushed first."""
    due = (count for count in set(counts) if policy.delivery_due(Delivery.PUSH, count))
    return frozenset(due)


def display(trace: Trace) -> Bill:
    """What each way of delivery pays for the same pages: the reader's state, one list of what to
    show, the posts, their authors."""
    pages = [page for reader in trace.readers for shown in reader.pages for page in shown]
    return Bill(
        {
            "page: state": strong(PROFILE + LISTED) * len(pages),
            "page: list": eventual(LISTED * PAGE) * len(pages),
            "page: posts": eventual(1) * sum(len(page.posts) for page in pages),
            "page: authors": eventual(PROFILE) * sum(len(page.authors) for page in pages),
        }
    )


def hybrid(trace: Trace, policy: FeedPolicy, design: Design) -> Bill:
    """Ours."""
    bill = Bill(display(trace))
    pulled = pulled_counts(policy, trace.followers)
    for _, author in trace.counted:
        celebrity = trace.followers[author] in pulled
        _publish(design.head_with_posts if celebrity else design.head, bill)
        if not celebrity:
            bill.pay("audience", READ)
    if design.silent_unleased:
        for followers in trace.first_posts():
            bill.pay("audience", strong(LISTED * followers) + strong(PROFILE) * followers)
    for reader in trace.readers:
        _Reading(trace, policy, design, reader=reader, pulled=pulled, bill=bill).play()
    return bill


def _publish(head: int, bill: Bill) -> None:
    """The head changes in the transaction that publishes, having been read before it."""
    bill.pay("heads", strong(head) + 2 * write(head))


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
        self._celebrities = sum(count in pulled for count in reader.followed)
        self._last_visit: date | None = None
        self._today = -1
        self._pushed_until: datetime | None = None
        self._pushed = -1.0
        """The same, in days, as are the leases."""
        self._leases = -1.0
        """The day until which all are leased, and below those of single authors."""
        self._renewed: dict[int, float] = {}
        self._dropped: set[int] = set()
        self._met: set[int] = set()
        """Authors who had posted when all were leased, or have since."""
        self._arrived = 0
        self._snapshot: tuple[int, int] | None = None
        """Its entries, and how many posts had arrived when it was made."""

    def play(self) -> None:
        uncounted = Bill()
        for visit, pages in zip(self._reader.visits, self._reader.pages, strict=True):
            self._arrive(visit.at)
            self._bill = self._counted if visit.at >= self._begin else uncounted
            self._visit(visit.at, pages)
        self._arrive(math.inf)

    def _arrive(self, until: float) -> None:
        """Posts of those the reader follows, up to a visit."""
        reader = self._reader
        end = min(bisect_left(reader.times, until), len(reader.times))
        pushed = 0
        for number in range(self._arrived if self._leases >= 0 else end, end):
            author, at = reader.authors[number], reader.times[number]
            if self._followers[author] in self._pulled:
                continue
            if self._is_leased(author, at) and at >= self._begin:
                pushed += 1
        self._counted.pay("audience", pushed * READ * LISTED / 4096)
        self._counted.pay("pushes", pushed * WRITE)
        self._arrived = end

    def _is_leased(self, author: int, at: float) -> bool:
        """Whether a post meets a lease that holds; one that has run out may be renewed."""
        if author in self._dropped:
            return False
        if self._design.silent_unleased and author not in self._met:
            return self._meet(author, at)
        if self._renewed.get(author, self._leases) > at:
            return True
        if not self._design.planner_renews:
            return False
        if at >= self._begin:
            self._counted.pay("leases", strong(PROFILE) + WRITE)
        return self._lease(author, at)

    def _meet(self, author: int, at: float) -> bool:
        """The first post of an author whom the reader has not leased."""
        self._met.add(author)
        leased = self._lease(author, at)
        if leased and at >= self._begin:
            self._counted.pay("leases", WRITE)
        return leased

    def _lease(self, author: int, at: float) -> bool:
        if self._pushed <= at:
            self._dropped.add(author)
            return False
        self._renewed[author] = self._pushed + 1
        return True

    def _visit(self, at: float, pages: tuple[Shown, ...]) -> None:
        pushed = at < self._pushed
        if int(at) != self._today:
            self._today = int(at)
            self._first_visit(_FIRST_DAY + timedelta(days=at), pushed=pushed)
        if not pages:
            return
        if not pushed:
            self._remake()
        self._read_snapshot(len(pages), pushed=pushed)
        if pushed and self._celebrities:
            for page in pages:
                self._merge_celebrities(page)

    def _first_visit(self, now: datetime, *, pushed: bool) -> None:
        """What the day's first page brings about."""
        if not pushed:
            if self._policy.is_regular(self._last_visit, now.date()):
                self._promote(now)
        elif self._pushed_until and self._policy.renewal_due(self._pushed_until, now):
            self._renew(now)
        if not pushed or self._design.visits_noted:
            self._bill.pay("visits", WRITE)
        self._last_visit = now.date()

    def _promote(self, now: datetime) -> None:
        """All whom the reader follows are leased, celebrities marked, older posts kept."""
        self._met = set(self._reader.authors[: self._arrived])
        leased = len(self._met) if self._design.silent_unleased else len(self._reader.followed)
        self._bill.pay("leases", self._list_followed() + leased * WRITE)
        self._bill.pay("promotions", (2 + self._celebrities) * WRITE + 2 * self._heads())
        self._write_snapshot("promotions")
        self._renewed.clear()
        self._dropped.clear()
        self._push_until(now)
        self._leases = _day(self._policy.lease_until(now))

    def _renew(self, now: datetime) -> None:
        self._bill.pay("visits", WRITE)
        self._push_until(now)
        if not self._design.planner_renews:
            follows = len(self._reader.followed)
            self._bill.pay("leases", self._list_followed() + (follows + 1) * WRITE)
            self._leases = _day(self._policy.lease_until(now))

    def _push_until(self, now: datetime) -> None:
        self._pushed_until = self._policy.pushed_until(now)
        self._pushed = _day(self._pushed_until)

    def _list_followed(self) -> float:
        return strong(LISTED * len(self._reader.followed))

    def _heads(self) -> float:
        """Of all whom the reader follows, eventually consistent."""
        others = len(self._reader.followed) - self._celebrities
        celebrity, other = eventual(self._design.head_with_posts), eventual(self._design.head)
        return celebrity * self._celebrities + other * others

    def _remake(self) -> None:
        """A pulling reader's feed is made anew with the first page."""
        self._bill.pay("pulls", self._list_followed() + self._heads())
        self._write_snapshot("snapshots")

    def _write_snapshot(self, name: str) -> None:
        entries = min(self._policy.snapshot_posts, self._arrived)
        if self._snapshot is None or self._snapshot[1] != self._arrived:
            self._bill.pay(name, write(entries * SNAPSHOT_ENTRY))
            self._snapshot = entries, self._arrived

    def _read_snapshot(self, pages: int, *, pushed: bool) -> None:
        entries, made = self._snapshot or (0, 0)
        if pushed and self._design.snapshot_in_feed:
            above = self._arrived - made
            pages = max(0, pages - above // PAGE)
        self._bill.pay("snapshots", pages * eventual(entries * SNAPSHOT_ENTRY))

    def _merge_celebrities(self, page: Shown) -> None:
        """They come in heads that hold their posts. That saves reading posts only where too few
        were pushed to fill the page: as many as it holds are read before the heads are known."""
        author = 0 if self._design.author_in_head else eventual(PROFILE)
        head = eventual(self._design.head_with_posts)
        saved = sum(count in self._pulled for count in page.authors) * eventual(PROFILE)
        if len(page.posts) < PAGE:
            saved += sum(count in self._pulled for count in page.posts) * eventual(1)
        self._bill.pay("celebrities", self._celebrities * (head + author) - saved)


def _day(moment: datetime) -> float:
    return (moment - _FIRST_DAY) / timedelta(days=1)


def push(trace: Trace) -> Bill:
    """To every follower, whether they come or not; readers find all in their feeds."""
    bill = Bill(display(trace))
    for _, author in trace.counted:
        followers = trace.followers[author]
        bill.pay("audience", strong(LISTED * followers))
        bill.pay("pushes", WRITE * followers)
    return bill


def pull(trace: Trace, policy: FeedPolicy, design: Design) -> Bill:
    """Every reader is treated as one who comes rarely: nothing is pushed, every visit reads the
    heads of all whom they follow, and pages on in the snapshot of that."""
    bill = Bill(display(trace))
    for _ in trace.counted:
        _publish(design.head, bill)
    for reader in trace.readers:
        follows, before = len(reader.followed), -1
        for visit, pages in zip(reader.visits, reader.pages, strict=True):
            arrived = reader.arrived(0, visit.at).stop
            size = SNAPSHOT_ENTRY * min(policy.snapshot_posts, arrived)
            if pages:
                heads = eventual(design.head) * follows
                bill.pay("pulls", strong(LISTED * follows) + heads)
                if arrived != before:
                    bill.pay("snapshots", write(size))
            before = arrived
            bill.pay("snapshots", eventual(size) * len(pages))
    return bill


@dataclass(frozen=True, slots=True)
class Pair:
    """What an assignment in hindsight pays for. All prices in micro-dollars."""

    head: float
    """For each post, of an author whom nobody pulls."""
    pulled_head: float
    """For each post, of an author whom somebody pulls."""
    pull: float
    """For each page that a reader looks at, and each author whom the reader pulls."""

    @classmethod
    def ours(cls, design: Design) -> Pair:
        """Our own prices, as far as they depend on the choice."""
        plain, whole = design.head, design.head_with_posts
        return cls(
            strong(plain) + 2 * write(plain), strong(whole) + 2 * write(whole), eventual(whole)
        )

    @classmethod
    def ideal(cls) -> Pair:
        """The smallest writes and reads that there are, and heads only where they pay."""
        return cls(0, WRITE, eventual(1))


def hindsight(trace: Trace, pair: Pair, period: int) -> Bill:
    """The cheapest assignment of each pair of author and reader to push or pull, for each
    `period` of days by itself, knowing all that will happen in it.

    A pushed pair costs a write for each post; a pulled one, a read of the head with each page.
    Pairs whose reader does not come, or whose author does not post, cost nothing. No audience is
    read, no lease kept, nothing listed, marked, noted or rebuilt, and changing over between
    periods is free: no delivery that chooses by pair, at these prices, costs less.
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
        mixed = cheapest[author].all + pair.pulled_head * posts
        if pushed[author] * WRITE + pair.head * posts <= mixed:
            bill.pay("heads", pair.head * posts)
            bill.pay("pushes", pushed[author] * WRITE)
        else:
            bill.pay("heads", pair.pulled_head * posts)
            bill.add(cheapest[author])

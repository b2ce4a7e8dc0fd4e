"""Who visits, who posts and who sees what: people's habits, simulated on a real graph of followers.
Several ways of delivering posts use the result, so this module knows none of them. The sources of
every number are in `docs/feed-cost.md`.
"""

from __future__ import annotations

import gzip
import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

PAGE: Final = 20
"""Posts on a page: what the API gives unless asked for more."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How people use such a service. The defaults are the seed's, or measured elsewhere."""

    active_share: float = 1 / 500
    """The share of all users who come on a day (the service's target: 1 of 500 million)."""
    posts_per_visitor: float = 2.0
    """Posts on a day by each user who comes that day (the service's target: 2 million by 1
    million)."""
    stickiness: float = 0.615
    """The share of a month's visitors who come on a day (Facebook, December 2013: 757 of 1,230
    million)."""
    leaving_a_month: float = 0.05
    """The share of the visitors who stop for good, or for long, within 30 days; others take their
    place. An assumption, above what Pew (2013) implies: 61 % ever paused for weeks, in years."""
    visits_a_day: float = 6.9
    """Visits on a day with at least one (IDC, 2013: 13.8, half the time with the news feed). The
    distribution is geometric."""
    pages_mean: float = 2.17
    """Pages that a visit would read (Facebook, 2013: some 300 stories a day are shown)."""
    pages_shape: float = 4.3
    """Pages are inverse Gaussian (Huberman et al., 1998). The shape is an assumption."""
    posting_stretch: float = 0.35
    """Posts of a user are a stretched exponential (Guo et al., 2009); with this exponent a tenth
    of a month's visitors makes 80 % of them (Pew, 2019)."""
    degree_weighted: bool = True
    """Whether users come in proportion to their edges (Pew, 2019: the busiest tenth follows 6
    times as many as the others, and has 20 times their followers), or all alike."""
    follows: int = 1
    """The factor by which each list of followed people is made longer."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Users are numbers from 0 on."""

    following: Sequence[array[int]]
    followers: Sequence[int]

    @classmethod
    def of(cls, edges: Iterable[tuple[int, int]], users: int) -> Graph:
        """Build the graph from pairs of follower and followed."""
        following = [array("l") for _ in range(users)]
        followers = [0] * users
        for follower, followed in edges:
            following[follower].append(followed)
            followers[followed] += 1
        return cls(following, followers)

    @classmethod
    def load(cls, path: Path) -> Graph:
        """Read the graph from a compressed table with a header, in which users are numbers from 1
        on."""
        with gzip.open(path, "rt") as lines:
            next(lines)
            edges = [(int(a) - 1, int(b) - 1) for a, b in (line.split(",") for line in lines)]
        return cls.of(edges, 1 + max(max(edge) for edge in edges))


@dataclass(frozen=True, slots=True)
class Visit:
    """A reader opens the feed, and reads on for some pages."""

    at: float
    """Days since the beginning."""
    pages: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, as numbers of followers: those of the author of each post, and those of each distinct
    author. Both are sorted, because the only question is how many reach a threshold."""

    posts: tuple[int, ...]
    authors: tuple[int, ...]


@dataclass(slots=True)
class Reader:
    """A reader who came at least once. `times` and `authors` list all posts of the people they
    follow."""

    followed: tuple[int, ...]
    """The number of followers of each person whom they follow, sorted."""
    times: array[float] = field(default_factory=lambda: array("d"))
    authors: array[int] = field(default_factory=lambda: array("l"))
    visits: list[Visit] = field(default_factory=list)
    pages: list[tuple[Shown, ...]] = field(default_factory=list)
    """What each visit shows."""

    def arrived(self, begin: float, end: float) -> slice:
        """The posts from `begin` on, before `end`."""
        return slice(bisect_left(self.times, begin), bisect_left(self.times, end))


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened. Costs count from day `begin` on; before it, habits warm up."""

    users: int
    begin: float
    end: float
    followers: Sequence[int]
    posts: Sequence[tuple[float, int]]
    """The time and the author of each post, in order of time."""
    readers: Sequence[Reader]

    @property
    def days(self) -> float:
        return self.end - self.begin

    def first_posts(self) -> Iterator[int]:
        """The number of followers of each author whose first post is in the days that count."""
        met: set[int] = set()
        for at, author in self.posts:
            if author not in met and at >= self.begin:
                yield self.followers[author]
            met.add(author)

    @property
    def counted(self) -> Iterator[tuple[float, int]]:
        return (post for post in self.posts if post[0] >= self.begin)


def visiting(habits: Habits) -> tuple[float, float]:
    """Parameters of the beta distribution of users' chances to come on a day.

    Its mean is the share of users who come on a day. Of those who come within 30 days, the share
    `stickiness` comes on a day.
    """
    low, high = 1e-6, 1e6
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (
            (middle, high) if _stickiness(habits, middle) > habits.stickiness else (low, middle)
        )
    return _first(habits, low), low


def _first(habits: Habits, second: float) -> float:
    return second * habits.active_share / (1 - habits.active_share)


def _stickiness(habits: Habits, second: float) -> float:
    first = _first(habits, second)
    never = (
        math.lgamma(second + 30)
        + math.lgamma(first + second)
        - math.lgamma(second)
        - math.lgamma(first + second + 30)
    )
    return habits.active_share / -math.expm1(never)


def inverse_gaussian(random: Random, mean: float, shape: float) -> float:
    """A random number from the inverse Gaussian distribution (Michael, Schucany and Haas, 1976)."""
    y = random.gauss(0, 1) ** 2
    x = mean + mean * (mean * y - math.sqrt(4 * mean * shape * y + (mean * y) ** 2)) / (2 * shape)
    return x if random.random() <= mean / (mean + x) else mean * mean / x


def _poisson(random: Random, mean: float) -> int:
    count, left = 0, random.expovariate(1)
    while left < mean:
        count += 1
        left += random.expovariate(1)
    return count


class _Crowd:
    """The people who come in a month. Each takes a slot that has habits, and in the end leaves it
    to somebody else."""

    def __init__(self, graph: Graph, habits: Habits, random: Random) -> None:
        first, second = visiting(habits)
        users = len(graph.followers)
        chances = sorted((random.betavariate(first, second) for _ in range(users)), reverse=True)
        self.chances = [chance for chance in chances if chance > 1e-6]
        weights = [
            len(graph.following[user]) + graph.followers[user] if habits.degree_weighted else 1
            for user in range(users)
        ]
        self._draw: Callable[[], int] = _drawing(weights, random)
        self._random = random
        self._leaving = 1 - (1 - habits.leaving_a_month) ** (1 / 30)
        self._taken: set[int] = set()
        self.holders = [self._newcomer() for _ in self.chances]
        raw = [random.weibullvariate(1, habits.posting_stretch) for _ in self.chances]
        visits = sum(self.chances)
        share = visits / sum(c * r for c, r in zip(self.chances, raw, strict=True))
        self.posting = [habits.posts_per_visitor * r * share for r in raw]

    def _newcomer(self) -> int:
        user = self._draw()
        while user in self._taken:
            user = self._draw()
        self._taken.add(user)
        return user

    def next_day(self) -> Iterator[tuple[int, float]]:
        """Those who come, each with the expected number of their posts."""
        for place, chance in enumerate(self.chances):
            if self._random.random() < self._leaving:
                self._taken.discard(self.holders[place])
                self.holders[place] = self._newcomer()
            if self._random.random() < chance:
                yield self.holders[place], self.posting[place]


def _drawing(weights: Sequence[int], random: Random) -> Callable[[], int]:
    sums = list(accumulate(weights))
    return lambda: bisect_right(sums, random.random() * sums[-1])


def play(graph: Graph, habits: Habits, *, warm_up: int, days: int, seed: int) -> Trace:
    """Let people come and post for `warm_up` days, and then for the `days` that count."""
    random = Random(seed)  # noqa: S311 - the same people each time
    crowd = _Crowd(graph, habits, random)
    posts: list[tuple[float, int]] = []
    visits: dict[int, list[Visit]] = {}
    for day in range(warm_up + days):
        for user, posting in crowd.next_day():
            posts += [(day + random.random(), user) for _ in range(_poisson(random, posting))]
            count = 1 + int(math.log(1 - random.random()) / math.log(1 - 1 / habits.visits_a_day))
            times = sorted(day + random.random() for _ in range(count))
            visits.setdefault(user, []).extend(Visit(at, _pages(random, habits)) for at in times)
    posts.sort()
    followers, followed_by = _multiplied(graph, habits, list(visits), random)
    readers = _readers(followers, followed_by, posts, visits)
    trace = Trace(
        len(graph.followers), warm_up, warm_up + days, followers, posts, list(readers.values())
    )
    for reader in trace.readers:
        reader.pages = [
            show(reader, followers, visit) if visit.at >= warm_up else () for visit in reader.visits
        ]
    return trace


def _pages(random: Random, habits: Habits) -> int:
    return max(1, round(inverse_gaussian(random, habits.pages_mean, habits.pages_shape)))


def _multiplied(
    graph: Graph, habits: Habits, readers: Sequence[int], random: Random
) -> tuple[Sequence[int], dict[int, array[int]]]:
    """Everybody's followers, and the readers' lists, both `habits.follows` times as long.

    What is added to a list is drawn in proportion to followers, which keeps their distribution.
    """
    if habits.follows == 1:
        return graph.followers, {reader: graph.following[reader] for reader in readers}
    draw = _drawing(graph.followers, random)
    lists = {}
    for reader in readers:
        chosen = set(graph.following[reader])
        wanted = min(len(chosen) * habits.follows, len(graph.followers) // 4)
        while len(chosen) < wanted:
            chosen.add(draw())
        lists[reader] = array("l", sorted(chosen))
    return [count * habits.follows for count in graph.followers], lists


def _readers(
    followers: Sequence[int],
    followed_by: dict[int, array[int]],
    posts: Iterable[tuple[float, int]],
    visits: dict[int, list[Visit]],
) -> dict[int, Reader]:
    readers = {}
    audiences: dict[int, list[Reader]] = {}
    for user, followed in followed_by.items():
        counts = tuple(sorted(followers[author] for author in followed))
        readers[user] = Reader(counts, visits=visits[user])
        for author in followed:
            audiences.setdefault(author, []).append(readers[user])
    for at, author in posts:
        for reader in audiences.get(author, ()):
            reader.times.append(at)
            reader.authors.append(author)
    return readers


def show(reader: Reader, followers: Sequence[int], visit: Visit) -> tuple[Shown, ...]:
    """The pages of a visit: always one, and further ones while there are posts."""
    end = bisect_right(reader.times, visit.at)
    pages = []
    for page in range(visit.pages):
        last = end - page * PAGE
        if last <= 0 < page:
            break
        authors = reader.authors[max(0, last - PAGE) : max(0, last)]
        pages.append(
            Shown(
                tuple(sorted(followers[author] for author in authors)),
                tuple(sorted(followers[author] for author in set(authors))),
            )
        )
    return tuple(pages)

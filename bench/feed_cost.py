"""What feeds cost: ours beside pushing all, pulling all, and the best choice in hindsight.

The activity the service is written for, played on a real graph of followers, through the service's
own rules of delivery. `docs/feed-cost.md` explains the model and what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from bench.chart import Axis, Line, draw
from bench.feed_bill import Bill, Design, Pair, hindsight, hybrid, pull, push, stored_entries
from bench.feed_model import Graph, Habits, Trace, play
from bench.figures import FOLDER, Figure
from bench.progress import clear, show
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.feed import FEED_RETENTION
from tests.pictures import SHARED_DATA
from tools.errors import Unavailable

GRAPH: Final = SHARED_DATA / "graph" / "slashdot0902-follows.csv.gz"
DOCS: Final = Path(__file__).parents[1] / "docs"
POLICY: Final = FeedPolicy(
    celebrity_followers=100_000,
    active_days=30,
    regular_after_days=1,
    snapshot_posts=100,
)
SEED_USERS: Final = 500_000_000
_MONTH: Final = 365.25 / 12
_PERIOD: Final = 30
"""Days for which hindsight assigns again."""
_FOLLOWS: Final = 14
"""10.6 times this makes the 150 that people on larger services follow."""

_VARIANTS: Final = {
    "only authors subscribed to who ever posted": Design(silent_unsubscribed=True),
    "snapshot among the entries": Design(snapshot_in_feed=True),
    "celebrities' recent posts of 4 KB with the author": Design(
        author_in_recent_posts=True, whole_posts=10
    ),
}
_BOTH: Final = Design(silent_unsubscribed=True, snapshot_in_feed=True)
"""What is not done, and would make a difference on this graph."""
_SITUATIONS: Final = {
    "as assumed": Habits(),
    "activity not tied to degree": Habits(degree_weighted=False),
    "stickiness 0.3": Habits(stickiness=0.3),
    "20 % leave a month": Habits(leaving_a_month=0.2),
    "150 followed": Habits(follows=_FOLLOWS),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is simulated, and where the charts are written."""

    crowds: int
    """How many times different people are drawn as the active ones. Once is not enough, as 164 of
    82,168 are few."""
    warm_up: int
    """Days before costs count; at full size as long as a feed's entries are kept."""
    days: int
    situations: Mapping[str, Habits]
    graph: Callable[[], Graph]
    charts: Path


def _small_graph() -> Graph:
    random = Random(3)  # noqa: S311 - the same edges each time
    edges = {(random.randrange(150), int(150 * random.random() ** 3)) for _ in range(2_000)}
    return Graph.of(((a, b) for a, b in edges if a != b), 150)


def _real_graph() -> Graph:
    if not GRAPH.is_file():
        raise Unavailable(f"{GRAPH} does not exist.")
    return Graph.load(GRAPH)


FULL: Final = Size(4, 90, 90, _SITUATIONS, _real_graph, DOCS)
TOY: Final = Size(1, 10, 12, {"many come": Habits(active_share=0.1)}, _small_graph, FOLDER)
MINUTES: Final = 4.0


@dataclass(frozen=True, slots=True)
class Crowds:
    """Traces whose bills are added up."""

    traces: Sequence[Trace]

    @classmethod
    def of(cls, graph: Graph, habits: Habits, size: Size, count: int) -> Crowds:
        traces = []
        for seed in range(1, count + 1):
            show(f"playing crowd {seed} of {count}")
            traces.append(play(graph, habits, warm_up=size.warm_up, days=size.days, seed=seed))
        clear()
        return cls(traces)

    def bill(self, pay: Callable[[Trace], Bill]) -> Bill:
        """US dollars a month at 500 million users."""
        total = Bill()
        for trace in self.traces:
            total.add(pay(trace))
        days = sum(trace.users * trace.days for trace in self.traces)
        scale = SEED_USERS * _MONTH / days / 1e6
        return Bill({name: cost * scale for name, cost in total.items()})

    def ours(self, policy: FeedPolicy = POLICY, design: Design | None = None) -> Bill:
        return self.bill(lambda trace: hybrid(trace, policy, design or Design()))

    def best(self, design: Design | None = None, period: int = _PERIOD) -> Bill:
        pair = Pair.ours(design or Design())
        return self.bill(lambda trace: hindsight(trace, pair, period))

    def pushing(self) -> Bill:
        return self.bill(push)

    def pulling(self) -> Bill:
        return self.bill(lambda trace: pull(trace, POLICY))


def run(size: Size) -> list[Figure]:
    graph = size.graph()
    crowds = Crowds.of(graph, _habits(size), size, size.crowds)
    figures = list(_comparison(crowds, size))
    figures += _variants(crowds, size)
    half = Crowds(crowds.traces[:2])
    size.charts.mkdir(parents=True, exist_ok=True)
    figures += _threshold(half, size)
    figures += _dormancy(half, size)
    figures += _situations(graph, size)
    return figures


def _habits(size: Size) -> Habits:
    """Those of the first situation."""
    return next(iter(size.situations.values()))


def _comparison(crowds: Crowds, size: Size) -> Iterator[Figure]:
    ours, best = crowds.ours(), crowds.best()
    pushing, pulling = crowds.pushing(), crowds.pulling()
    whole = crowds.best(period=size.days)
    ideal = crowds.bill(lambda trace: hindsight(trace, Pair.ideal(), _PERIOD))
    bills = {"ours": ours, "hindsight": best, "pull": pulling, "push": pushing}
    _print_parts(bills)
    yield Figure("ours / hindsight", ours.all / best.all, "times", "<= 1.06")
    yield Figure("ours / push", ours.all / pushing.all, "times", "<= 0.1")
    yield Figure("ours / hindsight, delivery alone", ours.own / best.own, "times")
    yield Figure("ours / push, delivery alone", ours.own / pushing.own, "times")
    yield Figure("ours / hindsight that never changes", ours.all / whole.all, "times")
    yield Figure("ours / ideal prices in hindsight", ours.all / ideal.all, "times")
    single = [Crowds([trace]) for trace in crowds.traces]
    ratios = [crowd.ours().all / crowd.best().all for crowd in single]
    yield Figure("ours / hindsight, lowest of the crowds", min(ratios), "times")
    yield Figure("ours / hindsight, highest of the crowds", max(ratios), "times")
    months = FEED_RETENTION.days / _MONTH
    yield Figure("ours, a month, entries stored", stored_entries(ours, months), "USD")
    yield Figure("hindsight, a month, entries stored", stored_entries(best, months), "USD")
    yield Figure("hindsight / push", best.all / pushing.all, "times")
    yield Figure("shared cost / push", (ours.all - ours.own) / pushing.all, "times")
    for name, bill in bills.items():
        yield Figure(f"{name}, a month", bill.all, "USD")
        yield Figure(f"{name}, a month, delivery alone", bill.own, "USD")
    for users in (1_000, 100_000, 10_000_000, SEED_USERS):
        yield Figure(f"ours, a month, {users:,} users", ours.all * users / SEED_USERS, "USD")


def _print_parts(bills: dict[str, Bill]) -> None:
    names = sorted({name for bill in bills.values() for name in bill})
    print(f"\nUSD a month at {SEED_USERS:,} users")
    print(f"  {'':<16}" + "".join(f"{name:>12}" for name in bills))
    for name in names:
        costs = "".join(f"{bill.get(name, 0):>12,.0f}" for bill in bills.values())
        print(f"  {name:<16}{costs}")


def _variants(crowds: Crowds, size: Size) -> Iterator[Figure]:
    for name, design in _VARIANTS.items():
        yield Figure(f"with {name}", crowds.ours(design=design).all, "USD")
    larger = replace(POLICY, snapshot_posts=200)
    yield Figure("with snapshots of 200", crowds.ours(larger).all, "USD")
    best, whole, pushing = crowds.best(), crowds.best(period=size.days), crowds.pushing()
    ours = crowds.ours(design=_BOTH)
    _print_parts({"with both": ours, "hindsight": best})
    yield Figure("with the first two", ours.all, "USD")
    yield Figure("with the first two / hindsight", ours.all / best.all, "times")
    yield Figure("with the first two / that never changes", ours.all / whole.all, "times")
    yield Figure("with the first two / push", ours.all / pushing.all, "times")


_THRESHOLDS: Final = (25, 50, 100, 200, 400, 800, 1_600, 3_200)


def _threshold(crowds: Crowds, size: Size) -> Iterator[Figure]:
    """The graph's busiest author has 2,552 followers: at the highest threshold none is pulled."""
    lines = []
    small = replace(_BOTH, author_in_recent_posts=True, whole_posts=10)
    for name, design in (("as it is", Design()), ("with all three changes", small)):
        costs = [
            crowds.ours(replace(POLICY, celebrity_followers=threshold), design).all
            for threshold in _THRESHOLDS
        ]
        lines.append(Line(name, list(zip(_THRESHOLDS, costs, strict=True))))
    levels = {
        "hindsight": crowds.best(),
        "hindsight, small recent posts": crowds.best(small),
        "pull": crowds.pulling(),
    }
    lines += [_level(name, bill.all, _THRESHOLDS) for name, bill in levels.items()]
    _save(
        size.charts / "feed-cost-threshold.svg",
        draw(
            "Cost of feeds by the threshold of celebrities",
            Axis("followers from which on an author is pulled", _THRESHOLDS),
            Axis("USD a month at 500 million users", (500, 1_000, 2_000, 5_000, 10_000)),
            lines,
        ),
    )
    for threshold, cost in lines[0].points:
        yield Figure(f"threshold {threshold:,.0f}", cost, "USD")


_ACTIVE: Final = (7, 14, 30, 60, 90)


def _dormancy(crowds: Crowds, size: Size) -> Iterator[Figure]:
    lines = []
    for after in (0, 1):
        points = []
        for days in _ACTIVE:
            policy = replace(POLICY, active_days=days, regular_after_days=after)
            cost = crowds.ours(policy).all
            points.append((float(days), cost))
            yield Figure(f"active {days} days, regular after {after}", cost, "USD")
        lines.append(Line(f"regular from day {after + 1}", points))
    policies = [replace(POLICY, active_days=days) for days in _ACTIVE]
    costs = [crowds.ours(policy, _BOTH).all for policy in policies]
    lines.append(Line("day 2, changes 1 and 2", list(zip(_ACTIVE, costs, strict=True))))
    lines.append(_level("hindsight", crowds.best().all, _ACTIVE))
    _save(
        size.charts / "feed-cost-dormancy.svg",
        draw(
            "Cost of feeds by who counts as active",
            Axis("days without a visit until a reader counts as dormant", _ACTIVE),
            Axis("USD a month at 500 million users", (500, 700, 1_000, 1_500)),
            lines,
        ),
    )


def _situations(graph: Graph, size: Size) -> Iterator[Figure]:
    for name, habits in size.situations.items():
        crowds = Crowds.of(graph, habits, size, 1)
        ours, best, pushing = crowds.ours(), crowds.best(), crowds.pushing()
        yield Figure(f"{name}: ours", ours.all, "USD")
        yield Figure(f"{name}: ours / hindsight", ours.all / best.all, "times")
        yield Figure(f"{name}: ours / push", ours.all / pushing.all, "times")
        both = crowds.ours(design=_BOTH).all
        yield Figure(f"{name}: with the first two / hindsight", both / best.all, "times")
        yield Figure(f"{name}: with the first two / push", both / pushing.all, "times")
        print(f"\n{name}", end="")
        _print_parts({"ours": ours, "hindsight": best, "push": pushing})


def _level(name: str, cost: float, across: Sequence[float]) -> Line:
    return Line(name, [(across[0], cost), (across[-1], cost)], dashed=True)


def _save(file: Path, picture: str) -> None:
    file.write_text(picture, encoding="utf-8")

"""The model behind the costs of feeds, where they can be worked out by hand."""

from __future__ import annotations

import statistics
from array import array
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bench import feed_cost
from bench.__main__ import main
from bench.chart import Axis, Line, draw
from bench.feed_bill import (
    READ,
    RECENT_POSTS,
    WRITE,
    Bill,
    Design,
    Pair,
    hindsight,
    hybrid,
    pull,
    push,
    snapshot_size,
)
from bench.feed_model import (
    Graph,
    Habits,
    Reader,
    Shown,
    Trace,
    Visit,
    inverse_gaussian,
    play,
    visiting,
)
from shutterfeed.adapters.dynamodb.recent_posts import compressed, recent_posts_item
from shutterfeed.adapters.dynamodb.table import Item
from shutterfeed.domain.delivery import RECENT_ENTRIES, FeedPolicy, RecentPosts
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from tests.fakes.system import START
from tests.samples import user_id

POLICY = FeedPolicy(
    celebrity_followers=1_000,
    active_days=30,
    regular_after_days=1,
    snapshot_posts=100,
)
PAGE = Shown(posts=(), authors=())


def reader(
    visits: list[float], posts: list[float] | None = None, *, followed: int = 1, pages: int = 1
) -> Reader:
    """A reader of authors with 10 followers each. The first author has published the posts."""
    times = posts or []
    return Reader(
        followed=(10,) * followed,
        times=array("d", times),
        authors=array("l", [0] * len(times)),
        visits=[Visit(at, pages) for at in visits],
        pages=[(PAGE,) * pages for _ in visits],
    )


def trace(posts: list[float], *readers: Reader, days: float = 90) -> Trace:
    return Trace(100, 0, days, [10], [(at, 0) for at in posts], readers)


def of(bill: Bill, *names: str) -> float:
    return sum(bill.get(name, 0) for name in names)


def test_a_reader_who_comes_again_gets_what_is_published_until_they_stay_away() -> None:
    posts = [0.5, 2.0, 3.0, 33.0]
    bill = hybrid(trace(posts, reader([0.1, 1.1], posts)), POLICY, Design())
    # On day 1.1 they become regular: subscribed until day 32.1, which 2.0 and 3.0 meet. At 33.0 the
    # subscription has run out, its reader is asked for, and it ends.
    assert of(bill, "pushes") == pytest.approx(2 * WRITE)
    # Subscribing takes a list of the followed, and a look at the unfollowed markers.
    assert of(bill, "push subscriptions") == pytest.approx((2 * READ + WRITE) + (READ + WRITE))
    assert of(bill, "visits") == pytest.approx(2 * WRITE)
    # Each post: a plan, and recent posts of 1 KB within a transaction; three of them read the
    # subscription.
    assert of(bill, "audience") == pytest.approx(4 * READ + 3 * READ * 90 / 4096)
    assert of(bill, "recent posts") == pytest.approx(4 * (READ + 2 * WRITE))
    # Reads: the reader's state, the old snapshot, the recent posts strongly consistent.
    # Writes: that the preparation has begun, and until when to push. The snapshot of one post
    # had been written by the page before.
    assert of(bill, "promotions") == pytest.approx(3 * READ + 2 * WRITE + WRITE)
    # The pages read it together with the entries, for which one unit is enough.
    assert of(bill, "snapshots") == pytest.approx(WRITE)


def test_a_post_renews_a_subscription_run_out_only_for_a_reader_who_still_comes() -> None:
    visits = [0.1, *(float(day) for day in range(1, 60))]
    posts = [40.0, 41.0, 100.0, 101.0]
    bill = hybrid(trace(posts, reader(visits, posts), days=120), POLICY, Design())
    # Pushed to until day 79, and subscribed until day 32; then asked for on days 40 and 100.
    assert of(bill, "pushes") == pytest.approx(2 * WRITE)
    # To be renewed, a subscription needs its edge as well.
    first_subscription, renewed, ended = 2 * READ + WRITE, 2 * READ + WRITE, READ + WRITE
    assert of(bill, "push subscriptions") == pytest.approx(first_subscription + renewed + ended)


def test_whoever_never_posted_is_subscribed_to_only_by_their_first_post() -> None:
    design = Design(silent_unsubscribed=True)
    posts = [2.0, 3.0]
    bill = hybrid(trace(posts, reader([0.1, 1.1], posts, followed=50)), POLICY, design)
    # The list of 50 followed takes 9 KB, the unfollowed markers are one unit more.
    assert of(bill, "push subscriptions") == pytest.approx(4 * READ + WRITE)
    assert of(bill, "pushes") == pytest.approx(2 * WRITE)
    # The first post reads a list of 10 followers and what is known of each.
    first = READ + 10 * READ
    assert of(bill, "audience") == pytest.approx(first + 2 * READ + 2 * READ * 90 / 4096)


def test_a_snapshot_among_the_entries_is_read_by_pages_that_reach_it() -> None:
    posts = [
        start + number / 100 for start, count in ((0.2, 60), (1.5, 25)) for number in range(count)
    ]
    played = trace(posts, reader([0.1, 1.1, 3.0], posts, pages=3))
    always = hybrid(played, POLICY, Design())
    reached = hybrid(played, POLICY, Design(snapshot_in_feed=True))
    # Of the last visit's pages the first shows 20 posts that were pushed, and no more.
    assert of(always, "snapshots") - of(reached, "snapshots") == pytest.approx(READ / 2)


@pytest.mark.parametrize("design", [Design(), Design(snapshot_in_feed=True)])
def test_a_snapshot_that_has_expired_is_not_read(design: Design) -> None:
    visits = [0.1, *(float(day) for day in range(1, 131, 10))]
    made = [0.2 + number / 100 for number in range(60)]
    until_90, until_130 = (
        hybrid(
            trace(made, reader([v for v in visits if v < end], made, pages=3), days=200),
            POLICY,
            design,
        )
        for end in (90, 131)
    )
    assert of(until_90, "snapshots") == of(until_130, "snapshots") > 0


def test_a_regular_reader_only_prolongs_halfway_however_many_they_follow() -> None:
    visits = [float(day) for day in range(34)]
    bill = hybrid(trace([], reader(visits, followed=7)), POLICY, Design())
    # Subscribed on day 1; on days 17 and 33 less than 15 of 30 days are left.
    assert of(bill, "push subscriptions") == pytest.approx(2 * READ + 7 * WRITE)
    # The visits of days 0, 1, 17 and 33 are noted, the last two with the new end of pushing.
    assert of(bill, "visits") == pytest.approx(4 * WRITE)


def test_a_reader_who_lapses_and_returns_is_regular_by_the_last_visit_noted() -> None:
    lapsed = [0.1, 1.1, 10.0]
    # Pushed to until 31.1; day 10 was not noted. Day 35 is more than 30 days after day 1.
    pulled = hybrid(trace([], reader([*lapsed, 35.0, 35.5], followed=7)), POLICY, Design())
    assert of(pulled, "push subscriptions") == pytest.approx(2 * READ + 7 * WRITE)
    assert of(pulled, "visits") == pytest.approx(3 * WRITE)
    # The day after, they are.
    again = hybrid(trace([], reader([*lapsed, 35.0, 36.0], followed=7)), POLICY, Design())
    assert of(again, "push subscriptions") == pytest.approx(2 * (2 * READ + 7 * WRITE))


def test_a_snapshot_of_an_author_with_more_posts_than_a_recent_posts_reads_their_index() -> None:
    posts = [number / 100 for number in range(26)]
    few, many = (
        of(hybrid(trace(some, reader([0.5], some)), POLICY, Design()), "pulls")
        for some in (posts[:25], posts)
    )
    # A hundred posts of 900 bytes.
    assert many - few == pytest.approx(22 * READ / 2)


def test_nothing_is_pushed_of_a_celebrity() -> None:
    posts = [2.0, 3.0]
    policy = replace(POLICY, celebrity_followers=10)
    bill = hybrid(trace(posts, reader([0.1, 1.1, 4.0], posts)), policy, Design())
    assert of(bill, "pushes", "audience") == 0
    # The page of day 4 reads the recent posts whole (6 KB) and the author's profile.
    assert of(bill, "celebrities") == pytest.approx(READ + READ / 2)


def test_pushing_to_all_pays_for_every_follower() -> None:
    bill = push(trace([1.0, 2.0], reader([3.0], [1.0, 2.0])))
    assert of(bill, "pushes") == pytest.approx(2 * 10 * WRITE)


def test_who_never_becomes_regular_costs_what_pulling_costs() -> None:
    posts = [0.5, 5.0]
    played = trace(posts, reader([0.1, 1.1, 1.2, 6.0], posts, followed=80, pages=2))
    never = replace(POLICY, regular_after_days=31)
    ours = hybrid(played, never, Design())
    assert of(ours, "pulls") == pytest.approx(4 * (READ * 4 + 80 * READ / 2))
    assert of(ours, "pulls") == pytest.approx(pull(played, POLICY)["pulls"])
    assert of(ours, "pushes", "push subscriptions") == 0


def stored(item: Item) -> int:
    """Bytes of an item by the rules of DynamoDB, for texts, binaries and whole numbers."""
    total = 0
    for name, value in item.items():
        if isinstance(value, int):
            size = 1 + (len(str(value)) + 1) // 2
        else:
            size = 0 if value is None else len(value)
        total += (len(name) + size) if value is not None else 0
    return total


def test_recent_posts_and_snapshots_take_what_they_are_priced_at() -> None:
    random = Random(5)
    authors = [user_id(random.getrandbits(79)) for _ in range(30)]

    def entry(number: int, author: str) -> FeedEntry:
        at = START + timedelta(seconds=10_000 * number + random.randrange(9_000))
        made = ulid(at - timedelta(seconds=5), random.getrandbits(79))
        return FeedEntry(ulid(at, random.getrandbits(79)), PostId(author, made))

    entries = tuple(entry(-number, authors[0]) for number in range(RECENT_ENTRIES))
    recent = RecentPosts(authors[0], entries, entries[-1], migration=ulid(START, 7), version=10**6)
    assert RECENT_POSTS - 60 < stored(recent_posts_item(recent)) <= RECENT_POSTS <= 1024
    lines = [str(entry(-number, random.choice(authors))) for number in range(100)]
    assert len(compressed("\n".join(lines))) + 200 == pytest.approx(snapshot_size(100), rel=0.03)
    assert snapshot_size(100) <= 4096


SELDOM = [10.0]
OFTEN = [day + 0.5 for day in range(80)]


@pytest.mark.parametrize(
    ("readers", "pulled_recent_posts", "expected"),
    [
        # Ten posts: pushing a pair costs 6.25. A pull costs 0.5 a page.
        ([[]], 0.1, {}),
        ([SELDOM], 0.1, {"recent posts": 1.0, "pulls": 0.5}),
        ([OFTEN], 0.1, {"pushes": 6.25}),
        ([SELDOM, OFTEN], 0.1, {"recent posts": 1.0, "pulls": 0.5, "pushes": 6.25}),
        # Where recent posts that can be pulled cost more than they save, all are pushed.
        ([SELDOM, OFTEN], 0.6, {"pushes": 12.5}),
    ],
)
def test_hindsight_takes_the_cheaper_way_for_each_pair(
    readers: list[list[float]], pulled_recent_posts: float, expected: dict[str, float]
) -> None:
    posts = [float(day) for day in range(10)]
    played = trace(posts, *(reader(visits, posts) for visits in readers))
    bill = hindsight(
        played, Pair(recent_posts=0, pulled_recent_posts=pulled_recent_posts, pull=0.5), period=90
    )
    own = {k: v for k, v in bill.items() if not k.startswith("page:") and v}
    assert own == pytest.approx(expected)


def test_hindsight_chooses_anew_for_each_period() -> None:
    posts = [float(day) for day in range(10)]
    visits = [5.0, *(60 + day / 10 for day in range(100))]
    played = trace(posts, reader(visits, posts), days=90)
    pair = Pair(recent_posts=0, pulled_recent_posts=0, pull=0.5)
    assert hindsight(played, pair, 90).own == pytest.approx(6.25)
    assert hindsight(played, pair, 30).own == pytest.approx(0.5)


@pytest.fixture(scope="module")
def played() -> Trace:
    random = Random(3)
    edges = {(random.randrange(300), int(300 * random.random() ** 3)) for _ in range(6_000)}
    graph = Graph.of(((a, b) for a, b in edges if a != b), 300)
    habits = Habits(active_share=0.1, leaving_a_month=0.2)
    return play(graph, habits, warm_up=30, days=40, seed=1)


@pytest.mark.parametrize(
    "design",
    [
        Design(),
        Design(silent_unsubscribed=True, snapshot_in_feed=True),
        Design(author_in_recent_posts=True, whole_posts=10),
    ],
)
@pytest.mark.parametrize("celebrity_followers", [5, 50, 1_000])
@pytest.mark.parametrize("regular_after_days", [0, 1])
def test_no_delivery_beats_hindsight(
    played: Trace, design: Design, celebrity_followers: int, regular_after_days: int
) -> None:
    policy = replace(
        POLICY, celebrity_followers=celebrity_followers, regular_after_days=regular_after_days
    )
    best = hindsight(played, Pair.ours(design), 30).all
    assert hindsight(played, Pair.ideal(), 30).all <= best
    assert best <= hybrid(played, policy, design).all
    assert best <= pull(played, policy).all


def test_people_come_post_and_read_as_often_as_their_habits_say(played: Trace) -> None:
    visits = [visit.at for r in played.readers for visit in r.visits]
    days = {(number, int(v.at)) for number, r in enumerate(played.readers) for v in r.visits}
    assert len(days) / 70 == pytest.approx(30, rel=0.35)
    assert len(played.posts) / len(days) == pytest.approx(2, rel=0.5)
    assert len(visits) / len(days) == pytest.approx(6.9, rel=0.1)
    for reader_ in played.readers:
        assert all(len(page.posts) <= 20 for pages in reader_.pages for page in pages)
        assert list(reader_.times) == sorted(reader_.times)


def test_the_same_seed_plays_the_same() -> None:
    graph = Graph.of([(0, 1), (1, 2), (2, 0)], 3)
    habits = Habits(active_share=0.3)
    first, second = (play(graph, habits, warm_up=5, days=5, seed=9).posts for _ in range(2))
    assert first == second != play(graph, habits, warm_up=5, days=5, seed=8).posts


def test_chances_to_come_give_the_share_of_a_day_and_of_a_month() -> None:
    random, habits = Random(2), Habits(active_share=0.02)
    first, second = visiting(habits)
    chances = [random.betavariate(first, second) for _ in range(100_000)]
    daily = statistics.fmean(chances)
    monthly = statistics.fmean(1 - (1 - chance) ** 30 for chance in chances)
    assert daily == pytest.approx(0.02, rel=0.05)
    assert daily / monthly == pytest.approx(0.615, rel=0.03)


def test_pages_in_a_visit_have_their_mean_and_variance() -> None:
    random = Random(4)
    draws = [inverse_gaussian(random, 2.17, 4.3) for _ in range(50_000)]
    assert statistics.fmean(draws) == pytest.approx(2.17, rel=0.02)
    assert statistics.variance(draws) == pytest.approx(2.17**3 / 4.3, rel=0.05)


def test_without_the_graph_the_benchmark_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feed_cost, "GRAPH", tmp_path / "follows.csv.gz")
    assert main(["feed_cost", "--results", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("feed_cost is left out: ")
    assert "follows.csv.gz does not exist" in out
    assert list(tmp_path.iterdir()) == []


def test_a_chart_names_its_lines_and_keeps_points_within_its_axes() -> None:
    axis = Axis("users", (1, 10, 100))
    picture = draw("Cost <now>", axis, axis, [Line("a & b", [(1, 1), (100, 1_000)])])
    assert "Cost &lt;now&gt;" in picture
    assert "a &amp; b" in picture
    assert '<polyline points="80.0,360.0 550.0,40.0"' in picture

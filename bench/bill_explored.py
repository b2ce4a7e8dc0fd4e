"""What exploring takes: a page of recent, well-liked posts, and those that contend for the list."""

from __future__ import annotations

from typing import Final

from bench.bill_bench import Bench
from bench.bill_habits import EXPLORED_PAGE
from bench.bill_measured import Operation
from shutterfeed.adapters.dynamodb.explore import DynamoContenders
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.explore import TURN, TURNS, Contender
from shutterfeed.domain.ranking import rank
from tests.feed_scene import Scene
from tests.integration.world import FEED, Person, aws

_COLLIDING: Final = 1.4
"""The number of posts, for each contender: some lose their slot to another."""


def contend(bench: Bench, contenders: int) -> None:
    """Let posts be published that contend for the list, each by somebody else. None of them is one
    of those that contended before."""
    now = bench.world.clock.now()
    scene = Scene(bench.world.metadata, Table(aws("dynamodb"), FEED), now)
    posts = scene.strangers_posts(round(contenders * _COLLIDING))
    store = DynamoContenders(bench.world.metadata)
    for number, post in enumerate(posts):
        at = now - number % TURNS * TURN
        store.nominate(Contender(post.id, rank(post.published_at or post.created_at, 0), at))


def measure(bench: Bench, reader: Person) -> None:
    """Measure the first page of the list. `reconcile` has made it before."""

    def explore() -> None:
        page = bench.client.get("/explore", reader, limit=str(EXPLORED_PAGE)).json
        assert len(page["items"]) == EXPLORED_PAGE, "a whole page"

    bench.measure(Operation.EXPLORE, explore, with_workers=False)

"""How many round trips and request units a feed page takes, by the calls that are really made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bench.feed_scene import CASES, Scene
from bench.wire import Wire
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.domain.ids import user_id_of
from shutterfeed.services.feed import FeedPage, FeedService
from shutterfeed.services.profiles import ProfileService
from tests.contract.conftest import Tables
from tests.fakes.backend import POLICY
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATENCY_SECONDS = 0.05
"""So much longer than the calls need themselves that calls made side by side overlap."""
ATTEMPTS = 10
"""On a busy machine, calls made side by side may miss one another and be counted as two trips.
Calls made one after the other never overlap, however often it is tried."""
UNITS = {0: 1.5, 10: 17.5, 1_000: 32.5, 7_500: 72.5}
"""At most so many read units a page of 20 posts, by the number of accounts followed."""


@pytest.fixture
def tables(request: pytest.FixtureRequest) -> Tables:
    """Only of the engine that counts capacity as AWS does."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


@pytest.mark.parametrize(("follows", "celebrities"), CASES)
def test_every_page_takes_two_round_trips_and_few_units(
    tables: Tables, follows: int, celebrities: int
) -> None:
    subject = Scene(tables.metadata, tables.feed, NOW).reader(follows, celebrities)
    reader_id = user_id_of(subject)
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    units: list[float] = []
    wire.client.meta.events.register("provide-client-params.dynamodb", _count_capacity)
    wire.client.meta.events.register(
        "after-call.dynamodb", lambda parsed, **_: units.append(_read_units(parsed))
    )
    service = _service(tables)
    position, seen = None, 0
    with wire.tapped():
        for _ in range(3):
            page = _page(service, reader_id, position, wire, units)
            assert wire.trips <= 2
            assert {name for name, _ in wire.calls} <= {"Query", "BatchGetItem"}
            assert sum(units) <= UNITS[follows]
            seen += len(page.posts)
            position = page.next_position
            if position is None:
                break
    assert seen == (60 if follows else 0)


def _page(
    service: FeedService, reader_id: str, position: str | None, wire: Wire, units: list[float]
) -> FeedPage:
    """The page, read again while its calls seem to miss one another."""
    attempts = count(1)
    while True:
        wire.clear()
        units.clear()
        page = service.page(reader_id, position, 20)
        if wire.trips <= 2 or next(attempts) == ATTEMPTS:
            return page


def _count_capacity(params: dict[str, Any], model: Any, **_: object) -> dict[str, Any] | None:
    if "ReturnConsumedCapacity" in model.input_shape.members:
        params["ReturnConsumedCapacity"] = "TOTAL"
    return params


def _read_units(answer: dict[str, Any]) -> float:
    capacity = answer.get("ConsumedCapacity", [])
    each = capacity if isinstance(capacity, list) else [capacity]
    return sum(float(one["CapacityUnits"]) for one in each)


def _service(tables: Tables) -> FeedService:
    clock = FakeClock(NOW + timedelta(minutes=1))
    follows = DynamoFollows(tables.metadata, tables.feed.name)
    return FeedService(
        DynamoFeedReads(tables.metadata, tables.feed),
        DynamoFeeds(tables.feed),
        follows,
        DynamoReaders(tables.metadata),
        ProfileService(DynamoProfiles(tables.metadata), follows, clock),
        FakeQueue(),
        POLICY,
        clock,
    )

"""The lists of whom people may like to follow, and the samples that they are made of."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.follows import DynamoFollows, edge_item
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import profile_item
from shutterfeed.adapters.dynamodb.suggestions import DynamoNominations, DynamoSuggestionLists
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.suggestions import Acquaintances, Nomination, Popular, Suggested
from shutterfeed.services.acquaintances import AcquaintanceService
from shutterfeed.services.popular import PopularService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.suggestions import SuggestionService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.contract.test_feed_round_trips import LATENCY_SECONDS, _measured
from tests.contract.test_follows import _follow, _people
from tests.fakes.storage import FakeQueue
from tests.fakes.system import START, FakeClock, FakeIds
from tests.wire import Wire

ADA, BOB, CY = map(samples.user_id, (1, 2, 3))
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def _seconds(after: timedelta) -> int:
    return int((START + after).timestamp())


def test_a_slot_holds_the_last_nomination_for_a_day(store: Store) -> None:
    assert list(store.nominations.recent()) == []
    first, other = Nomination(ADA, 0, START, 7), Nomination(BOB, 3, START, 127)
    later = Nomination(CY, 1, START + MINUTE, 7)
    for nomination in (first, other, later, later):
        store.nominations.nominate(nomination)
    found = store.nominations.recent()
    assert sorted(found, key=lambda nomination: nomination.slot) == [later, other]
    assert store.expiry(keys.nomination(7)) == _seconds(DAY + MINUTE)


def test_every_slot_is_read(store: Store) -> None:
    for slot in range(128):
        store.nominations.nominate(Nomination(ADA, slot, START, slot))
    assert {nomination.followers for nomination in store.nominations.recent()} == set(range(128))


def test_the_popular_users_are_kept_with_their_scores(store: Store) -> None:
    assert store.suggestion_lists.popular() == Popular()
    popular = Popular({ADA: 1.0, BOB: 2.625, CY: 0.015}, START)
    for kept in (popular, popular, Popular({BOB: 3.0}, START + MINUTE)):
        store.suggestion_lists.keep_popular(kept)
        assert store.suggestion_lists.popular() == kept
        assert store.suggestion_lists.read(ADA) == Suggested(kept, None)
    assert store.expiry(keys.POPULAR) == _seconds(30 * DAY + MINUTE)
    with pytest.raises(ValueError, match="counted nothing"):
        store.suggestion_lists.keep_popular(Popular())


def test_acquaintances_are_kept_for_each_reader(store: Store) -> None:
    lists = store.suggestion_lists
    assert lists.acquaintances(ADA) is None
    for kept in (Acquaintances((BOB, CY), START), Acquaintances((), START + MINUTE)):
        lists.keep_acquaintances(ADA, kept)
        assert lists.acquaintances(ADA) == kept
        assert lists.read(ADA) == Suggested(Popular(), kept)
        assert lists.read(BOB) == Suggested()
    assert store.expiry(keys.acquaintances(ADA)) == _seconds(30 * DAY + MINUTE)


def test_samples_begin_at_the_same_id_and_go_on_from_the_first(store: Store) -> None:
    people = _people(store, 8)
    for followed in people[2:]:
        _follow(store, ADA, followed)
    _follow(store, BOB, people[6])
    samples_of = partial(store.follows.followed_samples, [ADA, BOB, CY])
    two, three, four, five, six, seven = people[2:]
    assert samples_of(four, 9) == [(four, five, six, seven, two, three), (six,), ()]
    assert samples_of(four, 2) == [(four, five), (six,), ()]
    assert samples_of(six, 4) == [(six, seven, two, three), (six,), ()]
    assert samples_of(people[0], 2) == [(two, three), (six,), ()]
    assert samples_of("7" + "Z" * 25, 1) == [(two,), (six,), ()]
    assert store.follows.followed_samples([], four, 9) == []


@pytest.fixture
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


def _popular_people(tables: Tables, count: int) -> None:
    tables.metadata.write_many(profile_item(samples.profile(number)) for number in range(count))
    scores = {samples.user_id(number): float(count - number) for number in range(count)}
    DynamoSuggestionLists(tables.metadata).keep_popular(Popular(scores, START))


def test_suggestions_take_two_round_trips(tables: Tables) -> None:
    clock, metadata = FakeClock(), tables.metadata
    _popular_people(tables, 100)
    lists, profiles = DynamoSuggestionLists(metadata), DynamoProfiles(metadata)
    reader = samples.user_id(1_000)
    lists.keep_acquaintances(reader, Acquaintances((samples.user_id(50),), START))
    progress = ProgressService(
        ledger=DynamoLedger(metadata), blobs=DynamoBlobs(metadata), clock=clock
    )
    viewing = ViewingService(
        reads=DynamoViewingReads(metadata, clock), profiles=profiles, progress=progress
    )
    popular = PopularService(
        nominations=DynamoNominations(metadata),
        lists=lists,
        reads=DynamoViewingReads(metadata, clock),
        clock=clock,
    )
    service = SuggestionService(
        lists=lists, popular=popular, viewing=viewing, orders=FakeQueue(), clock=clock
    )
    wire = Wire(metadata.client, latency=lambda: LATENCY_SECONDS)
    shown, units = _measured(wire, 2, lambda: service.suggest(reader, 20))
    assert len(shown) == 20
    # Both lists; 40 profiles, and for each four relations, and the mutes. DynamoDB Local asks
    # nothing for those that are not there.
    assert units == {"read": 0.5 + 0.5 + 40 * 0.5, "write": 0}


def test_acquaintances_take_a_bounded_number_of_units(tables: Tables) -> None:
    """Those whom the reader follows follow many."""
    metadata, count = tables.metadata, 60
    lists, follows = DynamoSuggestionLists(metadata), DynamoFollows(metadata, tables.feed.name)
    metadata.write_many(
        edge_item(samples.user_id(follower), samples.profile(followed), ulid(START, followed))
        for follower in range(3)
        for followed in range(follower + 1, count if follower else 3)
    )
    service = AcquaintanceService(follows=follows, lists=lists, clock=FakeClock(), ids=FakeIds())
    wire = Wire(metadata.client, latency=lambda: LATENCY_SECONDS)

    def forget() -> None:
        lists.keep_acquaintances(samples.user_id(0), Acquaintances((), START - DAY))

    _, units = _measured(wire, 5, lambda: service.find(samples.user_id(0)), forget)
    found = lists.acquaintances(samples.user_id(0))
    assert found is not None
    assert len(found.user_ids) == 40
    # The item, the reader's follows in two ranges, two samples of 40 edges; then it is written.
    assert units["read"] <= 1 + 2 * 0.5 + 2
    assert units["write"] == 2

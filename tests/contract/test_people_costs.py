"""How many requests and request units mentions and tags take, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from shutterfeed.ports.viewing import Wanted
from shutterfeed.services.people import PeopleService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.system import FakeClock

ADA, BOB, CY, DAN = (samples.user_id(number) for number in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests, and read units of batches as AWS bills them: half a unit for each item that is
    asked for, whether it is there or not, and one if the read is strongly consistent."""

    requests: int
    units: float


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada has one post without people, and one that mentions Bob and has Cy in its photo."""

    tables: Tables
    plain: Post
    with_people: Post
    people: PeopleService
    viewing: ViewingService

    def cost(self, call: Callable[[], object]) -> Cost:
        calls: list[Any] = []

        def note(params: Any, **_: object) -> None:
            calls.append(params)

        events, name = self.tables.metadata.client.meta.events, "provide-client-params.dynamodb"
        events.register(name, note, "cost")
        try:
            call()
        finally:
            events.unregister(name, note, "cost")
        asked = [t for given in calls for t in given.get("RequestItems", {}).values()]
        units = sum(len(t["Keys"]) * (1 if t.get("ConsistentRead") else 0.5) for t in asked)
        return Cost(len(calls), units)


@pytest.fixture
def scene(tables: Tables) -> Scene:
    profiles, clock = DynamoProfiles(tables.metadata), FakeClock()
    for number, handle in ((1, "ada"), (2, "bob"), (3, "cy.k"), (4, "dan")):
        profiles.create(samples.profile(number, handle))
    posts, stored = DynamoPosts(tables.metadata), []
    for number in (1, 2):
        post = samples.post(number=number)
        if number == 2:
            tag = TaggedPerson(post.media[0].media_id, CY, 0.5, 0.5)
            post = replace(post, mentions=(Mention("bob", BOB),), people=(tag,))
        posts.create(post, samples.uploads(post), f"key-{number}", "")
        posts.publish(post.id, post.media, samples.position(number), samples.START)
        found = posts.get(post.id)
        assert found is not None
        stored.append(found)
    reads = DynamoViewingReads(tables.metadata, clock)
    ledger, blobs = DynamoLedger(tables.metadata), DynamoBlobs(tables.metadata)
    progress = ProgressService(ledger=ledger, blobs=blobs, clock=clock)
    viewing = ViewingService(reads=reads, profiles=profiles, progress=progress)
    people = PeopleService(profiles=profiles, reads=reads)
    plain, with_people = stored
    return Scene(tables, plain, with_people, people, viewing)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("nobody here", Cost(0, 0)),
        ("@bob", Cost(2, 3.5)),
        ("@bob and @cy.k", Cost(2, 6.5)),
        ("@bob and @not.there", Cost(2, 6.5)),
    ],
)
def test_handles_are_resolved_with_two_requests(scene: Scene, text: str, cost: Cost) -> None:
    """A handle that nobody has costs what one costs that somebody has."""
    assert scene.cost(partial(scene.people.written, ADA, text)) == cost


def test_a_post_without_people_costs_nothing_more(scene: Scene) -> None:
    for shown, more in (
        (lambda post: scene.viewing.post(Viewer(DAN), post.id), Cost(1, 4)),
        (lambda post: scene.viewing.posts(Viewer(DAN), [post.id]), Cost(1, 2)),
        (lambda post: scene.viewing.posts_at_hand(Viewer(DAN), [post], Surface.LIST), Cost(0, 2)),
    ):
        without = scene.cost(partial(shown, scene.plain))
        with_people = scene.cost(partial(shown, scene.with_people))
        assert with_people.requests - without.requests == more.requests
        assert with_people.units - without.units == more.units


def test_a_feed_reads_the_people_in_its_entries_with_the_posts(scene: Scene) -> None:
    tables = scene.tables
    feeds, reads = DynamoFeeds(tables.feed), DynamoFeedReads(tables.metadata, tables.feed)
    feeds.put([DAN], [entry_of(scene.plain), entry_of(scene.with_people)], samples.START)
    entries = feeds.page(DAN, None, 10, samples.START).items
    assert [entry.people for entry in entries] == [(BOB, CY), ()]
    costs = []
    for entry in entries:
        wanted = FeedWanted(Wanted(posts=[entry.post_id], people=entry.people))
        costs.append(scene.cost(partial(reads.view, Viewer(DAN), wanted, None, 20)))
    with_people, plain = costs
    assert (with_people.requests, with_people.units) == (plain.requests, plain.units + 2)

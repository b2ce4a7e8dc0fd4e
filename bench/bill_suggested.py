"""What suggestions of whom to follow take: a request with the search for acquaintances that it
starts, and what the reconciler makes every five minutes, with the list of posts to explore."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bench import bill_explored
from bench.bill_bench import Bench
from bench.bill_measured import Operation
from reconcile.handler import handler as reconcile
from shutterfeed.adapters.dynamodb.follows import DynamoFollows, edge_item
from shutterfeed.adapters.dynamodb.records import profile_item
from shutterfeed.adapters.dynamodb.suggestions import DynamoNominations
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.suggestions import SAMPLE, SLOTS, Nomination
from shutterfeed.domain.users import Profile, initial_handle
from tests.integration import payloads
from tests.integration.world import FEED, Person

_PEOPLE: Final = 128
"""People whom the reader does not follow: all are popular, and some of them acquaintances."""


def measure(bench: Bench, reader: Person, explored: int) -> None:
    """Measure both for a reader who has asked for suggestions on another day, too. On the list of
    posts to explore are `explored` posts, and as many others contend for it."""
    people = _people(bench)
    _acquaint(bench, reader, people)
    _lists(bench, people, explored)

    def suggest() -> None:
        found = bench.client.get("/suggestions", reader).json["items"]
        assert len(found) == 10, "as many as there are unless more are asked for"
        # Only this queue is read: the other workers would publish the posts of the scene again.
        assert bench.pipeline.pump_queue("deliver") == 1, "acquaintances are looked for"

    suggest()
    bench.world.clock.advance(timedelta(days=1))
    _lists(bench, people, explored)
    bench.measure(Operation.SUGGESTIONS, suggest, with_workers=False)


def _people(bench: Bench) -> list[Profile]:
    now = bench.world.clock.now()
    ids = [Person.number(1_000 + number).user_id for number in range(_PEOPLE)]
    people = [Profile(user_id, initial_handle(user_id), now, "Ada", "Hello") for user_id in ids]
    bench.world.metadata.write_many(map(profile_item, people))
    return people


def _acquaint(bench: Bench, reader: Person, people: Sequence[Profile]) -> None:
    """Let everybody whom the reader follows follow as many people as a sample has."""
    now = bench.world.clock.now()
    followed = DynamoFollows(bench.world.metadata, FEED).following(reader.user_id, None, 500).items
    bench.world.metadata.write_many(
        edge_item(user_id, person, ulid(now, number))
        for user_id in followed
        for number, person in enumerate(people[:SAMPLE])
    )


def _lists(bench: Bench, people: Sequence[Profile], explored: int) -> None:
    """Count as many nominations as there can be, and make the list of posts to explore. The last
    measurement is the one that counts: posts are on the list before it."""
    nominations, now = DynamoNominations(bench.world.metadata), bench.world.clock.now()
    for slot, person in zip(range(SLOTS), people, strict=True):
        nominations.nominate(Nomination(person.user_id, 1, now, slot))
    bill_explored.contend(bench, explored)
    bench.measure(Operation.LISTS, lambda: reconcile({}, payloads.context()), with_workers=False)

"""What notices and the list of them cost, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds, DynamoNotices
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import post_item, profile_item
from shutterfeed.adapters.dynamodb.table import Put
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.domain.activity import WAIT, Act, NoticeKind
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.posts import PostState
from shutterfeed.services.activity import ActivityService
from shutterfeed.services.notices import NoticeOpener
from shutterfeed.services.notifying import NotifyingService
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.verdicts import VerdictService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock, FakeIds, in_turn
from tests.limits import PLENTY

NOW: Final = datetime(2026, 5, 4, 12, tzinfo=UTC)
ADA: Final = samples.user_id(1)
MINUTE: Final = timedelta(minutes=1)
_READS: Final = frozenset(("Query", "BatchGetItem", "GetItem"))


@dataclass
class Desk:
    """The worker and the list over tables in which Ada has posts."""

    tables: Tables
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    units: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        table, clock = self.tables.metadata, self.clock
        profiles, crowds = DynamoProfiles(table), DynamoCrowds(table)
        self.likes = DynamoLikes(table)
        self.follows = DynamoFollows(table, self.tables.feed.name)
        viewing = ViewingService(
            reads=DynamoViewingReads(table, clock),
            profiles=profiles,
            progress=ProgressService(
                ledger=DynamoLedger(table), blobs=DynamoBlobs(table), clock=clock
            ),
        )
        opener = NoticeOpener(notices=DynamoNotices(table), clock=clock, ids=FakeIds())
        self.worker = NotifyingService(
            notices=DynamoNotices(table),
            crowds=crowds,
            comments=DynamoComments(table),
            profiles=profiles,
            viewing=viewing,
            opener=opener,
            verdicts=VerdictService(
                cases=DynamoCases(table),
                blobs=DynamoBlobs(table),
                opener=opener,
                steps=FakeQueue(),
                clock=clock,
            ),
        )
        self.activity = ActivityService(
            users=ProfileService(profiles=profiles, limits=PLENTY, clock=clock, renames=5),
            profiles=profiles,
            notices=DynamoNotices(table),
            crowds=crowds,
            viewing=viewing,
            limits=PLENTY,
            clock=clock,
            together=in_turn,
        )
        for number in range(1, 10):
            table.write(Put(profile_item(samples.profile(number))))

    def post(self, number: int) -> PostId:
        post = samples.post(1, number, state=PostState.PUBLISHED)
        media = tuple(medium.ready(_picture()) for medium in post.media)
        self.tables.metadata.write(Put(post_item(replace(post, media=media))))
        return post.id

    def like(self, number: int, post_id: PostId) -> Act:
        """Somebody likes a post, and their message comes."""
        person_id, at = samples.user_id(number), self.clock.now()
        assert self.likes.like(person_id, post_id, 1, ulid(at, number))
        return Act(ADA, NoticeKind.LIKE, str(post_id), person_id, at)

    def follow(self, number: int) -> Act:
        person_id, at = samples.user_id(number), self.clock.now()
        assert self.follows.follow(person_id, samples.profile(1), ulid(at, number))
        return Act(ADA, NoticeKind.FOLLOW, ADA, person_id, at)

    def tell(self, *acts: Act) -> dict[str, float]:
        """The units that the worker takes for a batch."""
        self.clock.advance(WAIT)
        with self.measured():
            assert self.worker.tell(acts) == {}
        return self.units

    @contextmanager
    def measured(self) -> Iterator[None]:
        self.units = {"read": 0.0, "write": 0.0}
        events = self.tables.metadata.client.meta.events

        def count(parsed: dict[str, Any], model: Any, **_: object) -> None:
            capacity = parsed.get("ConsumedCapacity", [])
            for one in capacity if isinstance(capacity, list) else [capacity]:
                kind = "read" if model.name in _READS else "write"
                self.units[kind] += float(one["CapacityUnits"])

        events.register("provide-client-params.dynamodb", _ask, "units")
        events.register("after-call.dynamodb", count, "count")
        try:
            yield
        finally:
            events.unregister("after-call.dynamodb", count, "count")


def _ask(params: dict[str, Any], model: Any, **_: object) -> None:
    if "ReturnConsumedCapacity" in model.input_shape.members:
        params["ReturnConsumedCapacity"] = "TOTAL"


def _picture() -> Any:
    """A picture as large as those that are stored, with six renditions."""
    picture = samples.picture()
    return replace(picture, renditions=picture.renditions * 3)


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Desk:
    """A desk on the one engine that counts capacity as AWS does."""
    from tests.contract import conftest

    return Desk(conftest._tables("dynamodb-local", request))


def test_the_first_notice_takes_two_write_units_and_the_others_of_the_group_none(
    desk: Desk,
) -> None:
    post_id = desk.post(1)
    first = desk.tell(desk.like(2, post_id))
    assert first["write"] == 2
    assert first["read"] <= 5.5
    further = desk.tell(*(desk.like(number, post_id) for number in range(3, 9)))
    assert further == {"read": 2, "write": 0}
    desk.clock.advance(MINUTE)
    desk.activity.mark_seen(ADA)
    again = desk.tell(desk.like(9, post_id))
    assert again["write"] == 5
    assert again["read"] <= 6.5


def test_a_page_of_twenty_entries_by_few_people_takes_21_read_units(desk: Desk) -> None:
    for number in range(20):
        desk.tell(desk.like(2 + number % 2, desk.post(number)))
    desk.clock.advance(MINUTE)
    with desk.measured():
        page = desk.activity.page(ADA, None, 20)
    assert len(page.items) == 20
    assert desk.units["read"] <= 21
    assert desk.units["write"] == 0


def test_a_badge_with_nothing_new_takes_little_and_a_look_one_write(desk: Desk) -> None:
    desk.tell(desk.follow(2), desk.like(3, desk.post(1)))
    desk.clock.advance(MINUTE)
    with desk.measured():
        desk.activity.mark_seen(ADA)
    assert desk.units == {"read": 1, "write": 2}
    with desk.measured():
        assert desk.activity.badge(ADA) == 0
    assert desk.units["read"] <= 1.5


def test_the_likes_of_a_hot_post_are_counted_although_one_part_is_read(desk: Desk) -> None:
    post_id, shards, at = desk.post(1), 32, desk.clock.now()
    people = [samples.user_id(number) for number in range(2, 9)]
    for number, person_id in enumerate(people):
        assert desk.likes.like(person_id, post_id, shards, ulid(at, number))
    desk.likes.spread(post_id, shards)
    desk.likes.count(post_id)
    first = next(i for i in people if keys.like_shard(i, shards) > 0)
    shard = keys.like_shard(first, shards)
    desk.tell(Act(ADA, NoticeKind.LIKE, str(post_id), first, at, shard))
    desk.clock.advance(MINUTE)
    (group,) = desk.activity.page(ADA, None, 20).items
    assert group.count == len(people)
    assert first in [person.profile.user_id for person in group.people]


def test_a_page_about_many_strangers_takes_at_most_90_read_units(desk: Desk) -> None:
    """The worst case: each of twenty posts is liked by a dozen others, whom its owner does not
    follow, and no two of them are named twice. The badge names one of each."""
    table = desk.tables.metadata
    for number in range(10, 250):
        table.write(Put(profile_item(samples.profile(number))))
    for post in range(20):
        post_id = desk.post(post)
        desk.tell(*(desk.like(10 + 12 * post + one, post_id) for one in range(12)))
    desk.clock.advance(MINUTE)
    with desk.measured():
        groups = desk.activity.page(ADA, None, 20).items
    assert [(len(group.people), group.count) for group in groups] == [(2, 12)] * 20
    assert desk.units["read"] <= 90
    with desk.measured():
        assert desk.activity.badge(ADA) == 20
    assert desk.units["read"] <= 50


def test_at_most_two_people_of_an_entry_are_read(desk: Desk) -> None:
    post_id = desk.post(1)
    desk.tell(*(desk.like(number, post_id) for number in range(2, 9)))
    desk.clock.advance(MINUTE)
    with desk.measured():
        (group,) = desk.activity.page(ADA, None, 20).items
    assert (len(group.people), group.count) == (2, 7)
    # The profile, notices, likers, post, mutes; of each of two people two items and a range; and
    # two ranges of those whom the owner follows or has asked to.
    assert desk.units["read"] <= 1 + 0.5 + 0.5 + 0.5 + 0.5 + 2 * 1.5 + 2 * 0.5

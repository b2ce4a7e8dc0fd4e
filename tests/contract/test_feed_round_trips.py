"""How many round trips and request units a feed page and an author's audience take, by the calls
that are really made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.explore import DynamoContenders
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows, edge_item
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags, DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import DynamoRecentPosts
from shutterfeed.adapters.dynamodb.records import post_item, profile_item
from shutterfeed.adapters.dynamodb.table import Delete, Put, Update, key_item
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.domain.accounts import user_id_of
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import MAX_FOLLOWED, FollowedHashtag
from shutterfeed.domain.ids import PostId, random_id, ulid
from shutterfeed.domain.mutes import MAX_MUTES, NO_MUTES, Mute, MutedUsers
from shutterfeed.domain.posts import PostState
from shutterfeed.services.audience import AudienceService
from shutterfeed.services.feed import FeedPage, FeedService, SeenEntries
from shutterfeed.services.like_counts import LikeCountService
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.backend import POLICY
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock
from tests.feed_scene import CASES, COUNTS, Scene, famous_in
from tests.limits import PLENTY
from tests.wire import Wire, units_of

T = TypeVar("T")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATENCY_SECONDS = 0.05
"""So much longer than the calls need themselves that calls made side by side overlap."""
ATTEMPTS = 10
"""Calls made at the same time may miss one another on a busy machine and be counted as two trips.
Calls made one after the other never overlap, however often it is tried."""
UNITS = {0: 1.5, 10: 28.5, 1_000: 43.5, 7_500: 83.5}
"""The most read units that a page of 20 posts takes, by the number of accounts followed."""


@pytest.fixture(scope="module")
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does. All tests here write to these,
    each about readers of its own."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


@pytest.fixture(scope="module")
def reader_of_ten(tables: Tables) -> str:
    """The id of a reader who follows ten accounts."""
    subject = Scene(tables.metadata, tables.feed, NOW).reader(10, 0)
    return user_id_of(subject, samples.ACCOUNT_KEY)


@pytest.fixture
def reader_id(tables: Tables, reader_of_ten: str) -> Iterator[str]:
    """The same reader, who has muted nobody."""
    yield reader_of_ten
    tables.metadata.write(Delete(keys.reader_mutes(reader_of_ten)))


@pytest.mark.parametrize(("follows", "celebrities"), CASES)
def test_every_page_takes_two_round_trips_and_few_units(
    tables: Tables, follows: int, celebrities: int
) -> None:
    subject = Scene(tables.metadata, tables.feed, NOW).reader(follows, celebrities)
    reader_id = user_id_of(subject, samples.ACCOUNT_KEY)
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    service = _service(tables)
    position, seen = None, 0
    for _ in range(3):
        page, units = _measured(wire, 2, partial(service.page, reader_id, position, 20))
        assert {name for name, _ in wire.calls} <= {"Query", "BatchGetItem"}
        assert units["read"] <= UNITS[follows]
        seen += len(page.posts)
        position = page.next_position
        if position is None:
            break
    assert seen == (60 if follows else 0)


def test_a_celebritys_brand_new_post_takes_no_third_round_trip(tables: Tables) -> None:
    """Neither in a process that has read nothing yet, nor in one that has read what was there
    before: its counts, and that the reader likes it, are known all the same."""
    subject = Scene(tables.metadata, tables.feed, NOW).reader(11, 1)
    reader_id, star = user_id_of(subject, samples.ACCOUNT_KEY), famous_in(11, 1)[0]
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    service = _service(tables)
    assert service.page(reader_id, None, 20).posts
    seen = dict(service.seen._entries)
    assert seen.keys() == {star}
    post_id = _published(tables, star)
    DynamoLikes(tables.metadata).like(reader_id, post_id, 1, ulid(NOW, 1))
    for likes in (300, 301):
        tables.metadata.write(Update(keys.counts(post_id), set={"likes": likes}))
        _counting(tables).update(post_id)
    for known in ({}, seen):

        def page(known: dict[str, Sequence[FeedEntry]] = known) -> FeedPage:
            return replace(service, seen=SeenEntries(dict(known))).page(reader_id, None, 20)

        found, units = _measured(wire, 2, page)
        views = [view for view in found.posts if view.author.profile.user_id == star]
        assert [view.post.id for view in views if view.liked_by_me] == [post_id]
        # 301 are less than 0.8 % more than 300, so they are not worth a write.
        assert [view.counts.likes for view in views] == [300] + [COUNTS.likes] * (len(views) - 1)
        assert len(views) > 1
        assert units["read"] <= UNITS[10]


def _published(tables: Tables, author_id: str) -> PostId:
    """A post that its author publishes a moment before the page is read."""
    post_id = PostId(author_id, ulid(NOW + timedelta(seconds=40), 1))
    made = replace(samples.post(state=PostState.PROCESSING), id=post_id)
    tables.metadata.write(Put(post_item(made)))
    at = NOW + timedelta(seconds=50)
    DynamoPosts(tables.metadata).publish(post_id, made.media, ulid(at, 2), at)
    return post_id


def _counting(tables: Tables) -> LikeCountService:
    return LikeCountService(
        likes=DynamoLikes(tables.metadata),
        posts=DynamoPosts(tables.metadata),
        recent_posts=DynamoRecentPosts(tables.metadata),
        contenders=DynamoContenders(tables.metadata),
        clock=FakeClock(),
    )


@pytest.mark.parametrize(("mutes", "more"), [(250, 1), (MAX_MUTES, 18)])
def test_mutes_take_no_round_trip_and_250_of_them_at_most_one_read_unit(
    tables: Tables, reader_id: str, mutes: int, more: int
) -> None:
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    service = _service(tables)
    before, units = _measured(wire, 2, partial(service.page, reader_id, None, 20))
    _mute(tables, reader_id, [random_id(number * 2**64) for number in range(mutes)])
    after, more_units = _measured(wire, 2, partial(service.page, reader_id, None, 20))
    assert wire.trips == 2
    assert [view.post.id for view in after.posts] == [view.post.id for view in before.posts]
    assert len(DynamoReaders(tables.metadata).get(reader_id).muted) == mutes
    assert more_units["read"] - units["read"] <= more


def _mute(tables: Tables, reader_id: str, user_ids: Sequence[str]) -> None:
    """Mute users as `DynamoMutes` does, in one write."""
    ends: dict[bytes, int] = {}
    for user_id in user_ids:
        ends |= NO_MUTES.including(Mute(user_id, "", NOW)).ends
    item = key_item(keys.reader_mutes(reader_id)) | {"packed": MutedUsers(ends).packed()}
    tables.metadata.write(Put(item))


@pytest.mark.parametrize(("number", "rows"), [(1, 0.5), (10, 1.5), (MAX_FOLLOWED, 7)])
def test_hashtags_take_no_round_trip_and_few_read_units(
    tables: Tables, reader_of_ten: str, number: int, rows: float
) -> None:
    """`rows` are the most units that the rows of the followed hashtags take. A post that one brings
    takes a unit more than others: for a block, and for a follow edge. DynamoDB Local asks nothing
    for these, as they are not there."""
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    service, followed = _service(tables), DynamoFollowedHashtags(tables.metadata)
    _, before = _measured(wire, 2, partial(service.page, reader_of_ten, None, 20))
    Scene(tables.metadata, tables.feed, NOW).follow_hashtags(reader_of_ten, number)
    position = None
    for _ in range(2):
        page, units = _measured(wire, 2, partial(service.page, reader_of_ten, position, 20))
        assert wire.trips == 2
        brought = sum(view.hashtag is not None for view in page.posts)
        assert len(page.posts) == 20
        assert brought == 5 if number > 1 else 0 < brought <= 5
        # Posts of a celebrity, which take less, may have given way to those of hashtags.
        assert units["read"] - before["read"] <= rows + brought * 1.5
        position = page.next_position
    for hashtag in followed.page(reader_of_ten, None, 99).items:
        followed.unfollow(reader_of_ten, hashtag.tag)


def test_a_followed_hashtag_takes_few_units_and_each_follower_one(tables: Tables) -> None:
    wire = Wire(tables.metadata.client)
    followed, lists = DynamoFollowedHashtags(tables.metadata), DynamoTaggedPosts(tables.metadata)
    readers = [samples.user_id(500 + number) for number in range(20)]
    spending = PLENTY.spending(readers[0], NOW, changes=1)
    hashtag = FollowedHashtag("photography", NOW)
    with wire.tapped(), units_of(wire.client) as units:
        followed.follow(readers[0], hashtag, ulid(NOW, 1), spending)
    # The reader follows none yet. The row, its entry in the index, and what is left of the limits.
    assert units == {"read": 0, "write": 2 + 2 + 2}
    for number, reader_id in enumerate(readers):
        followed.follow(reader_id, hashtag, ulid(NOW, number))
    lists.begin(hashtag.tag, ())
    posts = [FeedEntry(ulid(NOW, n), PostId(samples.user_id(n), ulid(NOW, n))) for n in range(20)]
    lists.include(hashtag.tag, posts)
    with wire.tapped(), units_of(wire.client) as units:
        assert lists.get_many([hashtag.tag])
        newer = FeedEntry(ulid(NOW, 99), PostId(samples.user_id(99), ulid(NOW, 99)))
        included = lists.include(hashtag.tag, [newer])
    assert included is not None
    assert units == {"read": 2, "write": 1}
    with wire.tapped(), units_of(wire.client) as units:
        lists.note_message(included, NOW)
        lists.start(included, NOW)
        lists.note_brought(hashtag.tag, included.version, 20)
    assert units == {"read": 0, "write": 3}
    with wire.tapped(), units_of(wire.client) as units:
        assert len(followed.followers(hashtag.tag, None, 500).items) == 20
        followed.bring(lists.get_many([hashtag.tag])[hashtag.tag], readers)
    assert units == {"read": 0.5 + 1, "write": 20}


def test_a_block_takes_no_unit_of_a_feed_page(tables: Tables, reader_id: str) -> None:
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)
    service = _service(tables)
    _, before = _measured(wire, 2, partial(service.page, reader_id, None, 20))
    for number in range(30):
        stranger = random_id(number * 2**64)
        blocks.block(reader_id, Block(stranger, "", NOW))
        blocks.block(stranger, Block(reader_id, "", NOW))
    _, after = _measured(wire, 2, partial(service.page, reader_id, None, 20))
    assert after == before


def test_subscriptions_that_have_run_out_take_five_round_trips_together(tables: Tables) -> None:
    """The audience, who of them comes, who follows; then subscriptions renewed, and those ended."""
    clock = FakeClock(NOW)
    ada, readers = samples.user_id(0), [samples.user_id(number) for number in range(1, 31)]
    coming, following = readers[:20], readers[10:]
    keeper = DynamoReaders(tables.metadata)
    follows = DynamoFollows(tables.metadata, tables.feed.name)
    audience = DynamoAudience(tables.feed, tables.metadata.name)
    tables.metadata.write_many(profile_item(samples.profile(number)) for number in range(31))
    tables.metadata.write_many(
        edge_item(reader, samples.profile(0), ulid(NOW, 1)) for reader in following
    )
    for reader in coming:
        keeper.push_until(reader, NOW + timedelta(days=9))
    service = AudienceService(
        audience=audience, readers=keeper, follows=follows, policy=POLICY, clock=clock
    )
    wire = Wire(tables.metadata.client, latency=lambda: LATENCY_SECONDS)

    def subscribed() -> None:
        for reader in readers:
            audience.subscribe(reader, [ada], NOW)

    page, units = _measured(wire, 5, partial(service.page, ada, None, None, 100), subscribed)
    assert wire.trips == 5
    assert set(page.items) == set(coming) & set(following)
    # A query, each reader's profile, the edges of those who come (DynamoDB Local asks nothing for
    # the ten that are not there); and every subscription is written once.
    assert units == {"read": 1 + 30 + 10, "write": 30}
    with units_of(wire.client) as units:
        assert audience.subscribe_followed(readers[-1], ada, NOW)
    assert units == {"read": 0, "write": 4}


def _measured(
    wire: Wire, trips: int, call: Callable[[], T], before: Callable[[], None] = lambda: None
) -> tuple[T, dict[str, float]]:
    """What a call answers, and its units; tried until it takes at most `trips` round trips. What
    comes `before` each attempt takes no time on the wire."""
    for _ in range(ATTEMPTS):
        before()
        wire.clear()
        with wire.tapped(), units_of(wire.client) as units:
            answer = call()
        if wire.trips <= trips:
            return answer, units
    pytest.fail(f"{wire.trips} round trips, not {trips}")


def _service(tables: Tables) -> FeedService:
    clock = FakeClock(NOW + timedelta(minutes=1))
    metadata, profiles = tables.metadata, DynamoProfiles(tables.metadata)
    progress = ProgressService(
        ledger=DynamoLedger(metadata), blobs=DynamoBlobs(metadata), clock=clock
    )
    return FeedService(
        reads=DynamoFeedReads(metadata, tables.feed),
        feeds=DynamoFeeds(tables.feed),
        follows=DynamoFollows(metadata, tables.feed.name),
        readers=DynamoReaders(metadata),
        users=ProfileService(profiles=profiles, limits=PLENTY, clock=clock, renames=5),
        viewing=ViewingService(
            reads=DynamoViewingReads(metadata, clock), profiles=profiles, progress=progress
        ),
        preparations=FakeQueue(),
        policy=POLICY,
        clock=clock,
    )

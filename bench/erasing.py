"""Erasing an account: the request units of the eraser and of the collector that follows, and how
long it takes if each call takes 6 ms.

Posts, followers and likes are laid out in DynamoDB Local, which counts request units as AWS does,
and erased by the workers' own services, slice by slice. What each thing takes is what matters:
nothing in a slice grows with the account, so an account of 10,000 posts, 10,000 followers and
50,000 likes takes that many times as much.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import boto3

from bench import engines
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.follows import edge_item
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import AT, DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import post_item, profile_item, upload_item
from shutterfeed.adapters.dynamodb.removals import DynamoRemovals
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.table import Item, Table, key_item
from shutterfeed.adapters.dynamodb.traces import DynamoTraces
from shutterfeed.bootstrap import erase
from shutterfeed.domain.closing import Step
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Reference
from shutterfeed.domain.messages import (
    CollectComments,
    CollectLikes,
    CollectMedia,
    EraseAccount,
    RemovePost,
)
from shutterfeed.domain.posts import ERASED_GRACE, Post, PostState
from shutterfeed.schema import PUBLISHED_PK, PUBLISHED_SK
from shutterfeed.services.answers_collection import Collector
from shutterfeed.services.collection import CollectionService
from tests import samples
from tests.fakes.closing import FakeAccounts, FakeErasureList
from tests.fakes.storage import (
    Buckets,
    FakeDownloads,
    FakeOriginals,
    FakeRenditions,
    FakeUploadBucket,
)
from tests.fakes.system import START, FakeClock, FakeIds, in_turn
from tests.tables import create_tables, put_account_key
from tests.wire import units_of

FULL: Final = 400
"""The numbers of posts and of followers; of likes there are five times as many."""
TOY: Final = 3
MINUTES: Final = 2.0
_LIKES: Final = 5
_POSTS_OF_TEN_THOUSAND: Final = 10_000
_CALL_SECONDS: Final = 0.006
_AT_ONCE: Final = 10
"""How many edges and likes the eraser removes at the same time."""
_ADA: Final = samples.user_id(1)
_READS: Final = frozenset(("GetItem", "Query"))
_READ_USD, _WRITE_USD = 0.125e-6, 0.625e-6


@dataclass
class _Queue:
    """The eraser's own queue, and the collector's, as lists."""

    messages: list[Any] = field(default_factory=list)
    waits: bool = False

    def send(self, messages: Iterable[Any]) -> None:
        self.messages += messages

    def send_later(self, messages: Iterable[Any], _: timedelta) -> None:
        self.messages += messages
        self.waits = True


@dataclass
class _Units:
    """The request units of each step, as AWS bills them: DynamoDB Local tells half of what a
    transaction takes, and nothing of a read that finds nothing."""

    read: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    write: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def of(self, client: Any, step: str) -> Iterator[None]:
        def count(parsed: dict[str, Any], model: Any, **_: object) -> None:
            self.calls[step] += 1
            if model.name == "TransactWriteItems":
                told = parsed.get("ConsumedCapacity", ())
                self.write[step] += sum(float(one["CapacityUnits"]) for one in told)
            elif model.name in _READS and not (parsed.get("Item") or parsed.get("Count")):
                self.read[step] += 1

        client.meta.events.register("after-call.dynamodb", count, "erasing")
        try:
            with units_of(client) as found:
                yield
        finally:
            client.meta.events.unregister("after-call.dynamodb", count, "erasing")
        self.read[step] += found["read"]
        self.write[step] += found["write"]


def run(size: int) -> list[Figure]:
    with engines.dynamodb() as (endpoint, key):
        client = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="none",  # noqa: S106 - nothing is sent to AWS
        )
        create_tables(client, "metadata", "feed", with_stream=False)
        put_account_key(client, "metadata")
        metadata, feeds = Table(client, "metadata"), Table(client, "feed")
        show("laying out an account")
        posts = _lay_out(metadata, size)
        units = _erased(metadata, feeds, posts)
    clear()
    return _figures(units, size)


def _lay_out(table: Table, size: int) -> list[Post]:
    profile = replace(samples.profile(1), followers=size, posts=size)
    posts = [
        replace(
            samples.post(1, number, at=START, state=PostState.PUBLISHED),
            media=(samples.medium(number).ready(samples.picture(ulid(START, 500_000 + number))),),
        )
        for number in range(1, size + 1)
    ]
    items: list[Item] = [profile_item(profile), *map(_published, posts)]
    items += [upload_item(upload) for post in posts for upload in samples.uploads(post)]
    items += [key_item(keys.reference(_reference(post))) for post in posts]
    for number in range(2, size + 2):
        other = samples.profile(number)
        items += [
            profile_item(replace(other, following=1)),
            edge_item(other.user_id, profile, ulid(START, number)),
        ]
    for number in range(size * _LIKES):
        liked, moment = samples.post(2, 10_000 + number, at=START).id, ulid(START, number)
        items += [
            {**key_item(keys.like(_ADA, liked)), AT: moment},
            key_item(keys.liker(liked, 0, moment, _ADA)),
            {**key_item(keys.counts(liked)), "likes": 1},
        ]
    table.write_many(puts=items)
    DynamoClosings(table).close(_ADA, START, START + timedelta(days=30))
    return posts


def _published(post: Post) -> Item:
    """A post that is in the index of its author's posts, whose entry goes with it."""
    index = {PUBLISHED_PK: keys.published_partition(post.author_id), PUBLISHED_SK: post.id.ulid}
    return post_item(post) | index


def _reference(post: Post) -> Reference:
    return Reference(post.media[0].sha256, post.id, post.media[0].media_id)


def _erased(metadata: Table, feeds: Table, posts: list[Post]) -> _Units:
    clock, steps, collects, units = FakeClock(), _Queue(), _Queue(), _Units()
    clock.advance(timedelta(days=31))
    eraser = erase.wire(
        profiles=DynamoProfiles(metadata),
        closings=DynamoClosings(metadata),
        traces=DynamoTraces(metadata, feeds),
        posts=DynamoPosts(metadata),
        drafts=DynamoDrafts(metadata),
        avatars=DynamoAvatars(metadata),
        likes=DynamoLikes(metadata),
        comments=DynamoComments(metadata),
        appearances=DynamoAppearances(metadata),
        blocks=DynamoBlocks(metadata, feeds.name),
        ledger=DynamoLedger(metadata),
        accounts=FakeAccounts(),
        records=DynamoErasureRecords(metadata),
        erasures=FakeErasureList(),
        secrets=DynamoSecrets(metadata),
        collects=collects,
        steps=steps,
        clock=clock,
        ids=FakeIds(),
        together=in_turn,
    ).eraser
    collect = partial(_collect, _collector(metadata, collects, clock), posts, clock)
    steps.send([EraseAccount(_ADA)])
    while steps.messages:
        message = steps.messages.pop()
        if message.late:
            break
        step = message.step or "begin"
        show(f"erasing: {step}")
        with units.of(metadata.client, step):
            eraser.erase(message)
        if steps.waits and step == Step.POSTS:
            with units.of(metadata.client, "collected"):
                collect()
        steps.waits = False
    return units


def _collector(metadata: Table, steps: _Queue, clock: FakeClock) -> Collector:
    buckets = Buckets()
    media = CollectionService(
        blobs=DynamoBlobs(metadata),
        ledger=DynamoLedger(metadata),
        bucket=FakeUploadBucket(buckets),
        originals=FakeOriginals(buckets),
        renditions=FakeRenditions(buckets),
        removals=DynamoRemovals(metadata, 1_000_000),
        downloads=FakeDownloads(buckets),
        clock=clock,
    )
    return Collector(
        media=media,
        likes=DynamoLikes(metadata),
        comments=DynamoComments(metadata),
        posts=DynamoPosts(metadata),
        erasures=FakeErasureList(),
        steps=steps,
        clock=clock,
    )


def _collect(collector: Collector, posts: list[Post], clock: FakeClock) -> None:
    """What follows from the erasing of posts, as the stream sends it."""
    erased_at = clock.now()
    clock.advance(ERASED_GRACE)
    for post in posts:
        collector.collect(RemovePost(post.id, erased_at))
        collector.collect(CollectMedia((_reference(post),), erased=True))
        collector.collect(CollectLikes(post.id))
        collector.collect(CollectComments(post.id))


def _figures(units: _Units, size: int) -> list[Figure]:
    many = _POSTS_OF_TEN_THOUSAND
    things = {
        Step.POSTS: ("a post", size, many),
        "collected": ("a post, by the collector", size, many),
        Step.FOLLOWERS: ("a follower", size, many),
        Step.LIKES: ("a like", size * _LIKES, many * _LIKES),
    }
    figures, dollars, seconds = [], 0.0, 0.0
    for step, (name, count, all_) in things.items():
        read, write = units.read[step] / count, units.write[step] / count
        figures.append(Figure(f"{name}: read units", read, ""))
        figures.append(Figure(f"{name}: write units", write, ""))
        dollars += all_ * (read * _READ_USD + write * _WRITE_USD)
        if step != "collected":
            at_once = 1 if step is Step.POSTS else _AT_ONCE
            seconds += all_ * units.calls[step] / count * _CALL_SECONDS / at_once
    rest = [step for step in units.write if step not in things]
    figures += [
        Figure("all else: read units", sum(units.read[step] for step in rest), ""),
        Figure("all else: write units", sum(units.write[step] for step in rest), ""),
        Figure("10,000 posts, 10,000 followers, 50,000 likes", dollars, "USD", "<= 1"),
        Figure("the same, modelled", seconds / 60, "min", "<= 30"),
    ]
    return figures

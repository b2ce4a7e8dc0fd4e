"""A post of a celebrity that a thousand people a second like, by the model of what DynamoDB bears:
the services of the API and of the workers, on one item's limits, in a time of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, cast
from unittest.mock import patch

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.records import post_item
from shutterfeed.adapters.dynamodb.table import Put, Table, Update
from shutterfeed.domain.activity import Act, Notice, NoticeKind
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId, random_id
from shutterfeed.domain.posts import PostCounts, PostState
from shutterfeed.services.like_counts import LikeCountService
from shutterfeed.services.likes import LikeService
from shutterfeed.services.notices import NoticeOpener
from shutterfeed.services.notifying import NotifyingService
from shutterfeed.services.viewing import Answering, AuthorView, PostView
from tests import samples
from tests.fakes.activity import FakeNotices
from tests.fakes.metadata import FakeContenders, FakeProfiles, FakeRecentPosts, Metadata
from tests.fakes.system import START, FakeIds
from tests.hot_item import HotClient, Time
from tests.in_turn import InTurn
from tests.limits import PLENTY

A_SECOND: Final = 1_000
COPIES_A_SECOND: Final = 20
"""How often `deliver` gets the messages of batches of the stream for one post."""
_TOLD_AT_ONCE: Final = 10
"""The messages of a batch of the notify worker."""
_TABLE: Final = "shutterfeed.adapters.dynamodb.table"
POST: Final = samples.post(state=PostState.PUBLISHED)


@dataclass(slots=True)
class Outcome:
    """What has come of it."""

    client: HotClient
    time: Time
    liked: int = 0
    """The number of people whom the service told that they like the post."""
    busy: int = 0
    """The number of people whom it told to try again later."""
    behind: int = 0
    """The most likes by which the number that everybody sees was behind when it was copied."""
    counts: PostCounts = field(default_factory=PostCounts)
    """The last counts that everybody is shown."""
    activity: int = 0
    """The writes of the author's activity."""
    recent: int = 0
    """The writes of the author's recent posts because of the numbers in them."""
    kept: PostCounts | None = None
    """The last counts in the recent posts."""

    @property
    def edges(self) -> int:
        """The number of likes that exist."""
        return sum(sort == keys.like("", POST.id).sk for _, sort in self.client.items)

    @property
    def charges(self) -> int:
        """How often anybody was charged."""
        return self.client.written[keys.limits("").sk]

    @property
    def shards(self) -> list[int]:
        """The number of likes that each shard counts."""
        return [
            int(item["likes"]["N"])
            for (_, sort), item in self.client.items.items()
            if sort == keys.COUNTS_SHARD
        ]


@dataclass(frozen=True, slots=True)
class _Clock:
    time: Time

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time.now)


@dataclass(frozen=True, slots=True)
class _Notices:
    """The author's notices, whose writes are counted."""

    notices: FakeNotices
    outcome: Outcome

    def newest(self, owner_id: str, kind: NoticeKind, subject: str) -> Notice | None:
        return self.notices.newest(owner_id, kind, subject)

    def open(self, notice: Notice) -> bool:
        self.outcome.activity += 1
        return self.notices.open(notice)

    def close(self, notice: Notice, until: datetime) -> bool:
        self.outcome.activity += 1
        return self.notices.close(notice, until)


@dataclass(frozen=True, slots=True)
class _RecentPosts(FakeRecentPosts):
    """The author's recent posts, whose writes are counted."""

    outcome: Outcome

    def keep_counts(self, recent: RecentPosts, post_id: PostId, counts: PostCounts) -> bool:
        self.outcome.recent += 1
        # Not by their base's name: a dataclass with slots is made anew.
        return FakeRecentPosts.keep_counts(self, recent, post_id, counts)


@dataclass(frozen=True, slots=True)
class _Viewing:
    """Everybody may see the post and everybody else. Its counts are read as they are."""

    likes: DynamoLikes

    def to_answer(self, *_: object, **__: object) -> Answering:
        view = PostView(POST, AuthorView(samples.profile(1)), self.likes.counts(POST.id))
        return Answering(view, view.post, samples.profile(2), {}, None)

    def authors(self, _: object, people: list[str], __: object) -> list[str]:
        return people


class _Anybody:
    """Everybody has a profile, and what a message tells of was really done."""

    def me(self, user_id: str) -> None:
        """The profile is there."""

    def stands(self, _: Act) -> bool:
        return True


def play(seconds: float, a_second: int = A_SECOND) -> Outcome:
    """Let people like the post, each once, while the workers do what the stream tells them."""
    time = Time()
    client = HotClient(time)
    outcome, table, data = Outcome(client, time), Table(cast("Any", client), "metadata"), Metadata()
    likes, ids = DynamoLikes(table), FakeIds()
    viewing, clock, anybody = _Viewing(likes), _Clock(time), _Anybody()
    liking = LikeService(
        users=cast("Any", anybody),
        likes=likes,
        viewing=cast("Any", viewing),
        limits=PLENTY,
        clock=clock,
        ids=ids,
    )
    counting = LikeCountService(
        likes=likes,
        posts=DynamoPosts(table),
        recent_posts=_RecentPosts(data, outcome),
        contenders=FakeContenders(data),
        clock=clock,
    )
    notifying = NotifyingService(
        notices=cast("Any", _Notices(FakeNotices(data), outcome)),
        crowds=cast("Any", anybody),
        comments=cast("Any", anybody),
        profiles=FakeProfiles(data),
        viewing=cast("Any", viewing),
        opener=NoticeOpener(
            notices=cast("Any", _Notices(FakeNotices(data), outcome)), clock=clock, ids=ids
        ),
        verdicts=cast("Any", anybody),
    )
    data.write_recent_posts(RecentPosts(POST.author_id, delivery=Delivery.PULL).with_post(POST))
    told: list[Act] = []

    def prepare() -> None:
        table.write(Put(post_item(POST)))
        table.write(Update(keys.counts(POST.id), set={"kept": True}))

    def like(user_id: str) -> None:
        try:
            liking.like(user_id, str(POST.id))
        except Busy:
            outcome.busy += 1
            return
        outcome.liked += 1
        told.append(Act(POST.author_id, NoticeKind.LIKE, str(POST.id), user_id, clock.now()))
        if len(told) == _TOLD_AT_ONCE:
            batch = told.copy()
            told.clear()
            if notifying.tell(batch):
                raise RuntimeError("the notify worker has failed")

    def copy() -> None:
        counting.update(POST.id)
        outcome.counts = likes.counts(POST.id)
        liked = client.written[keys.like("", POST.id).sk]
        outcome.behind = max(outcome.behind, liked - outcome.counts.likes)

    chance = random.Random(1)
    number = round(seconds * a_second)
    people = [random_id(chance.getrandbits(128)) for _ in range(number)]
    copies = round(seconds * COPIES_A_SECOND)
    with _in_time(time, chance):
        time.run([(0, prepare)])
        start = time.now
        time.run(
            [
                *((start + n / a_second, partial(like, one)) for n, one in enumerate(people)),
                *((start + n / COPIES_A_SECOND, copy) for n in range(copies)),
            ]
        )
        # After the last change of the counts a message tells of it.
        time.run([(time.now, copy)])
    [outcome.kept] = data.recent_posts_of(POST.author_id).counts
    return outcome


@contextmanager
def _in_time(time: Time, chance: random.Random) -> Iterator[None]:
    with (
        patch(f"{_TABLE}.time.sleep", time.sleep),
        patch(f"{_TABLE}.random.uniform", chance.uniform),
        # The model of time knows no threads.
        patch(f"{_TABLE}._pool", InTurn),
    ):
        yield

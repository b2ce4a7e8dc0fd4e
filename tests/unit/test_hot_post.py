"""A post that a thousand people a second like, by the model of what DynamoDB bears."""

from __future__ import annotations

import random
from functools import partial
from typing import Any, Final, cast

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.posts import LIKE_SHARDS, PostCounts, PostState
from shutterfeed.services.likes import LikeService
from shutterfeed.services.viewing import AuthorView, PostView
from tests import samples
from tests.fakes.system import FakeClock, FakeIds
from tests.hot_item import HotClient, Time
from tests.limits import PLENTY

TABLE: Final = "shutterfeed.adapters.dynamodb.table"
A_SECOND: Final = 1_000
SECONDS: Final = 3
"""Nothing changes after the first second: all likes are counted in shards."""
POST = samples.post(state=PostState.PUBLISHED)


class _Viewing:
    """Everybody may see the post; its counts are read as they are."""

    def __init__(self, likes: DynamoLikes) -> None:
        self._likes = likes

    def post(self, *_: object) -> PostView:
        return PostView(POST, AuthorView(samples.profile(1)), self._likes.counts(POST.id))


class _Users:
    def me(self, user_id: str) -> None:
        """Everybody has a profile."""


def _may(item: dict[str, Any], sets: dict[str, Any]) -> bool:
    """The conditions of the updates: shards only become more, and what was copied is what was
    read, as nobody copies at the same time here."""
    if "like_shards" in sets:
        return int(item.get("like_shards", {"N": "0"})["N"]) < int(sets["like_shards"]["N"])
    return True


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(f"{TABLE}.time.sleep", found.sleep)
    monkeypatch.setattr(f"{TABLE}.random.uniform", random.Random(1).uniform)
    return found


def test_a_thousand_likes_a_second_never_get_busy_and_are_all_counted(time: Time) -> None:
    client = HotClient(time, _may)
    likes = DynamoLikes(Table(cast("Any", client), "metadata"))
    service = LikeService(
        users=cast("Any", _Users()),
        likes=likes,
        viewing=cast("Any", _Viewing(likes)),
        limits=PLENTY,
        clock=FakeClock(),
        ids=FakeIds(),
    )
    number = A_SECOND * SECONDS
    people = [random_id(random.Random(n).getrandbits(128)) for n in range(number)]
    busy: list[str] = []

    def like(user_id: str) -> None:
        try:
            service.like(user_id, str(POST.id))
        except Busy:
            busy.append(user_id)

    time.run((index / A_SECOND, partial(like, one)) for index, one in enumerate(people))
    assert busy == []
    counts: list[PostCounts | None] = []
    time.run([(time.now, lambda: counts.append(likes.count(POST.id)))])
    assert counts == [PostCounts(number, 0, LIKE_SHARDS)]
    charged = [item for (_, sort), item in client.items.items() if sort == keys.limits("x").sk]
    assert len(charged) == number
    assert len({item["likes"]["N"] for item in charged}) == 1, "everybody once"
    edges = [sk for _, sk in client.items if sk == keys.like("x", POST.id).sk]
    assert len(edges) == number
    assert time.now < SECONDS + 3, "nobody waits for long"
    hit = [
        int(item["likes"]["N"])
        for (_, sort), item in client.items.items()
        if sort == keys.COUNTS_SHARD
    ]
    assert len(hit) == LIKE_SHARDS
    assert max(hit) < 2 * min(hit)

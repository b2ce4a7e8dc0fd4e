"""What a scheduled post costs more than another one, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.scheduled import DynamoScheduledPosts
from shutterfeed.domain.media import Medium
from shutterfeed.domain.posts import Post
from tests import samples
from tests.contract.conftest import Tables
from tests.fakes.system import START
from tests.limits import plenty_but
from tests.wire import units_of

AT: Final = START + timedelta(days=2)
LATER: Final = AT + timedelta(hours=1)


@pytest.fixture(scope="module")
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does."""
    from tests.contract import conftest

    return conftest._tables("dynamodb-local", request)


def _units(tables: Tables, kind: str, call: Callable[[], object]) -> float:
    """The units of a call. A write within a transaction counts once, where AWS counts two."""
    with units_of(tables.metadata.client) as units:
        call()
    return units[kind]


def _written(tables: Tables, number: int, publish_at: datetime | None) -> dict[str, float]:
    """The write units of each step of a post."""
    posts, scheduled = DynamoPosts(tables.metadata), DynamoScheduledPosts(tables.metadata)
    DynamoProfiles(tables.metadata).create(samples.profile(number))
    post = replace(samples.post(number, number), publish_at=publish_at)
    ready = tuple(medium.ready(samples.picture()) for medium in post.media)
    spending = plenty_but().creation(post.author_id, START, [7])
    uploads = samples.uploads(post)
    create = lambda: posts.create(post, uploads, "key", "fingerprint", spending)  # noqa: E731
    found = {"create": _units(tables, "write", create)}
    found["process"] = _units(tables, "write", lambda: posts.mark_processing(post.id))
    if publish_at is not None:
        found |= _waiting(tables, scheduled, _now(posts, post), ready)
    at = publish_at or START
    publish = lambda: posts.publish(post.id, ready, samples.position(9), at)  # noqa: E731
    return found | {"publish": _units(tables, "write", publish)}


def _waiting(
    tables: Tables, scheduled: DynamoScheduledPosts, post: Post, ready: tuple[Medium, ...]
) -> dict[str, float]:
    schedule = _units(tables, "write", lambda: scheduled.schedule(post, ready))
    waiting = _now(DynamoPosts(tables.metadata), post)
    return {
        "schedule": schedule,
        "hold": _units(tables, "write", lambda: scheduled.hold(waiting, LATER)),
    }


def _now(posts: DynamoPosts, post: Post) -> Post:
    found = posts.get(post.id)
    assert found is not None
    return found


def test_a_scheduled_post_takes_few_write_units_more(tables: Tables) -> None:
    usual, waiting = _written(tables, 1, None), _written(tables, 2, AT)
    more = {step: units - usual.get(step, 0) for step, units in waiting.items()}
    # Twice those of `create` and `publish`, which are transactions: 13 in all.
    assert more == {"create": 2, "process": 1, "schedule": 4, "hold": 4, "publish": 2}

"""What comments cost, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from shutterfeed.adapters.dynamodb.commented import ENTRIES
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.domain.comments import Comment, CommentId, Order
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.limits import Allowance
from shutterfeed.ports.comments import Claim
from tests import samples
from tests.contract.conftest import Tables, _tables
from tests.fakes.system import START
from tests.limits import plenty_but
from tests.wire import Wire, units_of

LIMITS = plenty_but(comments=Allowance(1_000, 300))
TEXT = (
    "A text as people write it, of a hundred characters or so: what a light over the lake that is!"
)
NEVER = START - timedelta(days=1)
ATTEMPTS = 10
"""Calls made at the same time may miss one another on a busy machine."""


@pytest.fixture(scope="module")
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of the one engine that counts capacity as AWS does. Each test writes about posts
    and users of its own."""
    return _tables("dynamodb-local", request)


def _post(number: int) -> PostId:
    return PostId(samples.user_id(number), ulid(START, number))


def _id(post: PostId, number: int, reply: int | None = None) -> CommentId:
    root = ulid(START + timedelta(seconds=number), number)
    return CommentId(post, root, None if reply is None else ulid(START, reply))


def _units(tables: Tables, call: Callable[[], object]) -> dict[str, float]:
    with units_of(tables.metadata.client) as units:
        call()
    return units


def _make(comments: DynamoComments, comment: Comment, number: int) -> None:
    """All that is written for a comment, with the charge of an allowance that is not full."""
    at = START + timedelta(seconds=number)
    claim = Claim(f"{number:016}", comment.id, "f" * 8)
    comments.claim(
        comment.author_id, claim, NEVER, LIMITS.spending(comment.author_id, at, comments=1)
    )
    comments.add(comment)


def test_a_comment_takes_five_write_units_with_its_charge_its_key_and_the_list_of_ones_own(
    tables: Tables,
) -> None:
    comments, post, author = DynamoComments(tables.metadata), _post(10), samples.user_id(100)
    root = Comment(_id(post, 0), author, TEXT)
    _make(comments, root, 0)
    for number in range(1, 2 * ENTRIES):
        reply = number if number % 2 else None
        comment = Comment(_id(post, 0 if reply else number, reply), author, TEXT)
        units = _units(tables, lambda made=comment, n=number: _make(comments, made, n))
        assert units["write"] == 5
        assert units["read"] <= 2
        repeated = _units(tables, lambda n=number: comments.claimed(author, f"{n:016}", NEVER))
        assert (repeated["write"], repeated["read"] <= 2) == (0, True)


def test_what_is_held_takes_no_more_and_what_changes_takes_four(tables: Tables) -> None:
    comments, post, author = DynamoComments(tables.metadata), _post(20), samples.user_id(200)
    held = Comment(_id(post, 1), author, TEXT, held=True)
    assert _units(tables, lambda: _make(comments, held, 1))["write"] == 5
    shown = Comment(_id(post, 2), author, TEXT)
    _make(comments, shown, 2)
    removed = _units(tables, lambda: comments.change(shown, shown.without_text()))
    assert removed == {"read": 0, "write": 4}


def test_a_page_of_comments_is_one_query_beside_pins_and_likes(tables: Tables) -> None:
    comments, post, reader = DynamoComments(tables.metadata), _post(30), samples.user_id(300)
    for number in range(1, 31):
        author = samples.user_id(300 + number)
        comments.add(Comment(_id(post, number), author, TEXT))
        comments.add(Comment(_id(post, number, 100 + number), author, TEXT))
        comments.like(_id(post, number), reader)
    wire = Wire(tables.metadata.client, latency=lambda: 0.05)
    for _ in range(ATTEMPTS):
        wire.clear()
        with wire.tapped(), units_of(tables.metadata.client) as units:
            found = comments.discussion(post, reader, Order.NEWEST, None, 20)
        if wire.trips == 1:
            break
    assert wire.trips == 1
    assert len(found.threads.items) == 20 == len([t for t in found.threads.items if t.replies])
    assert units["read"] <= 7

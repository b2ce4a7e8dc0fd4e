"""A comment to which many people reply at the same time, by the model of what DynamoDB bears."""

from __future__ import annotations

import random
from functools import partial
from typing import Any, Final, cast

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import ulid
from tests import samples
from tests.hot_item import HotClient, Time

TABLE: Final = "shutterfeed.adapters.dynamodb.table"
A_SECOND: Final = 150
SECONDS: Final = 2


def test_a_hundred_and_fifty_replies_a_second_never_get_busy_and_are_all_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time = Time()
    monkeypatch.setattr(f"{TABLE}.time.sleep", time.sleep)
    monkeypatch.setattr(f"{TABLE}.random.uniform", random.Random(1).uniform)
    client = HotClient(time)
    comments = DynamoComments(Table(cast("Any", client), "metadata"))
    post_id, number = samples.post().id, A_SECOND * SECONDS
    root = CommentId(post_id, ulid(samples.START, 0))
    replies = [CommentId(post_id, root.root, ulid(samples.START, n)) for n in range(number)]

    def add(comment_id: CommentId) -> None:
        assert comments.add(Comment(comment_id, samples.user_id(2), "Yes"))

    time.run([(0, partial(add, root))])
    time.run((1 + n / A_SECOND, partial(add, reply)) for n, reply in enumerate(replies))
    found: list[Comment] = []
    time.run([(time.now, lambda: found.extend(comments.get_many([root]).values()))])
    assert [comment.replies for comment in found] == [number]
    counts = client.items[keys.counts(post_id).pk, keys.COUNTS]
    assert counts["comments"] == {"N": str(number + 1)}

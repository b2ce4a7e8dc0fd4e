"""A post that a thousand people a second like, by the model of what DynamoDB bears. `make bench
B=hot_post` plays a whole minute of it."""

from __future__ import annotations

from typing import Final

from shutterfeed.domain.posts import LIKE_SHARDS, PostCounts
from tests import hot_post

SECONDS: Final = 1.2
"""Nothing changes after the first second: all likes are counted in shards."""


def test_a_thousand_likes_a_second_never_get_busy_and_are_all_counted() -> None:
    outcome = hot_post.play(SECONDS)
    number = round(hot_post.A_SECOND * SECONDS)
    assert (outcome.liked, outcome.busy) == (number, 0)
    assert outcome.counts == PostCounts(number, 0, LIKE_SHARDS, kept=True)
    assert outcome.edges == number
    assert outcome.time.now < SECONDS + 3, "nobody waits for long"
    assert outcome.charges == number, "everybody once"
    assert len(outcome.shards) == LIKE_SHARDS
    assert max(outcome.shards) < 4 * min(outcome.shards)
    assert outcome.behind < 0.5 * hot_post.A_SECOND, "what people see is half a second old at most"
    assert outcome.activity == 1, "the author is told once"
    assert outcome.kept is not None
    assert outcome.kept.rounded == outcome.counts.rounded
    assert 0 < outcome.recent <= SECONDS * hot_post.COPIES_A_SECOND + 1

"""Faults put into the code on purpose, which the world of `visibility_world.py` has to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from shutterfeed.domain import messages, visibility
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.messages import AcceptRequests, Work
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Reason, Relation, Surface, Viewer
from tests.fakes.metadata import FakeBlocks, FakeFollows, FakeRequests

_accept, _end = FakeRequests.accept, FakeFollows.end


def _block_alone(
    blocks: FakeBlocks, blocker_id: str, block: Block, spending: Spending = NOTHING
) -> Block:
    """A block that leaves the follows between the two."""
    blocks.data.spend(spending)
    return blocks.data.blocks.setdefault((blocker_id, block.user_id), block)


def _accept_what_was_read(
    requests: FakeRequests, follower_id: str, followee: Profile, *more: Any
) -> bool:
    """An acceptance that does not look whether the request is still there: a block or a withdrawal
    may have come before it."""
    if (follower_id, followee.user_id) not in requests.data.edges:
        requests.data.requests.setdefault((follower_id, followee.user_id), more[0])
        requests.data.count(followee.user_id, requests=1)
    return _accept(requests, follower_id, followee, *more)


def _leave_the_subscription(
    follows: FakeFollows, follower_id: str, followee_id: str, at: datetime
) -> bool:
    until = follows.data.subscriptions.get(followee_id, {}).get(follower_id)
    ended = _end(follows, follower_id, followee_id, at)
    if until is not None:
        follows.data.subscriptions[followee_id][follower_id] = until
    return ended


def _decide_without_privacy(
    viewer: Viewer, author: Profile, relation: Relation, surface: Surface
) -> Reason | None:
    return visibility.decide_on_relation(viewer, author.user_id, relation, surface)


def _accept_and_index_nothing(account: Profile) -> Iterator[Work]:
    """A switch of which the index is not told."""
    if not account.private:
        yield AcceptRequests(account.user_id)


def _index_alone(account: Profile) -> Iterator[Work]:
    """A switch to public that accepts nobody."""
    yield messages.IndexAuthor(account.user_id, account.switches)


MUTANTS: Final[dict[str, Callable[[], AbstractContextManager[Any]]]] = {
    "block_that_cuts_no_follow": partial(patch.object, FakeBlocks, "block", _block_alone),
    "acceptance_that_believes_what_was_read": partial(
        patch.object, FakeRequests, "accept", _accept_what_was_read
    ),
    "unfollow_that_leaves_the_subscription": partial(
        patch.object, FakeFollows, "end", _leave_the_subscription
    ),
    "decision_that_knows_no_private_accounts": partial(
        patch.object, visibility, "_decide_on_author", _decide_without_privacy
    ),
    "decision_that_knows_no_blocks": partial(patch.object, Relation, "is_cut", new=False),
    "switch_that_the_index_is_not_told": partial(
        patch.object, messages, "_switched", _accept_and_index_nothing
    ),
    "switch_that_accepts_nobody": partial(patch.object, messages, "_switched", _index_alone),
}

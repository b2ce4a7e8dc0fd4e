"""A batch of changes goes to the queues of the workers that act on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import topology
from shutterfeed.domain.changes import (
    BlobRemoved,
    Change,
    ClosingEnded,
    DenialChanged,
    ExportChanged,
    FollowChanged,
    NoticeOpened,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.media import Blob
from shutterfeed.domain.messages import Work, work_for
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.screening import Screened
from shutterfeed.services.routing import STEPS, ChangeRouter
from shutterfeed.topology import UnknownKind
from tests import samples
from tests.fakes.storage import FakeQueue

Queues = Mapping[str, FakeQueue[Any]]
BLOB = Blob(samples.sha256("x"), samples.user_id(7), "image/jpeg", 1)


@pytest.fixture
def queues() -> Queues:
    return {step: FakeQueue() for step in STEPS}


def _post(state: PostState) -> Post:
    return replace(samples.post(state=state), position=samples.position(1))


PUBLISHED = _post(PostState.PUBLISHED)
CHANGES: list[Change] = [
    PostChanged(None, PUBLISHED),
    PostChanged(PUBLISHED, None),
    PostChanged(PUBLISHED, PUBLISHED),
    PostChanged(_post(PostState.DELETED), _post(PostState.PENDING)),
    FollowChanged("ada", "bob", follows=True, at=samples.START),
    FollowChanged("ada", "bob", follows=False),
    ReferenceAdded(samples.reference("content", 1)),
    BlobRemoved(BLOB),
    ClosingEnded("ada"),
    DenialChanged("medium"),
    ProfileChanged(None, samples.profile(1)),
    NoticeOpened(samples.notice()),
    ExportChanged(None, samples.export()),
]
SCREENED = Screened(contents=True, texts=True)


def _kinds(queues: Queues) -> dict[str, list[str]]:
    return {
        step: [type(message).__name__ for message in queue.messages]
        for step, queue in queues.items()
    }


def test_every_kind_of_work_goes_to_the_queue_of_those_who_do_it(queues: Queues) -> None:
    assert ChangeRouter(queues=queues).route(dict(enumerate(CHANGES))) == {}
    assert not queues["screen"].messages, "nothing is screened"
    assert ChangeRouter(queues=queues, screened=SCREENED).route(dict(enumerate(CHANGES))) == {}
    sent = _kinds(queues)
    assert {*sent["publish"], *sent["fan_out"]} == {"PublishPost", "PublishMedium", "FanOut"}
    for step, kinds in sent.items():
        assert kinds, f"or nothing is said of {step}"
        assert {topology.home_of(kind).step for kind in kinds} == {step}


def test_all_that_changes_can_lead_to_is_routed() -> None:
    homes = {topology.home_of(kind.__name__).step for kind in get_args(Work)}
    assert set(STEPS) == homes


def test_each_queue_is_asked_once_for_a_whole_batch(queues: Queues) -> None:
    asked = []

    class Counted(FakeQueue[Any]):
        def send_each(self, messages: Any) -> Mapping[int, Exception]:
            asked.append(len(messages))
            return super().send_each(messages)

    router = ChangeRouter(queues={step: Counted() for step in queues})
    posts = [replace(PUBLISHED, id=samples.post(number=number).id) for number in range(100)]
    router.route({index: PostChanged(None, post) for index, post in enumerate(posts)})
    kinds = [type(work).__name__ for work in work_for(CHANGES[0])]
    assert {"FanOut", "IndexPost"} <= {*kinds}
    assert asked == [100] * len({topology.home_of(kind).step for kind in kinds})


@given(
    st.lists(st.sampled_from(CHANGES), max_size=30),
    st.sets(st.sampled_from([kind.__name__ for kind in get_args(Work)])),
    st.integers(0, 3),
)
def test_exactly_those_changes_fail_whose_messages_were_not_all_sent(
    changes: list[Change], refused: set[str], apart: int
) -> None:
    queues = {
        step: FakeQueue[Any](refuses=lambda message: type(message).__name__ in refused)
        for step in STEPS
    }
    # A batch's records that say nothing leave gaps between the indexes.
    batch = {index * (apart + 1): change for index, change in enumerate(changes)}
    failures = ChangeRouter(queues=queues).route(batch)
    led_to = {index: list(work_for(change)) for index, change in batch.items()}
    assert failures.keys() == {
        index for index, work in led_to.items() if any(type(w).__name__ in refused for w in work)
    }
    sent = [message for queue in queues.values() for message in queue.messages]
    wanted = {w for work in led_to.values() for w in work if type(w).__name__ not in refused}
    assert sorted(map(repr, sent)) == sorted(map(repr, wanted)), "nothing is lost, nothing twice"


def test_a_change_of_which_nothing_can_be_made_fails_alone(queues: Queues) -> None:
    unheard = PostChanged("no post", None)  # type: ignore[arg-type]
    failures = ChangeRouter(queues=queues).route({3: CHANGES[4], 5: unheard, 6: CHANGES[5]})
    assert failures.keys() == {5}
    assert _kinds(queues)["deliver"] == ["Followed", "Unfollowed"]


def test_a_kind_without_a_home_is_an_error(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(topology._BY_KIND, "Followed")
    failures = ChangeRouter(queues=queues).route({0: CHANGES[4], 1: CHANGES[5]})
    assert [(index, type(error)) for index, error in failures.items()] == [(0, UnknownKind)]
    assert _kinds(queues)["deliver"] == ["Unfollowed"]

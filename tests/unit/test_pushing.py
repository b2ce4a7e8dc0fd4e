"""Pushing: which devices are told of what, and what becomes of those that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.activity import NoticeKind, ToldOf
from shutterfeed.domain.changes import NoticeOpened
from shutterfeed.domain.devices import Device, PushServices
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import PushNotice
from shutterfeed.domain.pushes import (
    LENGTH,
    LIFETIME,
    LONGEST_REST,
    RETRIED_FOR,
    PushAnswer,
    PushOutcome,
    push_for,
)
from shutterfeed.services.pushing import NotPushed, PushingService
from shutterfeed.topology import worker
from tests import samples
from tests.activity_world import ADA, DELAY, MINUTE, World
from tests.fakes.devices import FakeDevices
from tests.fakes.metadata import FakeProfiles
from tests.fakes.pushes import FakePushSender
from tests.fakes.storage import FakeQueue
from tests.work import caused

GONE, LATER, REFUSED, SENT = (
    PushOutcome.GONE,
    PushOutcome.LATER,
    PushOutcome.REFUSED,
    PushOutcome.SENT,
)


class Pushing(World):
    """Ada has two devices, and the worker tells them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sender = FakePushSender()
        self.retries: FakeQueue[PushNotice] = FakeQueue()
        self.stored = FakeDevices(self.metadata)
        self.worker = PushingService(
            devices=self.fuse.guard(self.stored),
            profiles=self.fuse.guard(FakeProfiles(self.metadata)),
            entries=self.activity,
            services=PushServices(samples.PUSH_SERVICES),
            sender=self.sender,
            retries=self.retries,
            clock=self.clock,
        )
        for number in (1, 2):
            self.subscribe(1, number)

    def subscribe(self, user: int, number: int) -> Device:
        now = self.clock.now()
        return self.stored.put(replace(samples.device(user, number, now), session_began=now))

    def messages(self) -> list[PushNotice]:
        """The messages that have come to the worker's queue since this was asked last."""
        found = list(self.queues["push"].messages)
        self.queues["push"].messages.clear()
        return found

    def pushed(self) -> list[PushOutcome]:
        """What becomes of all that was done, once the workers have told of it."""
        self.told()
        return [outcome for message in self.messages() for outcome in self.worker.push(message)]

    def liked(self) -> tuple[PostId, PushNotice]:
        """A post of Ada's that somebody likes, and the message for her devices."""
        post_id = self.post()
        self.like(2, post_id)
        self.told()
        (message,) = self.messages()
        return post_id, message


@pytest.fixture
def world() -> Pushing:
    return Pushing()


def _of(number: int) -> str:
    return samples.endpoint(number)


def test_a_new_notice_leads_to_one_message() -> None:
    notice = samples.notice()
    assert caused(NoticeOpened(notice), "push") == [PushNotice(notice)]


def test_all_devices_are_told_once_for_a_group(world: Pushing) -> None:
    post_id = world.post()
    for number in (2, 3):
        world.like(number, post_id)
    assert world.pushed() == [SENT, SENT]
    first, second = world.sender.told()
    assert (first["kind"], first["count"]) == ("like", 2)
    assert first == second
    (group,) = world.groups()
    assert first["id"] == group.notice.position
    for number in range(4, 9):
        world.like(number, post_id)
    assert world.pushed() == [], "the group is open, and grows without a message"


def test_after_a_look_the_next_group_takes_the_place_of_the_one_before(world: Pushing) -> None:
    post_id, message = world.liked()
    world.worker.push(message)
    world.activity.mark_seen(ADA)
    world.wait(MINUTE)
    world.like(3, post_id)
    assert world.pushed() == [SENT, SENT]
    before, _, after, _ = world.sender.told()
    assert before["topic"] == after["topic"]
    assert before["id"] < after["id"]


def test_a_push_is_quiet_and_does_not_tell_its_kind_by_its_length() -> None:
    device = samples.device()
    lengths, topics = set(), set()
    subject = f"{samples.post().id}-{samples.user_id(7)}"
    for kind in NoticeKind:
        notice = replace(samples.notice(), kind=kind, subject=subject)
        push = push_for(device, notice, 10**6)
        lengths.add(len(push.content))
        topics.add(push.topic)
        assert subject.encode() not in push.content
        assert ADA.encode() not in push.content
    assert lengths == {LENGTH}
    assert len(topics) == len(NoticeKind)
    assert all(len(topic) == 22 for topic in topics), "RFC 8030 allows 32"
    # Whoever knows the subject, but not the device's secret, cannot find the topic.
    other = replace(device, auth="B" * 22)
    assert push_for(other, samples.notice(), 1).topic not in topics


def test_what_is_undone_blocked_or_not_wanted_is_not_pushed(world: Pushing) -> None:
    post_id, message = world.liked()
    undoings: tuple[tuple[Callable[[], object], Callable[[], object] | None], ...] = (
        (lambda: world.unlike(2, post_id), lambda: world.like(2, post_id)),
        (
            lambda: world.blocks.block(ADA, world.handle(2)),
            lambda: world.blocks.unblock(ADA, world.handle(2)),
        ),
        (
            lambda: world.mutes.mute(ADA, world.handle(2), None),
            lambda: world.mutes.unmute(ADA, world.handle(2)),
        ),
        (lambda: _wants(world, ToldOf.NOBODY), lambda: _wants(world, ToldOf.EVERYONE)),
        (lambda: world.delete_post(post_id), None),
    )
    for act, undo in undoings:
        act()
        assert world.worker.push(message) == [PushOutcome.SEEN]
        if undo is not None:
            undo()
            world.wait(DELAY)
            assert world.worker.push(message) == [SENT, SENT]
    assert len(world.sender.sent) == 8


def _wants(world: Pushing, likes: ToldOf) -> None:
    world.users.edit(ADA, activity={"likes": likes})


def test_what_was_seen_meanwhile_or_is_old_is_not_pushed(world: Pushing) -> None:
    _, message = world.liked()
    world.wait(LIFETIME)
    assert world.worker.push(message) == [PushOutcome.LATE]
    _, message = world.liked()
    world.activity.mark_seen(ADA)
    assert world.worker.push(message) == [PushOutcome.SEEN]
    assert not world.sender.sent


def test_nothing_is_read_for_somebody_without_devices(world: Pushing) -> None:
    world.follow(1, 2)
    world.told()
    (message,) = world.messages()
    calls = len(world.fuse.log)
    assert world.worker.push(message) == [PushOutcome.NOBODY]
    assert world.fuse.log[calls:] == ["of"]


def test_a_device_that_is_gone_is_removed(world: Pushing) -> None:
    _, message = world.liked()
    world.sender.answers[_of(1)] = PushAnswer(GONE)
    assert sorted(world.worker.push(message)) == [GONE, SENT]
    assert [device.endpoint for device in world.stored.of(ADA)] == [_of(2)]
    assert world.worker.push(message) == [SENT]


def test_devices_of_ended_sessions_and_of_other_services_are_removed(world: Pushing) -> None:
    _, message = world.liked()
    world.wait(MINUTE)
    world.metadata.profiles[ADA] = replace(
        world.metadata.profiles[ADA], sessions_ended_at=world.clock.now() - DELAY
    )
    new = replace(samples.device(1, 3), session_began=world.clock.now())
    elsewhere = replace(new, id="A" * 22, endpoint="https://elsewhere.example.com/")
    for device in (new, elsewhere):
        world.stored.put(device)
    assert world.worker.push(message) == [SENT]
    assert world.stored.of(ADA) == [new]


def test_a_device_that_was_renewed_meanwhile_is_not_removed(world: Pushing) -> None:
    _, message = world.liked()
    world.stored.remove(ADA, samples.device(1, 2).id)
    world.wait(MINUTE)
    world.metadata.profiles[ADA] = replace(
        world.metadata.profiles[ADA], sessions_ended_at=world.clock.now() - DELAY
    )
    # The worker has read the device, and whose it is, and is about to remove it.
    world.fuse.pauses[world.fuse.calls + 3] = lambda: world.subscribe(1, 1)
    assert world.worker.push(message) == [PushOutcome.NOBODY]
    assert [device.endpoint for device in world.stored.of(ADA)] == [_of(1)]
    assert world.worker.push(message) == [SENT]


def test_a_device_that_cannot_be_told_for_long_is_given_up(world: Pushing) -> None:
    """It is no dead letter: whoever names a push service that does not exist raises no alarm."""
    _, message = world.liked()
    world.sender.answers[_of(1)] = PushAnswer(LATER)
    world.worker.push(message)
    (retry,) = world.retries.messages
    world.wait(RETRIED_FOR)
    assert world.worker.push(retry) == [PushOutcome.GIVEN_UP]
    assert len(world.retries.messages) == 1
    queue = worker("push")
    last_receive_s = (queue.receives - 1) * queue.visibility_s
    assert RETRIED_FOR.total_seconds() + queue.visibility_s <= last_receive_s


def test_only_the_device_that_could_not_be_told_is_told_again(world: Pushing) -> None:
    _, message = world.liked()
    world.sender.answers[_of(1)] = PushAnswer(LATER)
    assert sorted(world.worker.push(message)) == [LATER, SENT]
    (retry,) = world.retries.messages
    assert retry == PushNotice(message.notice, samples.device().id)
    for _ in range(2):
        with pytest.raises(NotPushed):
            world.worker.push(retry)
    assert [push.device.endpoint for push in world.sender.sent[2:]] == [_of(1), _of(1)]
    world.sender.answers.clear()
    assert world.worker.push(retry) == [SENT]
    assert len(world.retries.messages) == 1
    world.stored.remove(ADA, samples.device().id)
    assert world.worker.push(retry) == [PushOutcome.NOBODY]


def test_a_device_rests_for_as_long_as_its_service_says(world: Pushing) -> None:
    _, message = world.liked()
    world.sender.answers[_of(1)] = PushAnswer(LATER, timedelta(minutes=10))
    world.worker.push(message)
    (retry,) = world.retries.messages
    world.sender.answers.clear()
    world.sender.sent.clear()
    with pytest.raises(NotPushed):
        world.worker.push(retry)
    assert not world.sender.sent, "nobody is asked"
    world.wait(timedelta(minutes=10))
    assert world.worker.push(retry) == [SENT]


def test_a_push_that_is_refused_is_left(world: Pushing) -> None:
    _, message = world.liked()
    world.sender.answers[_of(1)] = PushAnswer(REFUSED)
    assert sorted(world.worker.push(message)) == [REFUSED, SENT]
    assert not world.retries.messages
    assert len(world.stored.of(ADA)) == 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, SENT),
        (201, SENT),
        (202, SENT),
        (301, REFUSED),
        (307, REFUSED),
        (400, REFUSED),
        (401, REFUSED),
        (403, REFUSED),
        (404, GONE),
        (408, LATER),
        (410, GONE),
        (413, REFUSED),
        (429, LATER),
        (500, LATER),
        (503, LATER),
    ],
)
def test_the_meaning_of_a_status(status: int, outcome: PushOutcome) -> None:
    assert PushAnswer.of(status).outcome is outcome
    rest = PushAnswer.of(status, timedelta(days=3)).rest
    assert rest == (LONGEST_REST if outcome is LATER else None)

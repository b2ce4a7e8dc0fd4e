"""Pushing: a user's devices are told that there is something new in their activity.

A message comes for each notice that is opened, so further acts of its group push nothing. Whether
the user would see the entry is decided when the message is handled, by the list of activity itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.activity import Notice
from shutterfeed.domain.devices import Device, PushServices
from shutterfeed.domain.messages import PushNotice
from shutterfeed.domain.pushes import (
    LIFETIME,
    RETRIED_FOR,
    PushAnswer,
    PushOutcome,
    push_for,
)
from shutterfeed.domain.users import Profile
from shutterfeed.ports.devices import Devices
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.pushes import PushSender
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.activity_entries import ActivityEntries


class NotPushed(Exception):
    """A push service takes no push for the device at the moment. The message comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushingService:
    devices: Devices
    profiles: Profiles
    entries: ActivityEntries
    services: PushServices
    sender: PushSender
    retries: Queue[PushNotice]
    clock: Clock

    def push(self, message: PushNotice) -> Sequence[PushOutcome]:
        """Tell the devices of a notice's owner, or one of them. Returns what became of it.

        A device that cannot be told at the moment gets a message of its own, so that the others are
        not told again. Raises `NotPushed` if that message's device still cannot be told, up to
        `RETRIED_FOR` after the notice appeared.
        """
        notice, now = message.notice, self.clock.now()
        if now >= notice.appears_at + LIFETIME:
            return [PushOutcome.LATE]
        devices = self.devices.of(notice.owner_id)
        wanted = [device for device in devices if message.device_id in (None, device.id)]
        owner = self.profiles.item(notice.owner_id) if wanted else None
        told = [] if owner is None else list(self._subscribed(owner, wanted))
        if owner is None or not told:
            return [PushOutcome.NOBODY]
        entry = next(self.entries.shown(owner, [notice], now), None)
        if entry is None or not entry.is_new:
            return [PushOutcome.SEEN]
        answers = self._send(notice, entry.count, told, now)
        waiting = [
            device
            for device, answer in zip(told, answers, strict=True)
            if answer.outcome is PushOutcome.LATER
        ]
        if waiting and message.device_id is not None:
            if now >= notice.appears_at + RETRIED_FOR:
                return [PushOutcome.GIVEN_UP]
            raise NotPushed
        if waiting:
            self.retries.send([PushNotice(notice, device.id) for device in waiting])
        return [answer.outcome for answer in answers]

    def _subscribed(self, owner: Profile, devices: Sequence[Device]) -> Iterator[Device]:
        """The devices that may be told. Others are removed: those whose session was ended, and
        those at a push service that the deployment does not call any more."""
        for device in devices:
            if owner.has_ended(device.session_began) or not self.services.takes(device.endpoint):
                self.devices.forget(device)
            else:
                yield device

    def _send(
        self, notice: Notice, count: int, devices: Sequence[Device], now: datetime
    ) -> Sequence[PushAnswer]:
        """Tell those of the devices that do not rest. Returns an answer for each."""
        awake = [device for device in devices if not device.is_resting(now)]
        sent = self.sender.send([push_for(device, notice, count) for device in awake])
        answers = {device.id: answer for device, answer in zip(awake, sent, strict=True)}
        for device in awake:
            answer = answers[device.id]
            if answer.outcome is PushOutcome.GONE:
                self.devices.forget(device)
            elif answer.rest is not None:
                self.devices.rest(device.user_id, device.id, now + answer.rest)
        later = PushAnswer(PushOutcome.LATER)
        return [answers.get(device.id, later) for device in devices]

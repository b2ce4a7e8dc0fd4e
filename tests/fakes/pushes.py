"""Push services in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shutterfeed.domain.pushes import Push, PushAnswer, PushOutcome


@dataclass
class FakePushSender:
    """Answers by the endpoint, and keeps what it was sent."""

    answers: dict[str, PushAnswer] = field(default_factory=dict)
    """The answers other than that a push is sent."""
    sent: list[Push] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> Sequence[PushAnswer]:
        self.sent += pushes
        fine = PushAnswer(PushOutcome.SENT)
        return [self.answers.get(push.device.endpoint, fine) for push in pushes]

    def told(self) -> list[dict[str, Any]]:
        """What devices were told since this was asked last."""
        told = [json.loads(push.content) for push in self.sent]
        self.sent.clear()
        return told

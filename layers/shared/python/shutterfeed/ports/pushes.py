"""The push services of browsers' makers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shutterfeed.domain.pushes import Push, PushAnswer


class PushSender(Protocol):
    def send(self, pushes: Sequence[Push]) -> Sequence[PushAnswer]:
        """Send pushes at the same time. Returns an answer for each. A push service that does not
        answer may be asked again later."""
        ...

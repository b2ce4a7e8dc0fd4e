"""Ctrl-C: the first asks to stop, the second does not ask."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from shutterfeed_cli.errors import ExitCode, Stopped

GRACE_SECONDS: Final = 3.0
"""How long what is on its way may take to end by itself; a small photo does, a video is resumed."""


class Stop:
    """Whether to begin anything new, and whether to give up what is under way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = threading.Event()
        self._deadline = float("inf")
        self._overdue: Callable[[], None] | None = None
        self._alarm: threading.Timer | None = None

    def on_overdue(self, action: Callable[[], None]) -> None:
        """What to do when work has not ended long after it was asked to: a server is silent."""
        self._overdue = action

    def done(self) -> None:
        """All work has ended: nothing is overdue any more."""
        if self._alarm is not None:
            self._alarm.cancel()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """Begin nothing new from here on; give up what is not done after the grace."""
        if not self.asked:
            self._deadline = self._clock() + GRACE_SECONDS
            self._asked.set()
            if self._overdue is not None:
                self._alarm = threading.Timer(2 * GRACE_SECONDS, self._overdue)
                self._alarm.daemon = True
                self._alarm.start()

    def check_new(self) -> None:
        """Before anything is begun. Raises `Stopped`."""
        if self.asked:
            raise Stopped

    def check_underway(self) -> None:
        """Between the pieces of something long. Raises `Stopped` when the grace is over."""
        if self._clock() > self._deadline:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait, unless asked to stop. Raises `Stopped`."""
        if self._asked.wait(seconds):
            raise Stopped


@contextmanager
def on_interrupt(stop: Stop, *, second: Callable[[], None]) -> Iterator[None]:
    """Turn Ctrl-C into `stop.ask()`; a second one calls `second` and ends the process at once."""

    def handle(signal_number: int, frame: FrameType | None) -> None:
        del signal_number, frame
        if stop.asked:
            second()
            os._exit(ExitCode.INTERRUPTED)
        stop.ask()

    previous = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)

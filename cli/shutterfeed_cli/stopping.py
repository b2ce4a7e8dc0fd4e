"""Ctrl-C: the first one asks the work to stop, the second one ends the process."""

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
"""How long transfers may take to finish after Ctrl-C. A small photo finishes in that time; a video
is resumed by the next run."""


class Stop:
    """Says whether new work may begin, and whether to give up the work that has begun."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = threading.Event()
        self._deadline = float("inf")
        self._overdue: Callable[[], None] | None = None
        self._alarm: threading.Timer | None = None

    def on_overdue(self, action: Callable[[], None]) -> None:
        """Set the action for work that has not ended long after it was asked to: for example, if
        a server is silent."""
        self._overdue = action

    def done(self) -> None:
        """Note that all work has ended, so that none can be overdue."""
        if self._alarm is not None:
            self._alarm.cancel()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask to begin no new work, and to give up work that is not done after `GRACE_SECONDS`."""
        if not self.asked:
            self._deadline = self._clock() + GRACE_SECONDS
            self._asked.set()
            if self._overdue is not None:
                self._alarm = threading.Timer(2 * GRACE_SECONDS, self._overdue)
                self._alarm.daemon = True
                self._alarm.start()

    def check_new(self) -> None:
        """Call this before new work begins. Raises `Stopped` if it must not."""
        if self.asked:
            raise Stopped

    def check_underway(self) -> None:
        """Call this between the pieces of long work. Raises `Stopped` when its time is over."""
        if self._clock() > self._deadline:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `Stopped` as soon as the user asks to stop."""
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

"""Invocations and clients side by side, of which exactly one runs at a time.

Each is a greenlet. It runs until it ends or waits; what runs next is decided by the world alone, so
a run is the same every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet


class Crash(BaseException):
    """The process ended here. No `except Exception` of the code stops it."""


@dataclass(slots=True, eq=False)
class Task:
    """Something that runs: `name` is the function's, or the client's."""

    name: str
    body: Callable[[], Any]
    then: Callable[[Task], None]
    """Called once it has ended."""
    limit: timedelta = timedelta(0)
    """The time for which it may stand still."""
    again: Callable[[], None] | None = None
    """Delivers once more what it works on."""
    result: Any = None
    error: BaseException | None = None
    ended: bool = False
    overtaken: bool = False
    calls: int = 0
    _greenlet: Any = None


@dataclass(slots=True)
class Waiting:
    """A task that goes on at a time, or as soon as something is so."""

    task: Task
    at: datetime | None
    until: Callable[[], bool] | None


@dataclass(slots=True)
class Hub:
    """Runs tasks. `current` is the running one; None while the world itself acts."""

    current: Task | None = None
    waiting: list[Waiting] = field(default_factory=list)
    clients: int = 0
    """How many clients have not come to their end."""

    def run(self, task: Task) -> None:
        """Start or continue a task, until it ends or waits."""
        if task._greenlet is None:
            task._greenlet = greenlet(lambda: self._live(task))
        before, self.current = self.current, task
        # It comes back to whoever lets it run now.
        task._greenlet.parent = getcurrent()
        try:
            task._greenlet.switch()
        finally:
            self.current = before
        if task.ended:
            task.then(task)

    def wait(self, at: datetime | None, until: Callable[[], bool] | None = None) -> None:
        """Called by a task: let others run."""
        assert self.current is not None
        self.waiting.append(Waiting(self.current, at, until))
        getcurrent().parent.switch()

    def due(self, now: datetime) -> Task | None:
        """A task that may go on, which no longer waits."""
        for waiting in self.waiting:
            is_time = waiting.at is not None and waiting.at <= now
            if is_time or (waiting.until is not None and waiting.until()):
                self.waiting.remove(waiting)
                return waiting.task
        return None

    def next_time(self) -> datetime | None:
        return min((w.at for w in self.waiting if w.at is not None), default=None)

    def _live(self, task: Task) -> None:
        try:
            task.result = task.body()
        except (Crash, Exception) as error:  # noqa: BLE001 - told to whoever started it
            task.error = error
        task.ended = True

"""How far a run of uploads is, how fast it goes, and when it will end.

Pure calculation: the clock is given, and nothing is drawn here.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

_RATE_SECONDS: Final = 10.0
"""The time over which the rate is measured."""
_END_SECONDS: Final = 30.0
"""The time over which is measured how fast the work gets less. It is longer than that of the rate,
so that the end does not jump."""
_SOONEST_SECONDS: Final = 3.0
"""How long the work must have gone on before its end is predicted."""
_SAMPLE_SECONDS: Final = 0.25
"""What happens within this time is kept as one sample."""
_FILE_COSTS: Final = 200_000
"""The bytes that could be sent in the time that a file takes besides its bytes, about. Without
that, thousands of small photos would predict a late end for a large video."""


class Window:
    """The sum of amounts over the last seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._began: float | None = None
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, amount: float) -> None:
        now = self._clock()
        if self._began is None:
            self._began = now
        if self._samples and now - self._samples[-1][0] < _SAMPLE_SECONDS:
            at, before = self._samples.pop()
            self._samples.append((at, before + amount))
        else:
            self._samples.append((now, amount))

    def age(self) -> float:
        """The seconds since the first amount."""
        return 0.0 if self._began is None else self._clock() - self._began

    def per_second(self) -> float:
        """The amount in a second, over the last seconds. It is never negative."""
        oldest = self._clock() - self._seconds
        while self._samples and self._samples[0][0] < oldest:
            self._samples.popleft()
        total = sum(amount for _, amount in self._samples)
        return max(0.0, total) / max(1.0, min(self._seconds, self.age()))


class Meter:
    """Counts the files and bytes of a run: first all that there are, then those that are done.
    Threads can share it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._sent = Window(_RATE_SECONDS, clock)
        self._worked = Window(_END_SECONDS, clock)
        self._underway = 0
        self.files = self.bytes = 0
        """How many files there are, and how many bytes they have."""
        self.files_done = self.bytes_done = 0
        """Those of files that are sent, or need not or cannot be."""

    def expect(self, name: str, size: int) -> None:
        """Count a file of the run."""
        with self._lock:
            self._sizes[name] = size
            self.files += 1
            self.bytes += size

    def sent(self, number: int) -> None:
        """Count bytes of a file that is being sent. A negative number takes some back."""
        with self._lock:
            self._sent.add(number)
            self._worked.add(number)
            self._underway += number

    def done(self, name: str, *, sent: bool) -> None:
        """Count a file as done, which was sent, or need not or cannot be sent."""
        with self._lock:
            size = self._sizes.pop(name, 0)
            counted = min(max(self._underway, 0), size) if sent else 0
            self._underway -= counted
            self._worked.add(size - counted + _FILE_COSTS)
            self.files_done += 1
            self.bytes_done += size

    @property
    def bytes_through(self) -> int:
        """The bytes of what is done, and those that have been sent of what is not."""
        return min(self.bytes, self.bytes_done + max(self._underway, 0))

    def rate(self) -> float:
        """The bytes that were sent in a second, over the last seconds."""
        with self._lock:
            return self._sent.per_second()

    def seconds_left(self) -> float | None:
        """When the work will be done, if it goes on as in the last seconds. None if it has only
        begun, or stands still."""
        with self._lock:
            speed = self._worked.per_second()
            if self._worked.age() < _SOONEST_SECONDS or speed <= 0:
                return None
            files_left = self.files - self.files_done
            return (self.bytes - self.bytes_through + files_left * _FILE_COSTS) / speed


def told(seconds: float) -> str:
    """A time that is left, no more exact than it can be known."""
    if seconds < 60:
        return f"{max(5, 5 * math.ceil(seconds / 5))} s left"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min left"
    return f"{minutes // 60} h {minutes % 60:02} min left"

"""The queues under a load that grows tenfold for three hours: a model without chance.

Messages are a fluid: a queue takes in what arrives, and hands on what its executions can do. Lambda
starts five executions at first and five more a second while messages wait, up to the queue's
maximum. What one queue hands on is what the next one gets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

STEP_S: Final = 1.0
_FIRST_EXECUTIONS: Final = 5.0
_MORE_A_SECOND: Final = 5.0
"""As Lambda's documentation has it: five batches at first, up to 300 more a minute."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue, and what it does with a message."""

    executions: int
    seconds: float
    """The time that one message takes; messages of a batch are handled one after the other."""

    @property
    def most(self) -> float:
        """The messages a second that it can do."""
        return self.executions / self.seconds


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a queue's messages, step by step."""

    arrived: Sequence[float]
    """Messages that have arrived by the end of each step."""
    left: Sequence[float]
    """Messages that were done by then."""

    @property
    def leaving(self) -> list[float]:
        """The messages done in each step."""
        return [now - before for before, now in zip([0.0, *self.left], self.left, strict=False)]

    @property
    def backlog(self) -> list[float]:
        return [came - went for came, went in zip(self.arrived, self.left, strict=True)]

    def delay(self, step: int) -> int:
        """The steps that a message waits that arrives at the end of a step; it leaves when as many
        have left as had arrived by then."""
        wanted = self.arrived[step] * (1 - 1e-9)
        return max(0, bisect_left(self.left, wanted, lo=step) - step)


def play(lane: Lane, arriving: Sequence[float]) -> Course:
    """What becomes of messages; `arriving` has the number of those that arrive in each step."""
    waiting, running, left = 0.0, _FIRST_EXECUTIONS, []
    for came in arriving:
        waiting += came
        executions = min(float(lane.executions), running)
        done = min(waiting, executions / lane.seconds * STEP_S)
        waiting -= done
        left.append(done)
        # A queue that is worked off with fewer executions keeps as many as it needs.
        needed = done / STEP_S * lane.seconds
        running = (
            executions + _MORE_A_SECOND * STEP_S
            if waiting > 0
            else max(_FIRST_EXECUTIONS, needed + _MORE_A_SECOND * STEP_S)
        )
    return Course(list(accumulate(arriving)), list(accumulate(left)))


def surge(usual: float, times: float, peak_s: int, after_s: int) -> list[float]:
    """What arrives in each step: the peak first, then the usual load."""
    steps = int(peak_s / STEP_S), int(after_s / STEP_S)
    return [usual * times * STEP_S] * steps[0] + [usual * STEP_S] * steps[1]


def drained_after(courses: Mapping[str, Course], peak_s: int) -> float:
    """Seconds from the end of the peak until no queue holds more than a second's arrivals."""
    last = 0
    for course in courses.values():
        arriving = [now - then for then, now in zip([0.0, *course.arrived], course.arrived)]  # noqa: B905
        behind = [
            step
            for step, (waiting, came) in enumerate(zip(course.backlog, arriving, strict=True))
            if waiting > came + 1e-6
        ]
        last = max(last, behind[-1] + 1 if behind else 0)
    return max(0.0, last * STEP_S - peak_s)


def path_delays(path: Sequence[Course], steps: int) -> list[float]:
    """The seconds that messages wait in all queues of a path together, by the step in which they
    arrive at the first."""
    found = []
    length = len(path[0].arrived)
    for step in range(steps):
        at = step
        for course in path:
            at = min(length - 1, at + course.delay(at))
        found.append((at - step) * STEP_S)
    return found

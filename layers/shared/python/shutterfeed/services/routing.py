"""Routing turns changes of the metadata table into messages for the queues of those who act on
them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from shutterfeed import topology
from shutterfeed.domain.changes import Change
from shutterfeed.domain.messages import Work, work_for
from shutterfeed.domain.screening import NOTHING, Screened
from shutterfeed.domain.screening_work import with_screening
from shutterfeed.ports.queues import BatchQueue

STEPS: Final = tuple(
    worker.step
    for worker in topology.WORKERS
    if {kind.__name__ for kind in get_args(Work)}.intersection(worker.kinds)
)
"""The queues that changes lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRouter:
    """The router only hands the stream's work to queues, whose retries block nobody else."""

    queues: Mapping[str, BatchQueue[Any]]
    """The queues of workers, by step."""
    screened: Screened = NOTHING
    """What the deployment screens."""

    def route(self, changes: Mapping[int, Change]) -> Mapping[int, Exception]:
        """Send what follows from a batch's changes, each queue's messages together. A message that
        follows from several of them, such as a hundred likes of one post, is sent once.

        Returns the indexes of the changes of whose messages at least one could not be sent, and
        why. They come again with all that follows them in the stream: repeated messages are
        harmless.
        """
        failures: dict[int, Exception] = {}
        messages: defaultdict[str, dict[Work, list[int]]] = defaultdict(dict)
        for index, change in changes.items():
            try:
                work = [(_step_of(message), message) for message in self._work(change)]
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[index] = error
                continue
            for step, message in work:
                messages[step].setdefault(message, []).append(index)
        for step, batch in messages.items():
            for number, reason in self.queues[step].send_each(list(batch)).items():
                for index in list(batch.values())[number]:
                    failures.setdefault(index, reason)
        return failures

    def _work(self, change: Change) -> Iterable[Work]:
        return with_screening(self.screened, change, work_for(change))


def _step_of(message: Work) -> str:
    """Raises `UnknownKind`."""
    return topology.home_of(type(message).__name__).step

"""Writes posts into feeds, chunk by chunk, and does the work after follows and visits."""

from collections import Counter
from collections.abc import Sequence

from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.bootstrap.deliver import service
from shutterfeed.domain.messages import DeliverMessage
from shutterfeed.runtime import Handled, batch_worker, preload

MESSAGES = Codec[DeliverMessage]("deliver")


def write(bodies: Sequence[str]) -> Handled:
    failures: dict[int, Exception] = {}
    messages: dict[int, DeliverMessage] = {}
    for index, body in enumerate(bodies):
        try:
            messages[index] = MESSAGES.decode(body)
        except UnknownMessage as error:
            failures[index] = error
    failed = service().write(tuple(messages.values()))
    indexes = tuple(messages)
    failures |= {indexes[number]: error for number, error in failed.items()}
    done = Counter(type(messages[i]).__name__ for i in indexes if i not in failures)
    return Handled(failures, done)


handler = batch_worker(write)
preload(service)

"""Tells users what others did, in notices."""

from collections.abc import Sequence

from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.bootstrap.notify import service
from shutterfeed.domain.messages import NotifyMessage
from shutterfeed.runtime import Handled, batch_worker, preload

MESSAGES = Codec[NotifyMessage]("notify")


def tell(bodies: Sequence[str]) -> Handled:
    failures: dict[int, Exception] = {}
    messages: dict[int, NotifyMessage] = {}
    for index, body in enumerate(bodies):
        try:
            messages[index] = MESSAGES.decode(body)
        except UnknownMessage as error:
            failures[index] = error
    indexes = tuple(messages)
    failed = service().take(tuple(messages.values()))
    failures |= {indexes[number]: error for number, error in failed.items()}
    return Handled(failures, {"told": len(bodies) - len(failures)})


handler = batch_worker(tell)
preload(service)

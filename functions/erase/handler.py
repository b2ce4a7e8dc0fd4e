"""Erases closed accounts, slice by slice, when their users can no longer come back."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.erase import service
from shutterfeed.domain.messages import EraseMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[EraseMessage]("erase")


def erase(body: str) -> Iterator[str]:
    message = MESSAGES.decode(body)
    service().erase(message)
    yield message.step or "due"


handler = queue_worker(erase)
preload(service)

"""Erases closed accounts, slice by slice, when their users can no longer come back; and ends the
sign-ins of users who were suspended, whose drafts are kept."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.erase import services
from shutterfeed.domain.messages import EndSignIns, EraseMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[EraseMessage]("erase")


def erase(body: str) -> Iterator[str]:
    message = MESSAGES.decode(body)
    if isinstance(message, EndSignIns):
        services().sign_ins.end(message)
        services().drafts.keep(message)
        yield "signed out"
    else:
        services().eraser.erase(message)
        yield message.step or "due"


handler = queue_worker(erase)
preload(services)

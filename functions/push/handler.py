"""Tells the devices of a user that there is something new in their activity."""

from collections.abc import Sequence

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.push import service
from shutterfeed.domain.messages import PushNotice
from shutterfeed.domain.pushes import PushOutcome
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[PushNotice]("push")


def push(body: str) -> Sequence[PushOutcome]:
    return service().push(MESSAGES.decode(body))


handler = queue_worker(push)
preload(service)

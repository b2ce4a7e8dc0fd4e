"""Screens contents before they are published, and words when they are there."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.screen import service
from shutterfeed.domain.messages import ScreenMessage
from shutterfeed.runtime import preload, queue_worker
from shutterfeed.services.screening import ScreeningOutcome

MESSAGES = Codec[ScreenMessage]("screen")


def screen(body: str) -> Iterator[ScreeningOutcome]:
    yield service().screen(MESSAGES.decode(body))


handler = queue_worker(screen)
preload(service)

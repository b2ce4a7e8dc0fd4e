"""Builds the exports that users ask for, part by part, and tells them when one is ready."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.export import service
from shutterfeed.domain.messages import ExportMessage
from shutterfeed.runtime import preload, queue_worker
from shutterfeed.services.exporting import ExportOutcome

MESSAGES = Codec[ExportMessage]("export")


def export(body: str) -> Iterator[ExportOutcome]:
    yield service().handle(MESSAGES.decode(body))


handler = queue_worker(export)
preload(service)

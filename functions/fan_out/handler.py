"""Sends published posts to `deliver`, with the authors' readers in chunks; moves the readers of
authors who become celebrities, or stop being celebrities; and accepts those who wait to follow an
account that has become public."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.fan_out import services
from shutterfeed.domain.messages import AcceptRequests, FanOut, FanOutMessage, MigrateReaders
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[FanOutMessage]("fan_out")


def plan(body: str) -> Iterator[str]:
    step = MESSAGES.decode(body)
    match step:
        case FanOut():
            services().planner.plan(step)
        case MigrateReaders():
            services().migrations.migrate(step)
        case AcceptRequests():
            services().acceptance.accept(step)
    yield type(step).__name__


handler = queue_worker(plan)
preload(services)

"""Sends published posts to `deliver`, with the authors' readers in chunks; moves the readers of
authors who become celebrities, or stop being celebrities; accepts those who wait to follow an
account that has become public; and brings the newest posts of hashtags to their followers."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.fan_out import services
from shutterfeed.domain.messages import (
    AcceptRequests,
    BringTagged,
    FanOut,
    FanOutMessage,
    MigrateReaders,
)
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
        case BringTagged():
            services().bringing.bring(step)
    yield type(step).__name__


handler = queue_worker(plan)
preload(services)

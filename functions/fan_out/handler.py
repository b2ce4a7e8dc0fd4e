"""Posts published: their authors' readers, in chunks for `deliver`. Authors who become
celebrities, or cease to be: their readers moved."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.fan_out import services
from shutterfeed.domain.messages import Cross, FanOut, FanOutMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[FanOutMessage]("fan_out")


def plan(body: str) -> Iterator[str]:
    step = MESSAGES.decode(body)
    match step:
        case FanOut():
            services().planner.plan(step)
        case Cross():
            services().crossings.cross(step)
    yield type(step).__name__


handler = queue_worker(plan)
preload(services)

"""Posts published: their authors' readers, in chunks for the feed writer. Authors who become
celebrities, or cease to be: their readers moved."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import FAN_OUT
from shutterfeed.bootstrap.fan_out import services
from shutterfeed.domain.messages import Cross, FanOut
from shutterfeed.runtime import preload, queue_worker


def plan(body: str) -> Iterator[str]:
    step = FAN_OUT.decode(body)
    match step:
        case FanOut():
            services().planner.plan(step)
        case Cross():
            services().crossings.cross(step)
    yield type(step).__name__


handler = queue_worker(plan)
preload(services)

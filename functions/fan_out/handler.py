"""Posts published: their authors' readers, in chunks for the feed writer. Authors who become
celebrities, or cease to be: their readers moved."""

from collections.abc import Iterator

from shutterfeed import bootstrap
from shutterfeed.adapters.messages import FAN_OUT
from shutterfeed.domain.messages import Cross, FanOut
from shutterfeed.runtime import preload, queue_worker


def plan(body: str) -> Iterator[str]:
    step = FAN_OUT.decode(body)
    match step:
        case FanOut():
            bootstrap.fan_out().planner.plan(step)
        case Cross():
            bootstrap.fan_out().crossings.cross(step)
    yield type(step).__name__


handler = queue_worker(plan)
preload(bootstrap.fan_out)

"""Posts published or deleted: their authors' followers, in chunks for the feed writer."""

from collections.abc import Iterator

from shutterfeed import bootstrap
from shutterfeed.adapters.messages import FAN_OUT
from shutterfeed.domain.messages import FeedAction
from shutterfeed.runtime import preload, queue_worker


def plan(body: str) -> Iterator[FeedAction]:
    step = FAN_OUT.decode(body)
    bootstrap.fan_out().plan(step)
    yield step.action


handler = queue_worker(plan)
preload(bootstrap.fan_out)

"""The metadata table's stream."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters import messages
from shutterfeed.bootstrap import aws
from shutterfeed.services.routing import ChangeRouter


@cache
def service() -> ChangeRouter:
    settings = config.RouteChangesSettings.from_env()
    return ChangeRouter(
        publish=aws.queue(settings.publish_queue_url, messages.PUBLISH),
        fan_out=aws.queue(settings.fan_out_queue_url, messages.FAN_OUT),
        feed=aws.queue(settings.feed_queue_url, messages.FEED),
        collect=aws.queue(settings.collect_queue_url, messages.COLLECT),
        search=aws.queue(settings.search_queue_url, messages.SEARCH),
    )

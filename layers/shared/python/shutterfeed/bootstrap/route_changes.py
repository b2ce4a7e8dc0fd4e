"""Composes the router, which reads the metadata table's stream."""

from __future__ import annotations

from functools import cache
from typing import Any

from shutterfeed import config
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.screening import Screened
from shutterfeed.services.routing import STEPS, ChangeRouter


@cache
def service() -> ChangeRouter:
    urls = config.queue_urls(STEPS)
    return ChangeRouter(
        queues={step: aws.queue(url, Codec[Any](step)) for step, url in urls.items()},
        screened=Screened.parse(config.RouteChangesSettings.from_env().screening),
    )

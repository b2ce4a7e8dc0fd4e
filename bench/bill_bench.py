"""A world on moto in which what people do is measured, with all that follows from it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from bench.bill_measured import Operation, Taken
from bench.bill_meter import metered
from bench.progress import show
from tests import conftest  # noqa: F401 - sets the functions' environment, before they are imported
from tests.integration import pipeline as plumbing
from tests.integration.client import Client
from tests.integration.payloads import Event
from tests.integration.pipeline import Pipeline
from tests.integration.world import FEED, METADATA, World

_TABLES: Final = (METADATA, FEED)
"""The tables whose units are counted. Those of the search index are known of a large one."""
_ROUTER: Final = "route_changes"


@dataclass(slots=True)
class Bench:
    """A world whose operations are measured."""

    world: World
    log: io.StringIO
    client: Client = field(default_factory=Client)
    pipeline: Pipeline = field(init=False)
    operations: dict[Operation, Taken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.create_storage()
        self.world.connect_uploads()
        self.world.create_site()
        self.pipeline = Pipeline(self.world)

    def measure(
        self, name: Operation, act: Callable[[], object], *, with_workers: bool = True
    ) -> None:
        """Do something, and what follows from it in the workers."""
        show(f"measuring: {name}")
        requests, logged = self.client.requests, self.log.tell()
        with metered(_TABLES) as taken, patch.object(plumbing, "invoke", _counted(taken.runs)):
            act()
            if with_workers:
                self.pipeline.run()
        taken.runs["api"] += self.client.requests - requests
        taken.logged = self.log.tell() - logged
        self.operations[name] = taken


def _counted(runs: Counter[str]) -> Callable[[str, Event], Mapping[str, Any]]:
    invoke = plumbing.invoke

    def counted(queue: str, event: Event) -> Mapping[str, Any]:
        name = _ROUTER if queue == "stream" else plumbing.NAMES[queue]
        runs[name] += 1
        return invoke(queue, event)

    return counted

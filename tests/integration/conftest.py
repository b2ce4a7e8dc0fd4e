"""The functions on AWS in process: a fresh world for every test, in which everything is built
again."""

from __future__ import annotations

import io
import json
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from moto import mock_aws

from shutterfeed import bootstrap, runtime
from shutterfeed.bootstrap import aws as composed
from tests import in_turn
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.world import Person, World, aws


@dataclass(slots=True)
class Logs:
    """What the functions logged, line by line."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def logs() -> Iterator[Logs]:
    captured = Logs()
    handler: Any = runtime.logger.registered_handler
    before = handler.setStream(captured.stream)
    yield captured
    handler.setStream(before)


@pytest.fixture
def tables(logs: Logs) -> Iterator[World]:
    """The world with its tables alone, which is all that most routes need."""
    with new_world() as made:
        yield made


@contextmanager
def new_world() -> Iterator[World]:
    """A world with its tables, and the functions in it as in new containers."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        made = World()
        made.create_tables()
        for name, value in made.environment().items():
            patch.setenv(name, value)
        patch.setattr(composed, "client", made.client)
        patch.setattr(composed, "clock", lambda: made.clock)
        patch.setattr(composed, "ids", lambda: made.ids)
        # moto answers one call at a time, and threads that wait for each other take their time.
        for replaced in in_turn.pools():
            patch.setattr(*replaced)
        forget_services()
        yield made
        forget_services()


@pytest.fixture
def world(tables: World) -> World:
    """The tables, and the buckets and queues too."""
    tables.create_storage()
    return tables


@pytest.fixture
def client(tables: World) -> Client:
    # The one queue that the API itself sends to.
    tables.create_queue("deliver")
    return Client()


@pytest.fixture
def pipeline(world: World) -> Pipeline:
    world.connect_uploads()
    return Pipeline(world)


@pytest.fixture
def ada() -> Person:
    return Person.number(0xADA)


@pytest.fixture
def ben() -> Person:
    return Person.number(0xBE)


@pytest.fixture
def eve() -> Person:
    return Person.number(0xE7E)


def forget_services() -> None:
    """Let every cached factory of `bootstrap` build again, as in a new container."""
    for factory in _factories():
        factory.cache_clear()


@cache
def _factories() -> list[Any]:
    """They are looked for once: the modules of `bootstrap` stay the same."""
    modules = pkgutil.iter_modules(bootstrap.__path__, "shutterfeed.bootstrap.")
    return [
        factory
        for module in modules
        for factory in vars(import_module(module.name)).values()
        if hasattr(factory, "cache_clear") and factory is not aws
    ]

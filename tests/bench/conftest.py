"""One stack for all benchmarks that look at it from outside, and one DynamoDB Local for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import deployment
from tests import local_stack
from tools import dynamodb_local
from tools.errors import Unavailable


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that says where it runs."""
    file = tmp_path_factory.mktemp("bench") / "deployment.json"
    with deployment.started(local_stack.CONTEXT) as running:
        running.save(file)
        yield file


@pytest.fixture(scope="session")
def shared_dynamodb() -> Iterator[str]:
    """Its address; empty if it cannot run here, which the benchmarks then find themselves."""
    running = dynamodb_local.running()
    try:
        endpoint = running.__enter__()
    except Unavailable:
        yield ""
        return
    try:
        yield endpoint
    finally:
        running.__exit__(None, None, None)

"""One stack for all benchmarks that look at it from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import deployment
from tests import local_stack


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that says where it runs."""
    file = tmp_path_factory.mktemp("bench") / "deployment.json"
    with deployment.started(local_stack.CONTEXT) as running:
        running.save(file)
        yield file

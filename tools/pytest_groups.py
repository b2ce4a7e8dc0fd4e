"""A pytest plugin for runs on several cores: tests that share something expensive stay together.

A deployed cloud, synthesized templates or a running DynamoDB Local are made once a worker process.
Kept on one worker, such tests pay for them once; all others spread over the cores.
"""

from __future__ import annotations

from typing import Final

import pytest

from tools import paths

_TOGETHER: Final = ("bench", "contract", "e2e", "infra")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of these folders as one group each."""
    for item in items:
        for folder in _TOGETHER:
            if item.path.is_relative_to(paths.ROOT / "tests" / folder):
                item.add_marker(pytest.mark.xdist_group(folder))

"""A pytest plugin for runs on several cores: tests that share something expensive stay together.

Each worker process makes its own deployed cloud, synthesized templates or DynamoDB Local. If the
tests that share them stay on one worker, they are made once; all other tests spread over the cores.
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

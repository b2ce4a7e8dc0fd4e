"""Every benchmark that looks at a deployed stack from outside runs, at its smallest size."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import catalogue, deployment, engines
from tests import benchmarks
from tests.e2e.conftest import Deployment
from tools.errors import Unavailable

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", catalogue.on_a_stack())
def test_a_benchmark_runs(
    name: str, tmp_path: Path, stack: Deployment, request: pytest.FixtureRequest
) -> None:
    described = tmp_path / "deployment.json"
    deployment.Deployment(stack.endpoint, stack.outputs).save(described)
    more = {deployment.SHARED: str(described)}
    if name == "search":
        node: str | Unavailable = request.getfixturevalue("opensearch_server")
        more |= {engines.OPENSEARCH: node} if isinstance(node, str) else {}
    benchmarks.check_run(name, tmp_path, more)

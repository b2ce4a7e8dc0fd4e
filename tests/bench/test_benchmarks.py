"""Every benchmark runs, at its smallest size, as `make bench` runs it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import catalogue, deployment, engines
from tools import node, paths

pytestmark = pytest.mark.slow

_SECONDS = 600
"""Until one that hangs is given up, on a busy machine."""


def environment(**more: str) -> Mapping[str, str]:
    roots = (".", "cli", "functions", "layers/shared/python")
    path = os.pathsep.join(str(paths.ROOT / root) for root in roots)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PATH": node.environment()["PATH"], "PYTHONPATH": path, **more}


def test_there_are_benchmarks() -> None:
    assert {"feed_read", "imports", "search"} <= set(catalogue.names())
    assert not {"figures", "compare", "wire"} & set(catalogue.names())


@pytest.mark.parametrize("name", catalogue.names())
def test_a_benchmark_declares_its_sizes_and_says_what_it_measures(name: str) -> None:
    benchmark = catalogue.load(name)
    assert type(benchmark.FULL) is type(benchmark.TOY)
    assert benchmark.FULL != benchmark.TOY
    assert benchmark.MINUTES > 0
    documented = (paths.ROOT / "docs" / "benchmarks.md").read_text()
    assert f"| `{name}` |" in documented


@pytest.mark.parametrize("name", catalogue.names())
def test_a_benchmark_runs(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    more = {}
    if hasattr(catalogue.load(name), "engines"):
        more[engines.SHARED] = request.getfixturevalue("shared_dynamodb")
    if hasattr(catalogue.load(name), "deployed"):
        more[deployment.SHARED] = str(request.getfixturevalue("shared_stack"))
    answer = subprocess.run(
        [sys.executable, "-m", "bench", name, "--toy", "--results", str(tmp_path)],
        cwd=paths.ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    if f"{name} is left out: " in answer.stdout:
        pytest.skip(answer.stdout.strip())
    result = json.loads((tmp_path / f"{name}.json").read_text())
    assert result["name"] == name
    assert result["figures"]
    for figure in result["figures"]:
        assert set(figure) == {"name", "value", "unit", "goal", "met"}
        assert math.isfinite(figure["value"]), figure
        assert (figure["goal"] is None) == (figure["met"] is None)
        assert f"  {figure['name']} " in answer.stdout
    # No request logs between the lines of the table.
    assert '"level"' not in answer.stdout

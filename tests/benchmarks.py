"""Runs benchmarks at their smallest size, as `make bench` runs them."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import node, paths

_SECONDS = 600
"""Until one that hangs is given up, on a busy machine."""


def environment(more: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The variables of a process that runs a benchmark."""
    roots = (".", "cli", "functions", "layers/shared/python")
    path = os.pathsep.join(str(paths.ROOT / root) for root in roots)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PATH": node.environment()["PATH"], "PYTHONPATH": path, **(more or {})}


def check_run(name: str, folder: Path, more: Mapping[str, str]) -> None:
    """Run a benchmark with these variables, and look at the figures that it writes to `folder`."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench", name, "--toy", "--results", str(folder)],
        cwd=paths.ROOT,
        env=environment(more),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    if f"{name} is left out: " in answer.stdout:
        pytest.skip(answer.stdout.strip())
    result = json.loads((folder / f"{name}.json").read_text())
    assert result["name"] == name
    assert result["figures"]
    for figure in result["figures"]:
        assert set(figure) == {"name", "value", "unit", "goal", "met"}
        assert math.isfinite(figure["value"]), figure
        assert (figure["goal"] is None) == (figure["met"] is None)
        assert f"  {figure['name']} " in answer.stdout
    # No request logs between the lines of the table.
    assert '"level"' not in answer.stdout

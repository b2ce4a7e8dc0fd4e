"""Every benchmark runs, at its smallest size, as `make bench` runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import catalogue, engines
from tests import benchmarks
from tools import paths
from tools.errors import Unavailable

pytestmark = pytest.mark.slow


def test_there_are_benchmarks() -> None:
    assert {"feed_read", "imports", "search"} <= set(catalogue.names())
    assert not {"figures", "compare", "wire"} & set(catalogue.names())
    assert {"hot_post", "search", "upload_to_feed"} <= set(catalogue.on_a_stack())
    assert not {"bill", "feed_read"} & set(catalogue.on_a_stack())


@pytest.mark.parametrize("name", catalogue.names())
def test_a_benchmark_declares_its_sizes_and_says_what_it_measures(name: str) -> None:
    benchmark = catalogue.load(name)
    assert type(benchmark.FULL) is type(benchmark.TOY)
    assert benchmark.FULL != benchmark.TOY
    assert benchmark.MINUTES > 0
    documented = (paths.ROOT / "docs" / "benchmarks.md").read_text()
    assert f"| `{name}` |" in documented


@pytest.mark.parametrize("name", sorted({*catalogue.names()} - {*catalogue.on_a_stack()}))
def test_a_benchmark_runs(
    name: str, tmp_path: Path, dynamodb_local_server: str | Unavailable
) -> None:
    """Those on a deployed stack run in `tests/e2e`, which has one."""
    more = {}
    if isinstance(dynamodb_local_server, str):
        more[engines.DYNAMODB] = dynamodb_local_server
    benchmarks.check_run(name, tmp_path, more)

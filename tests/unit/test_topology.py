"""The table of workers, held against all that is named after it and cannot be made from it."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shutterfeed import topology
from shutterfeed.domain.messages import KINDS
from shutterfeed.topology import WORKERS, UnknownKind
from tools import imports

NOT_WORKERS = {"api", "reconcile", "tokens", topology.ROUTER}
"""Functions that no queue sets off."""
SHARED_WITH_INFRA = {"schema", "topology"}


@pytest.fixture
def linter() -> dict[str, Any]:
    """The contracts that `make check` checks."""
    contracts: dict[str, Any] = tomllib.loads(imports.contracts())["tool"]["importlinter"]
    return contracts


def test_every_function_is_a_worker_or_known_to_be_none(repo_root: Path) -> None:
    functions = {path.parent.name for path in repo_root.glob("functions/*/handler.py")}
    assert functions == NOT_WORKERS | {worker.function for worker in WORKERS}


def test_every_function_is_held_to_the_import_contracts(linter: dict[str, Any]) -> None:
    functions = NOT_WORKERS | {worker.function for worker in WORKERS}
    lists = [linter["root_packages"]]
    for contract in linter["contracts"]:
        lists += (value for value in contract.values() if isinstance(value, list))
    naming = [names for names in map(set, lists) if len(names & functions) > 1]
    assert len(naming) >= 4, "packages, what functions leave to others, their independence, tools"
    for names in naming:
        assert functions <= names


def test_the_infrastructure_may_import_table_and_schema_and_nothing_more(
    linter: dict[str, Any], repo_root: Path
) -> None:
    package = repo_root / "layers/shared/python/shutterfeed"
    modules = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}
    [contract] = [c for c in linter["contracts"] if c["name"].startswith("The infrastructure")]
    assert set(contract["forbidden_modules"]) - {"api"} == {
        f"shutterfeed.{module}"
        for module in modules - SHARED_WITH_INFRA - {"__init__", "__pycache__"}
    }
    assert "allow_indirect_imports" not in contract


def test_the_defaults_override_no_row_and_name_no_stranger(repo_root: Path) -> None:
    context = json.loads((repo_root / "cdk.json").read_text())["context"]
    small, large = (context["presets"][name] for name in ("small", "large"))
    assert small["worker_concurrency"] == {}
    assert large["worker_concurrency"].keys() <= {lane.setting for lane in topology.LANES}
    functions = NOT_WORKERS | {worker.function for worker in WORKERS}
    assert large["reserved_concurrency"].keys() <= functions


def test_every_kind_of_message_has_one_home() -> None:
    homes = Counter(kind for worker in WORKERS for kind in worker.kinds)
    assert homes == Counter(KINDS.keys())
    for worker in WORKERS:
        for kind in worker.kinds:
            assert topology.home_of(kind) is worker


@pytest.mark.parametrize("kind", ["", "Unheard", "feed", "PublishMessage"])
def test_a_kind_without_a_home_is_an_error(kind: str) -> None:
    with pytest.raises(UnknownKind, match=f"No worker takes messages of the kind '{kind}'"):
        topology.home_of(kind)


def test_no_two_workers_share_a_queue_a_function_or_a_setting() -> None:
    for name in ("step", "queue", "function"):
        assert len({getattr(worker, name) for worker in WORKERS}) == len(WORKERS)
    for name in ("name", "queue", "queue_variable", "setting"):
        assert len({getattr(lane, name) for lane in topology.LANES}) == len(topology.LANES)


def test_the_steps_that_uploads_go_through_have_two_queues_and_the_others_one() -> None:
    with_bulk = {worker.step for worker in WORKERS if len(worker.lanes) == 2}
    assert with_bulk == {"ingest", "render", "transcode"}
    for lane in topology.LANES:
        assert topology.lane(lane.name) is lane
        assert lane.name.endswith("_bulk") is (lane != lane.worker.lanes[0])


def test_all_messages_of_a_worker_have_tenants_or_none_has() -> None:
    assert topology.TENANTS.keys() <= KINDS.keys()
    for worker in WORKERS:
        # What is done for a hashtag is done for no single user.
        kinds = {kind for kind in worker.kinds if kind != "BringTagged"}
        assert len({kind in topology.TENANTS for kind in kinds}) == 1, worker.step


def test_a_step_has_one_word_in_queue_message_function_and_service(repo_root: Path) -> None:
    services = {path.stem for path in (repo_root / "layers").rglob("services/*.py")}
    for worker in WORKERS:
        word = worker.step.replace("_", "")
        assert worker.queue.replace("-", "") == word
        assert worker.function == worker.step or worker.function in {"dedup_hash", "thumbnail"}
        # A service is the word with an ending: transcode, transcoding.
        stem = word.rstrip("e")
        assert [s for s in services if s.replace("_", "").startswith(stem)], worker.step
    owned = {kind for worker in WORKERS for kind in worker.kinds if _begins_with(worker, kind)}
    assert {topology.home_of(kind).step for kind in owned} == {worker.step for worker in WORKERS}


def test_the_documentation_shows_the_table(repo_root: Path) -> None:
    documented = (repo_root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line for line in documented.splitlines() if line.startswith("| `")]
    for worker in WORKERS:
        kinds = ", ".join(f"`{kind}`" for kind in worker.kinds)
        begins = f"| `{worker.queue}` | {kinds} | `{worker.function}` | "
        (row,) = [row for row in rows if row.startswith(begins)]
        assert row.endswith(f" | `{worker.dead_letters}` |")


def _begins_with(worker: topology.Worker, kind: str) -> bool:
    words = "_".join(re.findall("[A-Z][a-z]*", kind)).lower()
    return words == worker.step or words.startswith(f"{worker.step}_")


@pytest.mark.parametrize(("step", "receives"), [("render", 10), ("publish", 20), ("transcode", 6)])
def test_the_longer_a_message_is_hidden_the_fewer_times_it_is_received(
    step: str, receives: int
) -> None:
    assert topology.worker(step).receives == receives


def test_a_message_may_be_throttled_for_an_hour_and_five_times() -> None:
    for worker in WORKERS:
        # SQS moves a message when it is received once more often than this.
        assert worker.receives > 5
        assert worker.receives * worker.visibility_s >= 3600
        assert worker.visibility_s >= 6 * worker.timeout_s

"""Workers with a bulk queue know by which queue a message came, and let bulk work stand back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shutterfeed import runtime, topology
from shutterfeed.bootstrap import aws

CONTEXT: Any = SimpleNamespace(aws_request_id="request-1")
BULK_STEPS = [worker.step for worker in topology.WORKERS if worker.bulk is not None]


@pytest.mark.parametrize("step", BULK_STEPS)
def test_a_worker_is_told_by_which_of_its_queues_a_message_came(step: str, repo_root: Path) -> None:
    told: list[tuple[str, bool]] = []
    expected: list[bool] = []

    def act(body: str, bulk: bool) -> Iterator[str]:
        told.append((body, bulk))
        yield "done"

    for name in (step, f"{step}_bulk"):
        event = json.loads((repo_root / "events" / "sqs" / f"{name}.json").read_text())
        answer = runtime.lane_worker(act)(event, CONTEXT)
        assert answer == {"batchItemFailures": []}
        assert {body for body, _ in told} >= {record["body"] for record in event["Records"]}
        expected += [name != step for _ in event["Records"]]

    assert [bulk for _, bulk in told] == expected
    assert set(expected) == {False, True}


@pytest.mark.parametrize("lane", topology.LANES, ids=lambda lane: lane.name)
def test_bulk_queues_are_known_by_their_names(lane: topology.Lane) -> None:
    is_bulk = lane.name != lane.worker.step
    assert lane.queue.endswith(topology.BULK_ENDING) == is_bulk


def test_only_bulk_work_on_a_local_cloud_stands_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert aws.niceness(bulk=True) > 0
    assert aws.niceness(bulk=False) == 0
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert aws.niceness(bulk=True) == 0

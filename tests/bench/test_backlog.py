"""The model of what waits after a peak, and that `docs/scale.md` says what it says."""

from __future__ import annotations

import json
import re

import pytest

from bench import backlog
from bench.backlog_model import Lane, drained_after, path_delays, play, surge
from shutterfeed import topology
from tools import paths

_ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<small>[\d.,]+)(?: (?:%|h))? \| (?P<large>[\d.,]+)")


def test_lambda_starts_five_executions_and_five_more_a_second() -> None:
    course = play(Lane(executions=12, seconds=1), [100, 0, 0, 0])
    assert course.left == [5, 15, 27, 39]
    assert course.backlog == [95, 85, 73, 61]
    assert course.leaving == [5, 10, 12, 12]


def test_a_queue_does_no_more_than_its_executions_can() -> None:
    lane = Lane(executions=4, seconds=2)
    assert lane.most == 2
    course = play(lane, [3] * 10)
    assert course.leaving == [2] * 10
    assert course.backlog[-1] == 10


def test_messages_wait_in_all_queues_of_their_path() -> None:
    first = play(Lane(2, 1), [4, 0, 0, 0, 0, 0])
    second = play(Lane(1, 1), first.leaving)
    assert first.left == [2, 4, 4, 4, 4, 4]
    assert second.left == [1, 2, 3, 4, 4, 4]
    assert path_delays([first, second], 1) == [3]
    assert drained_after({"first": first, "second": second}, 1) == 2


def test_a_peak_comes_before_the_usual_load() -> None:
    assert surge(2, 10, peak_s=2, after_s=3) == [20, 20, 2, 2, 2]


def test_nothing_waits_where_there_are_executions_for_all() -> None:
    course = play(Lane(100, 0.1), surge(5, 10, 60, 60))
    assert max(course.backlog) == 0
    assert drained_after({"only": course}, 60) == 0


def test_the_page_says_how_many_executions_the_queues_have_together() -> None:
    page = (paths.ROOT / "docs" / "scale.md").read_text()
    context = json.loads((paths.ROOT / "cdk.json").read_text())["context"]
    wanted = context["presets"]["large"]["worker_concurrency"]
    together = sum(wanted.get(lane.setting, lane.concurrency) for lane in topology.LANES)
    assert f"the queues {together:,} (all of `worker_concurrency` together)" in page
    api = context["presets"]["large"]["reserved_concurrency"]["api"]
    assert f"API {api:,}" in page
    assert f"the router 320 ({topology.STREAM_PARALLELIZATION} a shard" in page


@pytest.mark.slow
def test_the_page_says_what_the_model_says() -> None:
    """The model at its full size: seconds of time, hours of the queues."""
    figures = {figure.name: figure for figure in backlog.run(backlog.FULL)}
    page = (paths.ROOT / "docs" / "scale.md").read_text()
    rows = list(filter(None, map(_ROW.match, page.partition("## After a peak")[2].splitlines())))
    assert len(rows) == 11
    for row in rows:
        for preset in ("small", "large"):
            figure = figures[f"{preset}: {row['what']}"]
            hours = figure.value / 3600 if figure.unit == "s" else figure.value
            decimals = 1 if figure.unit in ("s", "h") else 0
            assert row[preset] == f"{hours:,.{decimals}f}", figure

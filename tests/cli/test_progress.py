"""Files and bytes of a run, its rate and its end, on a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from shutterfeed_cli.output import Output
from shutterfeed_cli.planning import FileResult, Outcome, Wanted
from shutterfeed_cli.progress import Meter, told
from shutterfeed_cli.reporting import UploadReport
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.uploading import always

MB = 1_000_000


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Run:
    """A run of uploads that goes at a given speed."""

    clock: Clock
    meter: Meter

    def send(self, name: str, size: int, rate: float, *, step: float = 0.1) -> None:
        """Send a file of `size` bytes with `rate` bytes a second."""
        left = size
        while left > 0:
            number = min(left, round(rate * step))
            self.clock.now += number / rate
            self.meter.sent(number)
            left -= number
        self.meter.done(name, sent=True)


@pytest.fixture
def run() -> Run:
    clock = Clock()
    return Run(clock, Meter(clock))


def expect(run: Run, sizes: dict[str, int]) -> None:
    for name, size in sizes.items():
        run.meter.expect(name, size)


def test_files_and_bytes_are_counted_first(run: Run) -> None:
    expect(run, {"a": 3, "b": 4})
    meter = run.meter
    assert (meter.files, meter.bytes, meter.files_done, meter.bytes_through) == (2, 7, 0, 0)
    meter.sent(2)
    assert meter.bytes_through == 2
    meter.done("b", sent=False)
    assert (meter.files_done, meter.bytes_through) == (1, 6)
    meter.sent(1)
    meter.done("a", sent=True)
    assert (meter.files_done, meter.bytes_through) == (2, 7)


def test_the_rate_is_that_of_the_last_seconds(run: Run) -> None:
    expect(run, dict.fromkeys("abc", 60 * MB))
    run.send("a", 60 * MB, 1 * MB)
    assert run.meter.rate() == pytest.approx(1 * MB, rel=0.1)
    run.send("b", 60 * MB, 4 * MB)
    assert run.meter.rate() == pytest.approx(4 * MB, rel=0.1)
    run.clock.now += 60
    assert run.meter.rate() == 0


@pytest.mark.parametrize("at", [10, 100, 500])
def test_the_end_is_right_while_the_speed_is_the_same(run: Run, at: int) -> None:
    expect(run, {str(number): 2 * MB for number in range(600)})
    for number in range(at):
        run.send(str(number), 2 * MB, 1 * MB)
    assert run.meter.seconds_left() == pytest.approx((600 - at) * 2, rel=0.1)


def test_what_is_skipped_at_once_is_not_taken_for_speed_for_long(run: Run) -> None:
    expect(run, {str(number): 2 * MB for number in range(600)})
    for number in range(400):
        run.clock.now += 0.001
        run.meter.done(str(number), sent=False)
    for number in range(400, 420):
        run.send(str(number), 2 * MB, 1 * MB)
    assert run.meter.seconds_left() == pytest.approx(180 * 2, rel=0.1)


def test_small_files_do_not_predict_a_late_end_for_a_large_one(run: Run) -> None:
    """A file costs a request besides its bytes: 20 of 20 KB take a second here."""
    expect(run, {**{str(number): 20_000 for number in range(400)}, "video": 200 * MB})
    for number in range(400):
        run.clock.now += 0.05
        run.meter.sent(20_000)
        run.meter.done(str(number), sent=True)
    # At 4 MB a second, the video will take 50 seconds; by bytes alone it would be 500.
    left = run.meter.seconds_left()
    assert left is not None
    assert 25 < left < 100


def test_no_end_is_told_too_early_or_while_nothing_goes_on(run: Run) -> None:
    expect(run, {"a": 100 * MB})
    assert run.meter.seconds_left() is None
    run.clock.now = 1.0
    run.meter.sent(MB)
    assert run.meter.seconds_left() is None
    run.clock.now = 5.0
    run.meter.sent(MB)
    assert run.meter.seconds_left() is not None
    run.clock.now = 100.0
    assert run.meter.seconds_left() is None


def test_bytes_that_are_taken_back_are_no_negative_rate(run: Run) -> None:
    expect(run, {"a": 10 * MB})
    run.meter.sent(MB)
    run.clock.now += 11
    run.meter.sent(-MB)
    assert run.meter.rate() == 0
    assert run.meter.bytes_through == 0
    run.meter.done("a", sent=False)
    assert run.meter.bytes_through == 10 * MB


def test_a_file_whose_first_parts_were_sent_earlier_is_whole_when_it_is_done(run: Run) -> None:
    expect(run, {"a": 10 * MB, "b": 10 * MB})
    run.meter.sent(MB)
    run.meter.done("a", sent=True)
    assert run.meter.bytes_through == 10 * MB
    run.meter.sent(4 * MB)
    assert run.meter.bytes_through == 14 * MB


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "5 s left"),
        (41, "45 s left"),
        (59.9, "60 s left"),
        (61, "2 min left"),
        (3599, "1 h 00 min left"),
        (12_345, "3 h 26 min left"),
    ],
)
def test_a_time_is_told_as_exactly_as_it_is_known(seconds: float, said: str) -> None:
    assert told(seconds) == said


def test_the_bar_counts_then_shows_the_progress_and_then_what_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(Output, "draws", True)
    monkeypatch.setenv("TERM", "dumb")
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths[:2]:
        path.write_bytes(bytes(MB))
    report = UploadReport(Output(as_json=False), clock=clock)
    assert report.progress() == ("looking for files", "")
    # The last one has vanished since it was found: it is counted, with no bytes.
    report.expect([Wanted([FileSource(path)], always("")) for path in paths])
    assert report.progress() == ("0 of 3 files", "0 bytes of 2.0 MB")
    for _ in range(10):
        report.sent(MB // 10)
        clock.now += 1
    report.done(FileResult(str(paths[0]), Outcome.UPLOADED, size=MB))
    assert report.progress() == ("1 of 3 files", "1.0 MB of 2.0 MB  100.0 kB/s  15 s left")
    report.waiting("1 file is being processed")
    assert report.progress() == ("1 file is being processed", "")
    report.stop_drawing()

"""A benchmark that is ended cleans up after itself: Ctrl-C and SIGTERM, at any of its levels."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from bench.ending import ENDED, attended, quiet_worker, told_once
from tests.benchmarks import environment
from tools import dynamodb_local, paths
from tools.errors import Unavailable

PROGRAM = """
import subprocess, sys, time
from pathlib import Path
from bench.ending import attended, told_once

folder = Path(sys.argv[1])
try:
    with told_once():
        if len(sys.argv) > 2:
            attended([sys.executable, __file__, str(folder)])
        else:
            server = subprocess.Popen(["sleep", "600"], start_new_session=True)
            (folder / "server").write_text(str(server.pid))
            try:
                (folder / "ready").touch()
                time.sleep(600)
            finally:
                # Longer than somebody waits who is told twice.
                time.sleep(0.6)
                server.terminate()
                server.wait()
                (folder / "clean").touch()
except KeyboardInterrupt:
    sys.exit(130)
"""
_PATIENCE_SECONDS = 60.0


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} did not come"
        time.sleep(0.02)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return file


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are gone at the end, whatever happens, with all of their group."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_program_is_ended_although_the_signal_comes_while_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs: list[subprocess.Popen[bytes]] = []

    class Started(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            programs.append(self)
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", Started)
    with pytest.raises(KeyboardInterrupt), told_once():
        attended(["sleep", "600"], folder=tmp_path)
    [started] = programs
    assert started.returncode == -signal.SIGTERM


@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("whole_group", [True, False])
def test_what_is_ended_leaves_nothing_behind(
    tmp_path: Path,
    program: Path,
    started: list[subprocess.Popen[bytes]],
    levels: int,
    number: signal.Signals,
    whole_group: bool,
) -> None:
    command = [sys.executable, str(program), str(tmp_path), *["outer"][: levels - 1]]
    process = subprocess.Popen(
        command,
        cwd=paths.ROOT,
        env=environment(),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    started.append(process)
    wait_for(tmp_path / "ready")

    # A terminal tells all of a group, `kill` one process; somebody impatient tells twice.
    tell = os.killpg if whole_group else os.kill
    tell(process.pid, number)
    time.sleep(0.2)
    with suppress(ProcessLookupError):
        tell(process.pid, number)

    assert process.wait(_PATIENCE_SECONDS) == 130
    assert (tmp_path / "clean").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "server").read_text()), 0)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_benchmark_with_a_server_takes_it_along(
    started: list[subprocess.Popen[bytes]], number: signal.Signals
) -> None:
    try:
        dynamodb_local.java_of("DynamoDB Local", with_compiler=True)
    except Unavailable as error:
        pytest.skip(str(error))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", "feed_read"],
        cwd=paths.ROOT,
        env=environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started.append(process)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(session_of(process.pid)) < 2:
        assert time.monotonic() < deadline, "DynamoDB Local was not started"
        assert process.poll() is None
        time.sleep(0.02)

    process.send_signal(number)

    assert process.wait(_PATIENCE_SECONDS) == 130
    assert session_of(process.pid) == []


def session_of(leader: int) -> list[str]:
    """The living processes of a session, by their names."""
    names = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = file.read_text().rpartition(")")
            state, session = rest.split()[0], int(rest.split()[3])
            if session == leader and state != "Z":
                names.append(name)
    return names


def terminated_at_its_end() -> None:
    """Make this process get a SIGTERM while it is ending."""
    atexit.register(os.kill, os.getpid(), signal.SIGTERM)


def test_a_worker_that_is_terminated_while_it_ends_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with get_context("spawn").Pool(1, initializer=quiet_worker) as workers:
        workers.apply(terminated_at_its_end)
        workers.close()
        workers.join()

    assert capfd.readouterr().err == ""


def clean_up_slowly(folder: Path) -> None:
    try:
        (folder / "ready").touch()
        time.sleep(_PATIENCE_SECONDS)
    finally:
        (folder / "cleaning").touch()
        wait_for(folder / "told again")
        (folder / "clean").touch()


def test_a_worker_that_is_terminated_twice_cleans_up_undisturbed(tmp_path: Path) -> None:
    def work() -> None:
        quiet_worker()
        clean_up_slowly(tmp_path)

    worker = get_context("fork").Process(target=work)
    worker.start()
    for sign in ("ready", "cleaning"):
        wait_for(tmp_path / sign)
        worker.terminate()
    (tmp_path / "told again").touch()
    worker.join()

    assert worker.exitcode == ENDED
    assert (tmp_path / "clean").exists()


def test_make_bench_becomes_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process between would be killed, or outlived, before the benchmark has cleaned up."""
    from tools import __main__ as commands
    from tools import checks

    became: list[list[str]] = []

    def become(program: str, arguments: list[str], _: dict[str, str]) -> None:
        assert program == sys.executable
        became.append(arguments[1:])

    monkeypatch.setattr(checks, "prepare", lambda: None)
    monkeypatch.setattr(checks, "check", lambda: None)
    monkeypatch.setattr(os, "execve", become)
    monkeypatch.chdir(paths.ROOT)

    commands.main(["bench", "fan_out", "--against", "main", "--pairs", "2"])
    commands.main(["e2e", "--", "-k", "feed"])

    assert became == [
        ["-m", "bench", "fan_out", "--against", "main", "--pairs", "2"],
        ["-m", "pytest", "tests/e2e", "-k", "feed"],
    ]

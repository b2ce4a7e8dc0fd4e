"""Signals that end the process (Ctrl-C, the end of a terminal or a job) take effect once, so that
they do not interrupt the clean-up."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType
from typing import IO, Final

ENDED: Final = 130
"""The exit status of a program that a signal has ended."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def told_once() -> Iterator[None]:
    """The first signal that ends us becomes `KeyboardInterrupt`; further ones change nothing.

    A Ctrl-C reaches all processes of a terminal, so a process may get it twice: from the terminal,
    and from the process that started it.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def quiet_worker() -> None:
    """Ignore Ctrl-C in a worker process. Its parent handles it, and then terminates the worker,
    which cleans up once, however often it is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)
    # A pool also terminates workers that are ending by themselves. Python could then only print
    # the exception, as nothing of ours is left that it could end.
    Finalize(None, _ignore_termination, exitpriority=0)


def _exit(*_: object) -> None:
    _ignore_termination()
    raise SystemExit(ENDED)


def _ignore_termination() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def attended(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> int:
    """Run a program to its end, and return its exit status. If this process is ended meanwhile, the
    program may clean up first."""
    errors = None if output is None else subprocess.STDOUT
    process: subprocess.Popen[bytes] | None = None
    try:
        with _told_later():
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=errors,
                stdin=subprocess.DEVNULL,
            )
        return process.wait()
    except BaseException:
        if process is not None:
            process.terminate()
            process.wait()
        raise


@contextmanager
def _told_later() -> Iterator[None]:
    """A signal that ends us takes effect afterwards. Within, a program that has just started is not
    known yet, and nobody could end it."""
    told: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for first in told[:1]:
            signal.raise_signal(first)

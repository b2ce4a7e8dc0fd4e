"""Functions that run other programs. Their output goes to a log file; a person sees one line that
changes."""

from __future__ import annotations

import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.errors import ToolError

_GRACE_SECONDS: Final = 5.0


class CommandError(Exception):
    """A program ended with an error; `tail` holds the last lines it printed."""

    def __init__(self, code: int, tail: str) -> None:
        super().__init__(f"exit status {code}")
        self.code = code
        self.tail = tail


def run_logged(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Run a program to its end, both its outputs going to `log` and, by line, to `on_line`.

    Raises `CommandError` if it fails, `ToolError` if there is no such program.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=40)
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=None if environment is None else dict(environment),
            cwd=directory,
        )
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is not installed: install it and try again.") from error
    with process:
        try:
            code = _follow(process, log, tail, on_line)
        except BaseException:
            _interrupt(process)
            raise
    if code != 0:
        raise CommandError(code, "".join(tail))


def _interrupt(process: subprocess.Popen[str]) -> None:
    """End the program as Ctrl-C would, so that it cleans up after itself; if it does not, kill."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _follow(
    process: subprocess.Popen[str],
    log: Path,
    tail: deque[str],
    on_line: Callable[[str], None] | None,
) -> int:
    assert process.stdout is not None
    with log.open("w") as file:
        for line in process.stdout:
            file.write(line)
            tail.append(line)
            if on_line:
                on_line(line.rstrip())
    return process.wait()

"""Running other programs: their output goes to a log file, a person sees one moving line."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.errors import ToolError


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
    assert process.stdout is not None
    try:
        with process.stdout, log.open("w") as file:
            for line in process.stdout:
                file.write(line)
                tail.append(line)
                if on_line:
                    on_line(line.rstrip())
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code != 0:
        raise CommandError(code, "".join(tail))

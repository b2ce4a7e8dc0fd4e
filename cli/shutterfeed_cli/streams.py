"""Standard input, output and error as they may be: full, closed, or never there.

Every command loads this module, so it imports little.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from shutterfeed_cli.errors import ExitCode, OutputFailed, ReaderGone, UsageError, reason_of


def prepare() -> None:
    """Let characters that a stream's encoding does not have be shown as question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_out(text: str) -> None:
    """Write to standard output, at once. Raises `ReaderGone`, and `OutputFailed` for any other
    reason why it cannot be written."""
    if _is_closed():
        raise OutputFailed("Standard output is closed.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise _failed(error) from error


def write_error(text: str) -> None:
    """Write to standard error, if that can be written."""
    with suppress(OSError, ValueError, AttributeError):  # It may be closed, or never have been.
        sys.stderr.write(text)
        sys.stderr.flush()


def typed_line() -> str:
    """The next line of standard input; empty if there is none. Raises `UsageError` if it is no
    text."""
    if sys.stdin is None or sys.stdin.closed:
        return ""
    try:
        return sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise UsageError("Standard input is no text.") from error


def typed_password(prompt: str) -> str:
    """The next line of standard input, which is not shown if a person types it; empty if there is
    none. Raises `UsageError` if it is no text."""
    if not is_terminal(sys.stdin):
        return typed_line().rstrip("\n")
    import getpass

    try:
        return getpass.getpass(prompt)
    except EOFError:
        return ""


def flushed(code: int) -> int:
    """The exit code of the process, once what is left to write is written: `code`, if that is
    possible."""
    if _is_closed():
        return code
    try:
        sys.stdout.flush()
    except OSError as error:
        failed = _failed(error)
        if isinstance(failed, ReaderGone):
            return code
        write_error(f"{failed}\n")
        return ExitCode.SOME_FAILED
    return code


def width() -> int | None:
    """The number of cells in a line of the terminal that standard output is; None if it is none."""
    if _is_closed() or not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal. It may be closed, or never have been."""
    return stream is not None and not stream.closed and stream.isatty()


def _is_closed() -> bool:
    # Python has no standard output if it was closed when the process began.
    return sys.stdout is None or sys.stdout.closed


def _failed(error: OSError) -> OutputFailed:
    """The error to raise. What was not written is dropped, so that Python's last flush does not
    fail too."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return ReaderGone("Nobody reads the output any more.")
    return OutputFailed(f"Standard output cannot be written: {reason_of(error)}.")

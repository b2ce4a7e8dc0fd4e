"""The errors that stop a command. Each is one sentence for the person who ran it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


class ToolError(Exception):
    """A command cannot go on. The message is one sentence that says what to do about it."""


class Unavailable(ToolError):
    """This machine lacks something that we cannot install. Tests and benchmarks that need it are
    left out, with this reason."""


def exit_status(command: Callable[[], int]) -> int:
    """Run a command to its end. If it cannot go on, print one sentence on standard error that says
    why."""
    try:
        return command()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        said = _of_aws(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: run the same command again to go on.", file=sys.stderr)
        return 130


def _of_aws(error: Exception) -> str | None:
    # Most commands never ask AWS, and its SDK takes a while to import.
    from tools import aws_errors

    return aws_errors.sentence(error)

"""The errors of the command line, and the exit codes that scripts see.

CliError                  has a sentence for the person at the keyboard; exit code 1
├── UsageError            the command line asks for something impossible; exit code 2
├── NotSignedIn           nobody is signed in, or no longer; exit code 3
├── NetworkGone           the service did not answer, although it was asked several times
├── Unusable              a file cannot be posted, for a reason that its owner can understand
├── JournalFailed         the journal on this machine cannot be read or written
├── Unexpected            an unforeseen error while one file was handled
└── Refused               the service answered with an error; it has the code and status
Stopped                   Ctrl-C, noticed where work can end cleanly; exit code 130
"""

from __future__ import annotations

import traceback
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The exit codes of `shutterfeed`."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    INTERRUPTED = 130


class CliError(Exception):
    """An error whose message is shown to the user as it is, without a traceback."""

    exit_code = ExitCode.SOME_FAILED


class UsageError(CliError):
    exit_code = ExitCode.USAGE


class NotSignedIn(CliError):
    """Nobody is signed in. `code` is the sign-in service's machine-readable reason; empty if there
    is none."""

    exit_code = ExitCode.NOT_SIGNED_IN

    def __init__(
        self,
        message: str = "You are not signed in: run `shutterfeed login`.",
        *,
        code: str = "",
        status: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class NetworkGone(CliError):
    """The service could not be reached, even after several attempts."""


class Unusable(CliError):
    """This file cannot be posted, for a reason that its owner can understand."""


class JournalFailed(CliError):
    """The journal cannot be used, for any file: the disk may be full, for example."""


class Unexpected(CliError):
    """A bug of ours, or of a library, that one file caused; the other files go on."""

    def __init__(self, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        super().__init__(
            f"An unexpected error happened, please report it: {type(error).__name__}:"
            f" {error} ({Path(last.filename).name}, line {last.lineno})"
        )


class Refused(CliError):
    """The service refused, with its own message. `code` is its machine-readable reason; empty if
    there is none."""

    def __init__(self, message: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Stopped(Exception):
    """The user asked to stop."""

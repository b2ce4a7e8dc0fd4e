"""The errors of the command line, and the exit codes that scripts see.

CliError                  has a sentence for the person at the keyboard; exit code 1
├── UsageError            the command line asks for something impossible; exit code 2
│   └── NotEncrypted      an address of another machine begins with http; exit code 2
├── NotSignedIn           nobody is signed in, or no longer; exit code 3
├── NetworkGone           the service did not answer, although it was asked several times
├── Unusable              a file cannot be posted, for a reason that its owner can understand
│   ├── NotTaken          it is neither a photo nor a video
│   └── Unread            it cannot be read now, but a better copy of it may be
├── JournalFailed         the journal on this machine cannot be read or written
├── FileTrouble           a file or folder of this machine cannot be used
├── OutputFailed          standard output cannot be written
│   └── ReaderGone        whoever read standard output, such as `head`, has closed it
├── Unexpected            an unforeseen error while one file was handled
└── Refused               the service answered with an error; it has the code and status
Stopped                   Ctrl-C, noticed where work can end cleanly; exit code 130
"""

from __future__ import annotations

import os
from enum import IntEnum
from types import TracebackType


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


class NotEncrypted(UsageError):
    """An address of another machine begins with http: whoever is on the way could read along."""


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


class NotTaken(Unusable):
    """This file is neither a photo nor a video that the service takes."""


class Unread(Unusable):
    """This file cannot be read now, but its owner may repair that."""

    @classmethod
    def because(cls, error: OSError) -> Unread:
        return cls(f"It cannot be read: {reason_of(error)}.")


class JournalFailed(CliError):
    """The journal cannot be used, for any file: the disk may be full, for example."""


class FileTrouble(CliError):
    """A file or folder of this machine cannot be used. The message names it, and says why."""

    def __init__(self, error: OSError) -> None:
        where = os.fsdecode(error.filename) if error.filename else "A file on this machine"
        super().__init__(f"{where} cannot be used: {reason_of(error)}.")


class OutputFailed(CliError):
    """Standard output cannot be written: the disk may be full, for example."""


class ReaderGone(OutputFailed):
    """Whoever read standard output has closed it."""


class Unexpected(CliError):
    """A bug of ours, or of a library, that one file caused; the other files go on."""

    def __init__(self, error: Exception) -> None:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = "" if last is None else f" ({_file_of(last)}, line {last.tb_lineno})"
        super().__init__(
            f"An unexpected error happened, please report it: {type(error).__name__}:"
            f" {error}{where}"
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


def _file_of(at: TracebackType) -> str:
    return os.path.basename(at.tb_frame.f_code.co_filename)  # noqa: PTH119 - nothing is imported


def reason_of(error: OSError) -> str:
    """Why a file or folder cannot be used, in the system's words, without a full stop."""
    if isinstance(error, FileExistsError):
        return "It is not a folder"  # Only folders are made where something may be already.
    return error.strerror or str(error) or type(error).__name__

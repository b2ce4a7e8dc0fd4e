"""Processes of functions that do not begin from nothing: an ancestor has imported already what most
functions import, and is forked. To import it again took half a second of the processor for each.

Each has its own memory, environment, streams and handler. This is for Linux alone: the libraries of
macOS do not bear to be forked.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from threading import Lock
from typing import Any, Final, TextIO

from tools import function_ancestor
from tools.function_ancestor import HEADER, Request

AHEAD: Final = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "boto3.dynamodb.types",
    "boto3.session",
    "botocore.httpsession",
    "msgspec",
    "shutterfeed.adapters.*",
    "shutterfeed.domain.*",
    "shutterfeed.ports.*",
    "shutterfeed.services.*",
)
"""The modules that an ancestor imports. What composes a function, and what logs in its name, is its
own."""
SERVICES: Final = ("dynamodb", "s3", "sqs")
"""The services of which an ancestor reads what the SDK knows of them: most functions use them."""
_LAYERS: Final = "_LAMBDA_LAYERS_DIRS"
_PROGRAM: Final = "_worker.py"
"""The file with the program in which a function written in Python runs."""
_MOST: Final = 8
"""How many ancestors are kept: a layer may be changed all day, and has another each time."""

Process = Any
"""A `subprocess.Popen` or a `Forked`."""
_log = logging.getLogger(__name__)


class Forked:
    """A forked process, with what the cloud uses of a `subprocess.Popen`."""

    def __init__(self, number: int, streams: Sequence[int], report: FileIO) -> None:
        self.pid = number
        self.returncode: int | None = None
        self.stdin: TextIO = os.fdopen(streams[0], "w", 1)
        self.stdout: TextIO = os.fdopen(streams[1])
        self.stderr: TextIO = os.fdopen(streams[2])
        self._report = report
        self._turn = Lock()

    def poll(self) -> int | None:
        """The exit code if it has ended, which is negative if a signal ended it; None otherwise."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Returns the exit code when it has ended. Raises `subprocess.TimeoutExpired` if that takes
        longer than `timeout` seconds."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _ended(self, seconds: float | None) -> int | None:
        milliseconds = None if seconds is None else seconds * 1000
        with self._turn:
            if self.returncode is None:
                waiting = select.poll()
                waiting.register(self._report, select.POLLIN)
                if waiting.poll(milliseconds):
                    # Without a line the ancestor has been killed, with all of its group.
                    self.returncode = int(self._report.readline() or -signal.SIGKILL)
                    self._report.close()
            return self.returncode


class _Ancestor:
    def __init__(
        self, layers: Sequence[str], names: Sequence[str], services: Sequence[str]
    ) -> None:
        self._turn = Lock()
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    # None of `tools` is to be taken for a module of Python's.
                    *(sys.executable, "-P", function_ancestor.__file__, str(theirs.fileno())),
                    *map(json.dumps, (layers, names, services)),
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def fork(self, request: Request) -> Forked | None:
        """A process; None if it is refused, or the ancestor has ended."""
        text = json.dumps(asdict(request)).encode()
        ours, theirs = zip(*(_pipe(ours_reads=number > 0) for number in range(4)), strict=True)
        report = FileIO(ours[3])
        try:
            with self._turn:
                socket.send_fds(self._channel, [HEADER.pack(len(text))], theirs)
                self._channel.sendall(text)
        except OSError:
            _log.exception("The ancestor of functions has ended")
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        answer = report.readline().decode().strip()
        if answer.isdigit():
            return Forked(int(answer), ours[:3], report)
        _log.warning("%s begins from nothing: %s", request.folder, answer or "no ancestor")
        report.close()
        for descriptor in ours[:3]:
            os.close(descriptor)
        return None

    def leave(self) -> None:
        """Ask for nothing more. Those who were forked go on."""
        self._channel.close()
        self._process.poll()


def _pipe(*, ours_reads: bool) -> tuple[int, int]:
    """Our end and theirs."""
    reads, writes = os.pipe()
    return (reads, writes) if ours_reads else (writes, reads)


class Processes:
    """Starts processes as `subprocess.Popen` does, and forks those of functions in Python, from the
    second one with the same layers on: some layers have only one."""

    def __init__(
        self,
        begin: Callable[..., Process],
        names: Sequence[str] = AHEAD,
        services: Sequence[str] = SERVICES,
    ) -> None:
        self._begin, self._ahead = begin, (names, services)
        self._turn = Lock()
        self._ancestors: dict[tuple[str, ...], _Ancestor | None] = {}

    def start(self, command: Sequence[str], **options: Any) -> Process:
        """Start a program. `options` are those of `subprocess.Popen`."""
        environment = options.get("env") or {}
        if len(command) == 2 and Path(command[1]).name == _PROGRAM and environment.get(_LAYERS):
            layers = map(os.path.realpath, environment[_LAYERS].split(os.pathsep))
            ancestor = self._ancestor(tuple(layers))
            request = Request(str(command[1]), str(options["cwd"]), environment)
            if ancestor is not None and (forked := ancestor.fork(request)) is not None:
                return forked
        return self._begin(command, **options)

    def _ancestor(self, layers: tuple[str, ...]) -> _Ancestor | None:
        with self._turn:
            known = layers in self._ancestors
            found = self._ancestors.pop(layers, None)
            self._ancestors[layers] = found or (_Ancestor(layers, *self._ahead) if known else None)
            if len(self._ancestors) > _MOST:
                oldest = self._ancestors.pop(next(iter(self._ancestors)))
                if oldest is not None:
                    oldest.leave()
            return self._ancestors[layers]

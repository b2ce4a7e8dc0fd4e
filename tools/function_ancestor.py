"""The program of an ancestor: it imports modules from the layers of functions, and then forks a
process for each function that is asked for. `function_forks.py` starts it and asks it.

A module that is imported once for all of these processes is the same as if each had imported it,
unless it looked at the environment. So each variable that was read meanwhile is noted, and a
function that has another value of one of them is refused: its process has to begin from nothing.

The cloud's Python runs it, which has none of our modules.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import site
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

HEADER: Final = struct.Struct("!I")
"""How long a request is, which follows as JSON."""
DESCRIPTORS: Final = 4
"""What comes with a request: what becomes the input, the output and the errors of the process, and
where lines are written about it: its number, or `REFUSED`; and how it ended."""
REFUSED: Final = "refused"
_AND_BELOW: Final = ".*"
_EVERYTHING: Final = "*"
_READ_BY_INTERPRETERS: Final = ("LANG", "LC_", "LD_", "MALLOC_", "PYTHON")
"""How the names of variables begin that say how an interpreter starts."""


@dataclass(frozen=True, slots=True)
class Request:
    """A process that is asked for. It runs `script` in `folder`."""

    script: str
    folder: str
    environment: Mapping[str, str]


_Environment: Final = type(os.environ)


class _Noted(_Environment):  # type: ignore[misc, valid-type] # it has no public name
    """The environment, which notes what is read."""

    read: Final = set[str]()

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return str(super().__getitem__(key))

    def __iter__(self) -> Iterator[str]:
        self.read.add(_EVERYTHING)
        return iter(list(super().__iter__()))


def main(
    channel: socket.socket, layers: Sequence[str], names: Sequence[str], services: Sequence[str]
) -> None:
    """Import modules by their names, of `package.*` also all that are in it, and read what the SDK
    knows of some services; then fork a process for each request that comes by the channel. It
    returns when nobody can ask any more and all processes have ended, and in each of these after
    its script."""
    path = list(sys.path)
    os.environ.__class__ = _Noted
    _find_in(layers)
    _import_all(names)
    os.environ.__class__ = _Environment
    if services:
        _read_ahead(services)
    sys.path[:] = path
    if threading.active_count() > 1:
        raise RuntimeError("A module has started a thread, so nothing can be forked.")
    gc.collect()
    gc.freeze()
    _Forks(channel).serve()


def _find_in(layers: Iterable[str]) -> None:
    """Look for modules in the layers, first in the last one, as the program of functions does."""
    for layer in map(Path, layers):
        sys.path.insert(0, str(layer / "python"))
        for folder in sorted(layer.glob("python/lib/*/site-packages")):
            site.addsitedir(str(folder))
        sys.path.insert(0, str(layer))


def _import_all(names: Iterable[str]) -> None:
    """What needs a package of another layer is left out: no function of these layers imports it."""
    for name in names:
        with suppress(ImportError):
            module = importlib.import_module(name.removesuffix(_AND_BELOW))
            if name.endswith(_AND_BELOW):
                inner = pkgutil.iter_modules(module.__path__, f"{module.__name__}.")
                _import_all(one.name + _AND_BELOW * one.ispkg for one in inner)


def _read_ahead(services: Iterable[str]) -> None:
    """Read the files with what the SDK knows of services, by making clients that nobody uses. Each
    process is given what is in them when it reads them for the first time, as its own."""
    try:
        from botocore.loaders import JSONFileLoader
        from botocore.session import Session
    except ImportError:
        return  # No function of these layers has the SDK.
    read = JSONFileLoader.load_file
    paths = dict[str, None]()

    def noted(loader: Any, path: str) -> Any:
        paths[path] = None
        return read(loader, path)

    def given(loader: Any, path: str) -> Any:
        return contents.pop(path, None) or read(loader, path)

    setattr(JSONFileLoader, "load_file", noted)  # noqa: B010
    session = Session()
    for service in services:
        session.create_client(service, "nowhere", aws_access_key_id="", aws_secret_access_key="")
    contents = {path: read(JSONFileLoader(), path) for path in paths}
    setattr(JSONFileLoader, "load_file", given)  # noqa: B010


class _Forks:
    """Forks processes, and reports how they end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._reports: dict[int, int] = {}
        """Where it is reported how a process ends, by its number."""
        self._wakes, self._woken = socket.socketpair()

    def serve(self) -> None:
        """Do so until nobody can ask any more and all processes have ended. In each of them it
        returns after its script."""
        self._wakes.settimeout(0)
        signal.set_wakeup_fd(self._wakes.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        asked = [self._channel]
        while asked or self._reports:
            ready, _, _ = select.select([*asked, self._woken], (), ())
            if self._woken in ready:
                self._woken.recv(1024)
                self._report_ended()
            if self._channel in ready:
                request, descriptors = _received(self._channel)
                if request is None:
                    asked.clear()
                elif self._becomes(request, descriptors):
                    _run(request)
                    return

    def _becomes(self, request: Request, descriptors: Sequence[int]) -> bool:
        """Fork if the request is not refused. Returns True in the new process."""
        *streams, report = descriptors
        number = None if _differs(request.environment) else os.fork()
        if number == 0:
            self._leave_behind()
            for stream, descriptor in enumerate(streams):
                os.dup2(descriptor, stream)
        for descriptor in streams:
            os.close(descriptor)
        if number:
            self._reports[number] = report
            _tell(report, str(number))
        else:
            if number is None:
                _tell(report, REFUSED)
            os.close(report)
        return number == 0

    def _leave_behind(self) -> None:
        """Close what is the ancestor's alone."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        for end in (self._channel, self._wakes, self._woken):
            end.close()
        for report in self._reports.values():
            os.close(report)

    def _report_ended(self) -> None:
        for number, report in list(self._reports.items()):
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                _tell(report, str(os.waitstatus_to_exitcode(status)))
                os.close(report)
                del self._reports[number]


def _received(channel: socket.socket) -> tuple[Request | None, Sequence[int]]:
    """The next request, with its descriptors; None if nobody can ask any more."""
    header, descriptors, _, _ = socket.recv_fds(
        channel, HEADER.size, DESCRIPTORS, socket.MSG_WAITALL
    )
    if not header:
        return None, descriptors
    (length,) = HEADER.unpack(header)
    return Request(**json.loads(channel.recv(length, socket.MSG_WAITALL))), descriptors


def _differs(environment: Mapping[str, str]) -> bool:
    """Whether an interpreter that starts with this environment could come to another state than the
    ancestor's."""
    named = {name for name in (*environment, *os.environ) if name.startswith(_READ_BY_INTERPRETERS)}
    return _EVERYTHING in _Noted.read or any(
        environment.get(name) != os.environ.get(name) for name in named | _Noted.read
    )


def _tell(report: int, line: str) -> None:
    with suppress(BrokenPipeError):  # Nobody wants to know any more.
        os.write(report, f"{line}\n".encode())


def _run(request: Request) -> None:
    """Run the script as a new interpreter would."""
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    sys.stdin = os.fdopen(0, errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", errors="surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    sys.argv[:] = [request.script]
    sys.path.insert(0, str(Path(request.script).parent))
    program = sys.modules["__main__"] = ModuleType("__main__")
    program.__file__ = request.script
    text = Path(request.script).read_bytes()
    exec(compile(text, request.script, "exec"), vars(program))  # noqa: S102 - the cloud's program


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), *map(json.loads, sys.argv[2:]))

"""The decoder server: a process that has the decoders loaded, and forks a child for each order.

It is executed with nothing of the function's environment, so it has never had anything that a child
could find in its memory, and it parses nothing that a stranger made. A child gives up all that it
does not need, and only then looks at its file. It answers one file and ends, so nothing of a
hostile file is left for the next.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Final, NoReturn

from shutterfeed.adapters.decoding import filters, kernel
from shutterfeed.adapters.decoding.orders import (
    LENGTH,
    MOST_ORDER_BYTES,
    Decode,
    Ended,
    Execute,
    Limits,
    Order,
    Ready,
    decode_order,
    encode,
)
from shutterfeed.domain.crops import Crop

Work = Callable[[bytes, str, Crop | None], Iterator[bytes]]
"""Decodes a content of a type, or the part of it in a crop, and gives the answers one after the
other."""

CONTROL: Final = 3
"""The file descriptor of the socket by which orders come."""
_FDS: Final = 4
_MOST_FAULT_BYTES: Final = 32 * 1024


def main(name: str) -> NoReturn:
    """Load the module with the works, and serve until the function is gone."""
    kernel.hide_memory()
    # Python itself has put its locale there.
    os.environ.clear()
    os.setsid()
    os.chdir("/")
    os.closerange(CONTROL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    module = import_module(name)
    kernel.give_up_rights()
    unsealed = _reason_for_no_filter()
    gc.collect()
    gc.freeze()
    kernel.prepare_heap()
    _Server(socket.socket(fileno=CONTROL), module, unsealed, _data_bytes()).serve()
    os._exit(0)


def _reason_for_no_filter() -> str:
    """Why a child cannot be sealed; empty if it can."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            machine = kernel.machine()
            kernel.install(filters.photo(machine, os.getpid()))
        except OSError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    reason = os.read(reading, _MOST_FAULT_BYTES).decode()
    os.close(reading)
    return reason


class _FunctionGone(Exception):
    """The function that the server belongs to has ended, or gives it no more orders."""


@dataclass(slots=True)
class _Child:
    process: int
    line: socket.socket
    """The socket by which the function waits for the child's end. Closing it kills the child."""
    fault: int
    """The pipe for an error of ours. It is closed before the child parses anything."""


@dataclass(slots=True)
class _Server:
    control: socket.socket
    module: ModuleType
    unsealed: str
    memory: int
    """The bytes of this process's memory that a child's limit counts, too."""
    children: dict[int, _Child] = field(default_factory=dict)
    """The running children by their process ids."""

    def serve(self) -> None:
        """Carry out orders until the other end of the socket is closed; then kill all children."""
        woken, waking = os.pipe()
        os.set_blocking(waking, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(waking)
        # Without a handler the signal would wake nobody.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ, self._order)
            selector.register(woken, selectors.EVENT_READ, lambda _: os.read(woken, 4096))
            try:
                self._tell_ready()
                while True:
                    for key, _ in selector.select():
                        key.data(selector)
                    self._bury(selector)
            except _FunctionGone:
                self._kill_all()

    def _tell_ready(self) -> None:
        """Say that orders may come. Raises `_FunctionGone`."""
        try:
            self.control.send(encode(Ready(self.unsealed)))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _FunctionGone from error

    def _receive(self) -> tuple[bytes, list[int]]:
        """The next order, and the files that come with it. Raises `_FunctionGone`."""
        try:
            message, files, _, _ = socket.recv_fds(self.control, MOST_ORDER_BYTES, _FDS)
        except ConnectionResetError as error:
            # It has ended with something unread.
            raise _FunctionGone from error
        if not message:
            raise _FunctionGone
        return message, files

    def _order(self, selector: selectors.BaseSelector) -> None:
        """Start a child for the next order. Raises `_FunctionGone` if there will be none."""
        message, files = self._receive()
        order = decode_order(message)
        line, *handed = files
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            _Inside(self, order, handed, writing).run()
        for each in (writing, *handed):
            os.close(each)
        os.set_blocking(reading, False)
        child = _Child(process, socket.socket(fileno=line), reading)
        self.children[process] = child
        selector.register(child.line, selectors.EVENT_READ, partial(_give_up, child))

    def _bury(self, selector: selectors.BaseSelector) -> None:
        """Tell the ends of children that have ended."""
        while self.children:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            child = self.children.pop(process)
            with suppress(KeyError):  # It was given up.
                selector.unregister(child.line)
            # The child has closed it, or is dead: there is an end.
            fault = os.read(child.fault, _MOST_FAULT_BYTES).decode("utf-8", "replace")
            os.close(child.fault)
            with child.line, suppress(OSError):
                # Nobody may be waiting any more.
                child.line.send(encode(Ended(status, fault)))

    def _kill_all(self) -> None:
        for process in self.children:
            _kill(process)


def _give_up(child: _Child, selector: selectors.BaseSelector) -> None:
    """Kill a child that nobody waits for any more. Its line is not looked at again: it stays
    readable until the child is buried."""
    selector.unregister(child.line)
    _kill(child.process)


def _kill(process: int) -> None:
    """Kill a child that is not buried yet, with what it has started, should a kernel without
    filters have let it."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


@dataclass(slots=True)
class _Inside:
    """The child's side of a fork. Nothing here returns."""

    server: _Server
    order: Order
    files: list[int]
    fault: int

    def run(self) -> NoReturn:
        try:
            parent = os.getppid()
            signal.set_wakeup_fd(-1)
            os.setsid()
            kernel.die_with(parent)
            if isinstance(self.order, Execute):
                self._execute(self.order)
            self._decode(self.order)
        except BaseException:  # noqa: BLE001 - the function raises it
            # Before the seal the pipe is open; after it, no error of the file gets here.
            with suppress(OSError):
                os.write(self.fault, traceback.format_exc().encode()[-_MOST_FAULT_BYTES:])
        finally:
            os._exit(0)

    def _decode(self, order: Decode) -> NoReturn:
        work: Work = getattr(self.server.module, order.work.partition(":")[2])
        file, pipe = self.files
        content = _read_all(file)
        for number in (1, 2):
            os.dup2(0, number)
        _keep(pipe, self.fault)
        _limit(order.limits, {resource.RLIMIT_DATA: self.server.memory + order.limits.memory})
        self._seal(filters.photo)
        os.close(self.fault)
        for answer in work(content, order.content_type, order.crop):
            _write(pipe, LENGTH.pack(len(answer)) + answer)
        os._exit(0)

    def _execute(self, order: Execute) -> NoReturn:
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            # Python ignores these, and what is ignored stays so in the program.
            signal.signal(ignored, signal.SIG_DFL)
        os.chdir(order.folder)
        for number, file in enumerate(self.files):
            os.dup2(file, number)
        os.dup2(self.fault, CONTROL, inheritable=False)
        os.closerange(CONTROL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self.fault = CONTROL
        kernel.restrict_files([order.folder], [order.program, *order.readable])
        kernel.prepare_path(order.program)
        _limit(order.limits, {resource.RLIMIT_AS: order.limits.memory})
        self._seal(filters.program)
        kernel.execute([order.program, *order.arguments])

    def _seal(self, made: Callable[[filters.Machine, int], bytes]) -> None:
        if not self.server.unsealed:
            kernel.install(made(kernel.machine(), os.getpid()))


def _read_all(file: int) -> bytes:
    """The content of a file in memory, which is then empty: one copy suffices."""
    size = os.fstat(file).st_size
    content = os.pread(file, size, 0)
    if len(content) != size:
        raise OSError(f"{len(content):,} of {size:,} bytes could be read")
    os.ftruncate(file, 0)
    return content


def _keep(*kept: int) -> None:
    """Close all file descriptors but the standard ones and these."""
    first = CONTROL
    for number in sorted(kept):
        os.closerange(first, number)
        first = number + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _limit(limits: Limits, memory: dict[int, int]) -> None:
    if limits.niceness:
        os.nice(limits.niceness)
    wanted = {
        **memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in wanted.items():
        hard = resource.getrlimit(which)[1]
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # At the soft limit of CPU time the child gets a signal that names the reason; at the hard
        # limit it is just killed.
        resource.setrlimit(which, (most, hard if which == resource.RLIMIT_CPU else most))


def _data_bytes() -> int:
    """The bytes of this process's memory that its limit counts: private and writable memory."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - as early and small as can be
        return int(file.read().split()[5]) * resource.getpagesize()


def _write(pipe: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(pipe, left) :]

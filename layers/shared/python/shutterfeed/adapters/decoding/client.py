"""The function's side: it starts decoder servers, and gives them orders.

A process has one server, which serves all of its orders. It is started with the process, and loads
the decoders while the function goes on with its own start. If it dies, the next order starts
another one.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from shutterfeed.adapters.decoding import kernel
from shutterfeed.adapters.decoding.orders import (
    Order,
    decode_ended,
    decode_ready,
    encode,
    wait_for,
)

_PICTURES: Final = "shutterfeed.adapters.decoding.pictures"
"""The module that the server of a function loads. Tests have modules of their own."""
PHOTO: Final = f"{_PICTURES}:photo"
_HASHED_PHOTO: Final = f"{_PICTURES}:hashed_photo"
ZOOM: Final = f"{_PICTURES}:zoom"
"""The work that makes the zoom size of a photo."""
ANIMATION: Final = f"{_PICTURES}:animation"

_PROGRAM: Final = """
import os, sys
sys.path[:] = sys.argv[1].split(os.pathsep)
from shutterfeed.adapters.decoding.server import main
main(sys.argv[2])
"""
_CONTROL: Final = 3
_LOADING_SECONDS: Final = 60.0
_ENDING_SECONDS: Final = 10.0
_MESSAGE_BYTES: Final = 64 * 1024
_LIBRARIES: Final = "LD_LIBRARY_PATH"
"""The one variable of ours that a server is given, if there is one: Lambda's Python does not find
its own library without it."""
_BOUND: Final = {"LD_BIND_NOW": "1"}
"""The addresses of functions are looked up when a library is loaded: what a child called first
would be looked up by each child."""


def photo_work(*, hashed: bool) -> str:
    """The work that renders a photo; with `hashed` it also computes its perceptual hash."""
    return _HASHED_PHOTO if hashed else PHOTO


class ServerGone(Exception):
    """The decoder server has ended, or does not begin to serve; its log says why."""


class Broken(Exception):
    """An error of ours came before a child looked at its file; it has the child's traceback."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a server that carries out an order. As a context it is dead in the end."""

    line: socket.socket
    """The socket by which the server tells its end. If it is shut down, the server kills it."""
    module: str
    server: _Server

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        with self.line, suppress(OSError):
            self.line.settimeout(_ENDING_SECONDS)
            self.line.shutdown(socket.SHUT_WR)
            # Its files may go only when it is dead. If that has been told before, nothing comes.
            self.line.recv(_MESSAGE_BYTES)

    def wait(self, deadline: float) -> int:
        """Wait until it has ended, at most until `deadline` of `time.monotonic`. Returns its status
        of wait(2). Raises `TooSlow`, `Broken` and `ServerGone`."""
        wait_for(self.line.fileno(), deadline)
        try:
            message = self.line.recv(_MESSAGE_BYTES)
        except ConnectionResetError:
            message = b""
        if not message:
            # It may still take orders while the kernel ends it: the next ones are for another one.
            _servers.give_up(self.module, self.server)
            raise ServerGone("The decoder server ended before its child.")
        ended = decode_ended(message)
        if ended.fault:
            raise Broken(ended.fault)
        return ended.status


@dataclass(slots=True)
class _Server:
    process: int
    control: socket.socket
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_ready: bool = False

    def send(self, wanted: Order, files: Sequence[int]) -> None:
        try:
            socket.send_fds(self.control, [encode(wanted)], files)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ServerGone("The decoder server has ended.") from error

    def await_ready(self, tell: Callable[[str], None]) -> None:
        """Wait until it has loaded the decoders. `tell` is called if it cannot seal them."""
        with self.lock:
            if self.is_ready:
                return
            wait_for(self.control.fileno(), time.monotonic() + _LOADING_SECONDS)
            message = self._receive()
            if not message:
                raise ServerGone("The decoder server does not begin.")
            unsealed = decode_ready(message).unsealed
            if unsealed:
                tell(unsealed)
            self.is_ready = True

    def _receive(self) -> bytes:
        try:
            return self.control.recv(_MESSAGE_BYTES)
        except ConnectionResetError:
            return b""

    def end(self) -> None:
        """End it and its children, and wait for that."""
        self.control.close()
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _start(module: str) -> _Server:
    # Our environment has keys, and children of the server have the same user.
    kernel.hide_memory()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folders = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100
    with theirs:
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-S", "-c", _PROGRAM, folders, module],
            {**_BOUND, **{name: value for name, value in os.environ.items() if name == _LIBRARIES}},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), _CONTROL),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
            ],
        )
    return _Server(process, ours)


class _Servers:
    """The servers of this process, by the module that they have loaded."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda _: None
        self._running: dict[str, _Server] = {}
        self._lock = threading.Lock()

    def get(self, module: str) -> _Server:
        with self._lock:
            if module not in self._running:
                self._running[module] = _start(module)
            return self._running[module]

    def give_up(self, module: str, server: _Server) -> None:
        """Forget a server that has died."""
        with self._lock:
            if self._running.get(module) is server:
                del self._running[module]
                with suppress(ProcessLookupError):
                    os.kill(server.process, signal.SIGKILL)
                server.end()

    def end(self) -> None:
        with self._lock:
            while self._running:
                self._running.popitem()[1].end()

    def forget(self) -> None:
        """After a fork: the servers are the other process's."""
        for server in self._running.values():
            server.control.close()
        self._running = {}
        self._lock = threading.Lock()


_servers: Final = _Servers()
os.register_at_fork(after_in_child=_servers.forget)


def start(tell: Callable[[str], None]) -> None:
    """Start the server of this process, without waiting for it. If the kernel takes no filter,
    `tell` is called with the reason by the first order."""
    _servers.tell = tell
    _servers.get(_PICTURES)


def stop() -> None:
    """End the servers of this process and their children, and wait for that."""
    _servers.end()


def order(wanted: Order, files: Sequence[int], work: str = PHOTO) -> Child:
    """Let a child carry out an order, for which the server has the module of `work`. `files` are
    handed to the child. Raises `ServerGone`."""
    module = work.partition(":")[0]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            server = _send(wanted, [theirs.fileno(), *files], module)
        except BaseException:
            ours.close()
            raise
    return Child(ours, module, server)


def _send(wanted: Order, files: Sequence[int], module: str) -> _Server:
    """Give an order to the server, and return that. If it has died since the last order, another
    one is started."""
    try:
        return _send_once(wanted, files, module)
    except ServerGone:
        return _send_once(wanted, files, module)


def _send_once(wanted: Order, files: Sequence[int], module: str) -> _Server:
    server = _servers.get(module)
    try:
        server.await_ready(_servers.tell)
        server.send(wanted, files)
    except ServerGone:
        _servers.give_up(module, server)
        raise
    return server

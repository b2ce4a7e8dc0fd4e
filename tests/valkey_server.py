"""A real Valkey, or Redis, which speaks the same protocol, for the tests that need one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, cast

from tools import cloud

if TYPE_CHECKING:
    from valkey import Valkey

_PROGRAMS: Final = ("valkey-server", "redis-server")
_START_SECONDS: Final = 120
_GRACE_SECONDS: Final = 5
PATIENT: Final[Mapping[str, Any]] = {"socket_timeout": 60, "socket_connect_timeout": 60}
"""Timeouts for a server that is there, and answers in the end, however busy the machine is."""


@contextmanager
def running() -> Iterator[int]:
    """The port of a server on loopback that keeps nothing. Raises `FileNotFoundError`."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise FileNotFoundError(f"none of {', '.join(_PROGRAMS)} is installed")
    port = cloud.free_port()
    with TemporaryDirectory() as folder:
        arguments = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        try:
            _await_answer(process, port)
            yield port
        finally:
            _stop(process)


def let_pass(client: Valkey, duration: timedelta) -> None:
    """Bring the end of every key nearer, without waiting for it."""
    for key in cast("list[bytes]", client.keys()):
        left = cast("Any", client.pttl(key)) - int(duration.total_seconds() * 1000)
        if left > 0:
            client.pexpire(key, left)
        else:
            client.delete(key)


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(7) == b"+PONG\r\n":
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

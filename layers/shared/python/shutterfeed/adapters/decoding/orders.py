"""The messages between a function and its decoder server, and how they travel.

Messages are MessagePack: pickle would execute what a taken-over child puts into its answer, while
this holds only data. Orders and their file descriptors go over a socket that keeps messages apart.
The answers of a child come through a pipe of their own, each after its length.
"""

from __future__ import annotations

import os
import select
import struct
import time
from typing import Final

import msgspec

from shutterfeed.domain.crops import Crop

LENGTH: Final = struct.Struct(">I")
MOST_ORDER_BYTES: Final = 128 * 1024
"""The largest size of an order: that of a command line of ffmpeg, with room."""
_CHUNK: Final = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """What a child may take. Memory is in bytes: in addition to the server's own for a decoding,
    in all for a program."""

    memory: int
    cpu_seconds: int
    file_bytes: int = 0
    """The largest file that it may write."""
    open_files: int = 32
    niceness: int = 0
    """How far it stands back for other processes of the machine."""


class Decode(msgspec.Struct, tag="decode", frozen=True):
    """Decode a picture. Its file descriptors are the content's file, and the pipe for answers."""

    work: str
    """The work as `module:attribute`, of the module that the server has loaded."""
    content_type: str
    limits: Limits
    crop: Crop | None = None
    """The part of a photo that is shown; None for all of it, and for what is no photo."""


class Execute(msgspec.Struct, tag="execute", frozen=True):
    """Run a program. Its file descriptors are standard input, output and error."""

    program: str
    arguments: tuple[str, ...]
    folder: str
    """The folder in which it runs, and the only one that it may write into."""
    readable: tuple[str, ...]
    limits: Limits


Order = Decode | Execute


class Ready(msgspec.Struct, frozen=True):
    """The server has loaded everything. `unsealed` says why the kernel takes no filter; it is empty
    if it takes one."""

    unsealed: str


class Ended(msgspec.Struct, frozen=True):
    """A child has ended, with this status of wait(2). `fault` is the traceback of an error of ours
    that came before the first byte was parsed."""

    status: int
    fault: str


encode: Final = msgspec.msgpack.Encoder().encode
decode_order: Final = msgspec.msgpack.Decoder[Order](Order).decode
decode_ready: Final = msgspec.msgpack.Decoder(Ready).decode
decode_ended: Final = msgspec.msgpack.Decoder(Ended).decode


class TooSlow(Exception):
    """The time by the clock is over."""


class NoAnswer(Exception):
    """The child has ended before it has answered."""


class TooMuch(NoAnswer):
    """The child wants to answer more than it may."""


def read_message(pipe: int, most: int, deadline: float) -> bytearray:
    """The next answer of at most `most` bytes. Raises `TooSlow`, `NoAnswer` and
    `TooMuch`."""
    (length,) = LENGTH.unpack(_read(pipe, LENGTH.size, deadline))
    if length > most:
        raise TooMuch(f"{length:,} bytes are more than {most:,}")
    return _read(pipe, length, deadline)


def wait_for(pipe: int, deadline: float, event: int = select.POLLIN) -> None:
    """Wait until something can be read from a pipe or socket, or written if the event is `POLLOUT`.
    Raises `TooSlow`."""
    waiting = select.poll()
    waiting.register(pipe, event)
    left = deadline - time.monotonic()
    # The least that poll knows is a millisecond.
    if left <= 0 or not waiting.poll(left * 1000 + 1):
        raise TooSlow


def _read(pipe: int, length: int, deadline: float) -> bytearray:
    content = bytearray()
    while len(content) < length:
        wait_for(pipe, deadline)
        part = os.read(pipe, min(_CHUNK, length - len(content)))
        if not part:
            raise NoAnswer("the answer is not complete")
        content += part
    return content

"""Decodes each photo in a process of its own, to protect the function.

Decoders are written in C. A hostile file may crash one, keep it busy for ever, or make it ask for
all memory. In a child process that is a reason to refuse the photo; in the function itself, the
message would be delivered again and again until it lands in the dead-letter queue. The child is
forked, so that everything is loaded already: a fork takes milliseconds, a photo tens to hundreds.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final, NoReturn

import msgspec

from shutterfeed.domain.photos import (
    WORKING_MEMORY,
    PhotoRefused,
    RefusalCode,
    RenderedPhoto,
)
from shutterfeed.ports.media import PhotoCodec

CPU_SECONDS: Final = 20
"""The child's limit of CPU time. The slowest photos that are accepted take about 6 s."""
_WALL_SECONDS: Final = 45.0
"""The child's limit of time by the clock, below the function's limit of 60 s. A child that waits
for itself uses no CPU time, so it needs this limit too."""
_OPEN_FILES: Final = 32
_CHUNK: Final = 1 << 20


class CodecFailed(Exception):
    """The codec raised an error that is not a refusal but a fault of ours; it has the child's
    traceback."""


class _Made(msgspec.Struct, tag="made"):
    photo: RenderedPhoto


class _Refused(msgspec.Struct, tag="refused"):
    code: RefusalCode
    message: str


class _Failed(msgspec.Struct, tag="failed"):
    trace: str


_Answer = _Made | _Refused | _Failed
# Pickle would execute what a hijacked child puts into its answer; msgpack holds only data.
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final[Callable[[bytes], _Answer]] = msgspec.msgpack.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True)
class ConfinedCodec:
    """A photo codec that runs `codec` in a child process, which has limits on memory, CPU and time
    and holds no secrets."""

    codec: PhotoCodec
    memory: int = WORKING_MEMORY
    """The bytes of memory that the child may take in addition to this process's own."""
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: float = _WALL_SECONDS
    niceness: int = 0
    """How far the child stands back for other processes of the machine."""

    def render(self, source: bytes | IO[bytes], content_type: str) -> RenderedPhoto:
        """Render a photo like the codec. Raises `PhotoRefused` also if the child dies or takes too
        long, and `CodecFailed` for faults of ours; errors in reading `source` pass through."""
        content = source if isinstance(source, bytes) else source.read()
        receiver, sender = os.pipe()
        child = fork()
        if child == 0:
            self._run(content, content_type, sender)
        os.close(sender)
        try:
            answer = _read_all(receiver, time.monotonic() + self.wall_seconds)
        finally:
            os.close(receiver)
            # The child has either ended or is no longer needed.
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        return _photo(answer, status)

    def _run(self, content: bytes, content_type: str, sender: int) -> NoReturn:
        """The work of the child: it writes its answer into the pipe and never returns."""
        try:
            enter(sender, self.memory, self.cpu_seconds, self.niceness)
            answer = _answer(self.codec, content, content_type)
            with os.fdopen(sender, "wb") as pipe:
                pipe.write(_encode(answer))
        finally:
            os._exit(0)


def enter(pipe: int, memory: int, cpu_seconds: int, niceness: int) -> None:
    """Take everything from this forked child but `pipe`, `memory` more bytes, and its CPU time, for
    which it stands back by `niceness`."""
    if niceness:
        os.nice(niceness)
    # The keys and open connections would let the child reach AWS.
    os.environ.clear()
    os.closerange(3, pipe)
    os.closerange(pipe + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    limits = {
        resource.RLIMIT_DATA: _data_bytes() + memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        hard = resource.getrlimit(which)[1]
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # At the soft limit of CPU time the child gets a signal that names the reason; at the hard
        # limit it is just killed.
        resource.setrlimit(which, (most, hard if which == resource.RLIMIT_CPU else most))


def fork() -> int:
    """Fork this process. Returns 0 in the child, and the child's process id in the parent."""
    with warnings.catch_warnings():
        # Python warns that other threads may hold locks. The child needs none of them: it
        # computes, writes into a pipe and exits without cleaning up.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _answer(codec: PhotoCodec, content: bytes, content_type: str) -> _Answer:
    try:
        return _Made(codec.render(BytesIO(content), content_type))
    except PhotoRefused as refused:
        return _Refused(refused.code, refused.message)
    except Exception:  # noqa: BLE001 - raised again by the parent
        return _Failed(traceback.format_exc())


def _photo(answer: bytes | None, status: int) -> RenderedPhoto:
    if answer is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        raise PhotoRefused(
            "too_slow",
            "The photo takes too long to be processed. Please save it again as an ordinary JPEG.",
        )
    try:
        result = _decode(answer)
    except msgspec.DecodeError as error:
        # It died before or while it answered.
        raise PhotoRefused(
            "undecodable", "The photo is damaged and could not be read. Please try another copy."
        ) from error
    if isinstance(result, _Refused):
        raise PhotoRefused(result.code, result.message)
    if isinstance(result, _Failed):
        raise CodecFailed(result.trace)
    return result.photo


def _read_all(pipe: int, deadline: float) -> bytes | None:
    """Everything that comes until the other end is closed; None if that takes too long."""
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return None
        part = os.read(pipe, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _data_bytes() -> int:
    """The bytes of this process's memory that its limit counts: private and writable memory."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - as early and small as can be
        return int(file.read().split()[5]) * resource.getpagesize()

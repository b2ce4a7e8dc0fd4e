"""A photo codec at arm's length: each photo is decoded in a process of its own.

Decoders are C, and a file made for it may crash one, keep it busy without end or make it ask for
all memory. In a child that is a reason to refuse the photo; in the function itself it would be a
message that is delivered until it lands in the dead-letter queue. The child is forked, so that
everything is loaded already: that takes milliseconds where a photo takes tens to hundreds.
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
"""The slowest photos that are accepted take about 6 s."""
_WALL_SECONDS: Final = 45.0
"""Under the function's limit of 60 s. A child that waits for itself uses no CPU."""
_OPEN_FILES: Final = 32
_CHUNK: Final = 1 << 20


class CodecFailed(Exception):
    """The codec raised what is no refusal: an error of ours, with the child's traceback."""


class _Made(msgspec.Struct, tag="made"):
    photo: RenderedPhoto


class _Refused(msgspec.Struct, tag="refused"):
    code: RefusalCode
    message: str


class _Failed(msgspec.Struct, tag="failed"):
    trace: str


_Answer = _Made | _Refused | _Failed
# Not pickle, which would run what a child that was taken over puts into its answer.
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final[Callable[[bytes], _Answer]] = msgspec.msgpack.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True)
class ConfinedCodec:
    """`codec`, run in a child with limits on memory, CPU and time, that has no secrets."""

    codec: PhotoCodec
    memory: int = WORKING_MEMORY
    """Bytes on top of what this process has already."""
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: float = _WALL_SECONDS

    def render(self, source: bytes | IO[bytes], content_type: str) -> RenderedPhoto:
        """As the codec does. Raises `PhotoRefused` also where the child dies or takes too long,
        and `CodecFailed` for errors of ours; errors of reading `source` pass through."""
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
            # It has either ended or is not wanted any more.
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        return _photo(answer, status)

    def _run(self, content: bytes, content_type: str, sender: int) -> NoReturn:
        """What the child does: it answers into the pipe, and never returns."""
        try:
            enter(sender, self.memory, self.cpu_seconds)
            answer = _answer(self.codec, content, content_type)
            with os.fdopen(sender, "wb") as pipe:
                pipe.write(_encode(answer))
        finally:
            os._exit(0)


def enter(pipe: int, memory: int, cpu_seconds: int) -> None:
    """Let this forked child keep nothing but `pipe`, `memory` bytes more and its time."""
    # The way to AWS: keys and open connections.
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
        # At the soft limit of CPU time comes a signal that says so, at the hard one any end.
        resource.setrlimit(which, (most, hard if which == resource.RLIMIT_CPU else most))


def fork() -> int:
    """0 in the child, its id in the parent."""
    with warnings.catch_warnings():
        # That other threads may hold locks. The child takes none of theirs: it computes, writes
        # into a pipe and exits without cleaning up.
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
    """All that comes until the other end is closed; None where that lasts too long."""
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
    """The memory of this process that its limit counts: what is private and may be written."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - as early and small as can be
        return int(file.read().split()[5]) * resource.getpagesize()

"""Decodes each photo in a confined process of its own, to protect the function.

Decoders are written in C. A hostile file may crash one, keep it busy for ever, make it ask for all
memory, or take it over. In a child process the first three are a reason to refuse the photo; in the
function itself, the message would be delivered again and again until it lands in the dead-letter
queue. A decoder that is taken over finds nothing: its process is forked from the decoder server,
which has no secrets, and may make no system calls but those of pure computing. `docs/media.md` has
the details.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

import msgspec

from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.decoding.orders import (
    Decode,
    Limits,
    NoAnswer,
    TooMuch,
    TooSlow,
    read_message,
)
from shutterfeed.adapters.decoding.works import Failed, Refused, decode_answer
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import WORKING_MEMORY, PhotoRefused, RenderedPhoto

CPU_SECONDS: Final = 20
"""The child's limit of CPU time. The slowest photos that are accepted take about 6 s."""
_WALL_SECONDS: Final = 45.0
"""The child's limit of time by the clock, below the function's limit of 60 s. A child that waits
for itself uses no CPU time, so it needs this limit too."""
_ANSWER_BYTES: Final = 128 << 20
"""The largest answer. All renditions of 1,080 x 16,383 pixels of noise take 19 MB."""
_CHUNK: Final = 1 << 20


class CodecFailed(Exception):
    """The codec raised an error that is not a refusal but a fault of ours; it has the child's
    traceback."""


@dataclass(frozen=True, slots=True)
class ConfinedCodec:
    """A photo codec that works in a child process, which has limits on memory, CPU and time, no
    secrets, and no way to anything but its answer."""

    work: str = client.PHOTO
    """What the child does, as `module:attribute`: a `PhotoWork`."""
    memory: int = WORKING_MEMORY
    """The bytes of memory that the child may take in addition to the decoder server's own."""
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: float = _WALL_SECONDS
    niceness: int = 0
    """How far the child stands back for other processes of the machine."""

    def render(
        self, source: bytes | IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        """Render a photo like the codec. Raises `PhotoRefused` also if the child dies or takes too
        long, and `CodecFailed` for faults of ours; errors in reading `source` pass through."""
        limits = Limits(self.memory, self.cpu_seconds, niceness=self.niceness)
        order = Decode(self.work, content_type, limits, crop)
        with decoding(order, source) as (child, answers):
            deadline = time.monotonic() + self.wall_seconds
            try:
                return _photo(read_answer(child, answers, _ANSWER_BYTES, deadline))
            except NoAnswer as error:
                raise _damaged() from error
            except TooSlow as error:
                raise PhotoRefused(
                    "too_slow",
                    "The photo takes too long to be processed. Please save it again as an ordinary "
                    "JPEG.",
                ) from error


@contextmanager
def decoding(order: Decode, source: bytes | IO[bytes]) -> Iterator[tuple[client.Child, int]]:
    """Let a child decode `source` in this context, at whose end it is killed.

    Gives the child and the pipe of its answers. Errors in reading `source` pass through.
    """
    receiver, sender = os.pipe()
    try:
        try:
            with _in_memory(source) as file:
                child = client.order(order, [file, sender], order.work)
        finally:
            os.close(sender)
        with child:
            yield child, receiver
    finally:
        os.close(receiver)


def read_answer(child: client.Child, answers: int, most: int, deadline: float) -> bytearray:
    """The child's next answer of at most `most` bytes.

    Raises `TooSlow` if its time is over, by the clock or of CPU, `NoAnswer` if it has died or
    answers too much, and `CodecFailed` if it has ended by a fault of ours, or the kernel killed it.
    """
    try:
        return read_message(answers, most, deadline)
    except TooMuch:
        raise
    except NoAnswer as error:
        status = _status(child, deadline)
        killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if killed_by == signal.SIGXCPU:
            raise TooSlow from error
        if killed_by == signal.SIGKILL:
            # No file does that: its child has limits below what the function has.
            raise CodecFailed(
                "The kernel killed the child, as it does for want of memory."
            ) from error
        raise


def _status(child: client.Child, deadline: float) -> int:
    try:
        return child.wait(deadline)
    except client.Broken as error:
        raise CodecFailed(str(error)) from error


@contextmanager
def _in_memory(source: bytes | IO[bytes]) -> Iterator[int]:
    """A file without a name that has the content of `source`: its file descriptor."""
    file = os.memfd_create("content", os.MFD_CLOEXEC)
    try:
        with os.fdopen(file, "wb", closefd=False) as target:
            if isinstance(source, bytes):
                target.write(source)
            else:
                shutil.copyfileobj(source, target, _CHUNK)
        yield file
    finally:
        os.close(file)


def _photo(answer: bytearray) -> RenderedPhoto:
    try:
        result = decode_answer(answer)
    except msgspec.DecodeError as error:
        raise _damaged() from error
    if isinstance(result, Refused):
        raise PhotoRefused(result.code, result.message)
    if isinstance(result, Failed):
        raise CodecFailed(result.trace)
    return result.photo


def _damaged() -> PhotoRefused:
    return PhotoRefused(
        "undecodable", "The photo is damaged and could not be read. Please try another copy."
    )

"""FFmpeg as a confined child process, so that a stranger's video can reach only one folder.

It has no environment and no network protocol, and limits on memory, CPU time, file sizes and time
by the clock. It is a child of the decoder server, sealed like those that decode photos, but may
open files: `docs/media.md` says which.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.decoding.orders import Execute, Limits, TooSlow, wait_for

MEMORY_BYTES: Final = 11 << 28
"""The limit of its address space, 2.75 GB. A 10 bit HDR video of 5,312 x 2,988 pixels takes 2.2,
two thirds of it really used; the function has 3,008 MB."""
FILE_BYTES: Final = 512 << 20
"""The largest file that it may write: three minutes at the clip's highest bit rate take 190 MB."""
_OPEN_FILES: Final = 64
_CORES: Final = 2
_LOG_BYTES: Final = 1 << 20
_LINE_BYTES: Final = 64 << 10
_OUTPUT_BYTES: Final = 64 << 20
"""The most that it may write to its output: the list of a million packets."""
READABLE: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/urandom")
"""What it may read beside its own folder: the C library, and nothing else."""

_QUIETLY: Final = ("-hide_banner", "-nostats")
THREADS: Final = ("-threads", str(_CORES))


class FfmpegFailed(Exception):
    """FFmpeg ended with an error; `log` is the end of its log."""

    def __init__(self, log: str) -> None:
        super().__init__(log[-300:])
        self.log = log


class FfmpegKilled(Exception):
    """The kernel killed FFmpeg, as it does if the machine has no memory left. That is a fault of
    ours: the file took no more than it may."""


class FfmpegTimedOut(Exception):
    """FFmpeg was still running when its time was over, and was killed."""


@cache
def locate() -> Path:
    """The path of the binary in the wheel of `imageio-ffmpeg`, which is not imported.

    Raises `FileNotFoundError`.
    """
    package = find_spec("imageio_ffmpeg")
    if package is None or package.origin is None:
        raise FileNotFoundError("imageio-ffmpeg is not installed")
    found = sorted((Path(package.origin).parent / "binaries").glob("ffmpeg-*"))
    if not found:
        raise FileNotFoundError("imageio-ffmpeg came without a binary for this machine")
    binary = found[0]
    if not os.access(binary, os.X_OK):
        # Some clouds unpack layers without the files' modes.
        binary.chmod(0o755)
    return binary


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """Runs the binary in `folder`, which holds its input and its output."""

    folder: Path
    niceness: int = 0
    """How far it stands back for other processes of the machine."""

    def run(
        self,
        arguments: Sequence[str],
        *,
        seconds: float,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Run it to its end and return its log. `on_line` is called with each line of its output.

        Raises `FfmpegFailed`, `FfmpegTimedOut` and `FfmpegKilled`.
        """
        reading, writing = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        with ExitStack() as ours:
            ours.callback(os.close, reading)
            with self._running(arguments, seconds, nothing, writing) as running:
                _read(reading, on_line, running.deadline)
        return running.log

    def feed(self, arguments: Sequence[str], chunks: Iterable[bytes], *, seconds: float) -> str:
        """Run it to its end with `chunks` as its input, and return its log. Its output is ignored.
        Raises the same errors as `run`."""
        reading, writing = os.pipe()
        nothing = os.open(os.devnull, os.O_WRONLY)
        with ExitStack() as ours:
            ours.callback(os.close, writing)
            with self._running(arguments, seconds, reading, nothing) as running:
                _write(writing, chunks, running.deadline)
                # It waits for the end of its input.
                ours.close()
        return running.log

    @contextmanager
    def _running(
        self, arguments: Sequence[str], seconds: float, stdin: int, stdout: int
    ) -> Iterator[_Running]:
        """Run it while the context lasts, and then until it ends by itself; take the two file
        descriptors in any case. Raises the errors of `run`."""
        running = _Running(time.monotonic() + seconds)
        with ExitStack() as taken, (self.folder / "log").open("w+b") as log:
            for file in (stdin, stdout):
                taken.callback(os.close, file)
            with client.order(
                self._order(arguments, seconds), [stdin, stdout, log.fileno()]
            ) as child:
                taken.close()
                try:
                    yield running
                    status = child.wait(running.deadline)
                except TooSlow as error:
                    raise FfmpegTimedOut from error
            running.log = _tail(log)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            raise FfmpegKilled
        if status != 0:
            raise FfmpegFailed(running.log)

    def _order(self, arguments: Sequence[str], seconds: float) -> Execute:
        limits = Limits(
            memory=MEMORY_BYTES,
            cpu_seconds=int(seconds * _CORES) + 1,
            file_bytes=FILE_BYTES,
            open_files=_OPEN_FILES,
            niceness=self.niceness,
        )
        command = (*_QUIETLY, *arguments)
        return Execute(str(locate()), command, str(self.folder), READABLE, limits)


@dataclass(slots=True)
class _Running:
    """A run up to now: its limit by `time.monotonic`, and its log when it has ended."""

    deadline: float
    log: str = ""


def _read(pipe: int, on_line: Callable[[str], None], deadline: float) -> None:
    left, rest = _OUTPUT_BYTES, b""
    while True:
        wait_for(pipe, deadline)
        part = os.read(pipe, _LINE_BYTES)
        left -= len(part)
        if left < 0 or len(rest) > _LINE_BYTES:
            raise FfmpegFailed("It writes more than it is asked for.")
        *lines, rest = (rest + part).split(b"\n")
        for line in lines if part else [rest]:
            on_line(line.decode("ascii", "replace").strip())
        if not part:
            return


def _write(pipe: int, chunks: Iterable[bytes], deadline: float) -> None:
    os.set_blocking(pipe, False)
    # A broken pipe means that it ended early; its exit status and its log say why.
    with suppress(BrokenPipeError):
        for chunk in chunks:
            left = memoryview(chunk)
            while left:
                wait_for(pipe, deadline, select.POLLOUT)
                left = left[os.write(pipe, left) :]


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LOG_BYTES))
    return log.read().decode("utf-8", "replace")

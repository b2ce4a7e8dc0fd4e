"""FFmpeg as a confined child process, so that a stranger's video can reach only one folder.

It has no shell, no environment and no network protocol, and limits on memory, CPU time, file sizes
and time by the clock. When its time is over, the whole process group is killed.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import IO, Final

MEMORY_BYTES: Final = 2 << 30
"""The limit of its address space. A 10 bit 4K video with all its reference frames takes half of
it."""
FILE_BYTES: Final = 512 << 20
"""The largest file that it may write: three minutes at the clip's highest bit rate take 190 MB."""
_OPEN_FILES: Final = 64
_CORES: Final = 2
_LOG_BYTES: Final = 1 << 20

THREADS: Final = ("-threads", str(_CORES))


class FfmpegFailed(Exception):
    """FFmpeg ended with an error; `log` is the end of its log."""

    def __init__(self, log: str) -> None:
        super().__init__(log[-300:])
        self.log = log


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

        Raises `FfmpegFailed` and `FfmpegTimedOut`.
        """
        return self._run(
            arguments, seconds, subprocess.DEVNULL, lambda child: _read(child, on_line)
        )

    def feed(self, arguments: Sequence[str], chunks: Iterable[bytes], *, seconds: float) -> str:
        """Run it to its end with `chunks` as its input, and return its log. Its output is ignored.
        Raises the same errors as `run`."""
        return self._run(arguments, seconds, subprocess.PIPE, lambda child: _write(child, chunks))

    def _run(
        self,
        arguments: Sequence[str],
        seconds: float,
        stdin: int,
        attend: Callable[[subprocess.Popen[bytes]], None],
    ) -> str:
        command = [str(locate()), "-hide_banner", "-nostats", *arguments]
        expired: list[bool] = []
        with (self.folder / "log").open("w+b") as log:
            with subprocess.Popen(
                command,
                stdin=stdin,
                stdout=subprocess.PIPE if stdin == subprocess.DEVNULL else subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                env={},
                start_new_session=True,
            ) as child:
                _confine(child.pid, seconds, self.niceness)

                def expire(child: subprocess.Popen[bytes] = child) -> None:
                    expired.append(True)
                    _kill(child)

                timer = Timer(seconds, expire)
                timer.start()
                try:
                    attend(child)
                    status = child.wait()
                finally:
                    timer.cancel()
                    _kill(child)
                    _hang_up(child)
            text = _tail(log)
        if expired:
            raise FfmpegTimedOut
        if status != 0:
            raise FfmpegFailed(text)
        return text


def _confine(pid: int, seconds: float, niceness: int) -> None:
    """Set the limits of a child from outside: code between fork and exec would not be safe while
    other threads run."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: int(seconds * _CORES) + 1,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    with suppress(ProcessLookupError):  # The child has ended already.
        for kind, limit in limits.items():
            resource.prlimit(pid, kind, (limit, limit))
        if niceness:
            own = os.getpriority(os.PRIO_PROCESS, 0)
            # By its group, which it leads, so that threads that it has already stand back too.
            os.setpriority(os.PRIO_PGRP, pid, own + niceness)


def _read(child: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> None:
    assert child.stdout
    for line in child.stdout:
        on_line(line.decode("ascii", "replace").strip())


def _write(child: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> None:
    assert child.stdin
    # A broken pipe means that it ended early; its exit status and its log say why.
    with suppress(BrokenPipeError):
        for chunk in chunks:
            child.stdin.write(chunk)
        child.stdin.close()


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _hang_up(child: subprocess.Popen[bytes]) -> None:
    """Close the child's input. What is still in the buffer cannot be written any more; that error
    must not hide the one that ended the child."""
    if child.stdin:
        with suppress(BrokenPipeError):
            child.stdin.close()


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LOG_BYTES))
    return log.read().decode("utf-8", "replace")

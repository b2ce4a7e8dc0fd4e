"""FFmpeg as a confined child process: what a stranger's video makes it do stays in one folder.

No shell, no environment, no network protocol, limits on memory, CPU time, files and wall time; at
the end of the time the whole process group is killed.
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
"""Address space. A 10 bit 4K video with all its reference frames takes half of it."""
FILE_BYTES: Final = 512 << 20
"""The largest file it may write: three minutes at the clip's highest bit rate take 190 MB."""
_OPEN_FILES: Final = 64
_CORES: Final = 2
_LOG_BYTES: Final = 1 << 20

THREADS: Final = ("-threads", str(_CORES))


class FfmpegFailed(Exception):
    """It ended with an error; `log` is the end of what it had to say."""

    def __init__(self, log: str) -> None:
        super().__init__(log[-300:])
        self.log = log


class FfmpegTimedOut(Exception):
    """It was still running at the end of its time, and was killed."""


@cache
def locate() -> Path:
    """The binary in the wheel of `imageio-ffmpeg`, which itself is not imported.

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
    """Runs the binary in `folder`, where it finds its input and leaves its output."""

    folder: Path

    def run(
        self,
        arguments: Sequence[str],
        *,
        seconds: float,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Let it run to its end, giving its output line by line to `on_line`; its log.

        Raises `FfmpegFailed` and `FfmpegTimedOut`.
        """
        return self._run(
            arguments, seconds, subprocess.DEVNULL, lambda child: _read(child, on_line)
        )

    def feed(self, arguments: Sequence[str], chunks: Iterable[bytes], *, seconds: float) -> str:
        """The same, with `chunks` as its input; its output is not looked at."""
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
                _confine(child.pid, seconds)

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


def _confine(pid: int, seconds: float) -> None:
    """Set from outside: code between fork and exec is not safe beside other threads."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: int(seconds * _CORES) + 1,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    with suppress(ProcessLookupError):  # It has ended already.
        for kind, limit in limits.items():
            resource.prlimit(pid, kind, (limit, limit))


def _read(child: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> None:
    assert child.stdout
    for line in child.stdout:
        on_line(line.decode("ascii", "replace").strip())


def _write(child: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> None:
    assert child.stdin
    # It ended early: its status and its log say why.
    with suppress(BrokenPipeError):
        for chunk in chunks:
            child.stdin.write(chunk)
        child.stdin.close()


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _hang_up(child: subprocess.Popen[bytes]) -> None:
    """What is still in the buffer has nobody to go to; that must not hide why it came to this."""
    if child.stdin:
        with suppress(BrokenPipeError):
            child.stdin.close()


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LOG_BYTES))
    return log.read().decode("utf-8", "replace")

"""Progress for a person: one line for each step, which changes while the step lasts.

On a terminal the line is redrawn in place; elsewhere (CI, a pipe) a step prints a line when it
begins to take long and one when it ends.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_REDRAW_SECONDS: Final = 0.1
_FIRST_REPORT_SECONDS: Final = 2.0
_NEXT_REPORTS_SECONDS: Final = 10.0
_WORTH_TELLING_SECONDS: Final = 0.3
_FRAMES: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Step:
    """One piece of work. Workers set `detail` ("12 of 40 files") at any time."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self.label = label
        self.detail = ""
        self._stream = stream
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._drawn = 0
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    def finish(self, *, succeeded: bool) -> None:
        """Stop changing the line and print its final form. A step that took only an instant gets
        none."""
        self._ended.set()
        self._thread.join()
        if self._stream.isatty():
            self._draw("")
        if not succeeded:
            self._print(f"✗ {self._text()}")
        elif self._seconds() >= _WORTH_TELLING_SECONDS:
            self._print(f"✓ {self._text()} ({self._seconds():.1f} s)")

    def _run(self) -> None:
        if self._stream.isatty():
            self._redraw()
        else:
            self._report()

    def _redraw(self) -> None:
        frame = 0
        while not self._ended.wait(_REDRAW_SECONDS):
            symbol = _FRAMES[frame % len(_FRAMES)]
            self._draw(f"{symbol} {self._text()} {self._seconds():.0f} s")
            frame += 1

    def _report(self) -> None:
        interval = _FIRST_REPORT_SECONDS
        while not self._ended.wait(interval):
            self._print(f"  {self._text()} ({self._seconds():.0f} s so far)")
            interval = _NEXT_REPORTS_SECONDS

    def _text(self) -> str:
        return f"{self.label}: {self.detail}" if self.detail else self.label

    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _draw(self, text: str) -> None:
        padding = " " * max(0, self._drawn - len(text))
        self._stream.write(f"\r{text}{padding}\r")
        self._stream.flush()
        self._drawn = len(text)

    def _print(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


@contextmanager
def step(label: str) -> Iterator[Step]:
    """Show `label` while the block runs, and how long it took."""
    current = Step(label, sys.stderr)
    try:
        yield current
    except BaseException:
        current.finish(succeeded=False)
        raise
    current.finish(succeeded=True)

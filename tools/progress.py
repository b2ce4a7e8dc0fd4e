"""Progress for a person: one line for each step, which changes while the step lasts.

On a terminal the line is redrawn in place; elsewhere (CI, a pipe) a step prints a line when it
begins to take long and one when it ends. Of steps at the same time the line shows the oldest.
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


class _Line:
    """The line that changes, which all steps of this process share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: list[Step] = []
        self._width = 0

    def begin(self, step: Step) -> None:
        with self._lock:
            self._steps.append(step)

    def end(self, step: Step) -> None:
        with self._lock:
            self._steps.remove(step)

    def draw(self, step: Step, text: str, stream: TextIO) -> None:
        """Show the text, unless an older step has the line."""
        with self._lock:
            if self._steps[0] is step:
                self._draw(text, stream)

    def print(self, text: str, stream: TextIO) -> None:
        """Print a line that stays."""
        with self._lock:
            if stream.isatty():
                self._draw("", stream)
            stream.write(text + "\n")
            stream.flush()

    def clear(self, stream: TextIO) -> None:
        with self._lock:
            self._draw("", stream)

    def _draw(self, text: str, stream: TextIO) -> None:
        padding = " " * max(0, self._width - len(text))
        stream.write(f"\r{text}{padding}\r")
        stream.flush()
        self._width = len(text)


_LINE: Final = _Line()


class Step:
    """One piece of work. Workers set `detail` ("12 of 40 files") at any time."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self.label = label
        self.detail = ""
        self._stream = stream
        self._started = time.monotonic()
        self._ended = threading.Event()
        _LINE.begin(self)
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    def finish(self, *, succeeded: bool) -> None:
        """Stop changing the line and print its final form. A step that took only an instant gets
        none."""
        self._ended.set()
        self._thread.join()
        _LINE.end(self)
        if self._stream.isatty():
            _LINE.clear(self._stream)
        if not succeeded:
            _LINE.print(f"✗ {self._text()}", self._stream)
        elif self._seconds() >= _WORTH_TELLING_SECONDS:
            _LINE.print(f"✓ {self._text()} ({self._seconds():.1f} s)", self._stream)

    def _run(self) -> None:
        if self._stream.isatty():
            self._redraw()
        else:
            self._report()

    def _redraw(self) -> None:
        frame = 0
        while not self._ended.wait(_REDRAW_SECONDS):
            symbol = _FRAMES[frame % len(_FRAMES)]
            text = f"{symbol} {self._text()} {self._seconds():.0f} s"
            _LINE.draw(self, text, self._stream)
            frame += 1

    def _report(self) -> None:
        interval = _FIRST_REPORT_SECONDS
        while not self._ended.wait(interval):
            _LINE.print(f"  {self._text()} ({self._seconds():.0f} s so far)", self._stream)
            interval = _NEXT_REPORTS_SECONDS

    def _text(self) -> str:
        return f"{self.label}: {self.detail}" if self.detail else self.label

    def _seconds(self) -> float:
        return time.monotonic() - self._started


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

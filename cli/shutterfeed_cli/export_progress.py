"""The progress of an export: originals and bytes, with a bar if standard error is a terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from shutterfeed_cli.fetching import Original
from shutterfeed_cli.output import Output
from shutterfeed_cli.progress import Meter
from shutterfeed_cli.reporting import how_far, move, progress_bar


class ExportProgress:
    """Counts the originals that are done, and their bytes. `arrived` are those of this run."""

    def __init__(self, output: Output, clock: Callable[[], float] = time.monotonic) -> None:
        self.arrived = 0
        self._lock = threading.Lock()
        self._meter = Meter(clock)
        self._is_reading = True
        self._bar = progress_bar(output.errors, self.said) if output.draws else None

    def __enter__(self) -> ExportProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove the progress bar."""
        if self._bar is not None:
            with suppress(Exception):  # The terminal may be gone, but the work is done.
                self._bar.stop()

    def begin(self, originals: Sequence[Original]) -> None:
        """Note what the export has."""
        for original in originals:
            self._meter.expect(original.media_id, original.size)
        self._is_reading = False
        self._draw()

    def advance(self, number: int) -> None:
        """Note that bytes have arrived."""
        with self._lock:
            self.arrived += number
        self._meter.sent(number)
        self._draw()

    def file_done(self, original: Original, *, arrived: bool) -> None:
        """Note that an original has arrived, or was there, or cannot be fetched."""
        self._meter.done(original.media_id, sent=arrived)
        self._draw()

    def said(self) -> tuple[str, str]:
        """What the progress bar says before and after the bar, at this moment."""
        return ("reading lists", "") if self._is_reading else how_far(self._meter, "original")

    def _draw(self) -> None:
        if self._bar is not None:
            move(self._bar, self._meter)

"""The progress bar of an export: originals and bytes, if standard error is a terminal."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.filesize import decimal

from shutterfeed_cli.fetching import Original
from shutterfeed_cli.output import Output

# Imported late: with --json nothing is drawn.
if TYPE_CHECKING:
    from rich.progress import Progress


class ExportProgress:
    """Counts the originals that are done, and the bytes that have arrived and that are left."""

    def __init__(self, output: Output) -> None:
        self._lock = threading.Lock()
        self._files = self._done = self._bytes = self._left = 0
        self._arriving: Counter[str] = Counter()
        self._bar = _bar(output) if output.draws else None

    def __enter__(self) -> ExportProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def arrived(self) -> int:
        """The bytes that have arrived in this run."""
        return self._bytes

    @property
    def total(self) -> int:
        """The bytes that will have arrived at the end of this run, as far as is known."""
        return self._bytes + max(self._left - self._arriving.total(), 0)

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, originals: Sequence[Original]) -> None:
        """Note what has to be fetched."""
        with self._lock:
            self._files = len(originals)
            self._left = sum(original.size for original in originals)
        self._draw()

    def advance(self, media_id: str, number: int) -> None:
        """Note that bytes of a medium have arrived."""
        with self._lock:
            self._bytes += number
            self._arriving[media_id] += number
        self._draw()

    def file_done(self, original: Original) -> None:
        """Note that an original was fetched, was there, or cannot be fetched."""
        with self._lock:
            self._done += 1
            self._left -= original.size
            del self._arriving[original.media_id]
        self._draw()

    def _draw(self) -> None:
        if self._bar is not None:
            self._bar.update(
                self._bar.task_ids[0],
                total=self.total,
                completed=self._bytes,
                description=f"{self._done:,} of {self._files:,} originals",
                bytes=f"{decimal(self._bytes)} of {decimal(self.total)}",
            )


def _bar(output: Output) -> Progress:
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[bytes]}"),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=output.errors,
        transient=True,
    )
    bar.add_task("reading lists", total=None, bytes="")
    return bar

"""The output for people and programs: tables, the progress bar, JSON, and the summary.

Standard output gets the result: text for people or, with `--json`, only JSON. Progress and notes go
to standard error, the progress bar only if that is a terminal.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from rich.filesize import decimal

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Limited
from shutterfeed_cli.planning import FileResult, Outcome

# Imported late: the library that draws takes longer to load than a photo takes to send, and is not
# needed with --json.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

_HARMLESS: Final = frozenset("\n\t")


def clean(text: str) -> str:
    """The text of other users, without control characters that a terminal would obey."""
    return "".join(
        c
        if c in _HARMLESS or unicodedata.category(c) not in {"Cc", "Cs"}
        else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


class Output:
    """Standard output and standard error, for people or, with `--json`, for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._lock = threading.Lock()
        self._limited_until = 0.0

    @property
    def draws(self) -> bool:
        """Whether to draw a progress bar: standard error is a terminal, and `--json` is not set."""
        return sys.stderr.isatty()

    @cached_property
    def errors(self) -> Console:
        """The console for progress and notes: standard error."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, soft_wrap=True)

    def result(self, document: Json, text: Iterable[Table | str]) -> None:
        """Print the result of a command: `document` for programs, `text` for people."""
        if self.as_json:
            self.event(document)
            return
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, soft_wrap=True)
        for part in text:
            console.print(Text(clean(part)) if isinstance(part, str) else part)

    def event(self, document: Json) -> None:
        """Print an event as one line of JSON. Without `--json`, print nothing."""
        if self.as_json:
            with self._lock:
                # The JSON is ASCII: file names may hold bytes that are no valid text, and streams
                # may have any encoding.
                sys.stdout.write(json.dumps(document) + "\n")
                sys.stdout.flush()

    def limited(self, limited: Limited) -> None:
        """Say that the command waits because of a limit: once, however many requests wait."""
        now = time.monotonic()
        with self._lock:
            if now < self._limited_until:
                return
            self._limited_until = now + limited.seconds
        if self.as_json:
            self.event({"event": "limited", "limit": limited.limit, "seconds": limited.seconds})
        else:
            self.note(f"{limited.message} This command waits and goes on by itself.", "yellow")

    def note(self, text: str, style: str = "") -> None:
        """Print a line for people to standard error."""
        from rich.text import Text

        self.errors.print(Text(clean(text), style))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A plain table that is readable at any width of the terminal."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        shown.add_column(title, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(clean(cell)) for cell in row))
    return shown


class UploadReport:
    """Reports a run of uploads: the progress bar, the events, and at the end the summary."""

    def __init__(self, output: Output) -> None:
        self.results: list[FileResult] = []
        self._output = output
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._sent = 0
        self._found = self._files = self._done = 0
        self._bar = _bar(output.errors) if output.draws else None
        if self._bar is not None:
            self._bar.start()

    def found(self, files: int, size: int) -> None:
        with self._lock:
            self._files += files
            self._found += size
        self._draw()

    def sent(self, number: int) -> None:
        with self._lock:
            self._sent += number
        self._draw(number)

    def done(self, result: FileResult) -> None:
        with self._lock:
            self.results.append(result)
            self._done += result.outcome is not Outcome.IGNORED
            if result.outcome is not Outcome.UPLOADED:
                self._found -= result.size
        self._output.event(_event(result))
        if result.outcome is Outcome.FAILED and not self._output.as_json:
            self._output.note(f"failed: {result.name}: {result.reason}", "red")
        self._draw()

    def stop_drawing(self) -> None:
        """Remove the progress bar, which must happen before the process ends."""
        if self._bar is not None:
            with suppress(Exception):  # The terminal may be gone, but the work is done.
                self._bar.stop()
            self._bar = None

    def waiting(self, text: str) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], files=text)

    def published(self, results: Sequence[FileResult]) -> None:
        """Report what the service did with uploaded files, and what it could not keep of them. A
        failure replaces an earlier result."""
        with self._lock:
            for number, old in enumerate(self.results):
                if old.outcome is Outcome.UPLOADED and (new := _failure(old, results)):
                    self.results[number] = new
        for result in results:
            event = "published" if result.outcome is Outcome.UPLOADED else "failed"
            self._output.event({**_event(result), "event": event})
            if self._output.as_json:
                continue
            if event == "failed":
                self._output.note(f"failed: {result.name}: {result.reason}", "red")
            for note in result.notes:
                self._output.note(f"{result.name}: {note['message']}", "yellow")

    def count(self, outcome: Outcome) -> int:
        return Counter(result.outcome for result in self.results)[outcome]

    def summary(self, *, state: str, published: int | None, hint: str = "") -> None:
        """Print the summary of a run. `published` is None if nobody waited for publishing."""
        self.stop_drawing()
        seconds = time.monotonic() - self._started
        failed = [result for result in self.results if result.outcome is Outcome.FAILED]
        counts = {outcome.value: self.count(outcome) for outcome in Outcome}
        document = {
            "event": "summary",
            "state": state,
            **counts,
            "published": published,
            "bytes": self._sent,
            "seconds": round(seconds, 2),
            "failures": [{"file": one.name, "reason": one.reason} for one in failed],
        }
        verb = "Would upload" if state == "dry run" else "Uploaded"
        lines = _summary(verb, counts, published, failed)
        amount = f"{decimal(max(self._sent, 0))} in {seconds:,.1f} s"
        self._output.result(document, [f"{next(lines)}; {amount}.", *lines])
        if hint:
            self._output.note(hint)

    def _draw(self, advance: int = 0) -> None:
        bar = self._bar
        if bar is not None:
            bar.update(
                bar.task_ids[0],
                advance=advance,
                total=max(self._found, 1),
                files=f"{self._done:,} of {max(self._files, self._done):,} files",
                bytes=f"{decimal(max(self._sent, 0))} of {decimal(max(self._found, 0))}",
            )


def _bar(console: Console) -> Progress:
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bar = Progress(
        TextColumn("{task.fields[files]}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[bytes]}"),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    bar.add_task("", total=None, files="looking for files", bytes="")
    return bar


def _failure(old: FileResult, results: Sequence[FileResult]) -> FileResult | None:
    same = (new for new in results if new.media_id == old.media_id)
    return next((new for new in same if new.outcome is Outcome.FAILED), None)


def _event(result: FileResult) -> Json:
    document: Json = {"event": result.outcome.value, "file": result.name}
    optional: dict[str, Any] = {
        "reason": result.reason,
        "post_id": result.post_id,
        "media_id": result.media_id,
        "bytes": result.size,
        "notes": [*result.notes],
    }
    return document | {name: value for name, value in optional.items() if value}


def _summary(
    verb: str, counts: dict[str, int], published: int | None, failed: Sequence[FileResult]
) -> Iterator[str]:
    shown = "" if published is None else f" ({published:,} published)"
    yield (
        f"{verb} {counts['uploaded']:,}{shown}, skipped {counts['skipped']:,}, "
        f"failed {counts['failed']:,}"
    )
    if counts["ignored"]:
        yield f"{counts['ignored']:,} files are neither photos nor videos."
    for one in failed:
        yield f"  {one.name}: {one.reason}"

"""Reports a run of uploads: the progress bar, the events, and at the end the summary."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.filesize import decimal

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.output import Output
from shutterfeed_cli.planning import FileResult, Outcome, Wanted
from shutterfeed_cli.progress import Meter, told
from shutterfeed_cli.wording import counted, one_line

# Imported late: the library that draws takes longer to load than a photo takes to send.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, Task
    from rich.text import Text


class UploadReport:
    """Reports a run of uploads. With `every_file`, each file has a line for people, too."""

    def __init__(
        self,
        output: Output,
        *,
        every_file: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.results: list[FileResult] = []
        self._output = output
        self._every_file = every_file
        self._clock = clock
        self._lock = threading.Lock()
        self._started = clock()
        self._sent = 0
        self._meter = Meter(clock)
        self._phase = "looking for files"
        self._bar = progress_bar(output.errors, self.progress) if output.draws else None
        if self._bar is not None:
            self._bar.start()

    def expect(self, groups: Sequence[Wanted]) -> None:
        """Count the files of the run and their bytes, if somebody looks at the progress."""
        if self._bar is None:
            return
        for group in groups:
            for source in group.sources:
                size = 0
                with suppress(OSError):  # It is reported when the file's turn comes.
                    size = source.fingerprint()[1]
                self._meter.expect(source.name, size)
                self._phase = (
                    f"counting: {counted(self._meter.files, 'file')}, {decimal(self._meter.bytes)}"
                )
        self._phase = ""
        self._draw()

    def sent(self, number: int) -> None:
        with self._lock:
            self._sent += number
        self._meter.sent(number)
        self._draw()

    def done(self, result: FileResult) -> None:
        with self._lock:
            self.results.append(result)
        self._meter.done(result.name, sent=result.outcome is Outcome.UPLOADED)
        self._output.event(_event(result))
        if result.outcome is Outcome.FAILED and not self._output.as_json:
            self._output.note(f"failed: {result.name}: {result.reason}", "red")
        elif self._every_file:
            self._output.line(f"{result.name}: {result.reason or result.outcome}")
        self._draw()

    def stop_drawing(self) -> None:
        """Remove the progress bar, which must happen before the process ends."""
        if self._bar is not None:
            with suppress(Exception):  # The terminal may be gone, but the work is done.
                self._bar.stop()
            self._bar = None

    def waiting(self, text: str) -> None:
        """Show this text in place of the progress: what the run waits for."""
        self._phase = text

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
        seconds = self._clock() - self._started
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

    def progress(self) -> tuple[str, str]:
        """What the progress bar says before and after the bar, at this moment."""
        if self._phase:
            return self._phase, ""
        return how_far(self._meter, "file")

    def _draw(self) -> None:
        if self._bar is not None:
            move(self._bar, self._meter)


def how_far(meter: Meter, what: str) -> tuple[str, str]:
    """What a progress bar says before and after the bar: how many of `what` are done, and the
    bytes, the rate and the end."""
    rate, left = meter.rate(), meter.seconds_left()
    speed = f"{decimal(round(rate))}/s" if rate else ""
    end = "" if left is None else told(left)
    amount = f"{decimal(meter.bytes_through)} of {decimal(meter.bytes)}"
    after = "  ".join(filter(None, (amount, speed, end)))
    return f"{meter.files_done:,} of {counted(meter.files, what)}", after


def move(bar: Progress, meter: Meter) -> None:
    """Draw the bar as long as the work is done."""
    bar.update(bar.task_ids[0], total=max(meter.bytes, 1), completed=meter.bytes_through)


def progress_bar(console: Console, said: Callable[[], tuple[str, str]]) -> Progress:
    """A progress bar that is removed at its end. `said` gives the texts before and after it."""
    from rich.progress import BarColumn, Progress, ProgressColumn
    from rich.text import Text

    class Said(ProgressColumn):
        """What is said now: also if nothing has happened since it was last drawn."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self._at = at

        def render(self, task: Task) -> Text:
            del task
            return Text(said()[self._at])

    bar = Progress(Said(0), BarColumn(bar_width=None), Said(1), console=console, transient=True)
    bar.add_task("", total=None)
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
    if counts["ignored"] == 1:
        yield "1 file is neither a photo nor a video."
    elif counts["ignored"]:
        yield f"{counts['ignored']:,} files are neither photos nor videos."
    for one in failed:
        yield one_line(f"  {one.name}: {one.reason}")

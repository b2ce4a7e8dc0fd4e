"""The output for people and programs. Everything that a command prints goes through here.

Standard output gets the result: text for people or, with `--json`, only JSON. Progress and notes go
to standard error, the progress bar only if that is a terminal.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from shutterfeed_cli import streams
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Limited
from shutterfeed_cli.errors import CliError, OutputFailed, ReaderGone
from shutterfeed_cli.tables import Table
from shutterfeed_cli.wording import clean, one_line

# Imported late: the library that draws takes longer to load than a photo takes to send, and is not
# needed for what goes to standard output.
if TYPE_CHECKING:
    from rich.console import Console


class Output:
    """Standard output and standard error, for people or, with `--json`, for programs."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._lock = threading.Lock()
        self._limited_until = 0.0
        self._failed = False

    @property
    def draws(self) -> bool:
        """Whether to draw a progress bar: standard error is a terminal."""
        return streams.is_terminal(sys.stderr)

    @cached_property
    def errors(self) -> Console:
        """The console for progress and notes: standard error."""
        from rich.console import Console

        class Notes(Console):
            def on_broken_pipe(self) -> None:
                self.quiet = True  # Rich would close standard output.

        return Notes(stderr=True, highlight=False, soft_wrap=True)

    def result(self, document: Json, text: Iterable[Table | str]) -> None:
        """Print the result of a command: `document` for programs, `text` for people. If nobody
        reads it any more, do nothing: the command has done its work.

        Raises `OutputFailed`.
        """
        with suppress(ReaderGone):
            if self.as_json:
                self.event(document)
            else:
                self._write([line for part in text for line in _lines(part)])

    def event(self, document: Json) -> None:
        """Print an event as one line of JSON. Without `--json`, print nothing. Raises
        `OutputFailed`."""
        if self.as_json:
            # The JSON is ASCII: file names may hold bytes that are no valid text, and streams may
            # have any encoding.
            self._write([json.dumps(document)])

    def line(self, text: str) -> None:
        """Print a line for people while the command works. With `--json`, print nothing. Raises
        `OutputFailed`."""
        if not self.as_json:
            self._write([one_line(text)])

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
        """Print a line for people to standard error, if that can be written."""
        from rich.text import Text

        with suppress(OSError):
            self.errors.print(Text(one_line(text), style))

    def tell(self, error: CliError) -> None:
        """Print the error that ends the command: its sentence, and an event for programs."""
        with suppress(OutputFailed):
            self.event({"event": "error", "message": str(error)})
        self.note(str(error), "red")

    def ask(self, prompt: str) -> None:
        """Ask the person at the terminal for a line of input."""
        streams.write_error(one_line(prompt))

    def _write(self, lines: Iterable[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        with self._lock:
            if self._failed:
                return  # It was told once.
            try:
                streams.write_out(text)
            except OutputFailed:
                self._failed = True
                raise


def _lines(part: Table | str) -> list[str]:
    if isinstance(part, str):
        return [clean(part)]
    titles, *rows = part.lines(streams.width())
    return [_bold(titles), *rows]


def _bold(text: str) -> str:
    """The text in bold, if standard output is a terminal that can do that."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in {None, "", "dumb"}
    return text if plain or streams.width() is None else f"\x1b[1m{text}\x1b[22m"

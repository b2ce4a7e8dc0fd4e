"""One line for each question: whether its answer is right, how long it took, what was asked."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from shutterfeed_cli.errors import CliError
from tools import aws_errors
from tools.errors import ToolError

Question = Callable[[], object]
"""Returns if everything is right. Raises an error that says what is wrong."""
Missing = Callable[[], str | None]
"""Returns a sentence about what is still missing; None if nothing is."""

PATIENCE_SECONDS: Final = 180.0
"""How long to wait for what the workers do: a few containers that start cold one after another, and
a message that was thrown back once."""
_PAUSE_SECONDS: Final = 0.5
_PROGRESS_SECONDS: Final = 10.0


class Report:
    """Asks questions and prints a line for each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.asked = 0
        self.wrong = 0

    def ask(self, what: str, question: Question) -> bool:
        """Ask one question. Returns whether everything is right."""
        self.asked += 1
        started = self._clock()
        try:
            question()
        except Exception as error:
            said = _sentence(error)
            if said is None:
                raise
            self.wrong += 1
            self._line("WRONG", self._clock() - started, f"{what}: {said}")
            return False
        self._line("ok", self._clock() - started, what)
        return True

    def skip(self, what: str, why: str) -> None:
        """Note that a question is not asked."""
        self._line("not asked", None, f"{what}: {why}")

    def _line(self, verdict: str, seconds: float | None, text: str) -> None:
        took = "" if seconds is None else f"{seconds:.1f} s"
        print(f"{verdict:>9} {took:>8}  {text}", flush=True)


def _sentence(error: Exception) -> str | None:
    """What is wrong; None if the error is not about the stage but a bug of ours."""
    if isinstance(error, (ToolError, CliError, TimeoutError)):
        return str(error)
    if isinstance(error, httpx.TransportError):
        return f"there was no answer ({type(error).__name__}: {error})."
    return aws_errors.sentence(error)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Asks again and again, and prints now and then what is still waited for."""

    seconds: float = PATIENCE_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until_nothing_is(self, missing: Missing) -> None:
        """Return once nothing is missing. Raises `ToolError` after `seconds`."""
        started = self.clock()
        told = started
        while (sentence := missing()) is not None:
            now = self.clock()
            if now - started > self.seconds:
                raise ToolError(f"{sentence} That is after {self.seconds:.0f} s.")
            if now - told >= _PROGRESS_SECONDS:
                told = now
                print(f"          {now - started:.0f} s so far: {sentence}", file=sys.stderr)
            self.sleep(_PAUSE_SECONDS)

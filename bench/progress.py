"""A benchmark's progress on standard error: one line that changes, or a line every ten seconds."""

from __future__ import annotations

import sys
import time
from typing import Final

_EVERY_SECONDS: Final = 10.0
_last = 0.0


def show(text: str) -> None:
    """Redraw the line on a terminal; elsewhere print one every ten seconds."""
    global _last  # noqa: PLW0603 - there is one standard error
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        return
    now = time.monotonic()
    if now - _last >= _EVERY_SECONDS:
        _last = now
        print(text, file=sys.stderr, flush=True)


def clear() -> None:
    """Remove the line, before something else is printed."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)

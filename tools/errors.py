"""What stops a command, told in one sentence."""

from __future__ import annotations


class ToolError(Exception):
    """A command cannot go on. The message is one sentence that says what to do about it."""

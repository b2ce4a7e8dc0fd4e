"""What stops a command, told in one sentence."""

from __future__ import annotations


class ToolError(Exception):
    """A command cannot go on. The message is one sentence that says what to do about it."""


class Unavailable(ToolError):
    """This machine lacks something that we cannot install. Tests and benchmarks that need it are
    left out, with this reason."""

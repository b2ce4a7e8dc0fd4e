"""Finds and runs the function of a command. Only its own modules are loaded."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode

Command = Callable[[argparse.Namespace, Context], ExitCode]


def run_command(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Run the command that was typed. Raises `CliError`, `OSError` and `Stopped`."""
    return _command(asked.command)(asked, context)


def _command(name: str) -> Command:
    match name:
        case "upload":
            from shutterfeed_cli.uploading import upload

            return upload
        case "export":
            from shutterfeed_cli.export import export

            return export
        case "import-instagram":
            from shutterfeed_cli.instagram import import_archive

            return import_archive
        case "completion":
            from shutterfeed_cli.completion import completion

            return completion
    from shutterfeed_cli.small_commands import SMALL

    return SMALL[name]

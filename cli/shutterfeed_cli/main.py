"""The command `shutterfeed`: how it begins and ends, and its exit codes.

Exit codes: 0 success, 1 something failed, 2 the command line cannot be understood, 3 nobody is
signed in, 130 interrupted.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from shutterfeed_cli import streams
from shutterfeed_cli.command_line import new_parser
from shutterfeed_cli.errors import CliError, ExitCode, FileTrouble, Stopped
from shutterfeed_cli.parsing import without_json


def run() -> None:
    """The process's entry point."""
    streams.prepare()
    try:
        code = main(sys.argv[1:])
    except SystemExit as ended:  # argparse: after help, or for wrong usage.
        code = int(ended.code or ExitCode.OK)
    sys.exit(streams.flushed(code))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    rest, as_json = without_json(arguments)
    asked = new_parser().parse_args(rest)
    if not sys.warnoptions:
        # Libraries warn about a file's metadata, but its owner cannot do anything about that.
        warnings.simplefilter("ignore")
    # Imported late, since `--help` and wrong usage do not need it. httpx would load a command line
    # of its own, which is twice as large as everything else.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from shutterfeed_cli.context import Context
    from shutterfeed_cli.dispatch import run_command
    from shutterfeed_cli.output import Output

    output = Output(as_json=as_json or "json" in asked)
    try:
        return run_command(asked, Context(output))
    except (CliError, OSError) as raised:
        error = raised if isinstance(raised, CliError) else FileTrouble(raised)
        output.tell(error)
        return error.exit_code
    except (KeyboardInterrupt, Stopped):
        output.note("Interrupted.")
        return ExitCode.INTERRUPTED

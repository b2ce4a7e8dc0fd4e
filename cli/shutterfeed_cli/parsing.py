"""The parser of the command line, and arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn, Protocol

from shutterfeed_cli.wording import clean

JSON_FLAG: Final = "--json"
_MOST_PARALLEL: Final = 32


class Parser(argparse.ArgumentParser):
    """A parser whose messages are harmless for a terminal: an argument may be the name of a file
    that somebody else chose."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        super().exit(status, message and clean(message))


class NewCommand(Protocol):
    """Adds a command by its name and the sentence that describes it. `examples` are command lines
    without the word `shutterfeed`, which `--help` shows."""

    def __call__(self, name: str, help_text: str, *examples: str) -> argparse.ArgumentParser: ...


def new_commands(
    parser: argparse.ArgumentParser, what: str = "command", *, required: bool = True
) -> NewCommand:
    """The function that adds commands to a parser, or what else `what` names, such as the actions
    of a command. It names the attribute of the result, too, that says which one was typed."""
    added = parser.add_subparsers(
        dest=what, required=required, metavar=what.upper(), parser_class=Parser
    )

    def add(name: str, help_text: str, *examples: str) -> argparse.ArgumentParser:
        command = added.add_parser(
            name,
            help=help_text,
            description=help_text,
            epilog=_shown(examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_json(command)
        return command

    return add


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        JSON_FLAG, action="store_true", default=argparse.SUPPRESS, help="print only JSON"
    )


def without_json(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """The arguments without `--json`, and whether it was among them. It may stand anywhere, except
    behind `--`, where arguments are no options."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != JSON_FLAG]
    return [*options, *arguments[end:]], len(options) < end


def _shown(examples: Sequence[str]) -> str | None:
    """What `--help` shows below everything else; None if there are no examples."""
    return "\n  shutterfeed ".join(["examples:", *examples]) if examples else None


def add_parallel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--parallel",
        type=_parallelism,
        default=4,
        metavar="N",
        help="how many to transfer at the same time (default: %(default)s)",
    )


def add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit",
        type=positive,
        default=20,
        metavar="N",
        help="how many entries to show at most (default: %(default)s)",
    )


def add_comments_from(parser: argparse.ArgumentParser, help_text: str, *also: str) -> None:
    parser.add_argument(
        "--comments-from", choices=["everyone", "followers", "nobody", *also], help=help_text
    )


def add_running(parser: argparse.ArgumentParser) -> None:
    """The arguments of the commands that upload."""
    add_parallel(parser)
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")
    parser.add_argument(
        "--verbose", action="store_true", help="show a line for every file, also if it is skipped"
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="do not wait until the posts are published"
    )
    parser.add_argument(
        "--wait",
        type=positive,
        default=900,
        metavar="SECONDS",
        help="how long to wait until the posts are published (default: %(default)s)",
    )
    parser.add_argument(
        "--reread",
        action="store_true",
        help="read the whole upload ledger of the service again, not only its new entries",
    )
    # What no command can choose is published as soon as it is ready.
    parser.set_defaults(publish_at=None)


def typed_path(text: str) -> Path:
    """The path of a file or folder. Raises `argparse.ArgumentTypeError` if the text is empty, which
    would otherwise mean the folder where the command runs."""
    if not text:
        raise argparse.ArgumentTypeError("is empty: name a file or folder")
    return Path(text)


def positive(text: str) -> int:
    """A whole number from 1 on. Raises `ValueError`."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _parallelism(text: str) -> int:
    number = positive(text)
    if number > _MOST_PARALLEL:
        raise argparse.ArgumentTypeError(f"must be at most {_MOST_PARALLEL}")
    return number

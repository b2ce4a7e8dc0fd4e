"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final, Protocol

_MOST_PARALLEL: Final = 32


class NewCommand(Protocol):
    """Adds a command by its name and the sentence that describes it. `examples` are command lines
    without the word `shutterfeed`, which `--help` shows."""

    def __call__(self, name: str, help_text: str, *examples: str) -> argparse.ArgumentParser: ...


def shown_examples(examples: Sequence[str]) -> str | None:
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

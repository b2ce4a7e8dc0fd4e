"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from typing import Final

_MOST_PARALLEL: Final = 32


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

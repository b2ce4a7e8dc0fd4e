"""What people do while everything may go wrong: one function each, found by its name.

A scenario is a generator. What stands before its `yield` prepares: nothing goes wrong there, calls
do not count, and all of it comes to rest. What stands after it starts scripts with `play.also`,
each a person's app, and waits for nothing; a script may wait, for a time or for something to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.exploration.play import Play

Scenario = Callable[[Play], Iterator[None]]
SCENARIOS: Final[dict[str, Scenario]] = {}


def scenario(function: Scenario) -> Scenario:
    """Declare one, by its function's name."""
    SCENARIOS[function.__name__] = function
    return function


from tests.exploration.scenarios import (  # noqa: E402, F401 - importing them declares them
    audiences,
    avatars,
    collecting,
    deleting,
    publishing,
)

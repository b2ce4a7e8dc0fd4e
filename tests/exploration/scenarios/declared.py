"""The scenarios there are, by name; each module of this package declares its own."""

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

"""What people do while everything may go wrong: one function each, found by its name.

A scenario is a generator. What stands before its `yield` prepares: nothing goes wrong there, calls
do not count, and all of it comes to rest. What stands after it starts scripts with `play.also`,
each a person's app, and waits for nothing; a script may wait, for a time or for something to be so.
"""

from typing import Final

from tests.exploration.scenarios import (
    audiences,
    avatars,
    blocking,
    closing,
    collecting,
    commenting,
    deleting,
    liking,
    publishing,
    requests,
    suggesting,
    withholding,
)
from tests.exploration.scenarios.declared import SCENARIOS

HIDING: Final = tuple(
    name
    for name, function in SCENARIOS.items()
    if function.__module__ in (closing.__name__, withholding.__name__)
)
"""The scenarios in which an account is closed or erased, or a content is withheld."""

__all__ = [
    "HIDING",
    "SCENARIOS",
    "audiences",
    "avatars",
    "blocking",
    "closing",
    "collecting",
    "commenting",
    "deleting",
    "liking",
    "publishing",
    "requests",
    "suggesting",
    "withholding",
]

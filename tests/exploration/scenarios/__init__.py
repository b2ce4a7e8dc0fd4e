"""What people do while everything may go wrong: one function each, found by its name.

A scenario is a generator. What stands before its `yield` prepares: nothing goes wrong there, calls
do not count, and all of it comes to rest. What stands after it starts scripts with `play.also`,
each a person's app, and waits for nothing; a script may wait, for a time or for something to be so.
"""

from tests.exploration.scenarios import (
    audiences,
    avatars,
    blocking,
    collecting,
    commenting,
    deleting,
    liking,
    publishing,
    requests,
    suggesting,
)
from tests.exploration.scenarios.declared import SCENARIOS

__all__ = [
    "SCENARIOS",
    "audiences",
    "avatars",
    "blocking",
    "collecting",
    "commenting",
    "deleting",
    "liking",
    "publishing",
    "requests",
    "suggesting",
]

"""`make reindex` and `make search-check`: build the search index again, and compare it with the
table.

The steps run in the function that maintains the index, which has the rights to reach it; this
module only calls them in order. It is the same for both engines, on the local cloud and in AWS.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from operations.deployment import Deployment
from shutterfeed.ports.search import NOTICED_AFTER_SECONDS
from shutterfeed.topology import worker
from tools.errors import ToolError
from tools.progress import step

_FUNCTION: Final = worker("index").function
_PAUSE_SECONDS: Final = NOTICED_AFTER_SECONDS + 1
"""Until every running function knows which generations there are, and a second to spare."""

Pause = Callable[[float], None]


def reindex(deployment: Deployment, pause: Pause = time.sleep) -> Counter[str]:
    """Build a new generation from the table, search it from then on, remove the old one.

    The old one is searched, and kept up to date, until the new one has everything. Raises
    `ToolError` if a document could not be written; then the old generation stays.
    """
    done: Counter[str] = Counter()
    with step("Building a new search index") as progress:
        generation = _act(deployment, "begin")["generation"]
        progress.detail = "waiting until every function writes to it"
        pause(_PAUSE_SECONDS)
        for result in _steps(deployment, "copy", generation=generation):
            done["looked at"] += result["looked_at"]
            done["indexed"] += result["written"]
            progress.detail = f"{done['looked at']:,} looked at, {done['indexed']:,} indexed"
            if result["failures"]:
                raise ToolError(f"Some documents could not be indexed: {result['failures'][0]}")
        _act(deployment, "switch", generation=generation)
        progress.detail = "waiting until every function searches it"
        pause(_PAUSE_SECONDS)
        progress.detail = "removing the old one"
        while _act(deployment, "drop")["more"]:
            done["dropped pages"] += 1
    return done


def check(deployment: Deployment, *, repair: bool) -> Counter[str]:
    """Compare the table with the index, and the index's entries with its documents. Returns what
    was found, by kind, and what was repaired."""
    found: Counter[str] = Counter()
    with step("Checking the search index") as progress:
        for action in ("check", "check_held", "check_entries"):
            for result in _steps(deployment, action, repair=repair):
                found.update(result["found"])
                name = "entries" if action == "check_entries" else "looked at"
                found[name] += result["looked_at"]
                found["mended"] += result["written"]
                progress.detail = f"{found['looked at']:,} and {found['entries']:,} entries"
                if result["failures"]:
                    raise ToolError(f"Some findings could not be repaired: {result['failures'][0]}")
    return found


def _steps(deployment: Deployment, action: str, **fields: Any) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        result = _act(deployment, action, after=after, **fields)
        yield result
        after = result["after"]
        if after is None:
            return


def _act(deployment: Deployment, action: str, **fields: Any) -> dict[str, Any]:
    return deployment.invoke(_FUNCTION, {"action": action, **fields})

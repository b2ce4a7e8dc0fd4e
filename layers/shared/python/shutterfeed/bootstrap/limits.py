"""The deployment's limits for each user, read from its settings."""

from __future__ import annotations

import json

from shutterfeed.domain.limits import Allowance, Limited, Limits


def limits_of(text: str) -> Limits:
    """The limits in a text, a JSON object: `allowances` has `[at once, per hour]` by the kind of
    action, `storage_bytes` a number or null."""
    read = json.loads(text)
    allowances = {Limited(name): Allowance(*pair) for name, pair in read["allowances"].items()}
    return Limits(allowances, read["storage_bytes"])

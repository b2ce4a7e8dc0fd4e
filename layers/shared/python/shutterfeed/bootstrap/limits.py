"""The deployment's limits for each user, read from its settings."""

from __future__ import annotations

import json

from shutterfeed.domain.limits import Allowance, Limited, Limits


def limits_of(text: str) -> Limits:
    """The limits in a text: a JSON object of `[at once, per hour]` by the kind of action."""
    return Limits(
        {Limited(name): Allowance(*numbers) for name, numbers in json.loads(text).items()}
    )

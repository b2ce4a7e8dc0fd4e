"""Limits for worlds in which nobody comes near them, and for those in which everybody does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from shutterfeed.domain.limits import Allowance, Limited, Limits

_PLENTY: Final = 10**12
PLENTY: Final = Limits({limited: Allowance(_PLENTY, _PLENTY) for limited in Limited})


def plenty_but(**scarce: Allowance) -> Limits:
    """Limits of which only these can be reached, by the kind of action."""
    return Limits({**PLENTY.allowances, **{Limited(name): a for name, a in scarce.items()}})


def setting(limits: Limits) -> str:
    """The limits as the API function's setting has them."""
    allowances: Mapping[Limited, Allowance] = limits.allowances
    pairs = {name: [a.at_once, a.per_hour] for name, a in allowances.items()}
    return json.dumps({"allowances": pairs, "storage_bytes": limits.storage_bytes})


PLENTY_SETTING: Final = setting(PLENTY)

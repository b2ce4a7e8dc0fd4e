"""`make collect`: list what the collector is going to remove."""

from __future__ import annotations

from datetime import datetime

from operations.deployment import Deployment
from shutterfeed.adapters.inventory import unreferenced


def candidates(deployment: Deployment) -> list[tuple[datetime, str]]:
    """The contents without references: when each will be removed, and its blob's id; the soonest
    first."""
    return sorted(unreferenced(deployment.metadata))

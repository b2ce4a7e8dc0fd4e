"""`make reconcile`: let the reconciler check every unpublished post now."""

from __future__ import annotations

from typing import Any

from operations.deployment import Deployment


def reconcile(deployment: Deployment) -> dict[str, Any]:
    """Let the reconciler check every open post, however new. Returns what it found, as counts by
    kind."""
    return deployment.invoke("reconcile", {"after_minutes": 0})

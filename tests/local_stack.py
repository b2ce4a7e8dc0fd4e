"""The stack that tests deploy on their local clouds. Its template takes ten seconds to make, and is
made once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CELEBRITY: Final = 4
"""Followers that make a celebrity here."""
CONTEXT: Final[Mapping[str, Any]] = {
    "feed": {
        "celebrity_followers": CELEBRITY,
        "active_days": 30,
        "regular_after_days": 0,
        "snapshot_posts": 100,
    },
    # A token that a test was given is not renewed, and a slow machine takes its time.
    "access_token_minutes": 60,
    # Devices can be subscribed. No push service has this name, which leads nowhere.
    "push_contact": "mailto:operators@example.com",
    "push_services": ["push.example.com"],
}

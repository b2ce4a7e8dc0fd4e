"""The deployment's rules of delivery, read from its settings."""

from __future__ import annotations

from shutterfeed.config import FeedSettings
from shutterfeed.domain.delivery import FeedPolicy


def feed_policy(settings: FeedSettings) -> FeedPolicy:
    return FeedPolicy(
        celebrity_followers=int(settings.celebrity_followers),
        active_days=int(settings.active_days),
        regular_after_days=int(settings.regular_after_days),
        snapshot_posts=int(settings.snapshot_posts),
    )

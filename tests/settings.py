"""Sample environments of functions."""

from __future__ import annotations

from tests.limits import PLENTY_SETTING

API = {
    "METADATA_TABLE": "metadata",
    "FEED_TABLE": "feed",
    "UPLOADS_BUCKET": "uploads",
    "ORIGINALS_BUCKET": "originals",
    "MEDIA_BASE_URL": "https://media.example",
    "MEDIA_KEYS": "n" * 43 + "," + "o" * 43,
    "SITE_URL": "https://site.example",
    "SITE_BUCKET": "site",
    "DELIVER_QUEUE_URL": "https://queue.example",
    "ERASE_QUEUE_URL": "https://queue.example",
    "RENDER_QUEUE_URL": "https://queue.example",
    "USER_POOL_ID": "eu-central-1_AbCdEfGhI",
    "PUSH_SERVICES": "off",
    "RENAMES_IN_30_DAYS": "5",
    "CLOSING_DAYS": "30",
    "CELEBRITY_FOLLOWERS": "10000",
    "ACTIVE_DAYS": "30",
    "REGULAR_AFTER_DAYS": "1",
    "SNAPSHOT_POSTS": "200",
    "LIMITS": PLENTY_SETTING,
    "RECENT_POSTS_CACHE": "container",
    "RECENT_POSTS_CACHE_SECONDS": "2",
    "RECENT_POSTS_CACHE_AUTHORS": "1000",
    "RECENT_POSTS_CACHE_MEGABYTES": "64",
    "SEARCH_ENGINE": "dynamodb",
    "SEARCH_TARGET": "search",
}
"""The environment of the API function, with every setting that it must have."""

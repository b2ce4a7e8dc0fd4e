"""Each function's settings, from its environment, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

S = TypeVar("S", bound="Settings")


class MissingSetting(Exception):
    """An environment variable is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The environment variable {name} is not set.")


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field `some_name` of a subclass is read from the variable `SOME_NAME`."""

    @classmethod
    def from_env(cls: type[S], env: Mapping[str, str] = os.environ) -> S:
        """Raises `MissingSetting`, which names the variable."""
        names = {field.name: field.name.upper() for field in fields(cls)}
        for name in names.values():
            if not env.get(name):
                raise MissingSetting(name)
        return cls(**{field: env[name] for field, name in names.items()})


@dataclass(frozen=True, slots=True)
class FeedSettings(Settings):
    """The deployment's `FeedPolicy`."""

    celebrity_followers: str
    active_days: str
    regular_after_days: str
    feed_posts: str
    snapshot_posts: str


@dataclass(frozen=True, slots=True)
class ApiSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    uploads_bucket: str
    originals_bucket: str
    media_base_url: str
    feed_queue_url: str
    head_cache: str
    """`container`, or `valkey`: shared by all, too; then there are `SharedCacheSettings`."""
    head_cache_seconds: str
    """How old celebrities' heads may be on a page; 0: none are cached."""
    head_cache_heads: str
    head_cache_megabytes: str

    search_engine: str
    """`dynamodb` or `opensearch`."""
    search_target: str
    """The table's name, or the domain's address."""


@dataclass(frozen=True, slots=True)
class SharedCacheSettings(Settings):
    """Of the API function, where its cache of heads is shared."""

    valkey_host: str
    valkey_port: str
    valkey_cache: str
    """The cache's name, and the name of the user in it: what a token is for."""
    valkey_user: str


@dataclass(frozen=True, slots=True)
class DedupHashSettings(Settings):
    metadata_table: str
    uploads_bucket: str
    originals_bucket: str
    images_queue_url: str
    videos_queue_url: str


@dataclass(frozen=True, slots=True)
class ThumbnailSettings(Settings):
    metadata_table: str
    originals_bucket: str
    renditions_bucket: str


@dataclass(frozen=True, slots=True)
class TranscodeSettings(Settings):
    metadata_table: str
    originals_bucket: str
    renditions_bucket: str


@dataclass(frozen=True, slots=True)
class RouteChangesSettings(Settings):
    publish_queue_url: str
    fan_out_queue_url: str
    feed_queue_url: str
    collect_queue_url: str
    search_queue_url: str


@dataclass(frozen=True, slots=True)
class PublishSettings(Settings):
    metadata_table: str


@dataclass(frozen=True, slots=True)
class FanOutSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    fan_out_queue_url: str
    feed_queue_url: str


@dataclass(frozen=True, slots=True)
class FeedWriterSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    fan_out_queue_url: str


@dataclass(frozen=True, slots=True)
class IndexSearchSettings(Settings):
    metadata_table: str
    search_engine: str
    search_target: str
    search_reader: str
    """The role that searches, for an engine that has rights of its own."""


@dataclass(frozen=True, slots=True)
class ReconcileSettings(Settings):
    metadata_table: str
    uploads_bucket: str
    originals_bucket: str
    uploads_queue_url: str
    images_queue_url: str
    videos_queue_url: str
    publish_queue_url: str
    reconcile_after_minutes: str
    """How long a post may be on its way before it is looked at."""


@dataclass(frozen=True, slots=True)
class CollectSettings(Settings):
    metadata_table: str
    removals_per_hour: str
    """Of contents; beyond it the collector stops."""
    uploads_bucket: str
    originals_bucket: str
    renditions_bucket: str

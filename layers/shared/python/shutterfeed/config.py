"""Each function's settings, from its environment, read once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from shutterfeed import topology

S = TypeVar("S", bound="Settings")


class MissingSetting(Exception):
    """An environment variable is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The environment variable {name} is not set.")


def has_own_endpoint(env: Mapping[str, str] = os.environ) -> bool:
    """Whether AWS's services are at an address that the environment names: a local cloud."""
    return bool(env.get("AWS_ENDPOINT_URL"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field `some_name` of a subclass is read from the variable `SOME_NAME`."""

    @classmethod
    def from_env(cls: type[S], env: Mapping[str, str] = os.environ) -> S:
        """Raises `MissingSetting`, which names the variable."""
        return cls(**{field.name: _read(field.name.upper(), env) for field in fields(cls)})


def queue_urls(steps: Iterable[str], env: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The addresses of the queues of some steps. Raises `MissingSetting`."""
    return {step: _read(topology.worker(step).queue_variable, env) for step in steps}


def _read(name: str, env: Mapping[str, str]) -> str:
    if not env.get(name):
        raise MissingSetting(name)
    return env[name]


@dataclass(frozen=True, slots=True)
class MetadataSettings(Settings):
    """Of a function that needs nothing else, and so has no settings of its own."""

    metadata_table: str


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
    deliver_queue_url: str
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
    render_queue_url: str
    transcode_queue_url: str
    publish_queue_url: str


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
class FanOutSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    fan_out_queue_url: str
    deliver_queue_url: str


@dataclass(frozen=True, slots=True)
class DeliverSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    fan_out_queue_url: str


@dataclass(frozen=True, slots=True)
class IndexSettings(Settings):
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
    ingest_queue_url: str
    render_queue_url: str
    transcode_queue_url: str
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

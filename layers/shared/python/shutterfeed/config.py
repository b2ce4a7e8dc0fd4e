"""The settings of each function, read once from its environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, TypeVar

from shutterfeed import topology

S = TypeVar("S", bound="Settings")


class MissingSetting(Exception):
    """An environment variable is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The environment variable {name} is not set.")


def has_own_endpoint(env: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names another address for AWS's services: that of a local cloud."""
    return bool(env.get("AWS_ENDPOINT_URL"))


@dataclass(frozen=True, slots=True)
class Settings:
    """The base of all settings: a field `some_name` is read from the variable `SOME_NAME`."""

    @classmethod
    def from_env(cls: type[S], env: Mapping[str, str] = os.environ) -> S:
        """Read the settings. Raises `MissingSetting`, which names the variable."""
        return cls(**{field.name: _read(field.name.upper(), env) for field in fields(cls)})


def queue_urls(steps: Iterable[str], env: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The addresses of the queues of some steps. Raises `MissingSetting`."""
    return {step: _read(topology.lane(step).queue_variable, env) for step in steps}


def _read(name: str, env: Mapping[str, str]) -> str:
    if not env.get(name):
        raise MissingSetting(name)
    return env[name]


@dataclass(frozen=True, slots=True)
class MetadataSettings(Settings):
    """The settings of a function that needs only the metadata table."""

    metadata_table: str


@dataclass(frozen=True, slots=True)
class FeedSettings(Settings):
    """The deployment's `FeedPolicy`."""

    celebrity_followers: str
    active_days: str
    regular_after_days: str
    snapshot_posts: str


@dataclass(frozen=True, slots=True)
class OriginSettings(Settings):
    origin_keys: str
    """The keys, with commas, of which CloudFront sends one with each request; `anybody` if the
    API's own address is open."""


@dataclass(frozen=True, slots=True)
class ApiSettings(FeedSettings):
    metadata_table: str
    feed_table: str
    uploads_bucket: str
    originals_bucket: str
    media_base_url: str
    media_keys: str
    """The keys of the links to media, with a comma: the first signs, the edge accepts both."""
    site_url: str
    """The address of the web client, without a slash at its end."""
    site_bucket: str
    """The bucket with the web client's files."""
    deliver_queue_url: str
    erase_queue_url: str
    render_queue_url: str
    closing_days: str
    """The number of days in which somebody may come back to an account that they have closed."""
    user_pool_id: str
    renames_in_30_days: str
    """How often a user may change the handle within 30 days."""
    recent_posts_cache: str
    """`container`, or `valkey` for a cache that all containers share, with
    `SharedCacheSettings`."""
    recent_posts_cache_seconds: str
    """How many seconds old the recent posts of celebrities may be on a page; 0: recent posts are
    not cached."""
    recent_posts_cache_authors: str
    recent_posts_cache_megabytes: str

    limits: str
    """What each user may do and store: a JSON object, read by `bootstrap/limits.py`."""

    push_services: str
    """The hosts of push services to which devices may subscribe, with commas; `off` if no device
    is told of anything."""

    search_engine: str
    """The search engine: `dynamodb` or `opensearch`."""
    search_target: str
    """The name of the DynamoDB table, or the address of the OpenSearch domain."""


@dataclass(frozen=True, slots=True)
class TokensSettings(Settings):
    account_client_id: str
    """The client at the user pool whose tokens may change the account."""


@dataclass(frozen=True, slots=True)
class SharedCacheSettings(Settings):
    """The settings of the shared cache of recent posts, for the API function."""

    valkey_host: str
    valkey_port: str
    valkey_cache: str
    """The name of the cache and of its user, for which a token is made."""
    valkey_user: str


@dataclass(frozen=True, slots=True)
class DedupHashSettings(Settings):
    metadata_table: str
    uploads_bucket: str
    originals_bucket: str
    ingest_bulk_queue_url: str
    render_queue_url: str
    render_bulk_queue_url: str
    transcode_queue_url: str
    transcode_bulk_queue_url: str
    publish_queue_url: str


@dataclass(frozen=True, slots=True)
class RendererSettings(Settings):
    """The settings of the functions that make renditions."""

    metadata_table: str
    originals_bucket: str
    renditions_bucket: str
    perceptual_hashes: str
    """`on` if the perceptual hash of each content is computed and kept; otherwise `off`."""

    @property
    def hashes(self) -> bool:
        return self.perceptual_hashes == "on"


@dataclass(frozen=True, slots=True)
class ThumbnailSettings(RendererSettings):
    """The settings of the function that renders photos."""


@dataclass(frozen=True, slots=True)
class TranscodeSettings(RendererSettings):
    """The settings of the function that transcodes videos."""


@dataclass(frozen=True, slots=True)
class RouteChangesSettings(Settings):
    screening: str
    """What is screened: `contents`, `texts`, both with a comma, or `off`."""


@dataclass(frozen=True, slots=True)
class ScreenSettings(Settings):
    metadata_table: str
    renditions_bucket: str
    publish_queue_url: str
    originals_bucket: str
    """The bucket with the operators' lists, beside the originals."""
    screening_policy: str
    """What is looked for: a `ScreeningPolicy` in JSON."""


@dataclass(frozen=True, slots=True)
class PublishSettings(Settings):
    metadata_table: str
    publish_queue_url: str


@dataclass(frozen=True, slots=True)
class NotifySettings(Settings):
    metadata_table: str
    notify_queue_url: str


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
    index_queue_url: str
    fan_out_queue_url: str
    search_engine: str
    search_target: str
    search_reader: str
    """The role that may search, for an engine that manages rights itself."""


NO_STORE: Final = "none"
"""The value instead of a key-value store's ARN, if there is none."""


@dataclass(frozen=True, slots=True)
class DenySettings(Settings):
    metadata_table: str
    media_links_function: str
    """The name of the function at the edge that checks links to media."""
    denials_arn: str
    """The key-value store with what that function denies; `none` if its code has it."""


@dataclass(frozen=True, slots=True)
class ReconcileSettings(Settings):
    metadata_table: str
    uploads_bucket: str
    originals_bucket: str
    ingest_queue_url: str
    ingest_bulk_queue_url: str
    render_queue_url: str
    render_bulk_queue_url: str
    transcode_queue_url: str
    transcode_bulk_queue_url: str
    publish_queue_url: str
    screen_queue_url: str
    screening: str
    """What is screened, as for the router: what is published by way of the step `screen`."""
    reconcile_after_minutes: str
    """How many minutes a post may be unpublished before the reconciler checks it."""


@dataclass(frozen=True, slots=True)
class CollectSettings(Settings):
    metadata_table: str
    collect_queue_url: str
    removals_per_hour: str
    """The highest number of contents removed in an hour; above it the collector stops."""
    uploads_bucket: str
    originals_bucket: str
    renditions_bucket: str


@dataclass(frozen=True, slots=True)
class EraseSettings(Settings):
    metadata_table: str
    feed_table: str
    originals_bucket: str
    """The bucket that has the list of erasures."""
    user_pool_id: str
    erase_queue_url: str
    collect_queue_url: str


@dataclass(frozen=True, slots=True)
class PushSettings(Settings):
    metadata_table: str
    push_queue_url: str
    push_services: str
    """The hosts of push services that are called, with commas."""
    push_key: str
    """The private key that signs requests to them, in base64url."""
    push_contact: str
    """Whom they may ask about our requests: an address with `mailto:`, or a page."""


@dataclass(frozen=True, slots=True)
class ExportSettings(Settings):
    metadata_table: str
    uploads_bucket: str
    originals_bucket: str
    user_pool_id: str
    site_url: str
    """The address of the web client, without a slash at its end."""
    email_from: str
    """The sender of mails to users; `off` if none are sent."""

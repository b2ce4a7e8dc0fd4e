"""What each function is told, and what it may do: read beside its settings in `config.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from infra import grants
from infra.buckets import MEDIA_PREFIX, UPLOADS_PREFIX, Buckets
from infra.functions import Functions
from infra.lifecycle import DISCARDED_PREFIX, DOWNLOADS_PREFIX
from infra.queues import Queues
from infra.settings import Settings
from infra.shared_cache import SharedCache
from infra.tables import Tables
from shutterfeed import schema, topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What functions work with."""

    settings: Settings
    tables: Tables
    buckets: Buckets
    queues: Queues
    media_base_url: str
    sending_actions: Sequence[str]
    shared_cache: SharedCache | None


def grant_all(functions: Functions, to: Resources) -> None:
    """Rights are per function; the two that parse hostile bytes get the fewest."""
    _api(functions["api"], to)
    _dedup_hash(functions["dedup_hash"], to)
    _thumbnail(functions["thumbnail"], to)
    _transcode(functions["transcode"], to)
    _route_changes(functions["route_changes"], to)
    _publish(functions["publish"], to)
    _fan_out(functions["fan_out"], to)
    _deliver(functions["deliver"], to)
    _collect(functions["collect"], to)
    _reconcile(functions["reconcile"], to)
    _index(functions["index"], to)


def _sends(function: lambda_.Function, to: Resources, *steps: str) -> None:
    """Let a function send to the queues of some steps, and tell it where they are."""
    for step in steps:
        function.add_environment(topology.worker(step).queue_variable, to.queues[step].queue_url)
    grants.sending(function, to.sending_actions, *(to.queues[step] for step in steps))


def _api(function: lambda_.Function, to: Resources) -> None:
    tables, uploads, originals = to.tables, to.buckets.uploads, to.buckets.originals
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    function.add_environment("UPLOADS_BUCKET", uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("MEDIA_BASE_URL", to.media_base_url)
    grants.items(
        function,
        tables.metadata,
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
    )
    grants.index(function, tables.metadata, schema.FOLLOWERS_INDEX, schema.PUBLISHED_INDEX)
    # Unfollowing ends a lease; a feed that is made again is kept.
    grants.items(function, tables.feed, "BatchGetItem", "Query", "PutItem", "DeleteItem")
    _delivers(function, to)
    _caches_heads(function, to)
    _sends(function, to, "deliver")
    # It never writes bytes: a presigned request carries the rights of who signed it. Putting is
    # also beginning and completing an upload in parts.
    grants.objects(
        function,
        uploads,
        "PutObject",
        "ListMultipartUploadParts",
        "AbortMultipartUpload",
        prefix=UPLOADS_PREFIX,
    )
    # An original is copied to where its owner fetches it from.
    grants.objects(function, originals, "GetObject")
    grants.objects(function, uploads, "GetObject", "PutObject", prefix=DOWNLOADS_PREFIX)


def _caches_heads(function: lambda_.Function, to: Resources) -> None:
    function.add_environment("HEAD_CACHE", "container" if to.shared_cache is None else "valkey")
    for name, bound in to.settings.head_cache.items():
        function.add_environment(f"HEAD_CACHE_{name.upper()}", str(bound))
    if to.shared_cache is not None:
        to.shared_cache.admit(function)


def _dedup_hash(function: lambda_.Function, to: Resources) -> None:
    metadata, uploads, originals = to.tables.metadata, to.buckets.uploads, to.buckets.originals
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("UPLOADS_BUCKET", uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    grants.items(function, metadata, "GetItem", "UpdateItem")
    # References are all that it makes, and an upload whose post has gone gives up its own.
    grants.items(function, metadata, "PutItem", "Query", "DeleteItem", partitions=["BLOB#*"])
    grants.objects(function, uploads, "GetObject", "PutObjectTagging", prefix=UPLOADS_PREFIX)
    grants.objects(function, uploads, "PutObject", prefix=DISCARDED_PREFIX)
    grants.objects(function, originals, "GetObject", "PutObject")
    # An upload that is gone and an original that was never stored must not look forbidden.
    grants.listing(function, uploads, originals)
    _sends(function, to, "render", "transcode", "publish")


def _thumbnail(function: lambda_.Function, to: Resources) -> None:
    _renderer(function, to)


def _transcode(function: lambda_.Function, to: Resources) -> None:
    _renderer(function, to)


def _renderer(function: lambda_.Function, to: Resources) -> None:
    """Who parses a stranger's bytes reads originals, writes renditions, and knows blobs alone."""
    metadata, originals, renditions = (
        to.tables.metadata,
        to.buckets.originals,
        to.buckets.renditions,
    )
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("RENDITIONS_BUCKET", renditions.bucket_name)
    grants.items(function, metadata, "GetItem", "UpdateItem", partitions=["BLOB#*"])
    grants.objects(function, originals, "GetObject")
    grants.objects(function, renditions, "PutObject", prefix=MEDIA_PREFIX)


def _route_changes(function: lambda_.Function, to: Resources) -> None:
    _sends(function, to, "publish", "fan_out", "deliver", "collect", "index")


def _publish(function: lambda_.Function, to: Resources) -> None:
    metadata = to.tables.metadata
    function.add_environment("METADATA_TABLE", metadata.table_name)
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")


def _delivers(function: lambda_.Function, to: Resources) -> None:
    for name, value in to.settings.feed_policy.items():
        function.add_environment(name.upper(), str(value))


_CROSSING = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
"""What moving a reader takes: heads and counts read, marks written and removed where follows and
heads allow it."""


def _fan_out(function: lambda_.Function, to: Resources) -> None:
    tables = to.tables
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    _delivers(function, to)
    grants.items(function, tables.metadata, *_CROSSING, "ConditionCheckItem")
    # A lease that has run out is renewed or ended, if it is still as it was read.
    grants.items(function, tables.feed, "Query", "BatchWriteItem", "UpdateItem", "DeleteItem")
    _sends(function, to, "fan_out", "deliver")


def _deliver(function: lambda_.Function, to: Resources) -> None:
    tables = to.tables
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    _delivers(function, to)
    grants.items(function, tables.metadata, *_CROSSING, "ConditionCheckItem")
    grants.index(function, tables.metadata, schema.PUBLISHED_INDEX)
    # Leases are written on condition of their edges, or looked for and withdrawn.
    grants.items(
        function,
        tables.feed,
        *("GetItem", "BatchGetItem", "Query", "PutItem", "BatchWriteItem", "DeleteItem"),
    )
    _sends(function, to, "fan_out")


def _collect(function: lambda_.Function, to: Resources) -> None:
    metadata, uploads, originals, renditions = (
        to.tables.metadata,
        to.buckets.uploads,
        to.buckets.originals,
        to.buckets.renditions,
    )
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("UPLOADS_BUCKET", uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("RENDITIONS_BUCKET", renditions.bucket_name)
    function.add_environment("REMOVALS_PER_HOUR", str(to.settings.removals_per_hour))
    grants.items(function, metadata, "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
    # Deleting here only hides an original: its versions stay, and nothing may remove those.
    grants.objects(function, originals, "DeleteObject")
    grants.objects(function, renditions, "DeleteObject", prefix=MEDIA_PREFIX)
    # It removes no upload: it marks those of a post that has gone, and drops parts.
    grants.objects(
        function, uploads, "PutObjectTagging", "AbortMultipartUpload", prefix=UPLOADS_PREFIX
    )
    # An upload that has gone already must not look forbidden.
    grants.listing(function, uploads, renditions)


def _reconcile(function: lambda_.Function, to: Resources) -> None:
    tables, buckets = to.tables, to.buckets
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("UPLOADS_BUCKET", buckets.uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", buckets.originals.bucket_name)
    function.add_environment("RECONCILE_AFTER_MINUTES", str(to.settings.reconcile_after_minutes))
    # The rows it changes are ledger entries, their posts, and its own checkpoint.
    grants.items(function, tables.metadata, "GetItem", "BatchGetItem", "UpdateItem")
    grants.index(function, tables.metadata, schema.OPEN_INDEX)
    grants.objects(function, buckets.uploads, "GetObject", prefix=UPLOADS_PREFIX)
    grants.objects(function, buckets.originals, "GetObject")
    grants.listing(function, buckets.uploads, buckets.originals)
    watched = ("ingest", "render", "transcode", "publish")
    _sends(function, to, *watched)
    grants.measuring(function, *(to.queues[step] for step in watched))


def _index(function: lambda_.Function, to: Resources) -> None:
    metadata = to.tables.metadata
    function.add_environment("METADATA_TABLE", metadata.table_name)
    # It scans to build the index again and to check it, when told to. A celebrity's followers are
    # counted in a batch of items.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Scan")

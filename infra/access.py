"""The environment and the rights of each function. Its settings in `config.py` read the same
environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from infra import grants
from infra.buckets import (
    ERASURES_PREFIX,
    LISTS_PREFIX,
    LOG_ANCHORS_PREFIX,
    MEDIA_PREFIX,
    UPLOADS_PREFIX,
    ZOOM_NAMES,
    Buckets,
)
from infra.functions import Functions
from infra.identity import Identity, mail_identity
from infra.lifecycle import (
    DISCARDED_PREFIX,
    DOWNLOADS_PREFIX,
    ERASED_TAG,
    EXPORTS_PREFIX,
    REFUSED_TAG,
)
from infra.media_keys import MediaKeys
from infra.media_links import NO_STORE, MediaLinks
from infra.origin_keys import OriginKeys
from infra.push_keys import PushKeys
from infra.push_settings import OFF
from infra.queues import Queues
from infra.settings import Settings
from infra.shared_cache import SharedCache
from infra.tables import Tables
from shutterfeed import schema, topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The resources that functions use."""

    settings: Settings
    tables: Tables
    buckets: Buckets
    queues: Queues
    identity: Identity
    media_base_url: str
    media_keys: MediaKeys
    media_links: MediaLinks
    site_url: str
    sending_actions: Sequence[str]
    shared_cache: SharedCache | None
    origin_keys: OriginKeys | None
    push_keys: PushKeys | None


def grant_all(functions: Functions, to: Resources) -> None:
    """Give each function its own rights. The two that parse hostile bytes get the fewest."""
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
    _deny(functions["deny"], to)
    _index(functions["index"], to)
    _notify(functions["notify"], to)
    _push(functions["push"], to)
    _erase(functions["erase"], to)
    _screen(functions["screen"], to)
    _export(functions["export"], to)
    _tokens(functions["tokens"], to)


def _sends(function: lambda_.Function, to: Resources, *steps: str) -> None:
    """Let a function send to the queues of some steps, and tell it where they are."""
    for step in steps:
        function.add_environment(topology.lane(step).queue_variable, to.queues[step].queue_url)
    grants.sending(function, to.sending_actions, *(to.queues[step] for step in steps))


def _api(function: lambda_.Function, to: Resources) -> None:
    tables, uploads, originals = to.tables, to.buckets.uploads, to.buckets.originals
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    function.add_environment("UPLOADS_BUCKET", uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("MEDIA_BASE_URL", to.media_base_url)
    function.add_environment("MEDIA_KEYS", to.media_keys.value)
    function.add_environment("SITE_URL", to.site_url)
    function.add_environment("SITE_BUCKET", to.buckets.site.bucket_name)
    # The page that it fills for messengers and search engines.
    grants.one_object(function, to.buckets.site, "index.html")
    accepted = to.origin_keys.accepted if to.origin_keys else "anybody"
    function.add_environment("ORIGIN_KEYS", accepted)
    function.add_environment("USER_POOL_ID", to.identity.pool.user_pool_id)
    function.add_environment("PUSH_SERVICES", to.settings.push.services_setting)
    function.add_environment("RENAMES_IN_30_DAYS", str(to.settings.renames_in_30_days))
    function.add_environment("CLOSING_DAYS", str(to.settings.closing_days))
    grants.accounts(function, to.identity.pool, "AdminUserGlobalSignOut")
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
    grants.index(
        function,
        tables.metadata,
        *(schema.FOLLOWERS_INDEX, schema.PUBLISHED_INDEX, schema.OPEN_INDEX),
    )
    # A follow is written on condition that neither has blocked the other; a request to follow also
    # that there is no edge, and a block that there are no edges and requests but those it cuts.
    grants.items(function, tables.metadata, "ConditionCheckItem")
    # Unfollowing removes a subscription, and a feed that was made again is stored.
    grants.items(function, tables.feed, "BatchGetItem", "Query", "PutItem", "DeleteItem")
    _delivers(function, to)
    _caches_recent_posts(function, to)
    function.add_environment("LIMITS", to.settings.limits_setting)
    # An account that is closed and may be erased at once, and zoom sizes that are asked for.
    _sends(function, to, "deliver", "erase", "render")
    # The API itself never writes bytes, but a presigned request has the rights of its signer.
    # PutObject also covers beginning and completing an upload in parts.
    grants.objects(
        function,
        uploads,
        "PutObject",
        "ListMultipartUploadParts",
        "AbortMultipartUpload",
        prefix=UPLOADS_PREFIX,
    )
    # An original is copied into the uploads bucket, where its owner downloads it.
    grants.objects(function, originals, "GetObject")
    grants.objects(function, uploads, "GetObject", "PutObject", prefix=DOWNLOADS_PREFIX)
    # The links to the parts of an export have the rights of their signer.
    grants.objects(function, uploads, "GetObject", prefix=EXPORTS_PREFIX)


def _caches_recent_posts(function: lambda_.Function, to: Resources) -> None:
    function.add_environment(
        "RECENT_POSTS_CACHE", "container" if to.shared_cache is None else "valkey"
    )
    for name, bound in to.settings.recent_posts_cache.items():
        function.add_environment(f"RECENT_POSTS_CACHE_{name.upper()}", str(bound))
    if to.shared_cache is not None:
        to.shared_cache.admit(function)


_RENDERERS = ("render", "transcode")
_BULK_RENDERERS = ("render_bulk", "transcode_bulk")


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
    # Without it, S3 answers 403 instead of 404 for an upload or original that does not exist.
    grants.listing(function, uploads, originals)
    # What a user sends beyond their share goes on by the bulk queues.
    _sends(function, to, *_RENDERERS, "ingest_bulk", *_BULK_RENDERERS, "publish")


def _thumbnail(function: lambda_.Function, to: Resources) -> None:
    _renderer(function, to)
    # The lifecycle removes what has the tag: zoom sizes, and no other rendition.
    grants.tagging_objects(function, to.buckets.renditions, f"{MEDIA_PREFIX}*/{ZOOM_NAMES}")


def _transcode(function: lambda_.Function, to: Resources) -> None:
    _renderer(function, to)


def _renderer(function: lambda_.Function, to: Resources) -> None:
    """The rights of a function that parses strangers' bytes: it reads originals, writes renditions,
    and can reach no items but those of blobs."""
    metadata, originals, renditions = (
        to.tables.metadata,
        to.buckets.originals,
        to.buckets.renditions,
    )
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("RENDITIONS_BUCKET", renditions.bucket_name)
    hashes = "on" if to.settings.screening.hash_lists else "off"
    function.add_environment("PERCEPTUAL_HASHES", hashes)
    grants.items(function, metadata, "GetItem", "UpdateItem", partitions=["BLOB#*"])
    grants.objects(function, originals, "GetObject")
    grants.objects(function, renditions, "PutObject", prefix=MEDIA_PREFIX)


_ROUTED = (
    *("publish", "fan_out", "deliver", "collect", "deny", "index", "notify", "push", "erase"),
    "screen",
    "export",
)


def _route_changes(function: lambda_.Function, to: Resources) -> None:
    _sends(function, to, *_ROUTED)
    function.add_environment("SCREENING", to.settings.screening.setting)


def _publish(function: lambda_.Function, to: Resources) -> None:
    metadata = to.tables.metadata
    function.add_environment("METADATA_TABLE", metadata.table_name)
    # A mark is put on condition that the content is withheld, and what is published with one too.
    grants.items(function, metadata, "ConditionCheckItem", partitions=["BLOB#*"])
    _sends(function, to, "publish")
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
    # A medium that is refused as no picture gives up its reference. A cropped photo of a content
    # that is withheld no more is shown at the edge again.
    grants.items(function, metadata, "DeleteItem", partitions=["BLOB#*", "DENIED#*"])


def _delivers(function: lambda_.Function, to: Resources) -> None:
    for name, value in to.settings.feed_policy.items():
        function.add_environment(name.upper(), str(value))


_MIGRATION = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
"""The actions that moving a reader during a migration needs: it reads recent posts and counts, and
writes and removes pull markers on conditions about follow edges and recent posts."""


def _fan_out(function: lambda_.Function, to: Resources) -> None:
    tables = to.tables
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    _delivers(function, to)
    grants.items(function, tables.metadata, *_MIGRATION, "ConditionCheckItem")
    # The index has the requests to follow an account that has become public.
    grants.index(function, tables.metadata, schema.FOLLOWERS_INDEX)
    # A subscription that has run out is renewed or removed, if it has not changed since it was
    # read.
    grants.items(function, tables.feed, "Query", "BatchWriteItem", "UpdateItem", "DeleteItem")
    _sends(function, to, "fan_out", "deliver")


def _deliver(function: lambda_.Function, to: Resources) -> None:
    tables = to.tables
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    _delivers(function, to)
    grants.items(function, tables.metadata, *_MIGRATION, "ConditionCheckItem")
    grants.index(function, tables.metadata, schema.PUBLISHED_INDEX)
    # Subscriptions are written on condition of their edges, or checked afterwards and withdrawn.
    grants.items(
        function,
        tables.feed,
        *("GetItem", "BatchGetItem", "PutItem", "BatchWriteItem", "DeleteItem"),
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
    # What people have left at a post that is gone, in batches, and likes in many steps.
    grants.items(function, metadata, "BatchWriteItem")
    _sends(function, to, "collect")
    # DeleteObject only hides an original: its versions stay, and no function may remove those. It
    # may tag them for the lifecycle, which removes them later.
    grants.objects(function, originals, "DeleteObject")
    grants.tagging_versions(function, originals, ERASED_TAG, REFUSED_TAG)
    # The file of a photo that is cropped in another way is sent again, as by its owner.
    grants.objects(function, originals, "GetObject")
    grants.objects(function, uploads, "PutObject", prefix=UPLOADS_PREFIX)
    # The list of erasures, to which it adds the posts that it removes.
    grants.objects(function, originals, "PutObject", prefix=ERASURES_PREFIX)
    grants.objects(function, renditions, "DeleteObject", prefix=MEDIA_PREFIX)
    # It removes no upload: it tags the uploads of a post that is gone, and aborts those in parts.
    grants.objects(
        function, uploads, "PutObjectTagging", "AbortMultipartUpload", prefix=UPLOADS_PREFIX
    )
    # Without it, S3 answers 403 instead of 404 for an upload that is already gone.
    grants.listing(function, uploads, renditions)


def _reconcile(function: lambda_.Function, to: Resources) -> None:
    tables, buckets = to.tables, to.buckets
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("UPLOADS_BUCKET", buckets.uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", buckets.originals.bucket_name)
    function.add_environment("RECONCILE_AFTER_MINUTES", str(to.settings.reconcile_after_minutes))
    # The items that it changes are ledger entries, their posts, its own checkpoint, and the list of
    # popular users.
    grants.items(function, tables.metadata, "GetItem", "BatchGetItem", "UpdateItem")
    # Posts that wait, suspensions that are over, and the oldest case that waits.
    grants.index(function, tables.metadata, schema.OPEN_INDEX, schema.PUBLISHED_INDEX)
    # It counts the nominations for the list of popular users, which it keeps in one item, and makes
    # the list of posts to explore from contenders and the list before.
    lists = ["NOMINATIONS", "CONTENDERS", "EXPLORED"]
    grants.items(function, tables.metadata, "Query", partitions=lists)
    grants.items(function, tables.metadata, "PutItem", partitions=["EXPLORED"])
    # It lifts suspensions whose time is over, and logs that. It notes the end of the log.
    grants.items(function, tables.metadata, "Query", "PutItem", partitions=["MODERATION_LOG"])
    grants.objects(function, buckets.originals, "PutObject", prefix=LOG_ANCHORS_PREFIX)
    grants.items(function, tables.metadata, "DeleteItem", partitions=["CASE#*"])
    grants.objects(function, buckets.uploads, "GetObject", prefix=UPLOADS_PREFIX)
    grants.objects(function, buckets.originals, "GetObject")
    grants.listing(function, buckets.uploads, buckets.originals)
    screen = ("screen",) if to.settings.screening.contents else ()
    sent_to = ("ingest_bulk", *_BULK_RENDERERS, "publish", *screen)
    only_watched = ("ingest", *_RENDERERS)
    function.add_environment("SCREENING", to.settings.screening.setting)
    function.add_environment("SCREEN_QUEUE_URL", to.queues["screen"].queue_url)
    _sends(function, to, *sent_to)
    for name in only_watched:
        function.add_environment(topology.lane(name).queue_variable, to.queues[name].queue_url)
    grants.measuring(function, *(to.queues[name] for name in (*sent_to, *only_watched)))


def _deny(function: lambda_.Function, to: Resources) -> None:
    function.add_environment("METADATA_TABLE", to.tables.metadata.table_name)
    function.add_environment("MEDIA_LINKS_FUNCTION", to.media_links.name)
    function.add_environment("DENIALS_ARN", to.media_links.denials_arn or NO_STORE)
    grants.items(function, to.tables.metadata, "BatchGetItem", partitions=["DENIED#*"])
    to.media_links.let_deny(function)


def _index(function: lambda_.Function, to: Resources) -> None:
    metadata = to.tables.metadata
    function.add_environment("METADATA_TABLE", metadata.table_name)
    # It scans the table when an operator builds the index again or checks it. The followers of a
    # celebrity are counted in several items, which it reads in one batch. The posts of an account
    # that becomes private or public are read page by page, each page in a message of its own.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "Scan")
    # A post comes into the lists of its hashtags, if somebody follows these.
    grants.items(function, metadata, "UpdateItem", partitions=["HASHTAG#*"])
    _sends(function, to, "index", "fan_out")


def _notify(function: lambda_.Function, to: Resources) -> None:
    metadata = to.tables.metadata
    function.add_environment("METADATA_TABLE", metadata.table_name)
    # It reads what was done, by whom, and what its owner has seen; a notice is all that it writes,
    # except for contents that are kept no longer for a case.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
    grants.items(function, metadata, "DeleteItem", partitions=["BLOB#*"])
    _sends(function, to, "notify")


def _push(function: lambda_.Function, to: Resources) -> None:
    metadata, settings = to.tables.metadata, to.settings.push
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("PUSH_SERVICES", settings.services_setting)
    function.add_environment("PUSH_CONTACT", settings.contact or OFF)
    function.add_environment("PUSH_KEY", to.push_keys.private if to.push_keys else OFF)
    # It reads what a page of the list of activity reads, and writes devices alone.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "UpdateItem", "DeleteItem")
    grants.index(function, metadata, schema.FOLLOWERS_INDEX)
    _sends(function, to, "push")


def _erase(function: lambda_.Function, to: Resources) -> None:
    tables = to.tables
    function.add_environment("METADATA_TABLE", tables.metadata.table_name)
    function.add_environment("FEED_TABLE", tables.feed.table_name)
    function.add_environment("ORIGINALS_BUCKET", to.buckets.originals.bucket_name)
    function.add_environment("USER_POOL_ID", to.identity.pool.user_pool_id)
    # It removes all that is one user's, wherever it stands, and what others count of it.
    grants.items(
        function,
        tables.metadata,
        *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
        "BatchWriteItem",
    )
    grants.index(function, tables.metadata, schema.FOLLOWERS_INDEX)
    # The drafts of a user who was suspended are kept.
    grants.index(function, tables.metadata, schema.PUBLISHED_INDEX)
    grants.items(function, tables.feed, "Query", "BatchWriteItem")
    # The list of erasures. It reaches no object but its own entries, and no version of any.
    grants.objects(function, to.buckets.originals, "PutObject", prefix=ERASURES_PREFIX)
    grants.accounts(function, to.identity.pool, "ListUsers", "AdminGetUser", "AdminDeleteUser")
    # The sign-ins of users who were suspended.
    grants.accounts(function, to.identity.pool, "AdminUserGlobalSignOut")
    _sends(function, to, "erase", "collect")


def _screen(function: lambda_.Function, to: Resources) -> None:
    metadata, originals, renditions = (
        to.tables.metadata,
        to.buckets.originals,
        to.buckets.renditions,
    )
    screening = to.settings.screening
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("RENDITIONS_BUCKET", renditions.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("SCREENING_POLICY", screening.policy)
    # It opens cases and acts in them, which is a transaction with the marks and the log.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
    grants.items(function, metadata, "ConditionCheckItem", "DeleteItem")
    _sends(function, to, "publish")
    if screening.reads_lists:
        grants.objects(function, originals, "GetObject", prefix=LISTS_PREFIX)
        # Without it, S3 answers 403 instead of 404 for a list that is not there.
        grants.listing(function, originals)
    if screening.labels:
        # Rekognition reads the rendition itself, with the rights of who asks.
        grants.objects(function, renditions, "GetObject", prefix=MEDIA_PREFIX)
        grants.labels(function)


def _export(function: lambda_.Function, to: Resources) -> None:
    metadata, uploads, originals = to.tables.metadata, to.buckets.uploads, to.buckets.originals
    function.add_environment("METADATA_TABLE", metadata.table_name)
    function.add_environment("UPLOADS_BUCKET", uploads.bucket_name)
    function.add_environment("ORIGINALS_BUCKET", originals.bucket_name)
    function.add_environment("USER_POOL_ID", to.identity.pool.user_pool_id)
    function.add_environment("SITE_URL", to.site_url)
    function.add_environment("EMAIL_FROM", to.settings.email_from or OFF)
    # It reads everything of its user's, and writes exports alone.
    grants.items(function, metadata, "GetItem", "BatchGetItem", "Query")
    grants.items(function, metadata, "PutItem", "UpdateItem", partitions=["USER#*"])
    grants.index(function, metadata, schema.FOLLOWERS_INDEX)
    grants.objects(function, originals, "GetObject")
    # PutObject also covers uploads in parts. It removes what was discarded: the bucket has no
    # versions, and it reaches nothing but exports.
    grants.objects(
        function,
        uploads,
        *("PutObject", "DeleteObject", "AbortMultipartUpload"),
        prefix=EXPORTS_PREFIX,
    )
    # Without it, S3 answers 403 instead of 404 for an original that does not exist.
    grants.listing(function, uploads, originals)
    grants.accounts(function, to.identity.pool, "AdminGetUser")
    if to.settings.email_from is not None:
        grants.mailing(
            function, mail_identity(to.settings.email_from, to.settings.email_identity_arn)
        )


def _tokens(function: lambda_.Function, to: Resources) -> None:
    function.add_environment("ACCOUNT_CLIENT_ID", to.identity.account_client_id)
    to.identity.let_call(function)

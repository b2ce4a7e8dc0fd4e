"""The contexts whose templates are tested. Together they set every value of `cdk.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shutterfeed import schema, topology

DOMAIN = "photos.example.com"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/0a-1b"
FAR_VAULT = "arn:aws:backup:eu-west-1:210987654321:backup-vault:far"
IDENTITY = "arn:aws:ses:eu-west-1:123456789012:identity/hello@example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b"
FEED = {
    "celebrity_followers": 5000,
    "active_days": 14,
    "regular_after_days": 2,
    "snapshot_posts": 50,
}
LIMITS = {name: {"at_once": 40, "per_hour": 20} for name in schema.LIMITS}
BOUNDS = {"seconds": 0, "authors": 7, "megabytes": 9}
SCREENING = {
    "hash_lists": {"known": {"does": "block", "reason": "illegal"}},
    "word_lists": {"slurs": {"does": "review"}},
    "labels": {"Explicit": {"does": "review", "reason": "nudity", "confidence": 95}},
    "distance": 20,
}
REPLICA = "arn:aws:s3:::keep-originals-elsewhere"


CONTEXTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "dev": {},
    # Production, with every option other than it is by default. Options that exclude each other,
    # and those that cost much, are in those below.
    "prod": {
        "stage": "prod",
        "domain": DOMAIN,
        "certificate_arn": CERTIFICATE,
        "hosted_zone_id": "Z0123456789ABC",
        "web_acl_arn": WEB_ACL,
        "cdn_logs": True,
        "email_from": f"Shutterfeed <hello@mail.{DOMAIN}>",
        "warm_throughput": {"read": 24000, "write": 8000},
        "backup_days": 35,
        "backup_copy_vault_arn": FAR_VAULT,
        "alarms": "all",
        "budget": 50,
        "tracing": False,
        "canary": True,
        "toolkit": "OurToolkit",
        "qualifier": "ours",
        "snap_start": True,
        "alarm_email": "operators@example.com",
        "keep_originals": False,
        "originals_replica_bucket_arn": REPLICA,
        "media_base_url": "https://media.example.com/of/posts/",
        "cors_origins": ["https://front.example.com"],
        "worker_concurrency": dict.fromkeys((lane.setting for lane in topology.LANES), 7)
        | {"transcode": 2, "thumbnail_bulk": 2},
        "reserved_concurrency": {"api": 200, "thumbnail": 9, "collect": None},
        "account_concurrency": 20,
        "log_retention_days": 365,
        "log_level": "DEBUG",
        "recent_posts_cache": BOUNDS,
        "access_token_minutes": 60,
        "renames_in_30_days": 2,
        "closing_days": 0,
        "push_contact": "mailto:push@example.com",
        "push_services": ["push.example.com", "*.notify.example.com"],
        "screening": SCREENING,
        "api_throttle": {"rate": 7, "burst": 9},
        "python_runtime": "python3.13",
    },
    # What the first deployment of production sends, with what goes without its companions.
    "first": {
        "stage": "prod",
        "protected": False,
        "keys_digest": "0a1b",
        "domain": DOMAIN,
        "certificate_arn": CERTIFICATE,
        "backup_days": 1,
        "canary": True,
        "search": "opensearch",
        "search_nodes": 3,
        "search_zones": 3,
        "search_masters": 5,
        "search_instance": "r7g.xlarge.search",
        "search_volume_gb": 200,
        "architecture": "x86_64",
        "python_runtime": "python3.12",
        "table_class": "standard",
        "feed": FEED,
        "limits": LIMITS,
        "storage_quota_bytes": None,
        "reconcile_after_minutes": 30,
        "removals_per_hour": 7,
        "memory_mb": {"api": 3008},
    },
    "local": {"stage": "local", "local_port": 4999},
    # With the longest stage that the name of an OpenSearch domain leaves room for.
    "searching": {"search": "opensearch", "stage": "abcdefghi"},
    # The cache that all containers share, and a sender known elsewhere.
    "valkey": {
        "cache": "valkey",
        "email_from": "hello@example.com",
        "email_identity_arn": IDENTITY,
    },
    # The preset for many users, in an account whose quotas were raised.
    "large": {
        "preset": "large",
        "stage": "prod",
        "alarm_email": "operators@example.com",
        "account_concurrency": 4000,
    },
    # A new account, which may run ten functions at a time.
    "small": {"account_concurrency": 10},
}

"""The buckets: who may reach them, what they tell, and what expires in them."""

from __future__ import annotations

from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.buckets import ABANDONED, ERASED, REFUSED, RELEASED, ZOOM
from shutterfeed.domain.exports import EXPORT_LIFETIME, EXPORT_RETENTION
from shutterfeed.domain.multipart import RESUMABLE
from shutterfeed.domain.retention import (
    ERASED_RETENTION,
    REFUSED_RETENTION,
    STORED_UPLOAD_RETENTION,
    UNWANTED_UPLOAD_RETENTION,
)
from shutterfeed.domain.zooming import ZOOM_RETENTION
from tests import samples
from tests.infra.templates import Template, text
from tools import creation

BUCKETS = ("uploads", "originals", "renditions", "site", "logs")


def test_the_names_are_known_beforehand(dev: Template) -> None:
    assert set(dev.buckets()) == set(BUCKETS)
    known = creation.bucket_names("dev", "${AWS::AccountId}", "${AWS::Region}")
    assert {name: text(b["BucketName"]) for name, b in dev.buckets().items()} == known
    for name, bucket in dev.buckets().items():
        expected = f"shutterfeed-dev-{name}-${{AWS::AccountId}}-${{AWS::Region}}"
        assert text(bucket["BucketName"]) == expected


@pytest.mark.parametrize("name", BUCKETS)
def test_nothing_is_public_unencrypted_or_somebody_elses(every: Template, name: str) -> None:
    bucket = every.buckets()[name]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "AccessControl" not in bucket


def test_every_bucket_refuses_plain_http_except_on_the_local_cloud(
    dev: Template, prod: Template, local: Template
) -> None:
    for template in (dev, prod):
        assert _refusing_plain_http(template) == set(BUCKETS)
    assert _refusing_plain_http(local) == set()


def _refusing_plain_http(template: Template) -> set[str]:
    return {
        template.named(policy["Bucket"])
        for policy in template.all("AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "s3:*"
        and statement["Principal"] == {"AWS": "*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }


def test_every_bucket_logs_who_asked_but_the_one_with_the_logs(every: Template) -> None:
    for name in ("uploads", "originals", "renditions", "site"):
        logging = every.buckets()[name]["LoggingConfiguration"]
        assert every.named(logging["DestinationBucketName"]) == "logs"
        assert logging["LogFilePrefix"] == f"{name}/"
    assert "LoggingConfiguration" not in every.buckets()["logs"]


def test_uploads_expire_only_once_nothing_needs_them(every: Template) -> None:
    rules = _lifecycle(every, "uploads")
    # Copies of what is stored already: by nobody read, or about to be.
    for key_of in (keys.discarded_object, keys.download_object):
        prefix = key_of(samples.post().id, "medium").split("/")[0] + "/"
        (rule,) = (rule for rule in rules if rule.get("Prefix") == prefix)
        assert rule["ExpirationInDays"] == STORED_UPLOAD_RETENTION.days
        rules.remove(rule)
    # Parts of exports: longer than these can be downloaded.
    begin = keys.exports_of(samples.user_id(1)).split("/")[0] + "/"
    (rule,) = (rule for rule in rules if rule.get("Prefix") == begin)
    assert rule["ExpirationInDays"] == EXPORT_RETENTION.days > EXPORT_LIFETIME.days
    rules.remove(rule)
    expiring = {
        rule["TagFilters"][0]["Key"]: rule["ExpirationInDays"]
        for rule in rules
        if "ExpirationInDays" in rule
    }
    assert expiring == {
        RELEASED: STORED_UPLOAD_RETENTION.days,
        REFUSED: REFUSED_RETENTION.days,
        ABANDONED: UNWANTED_UPLOAD_RETENTION.days,
    }
    for rule in rules:
        # One filter: with both a prefix and a tag, each would need the other.
        assert len(rule.get("TagFilters", [])) + ("Prefix" in rule) <= 1
    for rule in rules:
        if "ExpirationInDays" in rule:
            assert [tag["Value"] for tag in rule["TagFilters"]] == ["true"]
    assert _multipart_days(rules) == [RESUMABLE.days]


def test_originals_are_versioned_get_cheaper_and_expire_only_if_they_are_tagged(
    every: Template,
) -> None:
    rules = _lifecycle(every, "originals")
    refused, erased = (rule for rule in rules if "TagFilters" in rule)
    assert refused["TagFilters"] == [{"Key": REFUSED, "Value": "true"}]
    assert refused["NoncurrentVersionExpiration"] == {"NoncurrentDays": REFUSED_RETENTION.days}
    assert "ExpirationInDays" not in refused
    assert erased["TagFilters"] == [{"Key": ERASED, "Value": "true"}]
    assert erased["NoncurrentVersionExpiration"] == {"NoncurrentDays": ERASED_RETENTION.days}
    assert erased["ExpirationInDays"] == ERASED_RETENTION.days
    (markers,) = (rule for rule in rules if "ExpiredObjectDeleteMarker" in rule)
    assert markers == {"Id": "markers", "Status": "Enabled", "ExpiredObjectDeleteMarker": True}
    for rule in (erased, refused, markers):
        rules.remove(rule)
    assert every.buckets()["originals"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert not [key for rule in rules for key in rule if "Expir" in key]
    classes = [
        transition["StorageClass"] for rule in rules for transition in rule.get("Transitions", [])
    ]
    assert classes == ["STANDARD_IA"]
    assert _multipart_days(rules) == [RESUMABLE.days]


def test_of_renditions_only_zoom_sizes_expire(every: Template) -> None:
    rules = _lifecycle(every, "renditions")
    zoom, *others = rules
    assert zoom["TagFilters"] == [{"Key": ZOOM, "Value": "true"}]
    assert zoom["ExpirationInDays"] == ZOOM_RETENTION.days
    assert not [key for rule in others for key in rule if "Expir" in key]
    assert _multipart_days(rules) == [RESUMABLE.days]


def test_logs_expire_after_ninety_days(every: Template) -> None:
    (rule,) = _lifecycle(every, "logs")
    assert rule["ExpirationInDays"] == 90


def _lifecycle(template: Template, name: str) -> list[dict[str, Any]]:
    rules = template.buckets()[name]["LifecycleConfiguration"]["Rules"]
    assert isinstance(rules, list)
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    return list(rules)  # Other tests read the same template.


def _multipart_days(rules: list[dict[str, Any]]) -> list[int]:
    return [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in rules
        if "AbortIncompleteMultipartUpload" in rule
    ]


def test_browsers_may_post_uploads_and_put_their_parts_and_nothing_else(
    dev: Template, prod: Template
) -> None:
    (rule,) = dev.buckets()["uploads"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["POST", "PUT"]
    # What completes an upload in parts is known by it.
    assert rule["ExposedHeaders"] == ["ETag"]
    assert [text(origin) for origin in rule["AllowedOrigins"]] == [dev.outputs()["SiteUrl"]]
    (rule,) = prod.buckets()["uploads"]["CorsConfiguration"]["CorsRules"]
    origins = [text(origin) for origin in rule["AllowedOrigins"]]
    assert origins == [prod.outputs()["SiteUrl"], "https://front.example.com"]
    for name in set(BUCKETS) - {"uploads"}:
        assert "CorsConfiguration" not in dev.buckets()[name]


def test_an_upload_is_told_to_the_queue_whose_policy_comes_first(every: Template) -> None:
    (resource,) = (
        resource
        for resource in every.whole("AWS::S3::Bucket").values()
        if "NotificationConfiguration" in resource["Properties"]
    )
    notification = resource["Properties"]["NotificationConfiguration"]
    (told,) = notification["QueueConfigurations"]
    assert every.named(resource["Properties"]["BucketName"]).startswith("shutterfeed-")
    assert told["Event"] == "s3:ObjectCreated:*"
    assert every.named(told["Queue"]) == "ingest"
    assert told["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}]}}
    policies = {
        key
        for key, policy in every.all("AWS::SQS::QueuePolicy").items()
        if [every.named(queue) for queue in policy["Queues"]] == ["ingest"]
    }
    assert policies
    assert policies <= set(resource["DependsOn"])


def test_originals_outlive_the_stack_unless_told_otherwise(
    dev: Template, prod: Template, local: Template
) -> None:
    assert _removal(dev) == {
        "uploads": "Delete",
        "originals": "RetainExceptOnCreate",
        "renditions": "Delete",
        "site": "Delete",
        "logs": "Delete",
    }
    assert _removal(local) == _removal(dev)
    # This one says `keep_originals: false`.
    assert _removal(prod) == {
        "uploads": "RetainExceptOnCreate",
        "originals": "Delete",
        "renditions": "RetainExceptOnCreate",
        "site": "RetainExceptOnCreate",
        "logs": "RetainExceptOnCreate",
    }


def _removal(template: Template) -> dict[str, str]:
    return {
        template.named({"Ref": logical_id}): resource["DeletionPolicy"]
        for logical_id, resource in template.whole("AWS::S3::Bucket").items()
    }

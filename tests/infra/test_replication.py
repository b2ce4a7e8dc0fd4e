"""Originals copied to another region, where a deployment asks for it."""

from __future__ import annotations

from tests.infra.contexts import REPLICA
from tests.infra.templates import Template, listed


def test_nothing_is_copied_unless_asked_for(dev: Template, local: Template) -> None:
    for template in (dev, local):
        for bucket in template.buckets().values():
            assert "ReplicationConfiguration" not in bucket
        assert REPLICA not in str(template.content)


def test_every_original_is_copied_and_no_deletion(prod: Template) -> None:
    buckets = prod.buckets()
    assert [n for n in buckets if "ReplicationConfiguration" in buckets[n]] == ["originals"]
    assert buckets["originals"]["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = buckets["originals"]["ReplicationConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["Filter"] == {"Prefix": ""}
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert rule["Destination"] == {"Bucket": REPLICA, "StorageClass": "STANDARD_IA"}


def test_the_role_may_copy_and_nothing_else(prod: Template) -> None:
    configuration = prod.buckets()["originals"]["ReplicationConfiguration"]
    role, _ = configuration["Role"]["Fn::GetAtt"]
    assume = prod.all("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert [s["Principal"] for s in assume] == [{"Service": "s3.amazonaws.com"}]
    rights = {
        (action, prod.named(resource))
        for policy in prod.all("AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    assert rights == {
        ("s3:GetReplicationConfiguration", "originals"),
        ("s3:ListBucket", "originals"),
        ("s3:GetObjectVersionForReplication", "originals/*"),
        ("s3:GetObjectVersionAcl", "originals/*"),
        ("s3:GetObjectVersionTagging", "originals/*"),
        ("s3:ReplicateObject", f"{REPLICA}/*"),
        ("s3:ReplicateTags", f"{REPLICA}/*"),
    }

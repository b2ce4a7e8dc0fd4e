"""One stage in two regions of an account: what would collide there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.templates import Template, text

# Types whose names belong to an account, whatever the region; a bucket's belongs to everybody.
# An `AWS::IAM::Policy` is part of its role and has no name outside.
GLOBAL = ("AWS::CloudFront::", "AWS::CloudWatch::Dashboard", "AWS::IAM::", "AWS::S3::Bucket")
INLINE = {"AWS::IAM::Policy"}
NAMES = {"Name", "RoleName", "BucketName", "DashboardName", "ManagedPolicyName"}
LONGEST, LONGEST_OF_A_BUCKET = 64, 63
LONGEST_REGION = "ap-southeast-5"
# Named by CloudFormation, which adds something random.
GENERATED = {"AWS::IAM::Role", "AWS::CloudFront::Distribution", "AWS::S3::BucketPolicy"}


def _global_names(template: Template, region: str) -> dict[str, str]:
    """The names of the resources that all regions of an account share, by logical id."""
    names = {}
    for logical_id, resource in template.content["Resources"].items():
        kind = resource["Type"]
        if kind.startswith(GLOBAL) and kind not in INLINE:
            found = list(_names(resource["Properties"]))
            if found or kind not in GENERATED:
                (name,) = found
                names[logical_id] = name.replace("${AWS::Region}", region)
    return names


def _names(properties: dict[str, Any]) -> list[str]:
    """What the resource, or its one `…Config`, is called."""
    levels = [properties, *(value for key, value in properties.items() if key.endswith("Config"))]
    return [text(level[name]) for level in levels for name in NAMES if name in level]


def test_a_stage_can_stand_in_two_regions(any_at_all: Template) -> None:
    here, there = (_global_names(any_at_all, region) for region in ("us-east-1", "eu-north-1"))
    # Five buckets, and of CloudFront three functions, an access control and policies. The function
    # that checks links has a store, but not on the local cloud.
    assert len(here) == 19 + len(any_at_all.all("AWS::CloudFront::KeyValueStore"))
    kinds = {logical: one["Type"] for logical, one in any_at_all.content["Resources"].items()}
    assert len({(kinds[logical], name) for logical, name in here.items()}) == len(here)
    assert not set(here.values()) & set(there.values())


def test_names_are_short_enough_for_the_longest_stage_and_region(any_at_all: Template) -> None:
    for stage in ("dev", "prod", "local"):
        for logical_id, name in _global_names(any_at_all, LONGEST_REGION).items():
            named = name.replace(f"-{stage}-", "-abcdefghijkl-")
            is_bucket = logical_id in any_at_all.all("AWS::S3::Bucket")
            longest = LONGEST_OF_A_BUCKET if is_bucket else LONGEST
            assert len(named.replace("${AWS::AccountId}", "1" * 12)) <= longest


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"])
def test_nothing_that_iam_holds_has_a_name_of_ours(any_at_all: Template, kind: str) -> None:
    assert not [properties for properties in any_at_all.all(kind).values() if _names(properties)]

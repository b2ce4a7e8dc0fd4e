from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Aws
from tools import destroy
from tools.destroy import Plan
from tools.errors import ToolError

STACK = "Shutterfeed-dev"


class FakeCloudFormation:
    """One stack with three buckets; deleting it takes as many attempts as the test says."""

    def __init__(self) -> None:
        self.exists = True
        self.protected = False
        self.originals_policy = "RetainExceptOnCreate"
        self.failures = 0
        self.status = "CREATE_COMPLETE"

    def describe_stacks(self, **_: str) -> Any:
        if not self.exists:
            message = f"Stack with id {STACK} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "X")
        return {
            "Stacks": [
                {
                    "StackName": STACK,
                    "StackId": "arn",
                    "StackStatus": self.status,
                    "EnableTerminationProtection": self.protected,
                    "Outputs": [
                        {"OutputKey": "OriginalsBucketName", "OutputValue": "dev-originals"}
                    ],
                }
            ]
        }

    def get_template(self, **_: str) -> Any:
        resources: dict[str, Any] = {
            "Uploads": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"},
            "Logs": {"Type": "AWS::S3::Bucket"},
            "LogsPolicy": {"Type": "AWS::S3::BucketPolicy"},
            "Originals": {"Type": "AWS::S3::Bucket", "DeletionPolicy": self.originals_policy},
            "Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Delete"},
        }
        return {"TemplateBody": {"Resources": resources}}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Any:
        names = ("Uploads", "Logs", "LogsPolicy", "Originals", "Table")
        return [
            {
                "StackResourceSummaries": [
                    {
                        "LogicalResourceId": name,
                        "PhysicalResourceId": f"dev-{name.lower()}",
                        "ResourceStatus": "CREATE_COMPLETE",
                    }
                    for name in names
                ]
            }
        ]

    def delete_stack(self, **_: str) -> None:
        self.failures -= 1
        self.status = "DELETE_FAILED" if self.failures >= 0 else "DELETE_COMPLETE"


@pytest.fixture
def stack() -> FakeCloudFormation:
    return FakeCloudFormation()


class Clients:
    """The clients a destruction asks for."""

    def __init__(self, stack: FakeCloudFormation, aws: Aws) -> None:
        self._of: dict[str, Any] = {"cloudformation": stack, "s3": aws.s3}

    def __call__(self, service: str) -> Any:
        return self._of[service]


@pytest.fixture
def clients(stack: FakeCloudFormation, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Clients:
    monkeypatch.setattr(destroy, "_POLL_SECONDS", 0)
    for bucket in ("dev-uploads", "dev-logs", "dev-originals"):
        aws.s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"one", b"two"):
            aws.s3.put_object(Bucket=bucket, Key="object", Body=body)
        aws.s3.delete_object(Bucket=bucket, Key="object")
    return Clients(stack, aws)


def versions(aws: Aws, bucket: str) -> int:
    listing = aws.s3.list_object_versions(Bucket=bucket)
    return len(listing.get("Versions", [])) + len(listing.get("DeleteMarkers", []))


def buckets(aws: Aws) -> set[str]:
    return {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}


def test_a_plan_empties_what_goes_with_the_stack(clients: Clients) -> None:
    assert destroy.plan(clients, STACK) == Plan(STACK, ("dev-uploads", "dev-logs"), "dev-originals")


def test_originals_stay_with_every_version(clients: Clients, aws: Aws) -> None:
    destroy.destroy(clients, destroy.plan(clients, STACK), with_originals=False)

    assert versions(aws, "dev-uploads") == versions(aws, "dev-logs") == 0
    assert versions(aws, "dev-originals") == 3


def test_originals_go_when_told_so(clients: Clients, aws: Aws) -> None:
    destroy.destroy(clients, destroy.plan(clients, STACK), with_originals=True)

    assert "dev-originals" not in buckets(aws)


def test_originals_do_not_go_unnoticed_with_a_stack_that_would_take_them(
    clients: Clients, stack: FakeCloudFormation, aws: Aws
) -> None:
    stack.originals_policy = "Delete"
    what = destroy.plan(clients, STACK)

    with pytest.raises(ToolError, match="ORIGINALS=delete"):
        destroy.destroy(clients, what, with_originals=False)

    assert versions(aws, "dev-uploads") == versions(aws, "dev-originals") == 3
    assert stack.status == "CREATE_COMPLETE"


def test_a_deletion_that_failed_is_tried_again(clients: Clients, stack: FakeCloudFormation) -> None:
    stack.failures = 2

    destroy.destroy(clients, destroy.plan(clients, STACK), with_originals=False)

    assert stack.status == "DELETE_COMPLETE"


def test_a_deletion_that_keeps_failing_is_one_sentence_and_keeps_originals(
    clients: Clients, stack: FakeCloudFormation, aws: Aws
) -> None:
    stack.failures = 99

    with pytest.raises(ToolError, match="is DELETE_FAILED: its events say why"):
        destroy.destroy(clients, destroy.plan(clients, STACK), with_originals=True)

    assert versions(aws, "dev-originals") == 3


def test_a_protected_stack_is_not_even_planned_for(
    clients: Clients, stack: FakeCloudFormation
) -> None:
    stack.protected = True

    with pytest.raises(ToolError, match="termination protection off first"):
        destroy.plan(clients, STACK)


def test_a_stack_that_is_not_there_is_one_sentence(
    clients: Clients, stack: FakeCloudFormation
) -> None:
    stack.exists = False

    with pytest.raises(ToolError, match=f"There is no stack {STACK}"):
        destroy.plan(clients, STACK)

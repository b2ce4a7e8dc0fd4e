"""What a deployment that could not be created leaves, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import REGION, Aws
from tools import creation, destroy
from tools.errors import ToolError

STACK = "Shutterfeed-prod"
ACCOUNT = "123456789012"
BUCKETS = creation.bucket_names("prod", ACCOUNT, REGION)
FAILED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS")


def _id(stack: str = STACK, number: int = 1) -> str:
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/{number}"


class FakeCloudFormation:
    """One stack, or none; `events` are of stacks that are gone, too."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        """One after the other, as often as is asked; the last one stays."""
        self.protected = False
        self.events: dict[str, list[str]] = {_id(): ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"]}
        self.deleted: list[str] = []
        self.refuses_to_delete = False
        self.kept: list[tuple[str, str]] = []
        self.parameters: list[str] = []

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - AWS's names
        by_id = StackName.startswith("arn:")
        if not self.statuses or (self.statuses == ["DELETE_COMPLETE"] and not by_id):
            raise _missing(StackName)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        stack = {
            "StackName": STACK,
            "StackId": _id(),
            "StackStatus": status,
            "EnableTerminationProtection": self.protected,
            "Parameters": [{"ParameterKey": name} for name in self.parameters],
        }
        return {"Stacks": [stack]}

    def update_termination_protection(
        self,
        StackName: str,  # noqa: N803
        EnableTerminationProtection: bool,  # noqa: N803
    ) -> None:
        assert StackName == STACK
        self.protected = EnableTerminationProtection

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        assert not self.protected, "a protected stack is not deleted"
        self.deleted.append(StackName)
        self.statuses = ["DELETE_FAILED" if self.refuses_to_delete else "DELETE_COMPLETE"]

    def get_paginator(self, name: str) -> Any:
        return _Pages(self, name)


class _Pages:
    def __init__(self, client: FakeCloudFormation, name: str) -> None:
        self._client = client
        self._name = name

    def paginate(self, StackName: str) -> Any:  # noqa: N803
        if self._name == "describe_stack_events":
            if StackName not in self._client.events:
                raise _missing(StackName)
            statuses = self._client.events[StackName]
            own = [{"PhysicalResourceId": StackName, "ResourceStatus": s} for s in statuses]
            # That of one of its resources.
            return [{"StackEvents": [{"ResourceStatus": "CREATE_COMPLETE"}, *own]}]
        kept = [
            {"ResourceType": kind, "PhysicalResourceId": name, "ResourceStatus": "DELETE_SKIPPED"}
            for kind, name in self._client.kept
        ]
        return [{"StackResourceSummaries": kept}]


def _missing(stack: str) -> ClientError:
    message = f"Stack with id {stack} does not exist"
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "X")


class S3WithTags:
    """Moto's, which does not let anybody set the tags that CloudFormation sets."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self.stack_ids: dict[str, str] = {}
        self.before_deleting: Callable[[str], object] = str

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def delete_bucket(self, Bucket: str) -> None:  # noqa: N803
        self.before_deleting(Bucket)
        self._s3.delete_bucket(Bucket=Bucket)

    def get_bucket_tagging(self, Bucket: str) -> Any:  # noqa: N803
        if Bucket not in self.stack_ids:
            raise ClientError({"Error": {"Code": "NoSuchTagSet"}}, "X")
        ours = {"Key": "aws:cloudformation:stack-id", "Value": self.stack_ids[Bucket]}
        return {"TagSet": [{"Key": "project", "Value": "shutterfeed"}, ours]}


class World:
    def __init__(self, aws: Aws) -> None:
        self.cloudformation = FakeCloudFormation()
        self.s3 = S3WithTags(aws.s3)

    def __call__(self, service: str) -> Any:
        return {"cloudformation": self.cloudformation, "s3": self.s3}[service]

    def bucket(self, purpose: str, *keys: str, made_by: str | None = _id()) -> None:
        name = BUCKETS[purpose]
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for key in keys:
            self.s3.put_object(Bucket=name, Key=key, Body=b"content")
        if made_by is not None:
            self.s3.stack_ids[name] = made_by

    def buckets(self) -> set[str]:
        there = {bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]}
        return {purpose for purpose, name in BUCKETS.items() if name in there}

    def clear(self) -> bool:
        return creation.clear(self, STACK, BUCKETS)


@pytest.fixture
def world(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(creation, "_POLL_SECONDS", 0)
    monkeypatch.setattr(destroy, "_POLL_SECONDS", 0)
    return World(aws)


def test_a_stack_that_is_not_there_is_created(world: World) -> None:
    assert world.clear() is True
    assert world.cloudformation.deleted == []


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_a_stack_that_is_there_is_left_alone_with_its_protection(world: World, status: str) -> None:
    world.cloudformation.statuses = [status]
    world.cloudformation.protected = True
    world.bucket("originals", "photo")
    world.bucket("site", "index.html")
    assert world.clear() is False
    assert world.cloudformation.deleted == []
    assert world.cloudformation.protected
    assert world.buckets() == {"originals", "site"}


@pytest.mark.parametrize("status", FAILED)
def test_a_stack_that_was_never_created_goes_although_it_is_protected(
    world: World, status: str
) -> None:
    world.cloudformation.statuses = [status]
    world.cloudformation.protected = True
    assert creation.is_failed(world, STACK)
    assert world.clear() is True
    assert world.cloudformation.deleted == [STACK]


def test_a_creation_that_is_being_rolled_back_is_waited_for(world: World) -> None:
    moving = ["ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]
    world.cloudformation.statuses = moving
    assert world.clear() is True
    assert world.cloudformation.deleted == [STACK]


def test_what_only_deploying_put_into_buckets_goes_with_them(world: World) -> None:
    world.cloudformation.statuses = ["ROLLBACK_FAILED"]
    world.bucket("logs", "uploads/2026-03-01")
    world.bucket("site", "index.html", "assets/main.js")
    for empty in ("uploads", "originals", "renditions"):
        world.bucket(empty)
    assert world.clear() is True
    # The stack's deletion keeps what is kept for good: then the buckets go one by one.
    assert world.buckets() == set()


@pytest.mark.parametrize("purpose", ["uploads", "originals", "renditions"])
def test_what_people_sent_stays_and_with_it_everything(world: World, purpose: str) -> None:
    world.cloudformation.statuses = ["ROLLBACK_FAILED"]
    world.cloudformation.protected = True
    world.bucket("site", "index.html")
    world.bucket(purpose, "photo")
    with pytest.raises(ToolError, match=f"cannot be created while s3://.*-{purpose}-.* holds"):
        world.clear()
    assert world.cloudformation.deleted == []
    assert world.cloudformation.protected
    assert world.buckets() == {"site", purpose}


def test_a_deleted_photos_versions_are_content(world: World) -> None:
    world.cloudformation.statuses = ["ROLLBACK_COMPLETE"]
    world.bucket("originals", "photo")
    world.s3.delete_object(Bucket=BUCKETS["originals"], Key="photo")
    with pytest.raises(ToolError, match="holds objects"):
        world.clear()
    assert world.buckets() == {"originals"}


def test_a_photo_that_comes_in_the_last_moment_keeps_its_bucket(world: World) -> None:
    world.bucket("originals")
    photos = iter(["photo"])

    def late(bucket: str) -> None:
        for key in photos:
            world.s3.put_object(Bucket=bucket, Key=key, Body=b"content")

    world.s3.before_deleting = late
    with pytest.raises(ToolError, match="cannot be removed"):
        world.clear()
    assert world.buckets() == {"originals"}


@pytest.mark.parametrize("purpose", ["uploads", "originals", "renditions"])
def test_what_people_sent_stays_when_the_failed_stack_is_gone_already(
    world: World, purpose: str
) -> None:
    world.bucket("logs")
    world.bucket(purpose, "photo")
    with pytest.raises(ToolError, match=f"-{purpose}-.* holds objects"):
        world.clear()
    assert world.buckets() == {"logs", purpose}


def test_originals_that_outlived_their_stack_are_in_the_way_and_stay(world: World) -> None:
    world.cloudformation.events[_id()] = ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    world.bucket("originals", "photo")
    with pytest.raises(ToolError, match=r"s3://shutterfeed-prod-originals-.*holds objects"):
        world.clear()
    assert world.buckets() == {"originals"}


@pytest.mark.parametrize("events", [["CREATE_IN_PROGRESS", "CREATE_COMPLETE"], None])
def test_a_site_of_a_stack_that_lived_or_that_nobody_remembers_stays(
    world: World, events: list[str] | None
) -> None:
    world.cloudformation.events = {} if events is None else {_id(): events}
    world.bucket("site", "index.html")
    with pytest.raises(ToolError, match="holds objects"):
        world.clear()
    assert world.buckets() == {"site"}


@pytest.mark.parametrize("made_by", [None, _id("Shutterfeed-prod2"), _id("Other")])
def test_a_bucket_that_the_stack_did_not_make_is_in_the_way_even_if_it_is_empty(
    world: World, made_by: str | None
) -> None:
    world.bucket("uploads", made_by=made_by)
    with pytest.raises(ToolError, match=r"is there already: save .* remove the bucket"):
        world.clear()
    assert world.buckets() == {"uploads"}


def test_nothing_of_another_stack_is_emptied_with_a_failed_one(world: World) -> None:
    world.cloudformation.statuses = ["ROLLBACK_COMPLETE"]
    world.bucket("site", "index.html", made_by=_id(number=2))
    with pytest.raises(ToolError, match="holds objects"):
        world.clear()
    assert world.buckets() == {"site"}


def test_a_failed_stack_that_cannot_be_removed_is_one_sentence(world: World) -> None:
    world.cloudformation.statuses = ["ROLLBACK_COMPLETE"]
    world.cloudformation.refuses_to_delete = True
    with pytest.raises(ToolError, match=r"never created and cannot be removed \(DELETE_FAILED\)"):
        world.clear()
    # The same command again: it is known to be one that never was.
    world.cloudformation.refuses_to_delete = False
    assert world.clear() is True


def test_a_stack_that_lived_and_is_half_deleted_is_left_to_make_destroy(world: World) -> None:
    world.cloudformation.statuses = ["DELETE_FAILED"]
    world.cloudformation.events[_id()].append("CREATE_COMPLETE")
    with pytest.raises(ToolError, match=r"partly deleted .*make destroy"):
        world.clear()
    assert not creation.is_failed(world, STACK)
    assert world.cloudformation.deleted == []


def test_what_is_removed_and_what_is_kept_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "Shutterfeed-prod-Metadata-1"
    world.cloudformation.statuses = ["ROLLBACK_FAILED"]
    world.cloudformation.kept = [
        ("AWS::DynamoDB::Table", table),
        ("AWS::S3::Bucket", BUCKETS["originals"]),
    ]
    world.bucket("site", "index.html")
    world.clear()
    assert capsys.readouterr().out.splitlines() == [
        f"{STACK} was never created (ROLLBACK_FAILED): what is left of it is removed.",
        f"Kept, although nothing uses it: {table} (AWS::DynamoDB::Table); remove it by hand.",
        f"s3://{BUCKETS['site']}, left by an earlier {STACK}, is removed.",
    ]


def test_what_would_be_in_the_way_is_told_and_nothing_is_changed(world: World) -> None:
    world.bucket("uploads", "uploads/one")
    world.bucket("site", "index.html")
    world.bucket("originals", made_by=None)
    told = creation.obstacles(world, STACK, BUCKETS)
    assert [
        BUCKETS[name] in sentence
        for name, sentence in zip(("uploads", "originals"), told, strict=True)
    ]
    assert "holds objects" in told[0]
    assert "is there already" in told[1]
    assert world.buckets() == {"uploads", "site", "originals"}
    assert creation.is_new(world, STACK)


@pytest.mark.parametrize("status", FAILED)
def test_what_a_failed_creation_left_is_told_only_if_it_is_peoples(
    world: World, status: str
) -> None:
    world.cloudformation.statuses = [status]
    world.bucket("site", "index.html")
    assert creation.obstacles(world, STACK, BUCKETS) == []
    world.bucket("originals", "photo")
    (told,) = creation.obstacles(world, STACK, BUCKETS)
    assert BUCKETS["originals"] in told
    assert world.cloudformation.deleted == []
    assert creation.is_new(world, STACK)


def test_a_stack_that_is_there_or_changing_has_its_own_buckets(world: World) -> None:
    world.bucket("originals", "photo")
    for status in ("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS"):
        world.cloudformation.statuses = [status]
        assert creation.obstacles(world, STACK, BUCKETS) == []
        assert not creation.is_new(world, STACK)


def test_a_stack_that_is_partly_deleted_is_told(world: World) -> None:
    world.cloudformation.statuses = ["DELETE_FAILED"]
    world.cloudformation.events[_id()] = ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    (told,) = creation.obstacles(world, STACK, BUCKETS)
    assert "partly deleted" in told


def test_a_parameter_is_found_where_there_is_one(world: World) -> None:
    assert not creation.has_parameter(world("cloudformation"), STACK, "OriginKeys")
    world.cloudformation.statuses = ["CREATE_COMPLETE"]
    assert not creation.has_parameter(world("cloudformation"), STACK, "OriginKeys")
    world.cloudformation.parameters = ["BootstrapVersion", "OriginKeys"]
    assert creation.has_parameter(world("cloudformation"), STACK, "OriginKeys")

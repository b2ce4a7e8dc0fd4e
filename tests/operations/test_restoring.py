"""What restoring refuses, what it waits for, and what the drill calls identical."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from operations import accounts, adoption, audit, erased_again, restore, search_index
from operations.adoption import Adopted
from operations.audit import Audited
from operations.deployment import Deployment
from operations.drill_answers import differences
from operations.waiting import Waiting
from shutterfeed.services.mismatches import Mismatch
from tests import tables
from tests.conftest import Aws
from tools.errors import ToolError

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Metadata": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "Properties": {"KeySchema": [], "GlobalSecondaryIndexes": [], "Tags": []},
        },
        "Originals": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {}},
    },
    "Outputs": {
        "MetadataTableName": {"Value": {"Ref": "Metadata"}},
        "OriginalsBucketName": {"Value": {"Ref": "Originals"}},
    },
}
ADOPTED = Adopted("restored", "originals")


class FakeCloudFormation:
    """One stack, or none."""

    def __init__(self, status: str | None = None, resources: tuple[str, ...] = ()) -> None:
        self.status = status
        self.resources = resources
        self.asked: dict[str, Any] = {}
        self.calls: list[str] = []
        self.refuses: str | None = None

    def describe_stacks(self, **_: str) -> Any:
        if self.status is None:
            message = "Stack with id Shutterfeed-prod does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "X")
        return {"Stacks": [{"StackStatus": self.status}]}

    def describe_stack_resources(self, **_: str) -> Any:
        return {"StackResources": [{"LogicalResourceId": name} for name in self.resources]}

    def create_change_set(self, **asked: Any) -> None:
        self.asked = asked
        self.calls.append("create")

    def execute_change_set(self, **_: str) -> None:
        self.calls.append("execute")

    def delete_stack(self, **_: str) -> None:
        self.calls.append("delete")
        self.status = None

    def get_waiter(self, name: str) -> FakeCloudFormation:
        self.calls.append(name)
        return self

    def wait(self, **_: Any) -> None:
        if self.refuses is not None:
            raise WaiterError("waiter", "failed", {"StatusReason": self.refuses})


def _adopt(cloudformation: FakeCloudFormation) -> None:
    adoption.adopt(lambda _: cloudformation, "Shutterfeed-prod", TEMPLATE, ADOPTED)


def test_a_new_stack_takes_over_what_was_restored() -> None:
    cloudformation = FakeCloudFormation()
    _adopt(cloudformation)
    assert cloudformation.asked["ChangeSetType"] == "IMPORT"
    assert [
        (entry["LogicalResourceId"], entry["ResourceIdentifier"])
        for entry in cloudformation.asked["ResourcesToImport"]
    ] == [("Metadata", {"TableName": "restored"}), ("Originals", {"BucketName": "originals"})]
    assert cloudformation.calls == [
        "create",
        "change_set_create_complete",
        "execute",
        "stack_import_complete",
    ]


def test_taking_over_again_changes_nothing() -> None:
    cloudformation = FakeCloudFormation("IMPORT_COMPLETE", ("Originals", "Metadata"))
    _adopt(cloudformation)
    assert cloudformation.calls == []


def test_what_was_broken_off_before_it_began_is_begun_again() -> None:
    cloudformation = FakeCloudFormation("REVIEW_IN_PROGRESS")
    _adopt(cloudformation)
    assert cloudformation.calls[:3] == ["delete", "stack_delete_complete", "create"]
    assert "execute" in cloudformation.calls


@pytest.mark.parametrize(
    ("status", "resources"),
    [
        ("UPDATE_COMPLETE", ("Metadata", "Originals")),
        # A stack that lives, into which something was imported.
        ("IMPORT_COMPLETE", ("Metadata", "Originals", "Feed")),
    ],
)
def test_a_stack_that_is_there_is_left_alone(status: str, resources: tuple[str, ...]) -> None:
    cloudformation = FakeCloudFormation(status, resources)
    with pytest.raises(ToolError, match="There is a stack Shutterfeed-prod already"):
        _adopt(cloudformation)
    assert cloudformation.calls == []


def test_a_refusal_is_told_with_its_reason() -> None:
    cloudformation = FakeCloudFormation()
    cloudformation.refuses = "Table: restored does not exist."
    with pytest.raises(ToolError, match="could not take over what was restored: Table: res"):
        _adopt(cloudformation)
    assert "execute" not in cloudformation.calls


class Services:
    """Moto's tables and buckets, with the restored table as it is said to be."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.table: dict[str, Any] = {"TableStatus": "ACTIVE"}

    def __call__(self, service: str) -> Any:
        return self._aws.s3 if service == "s3" else self

    def describe_table(self, **_: str) -> Any:
        return {"Table": self.table}


@pytest.fixture
def services(aws: Aws) -> Services:
    location: Any = {"LocationConstraint": aws.s3.meta.region_name}
    aws.s3.create_bucket(Bucket="originals", CreateBucketConfiguration=location)
    return Services(aws)


def _version(services: Services) -> None:
    versioning = {"Status": "Enabled"}
    services("s3").put_bucket_versioning(Bucket="originals", VersioningConfiguration=versioning)


@pytest.mark.parametrize("table_class", ["STANDARD", "STANDARD_INFREQUENT_ACCESS"])
def test_what_is_there_is_taken_over_as_it_is(services: Services, table_class: str) -> None:
    _version(services)
    services.table["TableClassSummary"] = {"TableClass": table_class}
    found = adoption.find(services, "restored", "originals")
    assert found == Adopted("restored", "originals", table_class)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"TableStatus": "CREATING"}, "is CREATING: wait"),
        ({"StreamSpecification": {"StreamEnabled": True}}, "has a stream"),
        ({}, "keeps no versions"),
    ],
)
def test_what_is_not_ready_is_not_taken_over(
    services: Services, change: dict[str, Any], reason: str
) -> None:
    services.table |= change
    with pytest.raises(ToolError, match=reason):
        adoption.find(services, "restored", "originals")


def test_a_bucket_that_is_not_there_is_one_sentence(services: Services) -> None:
    with pytest.raises(ToolError, match="s3://elsewhere cannot be read"):
        adoption.find(services, "restored", "elsewhere")


def test_what_the_deployment_did_not_add_is_named(aws: Aws) -> None:
    tables.create_tables(aws.dynamodb, "metadata", "feed")
    deployment = Deployment(
        lambda service: aws.dynamodb if service == "dynamodb" else NoAlarms(),
        "prod",
        {"MetadataTableName": "metadata"},
    )
    with pytest.raises(ToolError, match="lacks TTL, point-in-time recovery, alarms: run `make dep"):
        restore.complete(deployment, [])


class NoAlarms:
    def get_paginator(self, _: str) -> NoAlarms:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"MetricAlarms": []}]


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int]], list[float]]:
    """A function that sets the numbers of messages that the render queue has at each look."""

    def script(counts: list[int]) -> list[float]:
        left: Iterator[int] = iter(counts)

        def look(_: object) -> list[Waiting]:
            # A dead letter and a post that waits for its owner stay as long as they like.
            rest = [Waiting("render-dlq", 5), Waiting("open posts", 7)]
            return [Waiting("render", 0, in_flight=next(left)), *rest]

        monkeypatch.setattr(restore, "waiting", look)
        return []

    return script


DEPLOYED = Deployment(lambda service: service, "prod", {})


def test_it_waits_until_all_queues_are_empty_for_a_while(
    queues: Callable[[list[int]], list[float]],
) -> None:
    pauses = queues([3, 0, 1, 0, 0, 9])
    restore.wait_until_idle(DEPLOYED, "Waiting", pauses.append)
    assert len(pauses) == 5


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_renditions_are_made_until_none_is_missing(
    monkeypatch: pytest.MonkeyPatch, queues: Callable[[list[int]], list[float]], rounds: int
) -> None:
    queues([0] * 9)
    monkeypatch.setattr(restore, "_check", lambda _: 11)
    monkeypatch.setattr(accounts, "bring_in", lambda *_: Counter())
    monkeypatch.setattr(erased_again, "again", lambda _: None)
    monkeypatch.setattr(search_index, "reindex", lambda *_: {"indexed": 3})
    missing = [*[4] * rounds, 0]
    looks: list[bool] = []

    def audited(_: object, *, repair: bool) -> Audited:
        made = Counter({Mismatch.MISSING_RENDITION: missing[len(looks)]})
        looks.append(repair)
        # Two of which nothing can be made are found each time.
        lost = {Mismatch.MISSING_RENDITION: 2, Mismatch.ROW_WITHOUT_OBJECT: 2}
        return Audited(made + Counter(lost), made)

    monkeypatch.setattr(audit, "run", audited)
    done = restore.complete(DEPLOYED, [], lambda _: None)
    assert (done.lost, done.documents, done.alarms) == (2, 3, 11)
    assert looks == [True] * (rounds + 1)


def test_renditions_that_cannot_be_made_are_told(
    monkeypatch: pytest.MonkeyPatch, queues: Callable[[list[int]], list[float]]
) -> None:
    queues([0] * 9)
    monkeypatch.setattr(restore, "_check", lambda _: 11)
    monkeypatch.setattr(accounts, "bring_in", lambda *_: Counter())
    monkeypatch.setattr(erased_again, "again", lambda _: None)
    again = Counter({Mismatch.MISSING_RENDITION: 1})
    monkeypatch.setattr(audit, "run", lambda *_, **_options: Audited(again, again))
    with pytest.raises(ToolError, match="still missing"):
        restore.complete(DEPLOYED, [], lambda _: None)


def test_every_answer_that_differs_is_named_and_an_answer_that_is_gone_too() -> None:
    before = {"maya: /feed": [1, 2], "maya: /me": {"handle": "maya"}, "file /a.jpg": "0a"}
    assert differences(before, dict(before)) == []
    after = {**before, "maya: /feed": [2, 1], "kofi: /feed": []}
    del after["file /a.jpg"]
    lines = [line.splitlines()[0] for line in differences(before, after)]
    assert lines == ["file /a.jpg", "kofi: /feed", "maya: /feed"]

"""Taking a restored table and a bucket with originals into a stack that does not exist yet.

CloudFormation adopts resources that exist (a change set of type IMPORT), so nothing is copied item
by item. The first template names nothing else, and describes the two as they are: a restored table
has its keys and indexes, but no stream, TTL, point-in-time recovery, protection or tags. The
deployment that follows adds what the whole template says besides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError, WaiterError

from tools.destroy import ClientFor
from tools.errors import ToolError
from tools.progress import step
from tools.templates import Json

_TABLE: Final = "AWS::DynamoDB::Table"
_BUCKET: Final = "AWS::S3::Bucket"
_STANDARD: Final = "STANDARD"
_RESTORED: Final = ("KeySchema", "AttributeDefinitions", "BillingMode")
_RESTORED_INDEX: Final = ("IndexName", "KeySchema", "Projection")
_CHANGE_SET: Final = "adopt-what-was-restored"
_POLL: Final = {"Delay": 2, "MaxAttempts": 900}
_IMPORTED: Final = "IMPORT_COMPLETE"
_NEVER_EXECUTED: Final = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class Adopted:
    """The restored table and the bucket with originals, by their names."""

    table: str
    bucket: str
    table_class: str = _STANDARD


def find(client_for: ClientFor, table: str, bucket: str) -> Adopted:
    """What is to be adopted. Raises `ToolError` if it is not there, or not yet complete."""
    try:
        found = client_for("dynamodb").describe_table(TableName=table)["Table"]
        versioning = client_for("s3").get_bucket_versioning(Bucket=bucket).get("Status")
    except ClientError as error:
        raise ToolError(f"The table {table} or s3://{bucket} cannot be read: {error}.") from error
    if found["TableStatus"] != "ACTIVE":
        raise ToolError(f"The table {table} is {found['TableStatus']}: wait until it is restored.")
    if found.get("StreamSpecification", {}).get("StreamEnabled"):
        raise ToolError(f"The table {table} has a stream, which no restored table has: it is used.")
    if versioning != "Enabled":
        raise ToolError(f"s3://{bucket} keeps no versions, as a bucket with originals has to.")
    table_class = found.get("TableClassSummary", {}).get("TableClass", _STANDARD)
    return Adopted(table, bucket, table_class)


def restored_table(template: Json) -> Json:
    """The metadata table's properties that a restored backup has."""
    properties = template["Resources"][_id(template, "MetadataTableName")]["Properties"]
    indexes = [_only(index, _RESTORED_INDEX) for index in properties["GlobalSecondaryIndexes"]]
    return {**_only(properties, _RESTORED), "GlobalSecondaryIndexes": indexes}


def import_template(template: Json, adopted: Adopted) -> Json:
    """The part of the stack's template that has only what is adopted, as it is."""
    table, bucket = _id(template, "MetadataTableName"), _id(template, "OriginalsBucketName")
    return {
        "Resources": {
            table: _described(
                template, table, {**restored_table(template), **_table_class(adopted)}
            ),
            bucket: _described(
                template,
                bucket,
                {
                    "BucketName": adopted.bucket,
                    "VersioningConfiguration": {"Status": "Enabled"},
                },
            ),
        }
    }


def adopt(client_for: ClientFor, stack: str, template: Json, adopted: Adopted) -> None:
    """Make the stack, with nothing but the table and the bucket. Does nothing if it is made
    already. Raises `ToolError` if they cannot be adopted."""
    cloudformation = client_for("cloudformation")
    table, bucket = _id(template, "MetadataTableName"), _id(template, "OriginalsBucketName")
    if _is_adopted(cloudformation, stack, {table, bucket}):
        return
    with step(f"Importing table and originals into {stack}"):
        _forget_change_set(cloudformation, stack)
        cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=_CHANGE_SET,
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps(import_template(template, adopted)),
            ResourcesToImport=[
                _resource(_TABLE, table, "TableName", adopted.table),
                _resource(_BUCKET, bucket, "BucketName", adopted.bucket),
            ],
        )
        named = {"StackName": stack, "ChangeSetName": _CHANGE_SET}
        try:
            _wait(cloudformation, "change_set_create_complete", named)
            cloudformation.execute_change_set(**named)
            _wait(cloudformation, "stack_import_complete", {"StackName": stack})
        except WaiterError as error:
            reason = error.last_response.get("StatusReason") or "see the stack's events"
            raise ToolError(f"{stack} could not take over what was restored: {reason}") from error


def _table_class(adopted: Adopted) -> Json:
    """DynamoDB refuses to change a table's class into the one that it has."""
    return {} if adopted.table_class == _STANDARD else {"TableClass": adopted.table_class}


def _is_adopted(cloudformation: Any, stack: str, wanted: set[str]) -> bool:
    """Whether the stack has just what is wanted. Raises `ToolError` if there is another."""
    status = _status(cloudformation, stack)
    if status in (None, _NEVER_EXECUTED):
        return False
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    if status == _IMPORTED and {found["LogicalResourceId"] for found in resources} == wanted:
        return True
    raise ToolError(
        f"There is a stack {stack} already ({status}): a table can only be adopted by a stack that "
        "has none. Restore into another region, or remove that stack first."
    )


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    status: str = found["StackStatus"]
    return status


def _forget_change_set(cloudformation: Any, stack: str) -> None:
    """Delete what an import left that was refused or broken off."""
    if _status(cloudformation, stack) == _NEVER_EXECUTED:
        cloudformation.delete_stack(StackName=stack)
        _wait(cloudformation, "stack_delete_complete", {"StackName": stack})


def _wait(cloudformation: Any, name: str, named: Mapping[str, str]) -> None:
    cloudformation.get_waiter(name).wait(**named, WaiterConfig=_POLL)


def _resource(kind: str, logical_id: str, key: str, value: str) -> dict[str, Any]:
    return {
        "ResourceType": kind,
        "LogicalResourceId": logical_id,
        "ResourceIdentifier": {key: value},
    }


def _described(template: Json, logical_id: str, properties: Json) -> Json:
    # Whatever else the template says of the resource goes with it: without a deletion policy,
    # nothing is imported.
    resource = {**template["Resources"][logical_id], "Properties": properties}
    resource.pop("DependsOn", None)
    return resource


def _only(properties: Json, names: tuple[str, ...]) -> Json:
    return {name: properties[name] for name in names if name in properties}


def _id(template: Json, output: str) -> str:
    """The logical id of the resource that an output of the stack names."""
    logical_id: str = template["Outputs"][output]["Value"]["Ref"]
    return logical_id

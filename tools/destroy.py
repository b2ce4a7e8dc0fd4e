"""`make destroy`: delete a stage from AWS, and its originals only if the command says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from tools.deploy import of_type
from tools.errors import ToolError
from tools.progress import Step, step
from tools.templates import Json

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

ClientFor = Callable[[str], Any]

_POLL_SECONDS: Final = 2.0
ATTEMPTS: Final = 3
"""Access logs are delivered late: a bucket just emptied may not stay so until its turn comes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be deleted together with a stack."""

    stack: str
    emptied: tuple[str, ...]
    """The buckets that are deleted with the stack. They have to be empty before that."""
    originals: str


def plan(client_for: ClientFor, stack: str) -> Plan:
    """Find out what has to be deleted, without deleting anything.

    Raises `ToolError` if there is no such stack, or if it is protected.
    """
    cloudformation: CloudFormationClient = client_for("cloudformation")
    try:
        [described] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            raise ToolError(f"There is no stack {stack} in this account and region.") from error
        raise
    if described.get("EnableTerminationProtection"):
        raise ToolError(
            f"{stack} is protected from deletion: turn its termination protection off first."
        )
    # The SDK parses a template in JSON by itself, but not one in YAML.
    template: Json = dict(cloudformation.get_template(StackName=stack)["TemplateBody"])
    resources = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    physical = {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for page in resources
        for resource in page["StackResourceSummaries"]
    }
    outputs = {o.get("OutputKey"): o.get("OutputValue", "") for o in described.get("Outputs", [])}
    return Plan(
        stack,
        tuple(
            physical[name]
            for name, _ in of_type(template, "AWS::S3::Bucket")
            if template["Resources"][name].get("DeletionPolicy", "Delete") == "Delete"
            and physical.get(name)
        ),
        outputs["OriginalsBucketName"],
    )


def destroy(client_for: ClientFor, what: Plan, *, with_originals: bool) -> None:
    """Empty the buckets that are deleted with the stack, delete the stack, and then the originals
    if `with_originals` is set."""
    if what.originals in what.emptied and not with_originals:
        raise ToolError(
            f"{what.stack} was deployed with keep_originals=false, so its originals would be "
            "deleted with it: confirm that with ORIGINALS=delete, or deploy with "
            "keep_originals=true first."
        )
    s3: S3Client = client_for("s3")
    with step(f"Deleting {what.stack}") as progress:
        for attempt in range(1, ATTEMPTS + 1):
            for bucket in what.emptied:
                empty(s3, bucket, progress)
            progress.detail = "resources"
            status = delete_stack(client_for("cloudformation"), what.stack, progress)
            if status is None:
                break
            if attempt == ATTEMPTS:
                raise ToolError(
                    f"{what.stack} is {status}: its events say why. Remove the cause, then run the "
                    "same command again."
                )
        if with_originals and what.originals not in what.emptied:
            empty(s3, what.originals, progress)
            s3.delete_bucket(Bucket=what.originals)


def delete_stack(client: CloudFormationClient, stack: str, progress: Step) -> str | None:
    """Delete the stack. Returns the status that it is stuck in, or None if it is gone."""
    [described] = client.describe_stacks(StackName=stack)["Stacks"]
    # By its id a stack can be asked about even when it is gone.
    stack_id = described.get("StackId", stack)
    client.delete_stack(StackName=stack)
    while True:
        [described] = client.describe_stacks(StackName=stack_id)["Stacks"]
        status = described["StackStatus"]
        if status == "DELETE_COMPLETE":
            return None
        if not status.endswith("_IN_PROGRESS"):
            return status
        progress.detail = f"{_remaining(client, stack_id)} resources to go"
        time.sleep(_POLL_SECONDS)


def _remaining(client: CloudFormationClient, stack: str) -> int:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    return sum(
        resource["ResourceStatus"] != "DELETE_COMPLETE"
        for page in pages
        for resource in page["StackResourceSummaries"]
    )


def empty(s3: S3Client, bucket: str, progress: Step) -> None:
    """Delete every version of every object. Raises `ToolError` if one stays."""
    removed = 0
    for batch in _versions(s3, bucket):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        if errors := answer.get("Errors"):
            raise ToolError(f"An object in {bucket} cannot be deleted: {errors[0].get('Message')}")
        removed += len(batch)
        progress.detail = f"{removed} objects of {bucket}"


def _versions(s3: S3Client, bucket: str) -> Iterator[list[ObjectIdentifierTypeDef]]:
    """Every version and delete marker, a thousand at most at a time."""
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            batch: list[ObjectIdentifierTypeDef] = [
                {"Key": item["Key"], "VersionId": item["VersionId"]} for item in found
            ]
            if batch:
                yield batch
    except s3.exceptions.NoSuchBucket:
        return

"""The first deployment of a stack: what an earlier one that failed left is cleared away.

A stack that could not be created can never be updated, only deleted; and buckets, which have fixed
names, stand in the way of every later one. Nothing is removed that anybody may have put there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from tools import destroy, names
from tools.destroy import ClientFor
from tools.errors import ToolError
from tools.progress import Step, step

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_s3 import S3Client

BUCKETS: Final = ("logs", "uploads", "originals", "renditions", "site")
_FILLED_BY_DEPLOYING: Final = ("logs", "site")
"""Access logs, and the web client's files; what is in any other bucket is people's."""
_NEVER_CREATED: Final = frozenset(
    ("REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
)
_HALF_DELETED: Final = "DELETE_FAILED"
_POLL_SECONDS: Final = 2.0
_STACK_ID: Final = "aws:cloudformation:stack-id"
_MISSING: Final = frozenset(("404", "NoSuchBucket"))


@dataclass(frozen=True, slots=True)
class _Bucket:
    """One that is there, in this account."""

    purpose: str
    name: str
    stack_id: str
    """Of the stack that made it; empty: none did."""
    is_empty: bool

    @property
    def is_peoples(self) -> bool:
        return not self.is_empty and self.purpose not in _FILLED_BY_DEPLOYING


def bucket_names(stage: str, account: str, region: str) -> dict[str, str]:
    """The buckets by purpose, as `infra/buckets.py` names them."""
    return {name: f"{names.prefix(stage)}{name}-{account}-{region}" for name in BUCKETS}


def clear(client_for: ClientFor, stack: str, buckets: Mapping[str, str]) -> bool:
    """Remove `stack`, and what it left, if it could not be created. Returns True if the stack does
    not exist then and has to be created.

    Raises `ToolError` if something stands in the way that only a person may remove.
    """
    client = client_for("cloudformation")
    found = _at_rest(client, stack)
    if found is not None:
        if not _never_was(client, found):
            _check_whole(found)
            return False
        _remove(client_for, found, buckets)
    _remove_buckets(client_for, stack, buckets)
    return True


def is_new(client_for: ClientFor, stack: str) -> bool:
    """Whether the stack has to be created, and not only updated."""
    client = client_for("cloudformation")
    found = _described(client, stack)
    return found is None or (not _is_moving(found) and _never_was(client, found))


def has_parameter(client: CloudFormationClient, stack: str, name: str) -> bool:
    """Whether the stack is there and has such a parameter, whose value a deployment keeps."""
    found = _described(client, stack)
    parameters = found.get("Parameters", []) if found is not None else []
    return any(parameter.get("ParameterKey") == name for parameter in parameters)


def obstacles(client_for: ClientFor, stack: str, buckets: Mapping[str, str]) -> list[str]:
    """What `clear` would refuse to remove, in sentences. Changes nothing and waits for nothing."""
    client, s3 = client_for("cloudformation"), client_for("s3")
    found = _described(client, stack)
    if found is not None and (_is_moving(found) or not _never_was(client, found)):
        return [] if found["StackStatus"] != _HALF_DELETED else [_half_deleted(stack)]
    return [
        _in_the_way(stack, bucket)
        for bucket in _existing(s3, buckets)
        if not _may_go(client, stack, bucket)
    ]


def is_failed(client_for: ClientFor, stack: str) -> bool:
    """Whether there is such a stack, and it could not be created."""
    client = client_for("cloudformation")
    found = _at_rest(client, stack)
    return found is not None and _never_was(client, found)


def _at_rest(client: CloudFormationClient, stack: str) -> StackTypeDef | None:
    """The stack, once nothing happens to it; None: there is none."""
    found = _described(client, stack)
    if found is None or not _is_moving(found):
        return found
    with step(f"Waiting for {stack}") as progress:
        while found is not None and _is_moving(found):
            progress.detail = found["StackStatus"]
            time.sleep(_POLL_SECONDS)
            found = _described(client, stack)
    return found


def _described(client: CloudFormationClient, stack: str) -> StackTypeDef | None:
    try:
        [found] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return found


def _is_moving(found: StackTypeDef) -> bool:
    # In review nothing happens until somebody executes the change set.
    status = found["StackStatus"]
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _never_was(client: CloudFormationClient, found: StackTypeDef) -> bool:
    if found["StackStatus"] == _HALF_DELETED:
        return _was_never_created(client, found["StackId"])
    return found["StackStatus"] in _NEVER_CREATED


def _check_whole(found: StackTypeDef) -> None:
    if found["StackStatus"] == _HALF_DELETED:
        raise ToolError(_half_deleted(found["StackName"]))


def _was_never_created(client: CloudFormationClient, stack_id: str) -> bool:
    """Whether its events show that it was never created. AWS keeps them for 90 days; if the first
    ones are gone, the answer is no."""
    try:
        statuses = {
            event.get("ResourceStatus")
            for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id)
            for event in page["StackEvents"]
            if event.get("PhysicalResourceId") == stack_id
        }
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return "CREATE_IN_PROGRESS" in statuses and "CREATE_COMPLETE" not in statuses


def _remove(client_for: ClientFor, found: StackTypeDef, buckets: Mapping[str, str]) -> None:
    client, s3 = client_for("cloudformation"), client_for("s3")
    stack, stack_id = found["StackName"], found["StackId"]
    own = [bucket for bucket in _existing(s3, buckets) if bucket.stack_id == stack_id]
    for bucket in own:
        if bucket.is_peoples:
            raise ToolError(_in_the_way(stack, bucket))
    _say(f"{stack} was never created ({found['StackStatus']}): what is left of it is removed.")
    with step(f"Removing {stack}") as progress:
        if found.get("EnableTerminationProtection"):
            client.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
        for bucket in own:
            _empty(s3, bucket, progress)
        status = destroy.delete_stack(client, stack, progress)
    if status is not None:
        raise ToolError(
            f"{stack} was never created and cannot be removed ({status}): its events say why. "
            "Remove the cause, then run the same command again."
        )
    for kind, name in _kept(client, stack_id):
        _say(f"Kept, although nothing uses it: {name} ({kind}); remove it by hand.")


def _kept(client: CloudFormationClient, stack_id: str) -> Iterator[tuple[str, str]]:
    """What a deletion left, but for buckets, which are looked at one by one."""
    for page in client.get_paginator("list_stack_resources").paginate(StackName=stack_id):
        for resource in page["StackResourceSummaries"]:
            kind = resource["ResourceType"]
            if resource["ResourceStatus"] == "DELETE_SKIPPED" and kind != "AWS::S3::Bucket":
                yield kind, resource.get("PhysicalResourceId", "")


def _remove_buckets(client_for: ClientFor, stack: str, buckets: Mapping[str, str]) -> None:
    """Remove those of stacks that are gone, if they are empty or only deploying filled them."""
    client, s3 = client_for("cloudformation"), client_for("s3")
    left = list(_existing(s3, buckets))
    for bucket in left:
        if not _may_go(client, stack, bucket):
            raise ToolError(_in_the_way(stack, bucket))
    for bucket in left:
        _say(f"s3://{bucket.name}, left by an earlier {stack}, is removed.")
        with step(f"Removing s3://{bucket.name}") as progress:
            _remove_bucket(s3, bucket, progress)


def _may_go(client: CloudFormationClient, stack: str, bucket: _Bucket) -> bool:
    """Whether a stack of this name made the bucket, and it is empty or only deploying filled it."""
    if f":stack/{stack}/" not in bucket.stack_id or bucket.is_peoples:
        return False
    return bucket.is_empty or _was_never_created(client, bucket.stack_id)


def _remove_bucket(s3: S3Client, bucket: _Bucket, progress: Step) -> None:
    for attempt in range(1, destroy.ATTEMPTS + 1):
        _empty(s3, bucket, progress)
        try:
            s3.delete_bucket(Bucket=bucket.name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty" or attempt == destroy.ATTEMPTS:
                raise ToolError(f"s3://{bucket.name} cannot be removed: {error}") from error
        else:
            return


def _empty(s3: S3Client, bucket: _Bucket, progress: Step) -> None:
    """Empty a bucket that deploying fills. The others are not emptied: if somebody has put an
    object there meanwhile, AWS refuses to delete the bucket."""
    if bucket.purpose in _FILLED_BY_DEPLOYING:
        destroy.empty(s3, bucket.name, progress)


def _existing(s3: S3Client, buckets: Mapping[str, str]) -> Iterator[_Bucket]:
    for purpose, name in buckets.items():
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                continue
            raise ToolError(f"s3://{name} exists, but cannot be read: {error}") from error
        yield _Bucket(purpose, name, _maker(s3, name), _is_empty(s3, name))


def _maker(s3: S3Client, bucket: str) -> str:
    try:
        tags: Any = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return ""
        raise
    return next((tag["Value"] for tag in tags if tag["Key"] == _STACK_ID), "")


def _is_empty(s3: S3Client, bucket: str) -> bool:
    """Whether the bucket has no version of any object, and no delete marker."""
    found = s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    return not (found.get("Versions") or found.get("DeleteMarkers"))


def _say(sentence: str) -> None:
    """Say what is removed, even if it takes no time."""
    print(sentence, flush=True)


def _half_deleted(stack: str) -> str:
    return f"{stack} is partly deleted ({_HALF_DELETED}): finish that with `make destroy` first."


def _in_the_way(stack: str, bucket: _Bucket) -> str:
    what = "is there already" if bucket.is_empty else "holds objects"
    return (
        f"{stack} cannot be created while s3://{bucket.name} {what}: save what you need of it, "
        "remove the bucket, and run the same command again."
    )

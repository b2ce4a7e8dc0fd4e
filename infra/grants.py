"""Narrow permissions. The actions are written out, since CDK's own grants give whole families."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.nag import allow_resource


def items(
    function: lambda_.Function,
    table: dynamodb.Table,
    *actions: str,
    partitions: Sequence[str] = (),
) -> None:
    """Allow actions on items of the table, but not on its indexes. With `partitions`, only on items
    whose partition key matches one of them; use that only for actions that name a key, since a
    request without a key passes the condition."""
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=[f"dynamodb:{action}" for action in actions],
            resources=[table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}}
            if partitions
            else None,
        )
    )


def index(function: lambda_.Function, table: dynamodb.Table, *names: str) -> None:
    _allow(function, ["dynamodb:Query"], [f"{table.table_arn}/index/{name}" for name in names])


def stream(function: lambda_.Function, table: dynamodb.Table) -> None:
    """Allow what Lambda's poller does with the function's role: read the table's stream."""
    assert table.table_stream_arn, "the table has a stream"
    actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
    _allow(function, [f"dynamodb:{action}" for action in actions], [table.table_stream_arn])


def objects(function: lambda_.Function, bucket: s3.Bucket, *actions: str, prefix: str = "") -> None:
    _allow_objects(function, bucket.arn_for_objects(f"{prefix}*"), *actions)


def tagging_objects(function: lambda_.Function, bucket: s3.Bucket, pattern: str) -> None:
    """Allow giving tags to the objects whose keys match a pattern."""
    _allow_objects(function, bucket.arn_for_objects(pattern), "PutObjectTagging")


def _allow_objects(function: lambda_.Function, resource: str, *actions: str) -> None:
    _allow(function, [f"s3:{action}" for action in actions], [resource])
    assert function.role
    allow_resource(
        function.role, resource, "Object keys are made at run time; the bucket has one purpose."
    )


def tagging_versions(function: lambda_.Function, bucket: s3.Bucket, *tags: str) -> None:
    """Allow giving versions of objects some tags, and listing the versions. S3 asks for the keys of
    the tags in the request, which the local cloud does not know; there is no right to remove
    tags."""
    resource = bucket.arn_for_objects("*")
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=["s3:PutObjectVersionTagging"],
            resources=[resource],
            conditions={"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": list(tags)}},
        )
    )
    _allow(function, ["s3:ListBucketVersions"], [bucket.bucket_arn])


def one_object(function: lambda_.Function, bucket: s3.Bucket, key: str) -> None:
    """Allow reading one object, whose key is known."""
    _allow(function, ["s3:GetObject"], [bucket.arn_for_objects(key)])


def listing(function: lambda_.Function, *buckets: s3.Bucket) -> None:
    """Allow listing the buckets: without it S3 answers 403 instead of 404 for a missing object."""
    _allow(function, ["s3:ListBucket"], [bucket.bucket_arn for bucket in buckets])


def accounts(function: lambda_.Function, pool: cognito.UserPool, *actions: str) -> None:
    """Allow actions on the accounts of a user pool."""
    _allow(function, [f"cognito-idp:{action}" for action in actions], [pool.user_pool_arn])


def labels(function: lambda_.Function) -> None:
    """Allow having pictures classified."""
    assert function.role
    _allow(function, ["rekognition:DetectModerationLabels"], ["*"])
    allow_resource(function.role, "*", "rekognition:DetectModerationLabels accepts no resources.")


def mailing(function: lambda_.Function, identity_arn: str) -> None:
    """Allow sending mails as an identity of SES."""
    _allow(function, ["ses:SendEmail"], [identity_arn])


def sending(function: lambda_.Function, actions: Sequence[str], *queues: sqs.Queue) -> None:
    """Allow sending to queues. `actions` differ between clouds: see `Settings.sending_actions`."""
    _allow(function, list(actions), [queue.queue_arn for queue in queues])


def measuring(function: lambda_.Function, *queues: sqs.Queue) -> None:
    _allow(function, ["sqs:GetQueueAttributes"], [queue.queue_arn for queue in queues])


def receiving(function: lambda_.Function, queue: sqs.Queue) -> None:
    """Allow what Lambda's poller does with the function's role: receive and delete messages."""
    actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"]
    _allow(function, [f"sqs:{action}" for action in actions], [queue.queue_arn])


def _allow(function: lambda_.Function, actions: list[str], resources: list[str]) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))

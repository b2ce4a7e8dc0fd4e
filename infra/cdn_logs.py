"""CloudFront's access logs, in the logs bucket."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources as custom
from constructs import Construct

from infra.global_call import REGION, Call, GlobalCalls
from infra.nag import allow_resource
from infra.settings import Settings


class CdnLogs(Construct):
    """Standard logging (v2) of the distribution to a bucket, which needs no ACLs.

    It is set up in us-east-1, wherever the stack is; the bucket may be in any region.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        distribution: cloudfront.Distribution,
        bucket: s3.Bucket,
    ) -> None:
        super().__init__(scope, construct_id)
        name = settings.global_name("cdn")
        self._source, self._destination = (
            _arn("delivery-source", name),
            _arn("delivery-destination", name),
        )
        self._let_in(bucket)
        calls = GlobalCalls(
            self,
            "CdnLogs",
            settings,
            service="CloudWatchLogs",
            statements=self._statements(distribution, bucket),
        )
        allow_resource(calls.role, _arn("delivery", "*"), "A delivery has no id before it is made.")
        calls.resource(
            "Source",
            made=Call(
                action="putDeliverySource",
                parameters={
                    "name": name,
                    "resourceArn": distribution.distribution_arn,
                    "logType": "ACCESS_LOGS",
                },
            ),
            removed=Call(action="deleteDeliverySource", parameters={"name": name}),
            physical_id=custom.PhysicalResourceId.of(name),
        )
        calls.resource(
            "Destination",
            made=Call(
                action="putDeliveryDestination",
                parameters={
                    "name": name,
                    "outputFormat": "json",
                    "deliveryDestinationConfiguration": {
                        "destinationResourceArn": bucket.bucket_arn
                    },
                },
            ),
            removed=Call(action="deleteDeliveryDestination", parameters={"name": name}),
            physical_id=custom.PhysicalResourceId.of(name),
        )
        calls.resource(
            "Delivery",
            made=Call(
                action="createDelivery",
                parameters={
                    "deliverySourceName": name,
                    "deliveryDestinationArn": self._destination,
                },
            ),
            removed=Call(
                action="deleteDelivery",
                parameters={"id": custom.PhysicalResourceIdReference()},
            ),
            physical_id=custom.PhysicalResourceId.from_response("delivery.id"),
            # It cannot be made twice, and nothing in it ever changes.
            changes=False,
        )

    def _let_in(self, bucket: s3.Bucket) -> None:
        """Let the delivery write below the prefix that it uses for this account."""
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/*")],
                conditions={
                    "StringEquals": {
                        "s3:x-amz-acl": "bucket-owner-full-control",
                        "aws:SourceAccount": Aws.ACCOUNT_ID,
                    },
                    "ArnLike": {"aws:SourceArn": self._source},
                },
            )
        )

    def _statements(
        self, distribution: cloudfront.Distribution, bucket: s3.Bucket
    ) -> list[iam.PolicyStatement]:
        deliveries = _arn("delivery", "*")
        return [
            iam.PolicyStatement(
                actions=["logs:PutDeliverySource", "logs:DeleteDeliverySource"],
                resources=[self._source],
            ),
            iam.PolicyStatement(
                actions=["logs:PutDeliveryDestination", "logs:DeleteDeliveryDestination"],
                resources=[self._destination],
            ),
            iam.PolicyStatement(
                actions=["logs:CreateDelivery", "logs:DeleteDelivery"],
                resources=[self._source, self._destination, deliveries],
            ),
            iam.PolicyStatement(
                actions=["cloudfront:AllowVendedLogDeliveryForResource"],
                resources=[distribution.distribution_arn],
            ),
            iam.PolicyStatement(actions=["s3:GetBucketPolicy"], resources=[bucket.bucket_arn]),
        ]


def _arn(kind: str, name: str) -> str:
    return f"arn:{Aws.PARTITION}:logs:{REGION}:{Aws.ACCOUNT_ID}:{kind}:{name}"

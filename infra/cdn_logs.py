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
        calls: GlobalCalls,
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
        self._allow(calls, distribution, bucket)
        source = calls.resource(
            "LogSource",
            made=_call(
                "putDeliverySource",
                name=name,
                resourceArn=distribution.distribution_arn,
                logType="ACCESS_LOGS",
            ),
            removed=_call("deleteDeliverySource", name=name),
            physical_id=custom.PhysicalResourceId.of(name),
        )
        destination = calls.resource(
            "LogDestination",
            made=_call(
                "putDeliveryDestination",
                name=name,
                outputFormat="json",
                deliveryDestinationConfiguration={"destinationResourceArn": bucket.bucket_arn},
            ),
            removed=_call("deleteDeliveryDestination", name=name),
            physical_id=custom.PhysicalResourceId.of(name),
        )
        delivery = calls.resource(
            "LogDelivery",
            made=_call(
                "createDelivery",
                deliverySourceName=name,
                deliveryDestinationArn=self._destination,
            ),
            removed=_call("deleteDelivery", id=custom.PhysicalResourceIdReference()),
            physical_id=custom.PhysicalResourceId.from_response("delivery.id"),
            # It cannot be made twice, and nothing in it ever changes.
            changes=False,
            after=[source, destination],
        )
        # The bucket's policy is checked when the delivery is made.
        delivery.node.add_dependency(bucket)

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

    def _allow(
        self, calls: GlobalCalls, distribution: cloudfront.Distribution, bucket: s3.Bucket
    ) -> None:
        deliveries = _arn("delivery", "*")
        calls.allow(["logs:PutDeliverySource", "logs:DeleteDeliverySource"], self._source)
        calls.allow(
            ["logs:PutDeliveryDestination", "logs:DeleteDeliveryDestination"], self._destination
        )
        calls.allow(
            ["logs:CreateDelivery", "logs:DeleteDelivery"],
            self._source,
            self._destination,
            deliveries,
        )
        allow_resource(calls.role, deliveries, "A delivery has no id before it is made.")
        calls.allow(["cloudfront:AllowVendedLogDeliveryForResource"], distribution.distribution_arn)
        calls.allow(["s3:GetBucketPolicy"], bucket.bucket_arn)


def _call(action: str, **parameters: object) -> Call:
    return Call(service="CloudWatchLogs", action=action, parameters=parameters)


def _arn(kind: str, name: str) -> str:
    return f"arn:{Aws.PARTITION}:logs:{REGION}:{Aws.ACCOUNT_ID}:{kind}:{name}"

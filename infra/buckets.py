"""The four buckets: what users send, what is kept for good, what is served, who asked for it."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import lifecycle
from infra.nag import allow
from infra.settings import Settings

UPLOADS_PREFIX: Final = "uploads/"


class Buckets(Construct):
    """`uploads_queue` is told of every object that lands in the uploads bucket."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, uploads_queue: sqs.Queue
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._removal = RemovalPolicy.RETAIN if settings.is_production else RemovalPolicy.DESTROY
        self._logs: s3.Bucket | None = None
        self._logs = self._bucket("logs", lifecycle.LOGS)
        allow(self._logs, "S1", "It receives the access logs; its own would never end.")
        self.uploads = self._bucket("uploads", lifecycle.UPLOADS, cors=self._browser_uploads())
        self.originals = self._bucket("originals", lifecycle.ORIGINALS, versioned=True)
        self.originals.apply_removal_policy(
            RemovalPolicy.RETAIN if settings.keep_originals else RemovalPolicy.DESTROY
        )
        self.renditions = self._bucket("renditions", [lifecycle.ABORT_MULTIPART])
        self._notify(uploads_queue)

    def _bucket(
        self,
        name: str,
        lifecycle_rules: list[s3.LifecycleRule],
        *,
        cors: list[s3.CorsRule] | None = None,
        versioned: bool = False,
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            name.capitalize(),
            bucket_name=self._name(name),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=self._settings.tls_only,
            versioned=versioned,
            lifecycle_rules=lifecycle_rules,
            cors=cors,
            server_access_logs_bucket=self._logs,
            server_access_logs_prefix=f"{name}/" if self._logs else None,
            removal_policy=self._removal,
        )
        if not self._settings.tls_only:
            allow(bucket, "S10", "The local cloud speaks plain HTTP, on loopback only.")
        return bucket

    def _name(self, name: str) -> str:
        return f"{self._settings.prefix}-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    def _browser_uploads(self) -> list[s3.CorsRule] | None:
        if not self._settings.cors_origins:
            return None
        return [
            s3.CorsRule(
                # Whole files are posted as a form, parts of large ones are put.
                allowed_methods=[s3.HttpMethods.POST, s3.HttpMethods.PUT],
                allowed_origins=list(self._settings.cors_origins),
                allowed_headers=["*"],
                max_age=3600,
            )
        ]

    def _notify(self, queue: sqs.Queue) -> None:
        """Set on the bucket itself: CDK's own way deploys a function that does it.

        S3 refuses a queue that it may not write to, so the queue's policy must come first; it
        names the bucket by its known name, as a reference would close a circle.
        """
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={
                    "ArnEquals": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:s3:::{self._name('uploads')}"
                    },
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            )
        )
        bucket = self.uploads.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=queue.queue_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[
                                s3.CfnBucket.FilterRuleProperty(name="prefix", value=UPLOADS_PREFIX)
                            ]
                        )
                    ),
                )
            ]
        )
        self.uploads.node.add_dependency(queue.node.find_child("Policy"))

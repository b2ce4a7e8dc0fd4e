"""The buckets: uploads, originals, renditions, the site's files, and access logs."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import lifecycle
from infra.nag import allow
from infra.retention import KEPT, data_removal
from infra.settings import Settings

UPLOADS_PREFIX: Final = "uploads/"
LISTS_PREFIX: Final = "lists/"
"""The prefix of operators' lists of hashes and words, which lie beside the originals: no client
reads that bucket."""
ERASURES_PREFIX: Final = "erasures/"
"""The prefix of the list of erasures, beside the originals."""
LOG_ANCHORS_PREFIX: Final = "moderation-log/"
"""The prefix of what is noted of the log of moderation, beside the originals, too."""
MEDIA_PREFIX: Final = "media/"
"""The prefix of the renditions' keys, and of the path under which they are served."""
ZOOM_NAMES: Final = "2048-*.webp"
"""The names of zoom sizes, at the end of their keys."""


class Buckets(Construct):
    """All buckets. S3 sends a message to `ingest_queue` for every object in the uploads bucket."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, ingest_queue: sqs.Queue
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._removal = data_removal(settings)
        self._logs: s3.Bucket | None = None
        self.logs = self._logs = self._bucket("logs", lifecycle.LOGS)
        allow(self.logs, "S1", "It receives the access logs; logging itself would never end.")
        self.uploads = self._bucket("uploads", lifecycle.UPLOADS)
        self.originals = self._bucket("originals", lifecycle.ORIGINALS, versioned=True)
        self.originals.apply_removal_policy(
            KEPT if settings.keep_originals else RemovalPolicy.DESTROY
        )
        self.renditions = self._bucket("renditions", lifecycle.RENDITIONS)
        self.site = self._bucket("site", [lifecycle.ABORT_MULTIPART])
        self._notify(ingest_queue)

    def take_uploads_from(self, *origins: str) -> None:
        """Let pages of these origins upload files. Whole files are sent as a form (POST); parts of
        large files are sent with PUT, and the page then reads their ETag."""
        self.uploads.add_cors_rule(
            allowed_methods=[s3.HttpMethods.POST, s3.HttpMethods.PUT],
            allowed_origins=list(origins),
            allowed_headers=["*"],
            exposed_headers=["ETag"],
            max_age=3600,
        )

    @property
    def uploads_name(self) -> str:
        """The uploads bucket's name as plain text. Resources to which the bucket refers can use it
        without a circular reference."""
        return self._name("uploads")

    def _bucket(
        self,
        name: str,
        lifecycle_rules: list[s3.LifecycleRule],
        *,
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
            server_access_logs_bucket=self._logs,
            server_access_logs_prefix=f"{name}/" if self._logs else None,
            removal_policy=self._removal,
        )
        if not self._settings.tls_only:
            allow(bucket, "S10", "The local cloud speaks plain HTTP, on loopback only.")
        return bucket

    def _name(self, name: str) -> str:
        """The fixed name of a bucket. The ingest queue's policy and the site's policy for browsers
        name the uploads bucket, which refers to both, so the name cannot be generated. A different
        name would mean a new, empty bucket in every existing deployment. `tools/creation.py` knows
        the names too."""
        return f"{self._settings.prefix}-{name}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    def _notify(self, queue: sqs.Queue) -> None:
        """Let S3 notify the queue. This is set on the bucket itself, since CDK's own method deploys
        an extra function for it.

        S3 refuses a queue to which it may not write, so the queue's policy must exist first. It
        names the bucket by its fixed name, as a reference would be circular.
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

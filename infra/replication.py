"""A copy of every original in another region, where the deployment names a bucket for it."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import allow_resource


class Replication(Construct):
    """Lets S3 copy what is written to `originals` from now on to the bucket `replica_arn`.

    That bucket is not of this stack: it must be versioned, outlive the stack, and best be in an
    account whose keys nobody here has. In another account, its own policy must let the role of
    this construct `s3:ReplicateObject`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, originals: s3.Bucket, replica_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("s3.amazonaws.com"))
        self._allow(
            ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            originals.bucket_arn,
        )
        self._allow(
            [
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
            ],
            originals.arn_for_objects("*"),
        )
        # No right to delete or to tag there: a rule that copies neither needs none.
        self._allow(["s3:ReplicateObject"], f"{replica_arn}/*")
        bucket = originals.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=self._role.role_arn,
            rules=[
                s3.CfnBucket.ReplicationRuleProperty(
                    id="originals",
                    status="Enabled",
                    priority=1,
                    # A filter, even of everything, makes it a rule of the present kind.
                    filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=""),
                    # What hides an original here, by mistake or by malice, must not hide its copy.
                    delete_marker_replication=s3.CfnBucket.DeleteMarkerReplicationProperty(
                        status="Disabled"
                    ),
                    destination=s3.CfnBucket.ReplicationDestinationProperty(
                        bucket=replica_arn, storage_class="STANDARD_IA"
                    ),
                )
            ],
        )

    def _allow(self, actions: list[str], resource: str) -> None:
        self._role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        if resource.endswith("/*"):
            allow_resource(
                self._role, resource, "Object keys are made at run time; all originals are copied."
            )

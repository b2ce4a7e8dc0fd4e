"""A copy of every original in another region, if the deployment names a bucket for it."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import allow_resource


class Replication(Construct):
    """Lets S3 copy every new object in `originals` to the bucket `replica_arn`.

    That bucket does not belong to this stack: it must be versioned and outlive the stack, and is
    best in an account to which nobody here has keys. In another account, its policy must allow the
    role of this construct `s3:ReplicateObject` and `s3:ReplicateTags`.
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
        # The rule copies no deletions, so the role needs no right for them. The tag of what is
        # to be erased follows, and the other bucket's own lifecycle acts on it.
        self._allow(["s3:ReplicateObject", "s3:ReplicateTags"], f"{replica_arn}/*")
        bucket = originals.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=self._role.role_arn,
            rules=[
                s3.CfnBucket.ReplicationRuleProperty(
                    id="originals",
                    status="Enabled",
                    priority=1,
                    # Only a rule with a filter, even one for everything, has the current format.
                    filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=""),
                    # A deletion here, by mistake or by an attacker, must not hide the copy.
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

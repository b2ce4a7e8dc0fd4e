"""Puts the web client's files into their bucket, with a function that CDK provides."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.api import PATH as API_PATH
from infra.context import SettingsError
from infra.identity import Identity
from infra.nag import allow, allow_resource
from infra.push_keys import PushKeys
from infra.retention import retention
from infra.settings import Settings

CONFIG_FILE: Final = "config.json"
_GROUPS: Final = Path(__file__).with_name("site.toml")
_PROVIDER: Final = "Custom::CDKBucketDeployment"
_CDKS_ACTIONS: Final = ("GetBucket", "GetObject", "List", "Abort", "DeleteObject")
"""The beginnings of actions that CDK grants with wildcards, such as `s3:GetObject*`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files with the same rules for caching: see `site.toml`."""

    name: str
    exclude: Sequence[str]
    include: Sequence[str]
    cache_control: str
    prune: bool
    """Whether files that the build no longer contains are removed."""


class Site(Construct):
    """The site's files. `config` is the JSON that the client reads first; it has the addresses and
    ids of this deployment's other parts."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        bucket: s3.Bucket,
        identity: Identity,
        push_keys: PushKeys | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.config = Stack.of(self).to_json_string(
            {
                "apiUrl": API_PATH,
                "region": Aws.REGION,
                "userPoolClientId": identity.client_id,
                "accountClientId": identity.account_client_id,
                "closingDays": settings.closing_days,
                "pushKey": push_keys.public if push_keys else None,
                "cognitoUrl": settings.cognito_origin(Aws.REGION) + "/",
            }
        )
        if settings.puts_site_files:
            self._put(settings, bucket)

    def _put(self, settings: Settings, bucket: s3.Bucket) -> None:
        if not (settings.site_dir / "index.html").is_file():
            raise SettingsError(f"{settings.site_dir} is not built: run `make site` first.")
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{settings.prefix}-site",
            retention=retention(settings),
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = self._role(settings, log_group, bucket)
        sources = [
            deployment.Source.asset(str(settings.site_dir)),
            deployment.Source.data(CONFIG_FILE, self.config),
        ]
        earlier: list[deployment.BucketDeployment] = []
        for group in read_groups():
            put = deployment.BucketDeployment(
                self,
                group.name,
                sources=sources,
                destination_bucket=bucket,
                exclude=list(group.exclude),
                include=list(group.include),
                cache_control=[deployment.CacheControl.from_string(group.cache_control)],
                prune=group.prune,
                role=role,
                log_group=log_group,
                # When the stack is deleted, the bucket is deleted or kept with all its files.
                retain_on_delete=True,
            )
            put.node.add_dependency(*earlier)
            earlier.append(put)
        for child in Stack.of(self).node.children:
            if child.node.id.startswith(_PROVIDER):
                allow(child, "L1", "CDK chooses the runtime of its own function.")

    def _role(self, settings: Settings, log_group: logs.LogGroup, bucket: s3.Bucket) -> iam.Role:
        """The role of the function that uploads all groups, only while a stack is deployed. CDK
        adds the rights on the two buckets."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
            )
        )
        for action in _CDKS_ACTIONS:
            reason = "CDK grants it on the site's bucket and on the bucket of its own assets."
            allow(role, f"IAM5[Action::s3:{action}*]", reason)
        allow_resource(role, bucket.arn_for_objects("*"), "The bucket holds only the site.")
        assets = (
            f"arn:{Aws.PARTITION}:s3:::cdk-{settings.qualifier}-assets-{Aws.ACCOUNT_ID}-"
            f"{Aws.REGION}/*"
        )
        allow_resource(role, assets, "It is the bucket of CDK's assets, which is only read.")
        return role


def read_groups() -> list[Group]:
    return [Group(**group) for group in tomllib.loads(_GROUPS.read_text())["groups"]]

"""Calls of AWS's API for what CloudFormation cannot make in every region: parts of services that
are managed in us-east-1 alone. A function that CDK provides makes them, only while a stack is
deployed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as custom
from constructs import Construct

from infra.nag import allow
from infra.retention import retention
from infra.settings import Settings

REGION: Final = "us-east-1"
_PROVIDER: Final = "AWS679f53fac002430cb0da5b7982bd2287"
"""The id that CDK gives its own function for such calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: a service and an action of AWS's SDK for JavaScript, and the parameters."""

    service: str
    action: str
    parameters: Mapping[str, Any]


class GlobalCalls(Construct):
    """Resources that are made by a call and removed by another.

    A stack has one of these at most: the CDK has one function for all calls of a stack, with one
    role.
    """

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{settings.prefix}-calls",
            retention=retention(settings),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], self._log_group.log_group_arn)

    def allow(self, actions: Sequence[str], *resources: str) -> None:
        self.role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(resources))
        )

    def resource(
        self,
        construct_id: str,
        *,
        made: Call,
        removed: Call,
        physical_id: custom.PhysicalResourceId,
        changes: bool = True,
        after: Sequence[custom.AwsCustomResource] = (),
    ) -> custom.AwsCustomResource:
        """A resource that `made` makes and `removed` removes.

        If it `changes`, it is made again when a parameter changes; and if its physical id changes
        with that, the former one is removed.
        """
        making = _sdk_call(made, physical_id)
        resource = custom.AwsCustomResource(
            self,
            construct_id,
            on_create=making,
            on_update=making if changes else None,
            on_delete=_sdk_call(removed, None),
            role=self.role,
            log_group=self._log_group,
            # What Lambda's runtime brings knows these calls; a newer SDK would be downloaded.
            install_latest_aws_sdk=False,
        )
        resource.node.add_dependency(self.role, *after)
        for child in Stack.of(self).node.children:
            if child.node.id.startswith(_PROVIDER):
                allow(child, "L1", "CDK chooses the runtime of its own function.")
        return resource


def _sdk_call(call: Call, physical_id: custom.PhysicalResourceId | None) -> custom.AwsSdkCall:
    return custom.AwsSdkCall(
        service=call.service,
        action=call.action,
        parameters=dict(call.parameters),
        physical_resource_id=physical_id,
        region=REGION,
    )

"""Shifts the API's requests to a new version step by step, and back if it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.nag import allow_managed
from infra.settings import Settings

_MANAGED: Final = "service-role/AWSCodeDeployRoleForLambdaLimited"


class Canary(Construct):
    """A deployment group of CodeDeploy for `alias`: a tenth of the requests goes to the new version
    for ten minutes, then all. If one of `alarms` is raised meanwhile, all go back to the former
    version and the stack's update is rolled back.

    A new account, whose alias has no earlier version, is not shifted but created at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        alias: lambda_.Alias,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, construct_id)
        application = codedeploy.LambdaApplication(
            self, "Application", application_name=settings.prefix
        )
        group = codedeploy.LambdaDeploymentGroup(
            self,
            "Api",
            application=application,
            deployment_group_name=f"{settings.prefix}-api",
            alias=alias,
            deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_10_MINUTES,
            alarms=list(alarms),
        )
        allow_managed(group, _MANAGED, "It is CodeDeploy's own, for Lambda alone.")

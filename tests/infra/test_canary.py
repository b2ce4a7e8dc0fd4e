"""A new version of the API gets some of the requests first, if the context says so."""

from __future__ import annotations

import json

from infra.settings import REPOSITORY, Settings
from tests.infra.templates import Template, text


def test_there_is_none_by_default(dev: Template) -> None:
    assert not {k for k in dev.types() if k.startswith("AWS::CodeDeploy::")}
    assert "AWS::Lambda::Alias" not in dev.types()


def test_requests_are_shifted_by_tenths_and_back_when_they_fail(prod: Template) -> None:
    group = prod.only("AWS::CodeDeploy::DeploymentGroup")
    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent10Minutes"
    (watched,) = group["AlarmConfiguration"]["Alarms"]
    alarm = prod.all("AWS::CloudWatch::Alarm")[watched["Name"]["Ref"]]
    assert alarm["AlarmName"] == "shutterfeed-prod-api-5xx"
    assert set(group["AutoRollbackConfiguration"]["Events"]) >= {
        "DEPLOYMENT_FAILURE",
        "DEPLOYMENT_STOP_ON_ALARM",
    }


def test_the_gateway_calls_the_alias_whose_updates_are_shifted(prod: Template) -> None:
    ((alias, resource),) = prod.whole("AWS::Lambda::Alias").items()
    (group,) = prod.all("AWS::CodeDeploy::DeploymentGroup")
    update = resource["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": group}
    integration = prod.only("AWS::ApiGatewayV2::Integration")
    assert alias in text(integration["IntegrationUri"])


def _version(digest: str | None) -> str:
    """The logical id of the version that is published with these keys."""
    import aws_cdk
    from aws_cdk import aws_lambda
    from aws_cdk.assertions import Template as Assertions

    from infra.api import alias_of

    stack = aws_cdk.Stack(aws_cdk.App(), "Stack")
    function = aws_lambda.Function(
        stack,
        "Function",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): pass"),
    )
    context = json.loads((REPOSITORY / "cdk.json").read_text())["context"]
    settings = Settings.from_context({**context, "keys_digest": digest}.get)
    alias_of(stack, function, settings)
    (version,) = Assertions.from_stack(stack).find_resources("AWS::Lambda::Version")
    return str(version)


def test_keys_that_are_replaced_reach_the_version_that_is_called() -> None:
    assert len({_version(None), _version("one"), _version("another")}) == 3

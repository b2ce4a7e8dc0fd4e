"""The stack as a whole: outputs, cost, checks, and what is different on the local cloud."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api.http import PREFIX
from tests.infra.contexts import DOMAIN
from tests.infra.templates import Template, staged, text
from tools import doctor

OUTPUTS = {
    "SiteUrl",
    "SiteConfig",
    "SiteBucketName",
    "ApiUrl",
    "MediaUrl",
    "MediaLinksFunctionName",
    "UserPoolId",
    "UserPoolClientId",
    "AccountClientId",
    "MetadataTableName",
    "FeedTableName",
    "SearchEngine",
    "SearchTarget",
    "UploadsBucketName",
    "OriginalsBucketName",
    "RenditionsBucketName",
    "DashboardName",
}
# Of these none costs anything while nobody uses it, or cents for what is stored. A new type is
# added here after looking up what it costs an hour.
FREE_WHILE_IDLE = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
}
# Functions that run only while a stack is deployed.
PUTTING_FILES = {"Custom::CDKBucketDeployment"}
# Billed by the read and the change. The local cloud cannot read it inside a function.
STORE = {"AWS::CloudFront::KeyValueStore"}
# By option: SnapStart's versions are billed for their snapshots.
BY_OPTION = {
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    # Backups are billed by the GB; the rest of these costs nothing while idle.
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::Backup::BackupVault",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Route53::RecordSet",
    "Custom::AWS",
}


def test_nothing_of_the_default_deployment_is_billed_by_the_hour(
    dev: Template, local: Template, prod: Template
) -> None:
    assert dev.types() == FREE_WHILE_IDLE | PUTTING_FILES | STORE
    assert local.types() == FREE_WHILE_IDLE
    assert prod.types() == FREE_WHILE_IDLE | PUTTING_FILES | STORE | BY_OPTION


def test_the_outputs_are_what_tools_read(every: Template, local: Template) -> None:
    # The address that is closed, for `make smoke`, and the store, for `make deny`.
    on_aws = set() if every is local else {"GatewayUrl", "DenialsArn"}
    # How long the receipt of an erasure says that backups are kept.
    backed_up = {"BackupDays"} if every.all("AWS::Backup::BackupPlan") else set()
    assert every.outputs().keys() == OUTPUTS | on_aws | backed_up


def test_urls_on_aws(dev: Template, prod: Template) -> None:
    (distribution,) = dev.all("AWS::CloudFront::Distribution")
    site = f"https://${{{distribution}.DomainName}}"
    assert dev.outputs()["SiteUrl"] == site
    assert dev.outputs()["ApiUrl"] == site + PREFIX
    assert dev.outputs()["MediaUrl"] == f"{site}/media"
    assert prod.outputs()["SiteUrl"] == f"https://{DOMAIN}"
    assert prod.outputs()["ApiUrl"] == f"https://{DOMAIN}{PREFIX}"
    assert prod.outputs()["MediaUrl"] == "https://media.example.com/of/posts"


def test_urls_on_the_local_cloud(local: Template) -> None:
    (api,) = local.all("AWS::ApiGatewayV2::Api")
    (distribution,) = local.all("AWS::CloudFront::Distribution")
    label = f"${{{distribution}.DomainName}}|.|0"
    gateway = f"http://localhost:4999/_aws/execute-api/${{{api}}}"
    assert local.outputs()["ApiUrl"] == gateway + PREFIX
    assert local.outputs()["SiteUrl"] == f"http://{label}.cloudfront.localhost:4999"
    assert local.outputs()["MediaUrl"] == f"http://{label}.cloudfront.localhost:4999/media"


def test_the_api_links_media_where_the_output_says(every: Template) -> None:
    variables = every.functions()["api"]["Environment"]["Variables"]
    assert text(variables["MEDIA_BASE_URL"]) == every.outputs()["MediaUrl"]
    assert text(variables["SITE_URL"]) == every.outputs()["SiteUrl"]


def test_the_local_api_keeps_its_id(dev: Template, local: Template) -> None:
    assert local.only("AWS::ApiGatewayV2::Api")["Tags"]["ms-custom-id"] == "shutterfeed-local"
    assert "ms-custom-id" not in dev.only("AWS::ApiGatewayV2::Api")["Tags"]


def test_only_a_cloud_with_a_bootstrap_stack_is_asked_for_its_version(
    dev: Template, local: Template
) -> None:
    assert "BootstrapVersion" in dev.content["Parameters"]
    assert local.content["Parameters"].keys() == {"MediaKeys"}


def test_the_doctor_knows_how_old_a_bootstrap_stack_may_be(dev: Template) -> None:
    (assertion,) = dev.content["Rules"]["CheckBootstrapVersion"]["Assertions"]
    (refused,) = assertion["Assert"]["Fn::Not"]
    assert refused["Fn::Contains"][0] == [str(n) for n in range(1, doctor.LEAST_BOOTSTRAP)]


def test_the_bootstrap_stack_of_the_context_is_used(dev: Template, prod: Template) -> None:
    for template, qualifier in ((dev, "hnb659fds"), (prod, "ours")):
        version = template.content["Parameters"]["BootstrapVersion"]["Default"]
        assert version == f"/cdk-bootstrap/{qualifier}/version"
        # Assets lie in its bucket, also those that the site's function reads.
        assets = set(re.findall(r"cdk-(\w+)-assets-", json.dumps(template.content)))
        assert assets == {qualifier}


def test_everything_that_can_be_tagged_says_whose_it_is(every: Template) -> None:
    for bucket in every.buckets().values():
        assert {"Key": "project", "Value": "shutterfeed"} in bucket["Tags"]


def test_what_a_failed_creation_made_goes_again(every: Template) -> None:
    policies = [r.get("DeletionPolicy") for r in every.content["Resources"].values()]
    assert set(policies) <= {None, "Delete", "RetainExceptOnCreate"}


def test_nothing_is_protected_before_the_stack_is_there(prod: Template, first: Template) -> None:
    assert _protected(prod) == {"stack", "users", "metadata"}
    assert _protected(first) == set()


def _protected(template: Template) -> set[str]:
    manifest = json.loads((template.path.parent / "manifest.json").read_text(encoding="utf-8"))
    stack = manifest["artifacts"]["Shutterfeed-prod"]["properties"]
    users = template.only("AWS::Cognito::UserPool")["DeletionProtection"]
    found = {
        "stack": stack.get("terminationProtection"),
        "users": users == "ACTIVE",
        "metadata": template.table("Metadata").get("DeletionProtectionEnabled"),
    }
    return {name for name, protected in found.items() if protected}


def test_a_finding_of_cdk_nag_stops_synthesis(
    layers_dir: Path, site_dir: Path, tmp_path: Path
) -> None:
    import aws_cdk
    from aws_cdk import aws_s3

    from infra.synthesis import build

    context = {"layers_dir": str(layers_dir), "site_dir": str(site_dir)}
    app = build(staged, context, tmp_path)
    (stack,) = (child for child in app.node.children if isinstance(child, aws_cdk.Stack))
    aws_s3.Bucket(stack, "Careless")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert "AwsSolutions-S1" in (tmp_path / "validation-report.json").read_text()

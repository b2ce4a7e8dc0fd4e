from __future__ import annotations

import copy
import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools import deploy, paths, templates
from tools.errors import ToolError
from tools.templates import Assembly, Asset

TEMPLATE: dict[str, Any] = {
    "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>"}},
    "Rules": {"CheckBootstrapVersion": {}},
    "Resources": {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {
                    "S3Bucket": {
                        "Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
                    },
                    "S3Key": "abc.zip",
                },
                "ReservedConcurrentExecutions": 2,
            },
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"CorsConfiguration": {"AllowOrigins": ["*"]}},
        },
    },
    "Outputs": {
        "ApiUrl": {
            "Value": {"Fn::Join": ["", ["http://localhost:4566/_aws/", {"Ref": "Api"}]]},
        },
        "Arn": {"Value": {"Fn::Sub": "arn:aws:s3:::${AWS::AccountId}"}},
    },
}


OUTPUTS = {"ApiUrl": "http://api", "SiteBucketName": "the-site", "SiteConfig": '{"a": 1}'}


class FakeCloud:
    """The part of a local cloud that a deployment sees: stacks go through the scripted statuses."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.outcome = "CREATE_COMPLETE"
        self.events: list[dict[str, Any]] = []
        self.objects: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.applied: dict[str, Any] = {}
        self.parameters: list[dict[str, str]] = []
        self.site: list[dict[str, Any]] = []

    def client(self, _: str) -> Any:
        return self

    # CloudFormation

    def describe_stacks(self, **_: str) -> Any:
        if not self.statuses:
            raise _error("ValidationError", "Stack with id X does not exist")
        status = self.statuses[0]
        if len(self.statuses) > 1:
            del self.statuses[0]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        return {"Stacks": [{"StackName": "X", "StackStatus": status, "Outputs": outputs}]}

    def create_stack(self, **arguments: Any) -> None:
        self.calls.append("create")
        self.parameters = arguments["Parameters"]
        self.statuses = ["CREATE_IN_PROGRESS", self.outcome]

    def update_stack(self, **arguments: Any) -> None:
        self.calls.append("update")
        self.parameters = arguments["Parameters"]
        self.statuses = ["UPDATE_IN_PROGRESS", self.outcome]

    def delete_stack(self, **_: str) -> None:
        self.calls.append("delete")
        self.statuses = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]

    def describe_stack_resources(self, **_: str) -> Any:
        return {
            "StackResources": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": f"{name}-1",
                    "ResourceStatus": "CREATE_COMPLETE",
                }
                for name in TEMPLATE["Resources"]
            ]
        }

    def describe_stack_events(self, **_: str) -> Any:
        return {"StackEvents": self.events}

    # What the cloud's CloudFormation leaves out

    def describe_time_to_live(self, **_: str) -> Any:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}

    def update_time_to_live(self, **arguments: Any) -> None:
        self.applied["ttl"] = arguments

    def update_continuous_backups(self, **arguments: Any) -> None:
        self.applied["recovery"] = arguments

    def update_api(self, **arguments: Any) -> None:
        self.applied["cors"] = arguments

    def put_function_concurrency(self, **arguments: Any) -> None:
        self.applied["concurrency"] = arguments

    # S3 and STS

    def get_caller_identity(self) -> Any:
        return {"Account": "000000000000"}

    def create_bucket(self, **_: str) -> None:
        self.calls.append("bucket")

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Any:
        return [{"Contents": [{"Key": key} for key in self.objects]}]

    def upload_file(self, path: str, _: str, key: str) -> None:
        self.calls.append(f"upload {key}")
        self.objects[key] = Path(path).read_bytes()

    def put_object(self, **arguments: Any) -> None:
        if arguments["Bucket"] == OUTPUTS["SiteBucketName"]:
            self.site.append(arguments)
        else:
            self.objects[arguments["Key"]] = arguments["Body"]

    def get_object(self, **arguments: Any) -> Any:
        if arguments["Key"] not in self.objects:
            raise _error("NoSuchKey", "none")
        body = self.objects[arguments["Key"]]
        return {"Body": type("Body", (), {"read": lambda _: body})()}


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeCloud:
    fake = FakeCloud()
    monkeypatch.setattr(deploy.LocalAws, "client", lambda _, service: fake.client(service))
    monkeypatch.setattr(deploy, "_POLL_SECONDS", 0)
    monkeypatch.setattr(paths, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(paths, "SITE", tmp_path / "site")
    (tmp_path / "site" / "assets").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("<!doctype html>")
    (tmp_path / "site" / "assets" / "main-1.js").write_text("go()")
    source = tmp_path / "asset.abc"
    source.mkdir()
    (source / "handler.py").write_text("def handler(event, context): ...")
    assembly = Assembly("X", "digest-1", tmp_path, TEMPLATE, (Asset("abc.zip", source),))
    monkeypatch.setattr(templates, "synthesize", lambda _: assembly)
    return fake


def run() -> dict[str, str]:
    return deploy.deploy("http://127.0.0.1:4999")


def test_a_new_stack_is_created(cloud: FakeCloud) -> None:
    assert run() == OUTPUTS
    assert cloud.calls == ["bucket", "upload abc.zip", "create"]


def test_a_deployed_stack_is_left_alone(cloud: FakeCloud) -> None:
    run()
    cloud.calls.clear()

    assert run() == OUTPUTS
    assert cloud.calls == []


def test_links_are_signed_with_a_random_key_that_a_cloud_keeps(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = {**TEMPLATE, "Parameters": {"MediaKeys": {"Type": "String"}}}
    keys = []
    for digest in ("digest-1", "digest-2"):
        assembly = Assembly("X", digest, Path(), template, ())
        monkeypatch.setattr(templates, "synthesize", lambda _, made=assembly: made)
        run()
        (parameter,) = cloud.parameters
        assert parameter["ParameterKey"] == "MediaKeys"
        keys.append(parameter["ParameterValue"])
    assert cloud.calls.count("update") == 1
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 40
    cloud.objects.clear()
    run()
    assert cloud.parameters[0]["ParameterValue"] != keys[0]


def test_push_keys_are_a_pair_that_a_cloud_keeps(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = {**TEMPLATE, "Parameters": {key: {} for key in ("PushKey", "PushPublicKey")}}
    pairs = []
    for digest in ("digest-1", "digest-2"):
        assembly = Assembly("X", digest, Path(), template, ())
        monkeypatch.setattr(templates, "synthesize", lambda _, made=assembly: made)
        run()
        pairs.append({p["ParameterKey"]: len(p["ParameterValue"]) for p in cloud.parameters})
    assert pairs == [{"PushKey": 43, "PushPublicKey": 87}] * 2


def test_the_sites_files_are_put_with_what_is_said_of_them(cloud: FakeCloud) -> None:
    run()
    put = {arguments["Key"]: arguments for arguments in cloud.site}
    # Parts first, then the page that names them.
    assert list(put) == ["assets/main-1.js", "config.json", "index.html"]
    page = put["index.html"]
    assert (page["ContentType"], page["CacheControl"]) == ("text/html", "no-cache")
    assert page["ContentEncoding"] == "gzip"
    assert gzip.decompress(page["Body"]) == b"<!doctype html>"
    assert put["assets/main-1.js"]["CacheControl"].endswith("immutable")
    assert gzip.decompress(put["config.json"]["Body"]).decode() == OUTPUTS["SiteConfig"]


def test_the_site_is_put_again_only_when_it_changed(cloud: FakeCloud) -> None:
    run()
    cloud.site.clear()
    run()
    assert not cloud.site
    (paths.SITE / "index.html").write_text("<!doctype html><title>New</title>")
    run()
    assert "index.html" in [arguments["Key"] for arguments in cloud.site]


def test_a_site_that_is_not_built_is_told(cloud: FakeCloud) -> None:
    (paths.SITE / "index.html").unlink()
    with pytest.raises(ToolError, match="make site"):
        run()


def test_a_changed_stack_is_updated_and_known_assets_stay(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    cloud.calls.clear()
    cloud.outcome = "UPDATE_COMPLETE"
    before = templates.synthesize({})
    changed = Assembly(before.stack, "digest-2", before.folder, before.template, before.assets)
    monkeypatch.setattr(templates, "synthesize", lambda _: changed)

    run()

    assert cloud.calls == ["bucket", "update"]


@pytest.mark.parametrize(
    "status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"]
)
def test_what_a_broken_creation_left_is_removed_first(cloud: FakeCloud, status: str) -> None:
    cloud.statuses = [status]

    run()

    assert cloud.calls == ["delete", "bucket", "upload abc.zip", "create"]


def test_a_stack_that_took_over_what_was_restored_is_updated_and_never_removed(
    cloud: FakeCloud,
) -> None:
    cloud.statuses = ["IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"]
    cloud.outcome = "UPDATE_COMPLETE"

    run()

    assert "delete" not in cloud.calls
    assert cloud.calls[-1] == "update"


def test_a_creation_under_way_is_waited_for(cloud: FakeCloud) -> None:
    cloud.statuses = ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    cloud.outcome = "UPDATE_COMPLETE"

    run()

    assert cloud.calls[-1] == "update"


def test_a_failure_names_what_failed_first(cloud: FakeCloud) -> None:
    cloud.outcome = "ROLLBACK_COMPLETE"
    cloud.events = [
        _event("Api", 9001, "Resource creation cancelled"),
        _event("Table", 9000, "No such attribute"),
        _event("Old", -9000, "of an earlier attempt"),
    ]

    with pytest.raises(ToolError) as raised:
        run()

    assert str(raised.value) == "X was not deployed: Table (AWS::Some::Type): No such attribute"


def _event(name: str, seconds: float, reason: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": name,
        "ResourceType": "AWS::Some::Type",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
        "Timestamp": datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC),
    }


def test_a_failed_deployment_is_not_taken_for_done(cloud: FakeCloud) -> None:
    cloud.outcome = "ROLLBACK_COMPLETE"
    with pytest.raises(ToolError):
        run()
    cloud.calls.clear()
    cloud.outcome = "CREATE_COMPLETE"

    run()

    assert cloud.calls == ["delete", "bucket", "create"]


def test_what_the_local_cloud_leaves_out_is_set_afterwards(cloud: FakeCloud) -> None:
    run()

    assert cloud.applied == {
        "ttl": {
            "TableName": "Table-1",
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        },
        "recovery": {
            "TableName": "Table-1",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        },
        "cors": {"ApiId": "Api-1", "CorsConfiguration": {"AllowOrigins": ["*"]}},
        "concurrency": {"FunctionName": "Function-1", "ReservedConcurrentExecutions": 2},
    }


def test_a_localized_template_reads_our_bucket_and_names_its_port() -> None:
    before = copy.deepcopy(TEMPLATE)

    local = deploy.localized(TEMPLATE, "our-bucket", 4999)

    assert local["Resources"]["Function"]["Properties"]["Code"]["S3Bucket"] == "our-bucket"
    assert local["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1][0] == "http://localhost:4999/_aws/"
    assert local["Outputs"]["Arn"] == TEMPLATE["Outputs"]["Arn"]
    assert "Rules" not in local
    assert local["Parameters"] == {}
    assert before == TEMPLATE, "the original is left as it was"


def test_what_leads_to_the_cloud_is_localized_by_whatever_name() -> None:
    policy = "connect-src 'self' http://127.0.0.1:4566; script-src 'self'"
    origin = {"CustomOriginConfig": {"HTTPPort": 4566, "HTTPSPort": 443}}
    local = deploy.localized({"Resources": {"Policy": policy, "Origin": origin}}, "ours", 4999)
    assert local["Resources"]["Policy"] == policy.replace("4566", "4999")
    assert local["Resources"]["Origin"]["CustomOriginConfig"] == {
        "HTTPPort": 4999,
        "HTTPSPort": 443,
    }


def test_what_is_uploaded_is_localized(cloud: FakeCloud) -> None:
    run()

    [body] = [body for key, body in cloud.objects.items() if key.startswith("templates/")]
    assert json.loads(body) == deploy.localized(
        TEMPLATE, "shutterfeed-assets-000000000000-us-east-1", 4999
    )


def test_a_folder_is_packed_once_with_names_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ASSETS", tmp_path / "assets")
    source = tmp_path / "asset.abc"
    (source / "python").mkdir(parents=True)
    (source / "python" / "module.py").write_text("x = 1")
    asset = Asset("abc.zip", source)

    archive = deploy.packed(asset)
    (source / "python" / "module.py").unlink()

    assert zipfile.ZipFile(deploy.packed(asset)).namelist() == ["python/module.py"]
    assert archive == deploy.packed(asset)


def test_clients_do_not_look_at_this_machines_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.setenv(name, "of-somebody-else")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere.example")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")

    client = deploy.LocalAws("http://127.0.0.1:4999").client("s3")

    assert client.meta.endpoint_url == "http://127.0.0.1:4999"
    assert client.meta.region_name == "us-east-1"

"""Create or update the stack in a local cloud, from its template, with the SDK alone.

The CDK CLI deploys to AWS. It cannot deploy here: its bootstrap stack has a bucket policy that
demands TLS. So the assets go to a bucket of ours and the template is made to say so.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools import paths, push_keys, site, stamps, templates
from tools.cloud import DEFAULT_PORT
from tools.errors import ToolError
from tools.progress import Step, step
from tools.templates import Assembly, Asset, Json

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2.type_defs import CorsTypeDef
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef
    from mypy_boto3_s3 import S3Client

REGION: Final = "us-east-1"
_ASSETS_PLACEHOLDER: Final = "cdk-hnb659fds-assets-"
_POLL_SECONDS: Final = 0.1
_DEPLOY_SECONDS: Final = 300.0
_AT_REST: Final = frozenset(
    {"CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
)
_TABLES: Final = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_MEDIA_KEYS: Final = "MediaKeys"
_KEY_BYTES: Final = 32
_GONE: Final = frozenset({"DELETE_COMPLETE"})


@dataclass(frozen=True, slots=True)
class LocalAws:
    """boto3 clients for the cloud at `endpoint`. They ignore this machine's AWS settings."""

    endpoint: str

    def client(self, service: str) -> Any:
        """A client of the service, as the account's root user."""
        return _client(self.endpoint, service)


# Each would read the models of the SDK again, and commands ask for one at every call.
@cache
def _client(endpoint: str, service: str) -> Any:
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, "/dev/null", None),
            "credentials_file": (None, None, "/dev/null", None),
        }
    )
    session = boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  the local cloud's root key
        region_name=REGION,
        botocore_session=core,
    )
    # The services' overloads are one per service; callers say which client they expect.
    return session.client(
        cast("Any", service),
        endpoint_url=endpoint,
        config=Config(
            proxies={},
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 2},
            read_timeout=120,
        ),
    )


def deploy(endpoint: str, *, context: Mapping[str, object] | None = None) -> dict[str, str]:
    """Synthesize the stack for the local cloud at `endpoint`, deploy it, return its outputs.

    `context` overrides what `cdk.json` and the local defaults say. Returns almost at once if
    exactly this is deployed already. Raises `ToolError` with the reason if it fails.
    """
    assembly = templates.synthesize(templates.local_context(context))
    try:
        return _Deployment(assembly, LocalAws(endpoint)).run()
    except BotoCoreError as error:
        raise ToolError(
            f"The cloud at {endpoint} does not answer ({error}): run `make down` and `make up`."
        ) from error


class _Deployment:
    def __init__(self, assembly: Assembly, aws: LocalAws) -> None:
        self._assembly = assembly
        self._aws = aws
        self._port = int(aws.endpoint.rpartition(":")[2])
        self._cloudformation: CloudFormationClient = aws.client("cloudformation")
        self._s3: S3Client = aws.client("s3")
        account: str = aws.client("sts").get_caller_identity()["Account"]
        self._bucket = f"shutterfeed-assets-{account}-{REGION}"

    def run(self) -> dict[str, str]:
        stack = self._at_rest()
        if stack is None or self._remembered(self._stack_digest) != self._assembly.digest:
            with step(f"Deploying {self._assembly.stack}") as progress:
                template = self._upload(progress)
                stack = self._apply(stack, template, progress)
                self._reapply(stack)
                self._remember(self._stack_digest, self._assembly.digest)
        outputs = {
            output["OutputKey"]: output["OutputValue"]
            for output in stack.get("Outputs", [])
            if "OutputKey" in output and "OutputValue" in output
        }
        self._put_site(outputs["SiteBucketName"], outputs["SiteConfig"])
        return outputs

    def _put_site(self, bucket: str, config: str) -> None:
        """Put the web client's files where the stack puts them in AWS, if they changed."""
        digest = stamps.digest([paths.SITE], also=[bucket, config])
        if self._remembered(self._site_digest) == digest:
            return
        for file in site.files(paths.SITE, config):
            encoding: dict[str, Any] = {"ContentEncoding": file.encoding} if file.encoding else {}
            self._s3.put_object(
                Bucket=bucket,
                Key=file.key,
                Body=file.content,
                ContentType=file.content_type,
                CacheControl=file.cache_control,
                **encoding,
            )
        self._remember(self._site_digest, digest)

    def _at_rest(self) -> StackTypeDef | None:
        """The stack, once nothing happens to it; None if there is none worth updating."""
        stack = self._await(None)
        if stack is None or stack["StackStatus"] in _AT_REST:
            return stack
        self._delete(stack)
        return None

    def _delete(self, stack: StackTypeDef) -> None:
        """Remove what an interrupted or failed creation left."""
        with step(f"Removing what is left of {stack['StackName']}"):
            self._cloudformation.delete_stack(StackName=stack["StackName"])
            left = self._await(None)
        if left is not None:
            raise ToolError(
                f"The stack {stack['StackName']} is {stack['StackStatus']} and cannot be removed: "
                "run `make down` and `make up`."
            )

    def _apply(self, stack: StackTypeDef | None, template: str, progress: Step) -> StackTypeDef:
        name = self._assembly.stack
        since = time.time() - 1
        act = self._cloudformation.create_stack
        if stack is not None:
            act = self._cloudformation.update_stack  # type: ignore[assignment]
        try:
            act(
                StackName=name,
                TemplateURL=f"{self._aws.endpoint}/{self._bucket}/{template}",
                Parameters=self._parameters(),
                Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            )
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise ToolError(f"{name} was refused: {_message(error)}") from error
        result = self._await(progress)
        if result is None or result["StackStatus"] not in _AT_REST - {"UPDATE_ROLLBACK_COMPLETE"}:
            raise ToolError(f"{name} was not deployed: {self._reason(since)}")
        return result

    def _await(self, progress: Step | None) -> StackTypeDef | None:
        """Wait until the stack is in no transition. None: there is none (any more)."""
        total = len(self._assembly.template.get("Resources", {}))
        deadline = time.monotonic() + _DEPLOY_SECONDS
        while time.monotonic() < deadline:
            try:
                [stack] = self._cloudformation.describe_stacks(StackName=self._assembly.stack)[
                    "Stacks"
                ]
            except ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
            status = stack["StackStatus"]
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                return None if status in _GONE else stack
            if progress is not None:
                progress.detail = f"{self._finished()} of {total} resources"
            time.sleep(_POLL_SECONDS)
        raise ToolError(
            f"{self._assembly.stack} still is not ready after {_DEPLOY_SECONDS:.0f} s: run "
            "`make down` and `make up`."
        )

    def _finished(self) -> int:
        resources = self._cloudformation.describe_stack_resources(StackName=self._assembly.stack)
        statuses = [resource["ResourceStatus"] for resource in resources["StackResources"]]
        return sum(status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"} for status in statuses)

    def _reason(self, since: float) -> str:
        """The first thing that went wrong; what follows it is only being cancelled."""
        events = self._cloudformation.describe_stack_events(StackName=self._assembly.stack)
        failures = [
            event
            for event in events["StackEvents"]
            if event.get("ResourceStatus", "").endswith("_FAILED")
            and event["Timestamp"].timestamp() >= since
        ]
        if not failures:
            return "the cloud gives no reason; see `make logs`."
        first = min(failures, key=lambda event: event["Timestamp"])
        reason = first.get("ResourceStatusReason", "no reason given")
        return f"{first.get('LogicalResourceId')} ({first.get('ResourceType')}): {reason}"

    def _upload(self, progress: Step) -> str:
        """Put assets and template into our bucket. Returns the template's key."""
        self._s3.create_bucket(Bucket=self._bucket)
        known = {
            item["Key"]
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
            for item in page.get("Contents", [])
            if "Key" in item
        }
        for number, asset in enumerate(self._assembly.assets, start=1):
            progress.detail = f"asset {number} of {len(self._assembly.assets)}"
            if asset.key not in known:
                self._s3.upload_file(str(packed(asset)), self._bucket, asset.key)
        progress.detail = ""
        body = json.dumps(localized(self._assembly.template, self._bucket, self._port)).encode()
        key = f"templates/{hashlib.sha256(body).hexdigest()}.json"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return key

    def _parameters(self) -> list[ParameterTypeDef]:
        """The keys that sign links to media, and those for push services: random ones, and the same
        in every deployment of this cloud, so that links and subscriptions stay good."""
        wanted = self._assembly.template.get("Parameters", {})
        keys: dict[str, str] = {}
        if _MEDIA_KEYS in wanted:
            keys[_MEDIA_KEYS] = self._kept("media-keys", partial(secrets.token_urlsafe, _KEY_BYTES))
        if push_keys.PARAMETERS[0] in wanted:
            pair = self._kept("push-keys", lambda: ",".join(push_keys.new_pair().values()))
            keys |= zip(push_keys.PARAMETERS, pair.split(","), strict=True)
        return [{"ParameterKey": name, "ParameterValue": key} for name, key in keys.items()]

    def _kept(self, what: str, make: Callable[[], str]) -> str:
        """Keys that are made for this cloud once."""
        name = f"deployed/{self._assembly.stack}-{what}"
        keys = self._remembered(name)
        if keys is None:
            keys = make()
            self._remember(name, keys)
        return keys

    def _remembered(self, key: str) -> str | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "NoSuchBucket"}:
                return None
            raise
        return answer["Body"].read().decode()

    def _remember(self, key: str, digest: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=digest.encode())

    @property
    def _stack_digest(self) -> str:
        return f"deployed/{self._assembly.stack}"

    @property
    def _site_digest(self) -> str:
        return f"deployed/{self._assembly.stack}-site"

    def _reapply(self, stack: StackTypeDef) -> None:
        """Set what the local cloud's CloudFormation leaves out, as far as it knows it at all: the
        tables' TTL and point-in-time recovery, the HTTP API's CORS, the functions' reserved
        concurrency."""
        resources = self._cloudformation.describe_stack_resources(StackName=stack["StackName"])
        physical = {
            resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
            for resource in resources["StackResources"]
        }
        for name, properties in of_type(self._assembly.template, *_TABLES):
            if "TimeToLiveSpecification" in properties:
                self._set_ttl(physical[name], properties["TimeToLiveSpecification"])
            if "PointInTimeRecoverySpecification" in properties:
                self._aws.client("dynamodb").update_continuous_backups(
                    TableName=physical[name],
                    PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"],
                )
        for name, properties in of_type(self._assembly.template, "AWS::Lambda::Function"):
            if "ReservedConcurrentExecutions" in properties:
                self._aws.client("lambda").put_function_concurrency(
                    FunctionName=physical[name],
                    ReservedConcurrentExecutions=properties["ReservedConcurrentExecutions"],
                )
        for name, properties in of_type(self._assembly.template, "AWS::ApiGatewayV2::Api"):
            if "CorsConfiguration" in properties:
                cors = cast("CorsTypeDef", properties["CorsConfiguration"])
                self._aws.client("apigatewayv2").update_api(
                    ApiId=physical[name], CorsConfiguration=cors
                )

    def _set_ttl(self, table: str, specification: Json) -> None:
        dynamodb = self._aws.client("dynamodb")
        now = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if now["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=dict(specification)
            )


def packed(asset: Asset) -> Path:
    """The file to upload: the asset itself, or its folder as an archive, made once."""
    if asset.source.is_file():
        return asset.source
    archive = paths.ASSETS / asset.key
    if archive.exists():
        archive.touch()
        return archive
    paths.ASSETS.mkdir(parents=True, exist_ok=True)
    with stamps.exclusive(paths.ASSETS / "packing.lock"):
        temporary = archive.with_name(f".{archive.name}")
        # Stored, not compressed: it only travels within this machine.
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as file:
            for path in sorted(asset.source.rglob("*")):
                if path.is_file():
                    file.write(path, path.relative_to(asset.source))
        temporary.replace(archive)
    return archive


def localized(template: Json, bucket: str, port: int) -> Json:
    """The template for a cloud on `port`. It reads its assets from `bucket` instead of the
    bootstrap stack's bucket, and does not ask for the bootstrap stack's version."""
    usual, actual = f":{DEFAULT_PORT}", f":{port}"
    hosts = ("localhost", "127.0.0.1")

    def rewrite(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"Fn::Sub"} and _names_assets(node["Fn::Sub"]):
                return bucket
            if node.get("HTTPPort") == DEFAULT_PORT:
                node = {**node, "HTTPPort": port}
            return {key: rewrite(value) for key, value in node.items()}
        if isinstance(node, list):
            return [rewrite(item) for item in node]
        if isinstance(node, str):
            for host in hosts:
                node = node.replace(host + usual, host + actual)
        return node

    kept = {key: value for key, value in template.items() if key != "Rules"}
    parameters = dict(template.get("Parameters", {}))
    parameters.pop("BootstrapVersion", None)
    return cast("Json", rewrite({**kept, "Parameters": parameters}))


def of_type(template: Json, *types: str) -> Iterator[tuple[str, Json]]:
    """The logical id and the properties of each resource of these types."""
    for name, resource in template.get("Resources", {}).items():
        if resource["Type"] in types:
            yield name, resource.get("Properties", {})


def _names_assets(text: object) -> bool:
    return isinstance(text, str) and text.startswith(_ASSETS_PLACEHOLDER)


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", error))

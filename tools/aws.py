"""The commands for the stack in AWS: `make doctor`, `bootstrap`, `diff`, `deploy` and `destroy`."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools import (
    creation,
    doctor,
    layers,
    names,
    node,
    paths,
    push_keys,
    quota,
    site,
    stamps,
    templates,
)
from tools import destroy as destruction
from tools.account_facts import AccountFacts
from tools.commands import CommandError, run_logged
from tools.destroy import ClientFor
from tools.errors import ToolError
from tools.progress import step

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sts import STSClient

_CLI_SOURCE: Final = paths.ROOT / "tools" / "cdk-cli"
_CLI_FILES: Final = ("package.json", "package-lock.json")
_OUTPUTS: Final = paths.BUILD / "aws-outputs.json"
_PRODUCTION: Final = "prod"
_UNPROTECTED: Final = "protected=false"
_MEDIA_KEYS: Final = "MediaKeys"
KEY_VARIABLES: Final = {"OriginKeys": "ORIGIN_KEYS", _MEDIA_KEYS: "MEDIA_KEYS"}
"""The stack's parameters that hold keys, and the variables that override them: see
`infra/origin_keys.py` and `infra/media_keys.py`."""
PUSH_VARIABLES: Final = dict(
    zip(push_keys.PARAMETERS, ("PUSH_KEY", "PUSH_PUBLIC_KEY"), strict=True)
)
"""The same for the pair of keys that a stack has which tells devices of activity."""
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Account:
    """The account and region that the current credentials belong to."""

    number: str
    region: str


def account() -> Account:
    """Raises `ToolError` if there are no credentials that work, or no region."""
    region = boto3.Session().region_name
    if region is None:
        raise ToolError("No AWS region is chosen: name one as in `make deploy REGION=eu-west-1`.")
    try:
        client: STSClient = boto3.client("sts", region_name=region)
        number = client.get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise ToolError(
            f"There are no AWS credentials that work in {region} ({error}): sign in, set "
            "AWS_PROFILE, or enable the region for the account if it has to be enabled."
        ) from error
    return Account(number, region)


def doctor_says(overrides: Sequence[str]) -> int:
    """Print what is well and what is not. Returns 1 if a deployment would fail."""
    findings = _examine(effective_context(overrides), account())
    print(*findings, sep="\n")
    return int(any(finding.level is doctor.Level.FAILS for finding in findings))


def deploy(overrides: Sequence[str], keys: Mapping[str, str] | None = None) -> None:
    """Build what AWS needs and deploy with the CDK CLI. `overrides` are `name=value` of context.
    `keys` replaces keys of the stack, by the names of their parameters."""
    keys = {**_named_keys(), **(keys or {})}
    context = effective_context(overrides)
    where = account()
    _require_health(_examine(context, where))
    stack, client_for = stack_name(context), _clients(where)
    chosen = [*overrides, *_looked_up(context, client_for("lambda")), *_digest_of(keys)]
    layers.build(target(context))
    site.build()
    is_new = creation.clear(client_for, stack, _buckets(context, where))
    print(f"Deploying {stack} to account {where.number}, {where.region}.", flush=True)
    cloudformation = client_for("cloudformation")
    extra = [*_toolkit(context), *_keys(cloudformation, stack, keys)]
    if context["push_contact"] is not None:
        extra += _push_keys(cloudformation, stack)
    if is_new:
        # What is protected could not be rolled back.
        _deploy([*chosen, _UNPROTECTED], extra)
    if not is_new or context["stage"] == _PRODUCTION:
        # Parameters keep their values.
        _deploy(chosen, _toolkit(context) if is_new else extra)
    print(describe(json.loads(_OUTPUTS.read_text())[stack]))


def _deploy(chosen: Sequence[str], extra: Sequence[str]) -> None:
    # IAM changes are shown and asked about, where somebody is there to answer.
    approval = "broadening" if sys.stdin.isatty() else "never"
    arguments = ["deploy", "--require-approval", approval, "--outputs-file", str(_OUTPUTS)]
    _cdk([*arguments, *extra, *_flags(chosen)], "deploy")


def rotate_media_keys(overrides: Sequence[str]) -> None:
    """Replace the key that signs links to media, by two deployments.

    After the first the edge accepts the new key, after the second the API signs with it. The key
    that signed until now stays the second one, so that its links are good until they expire; the
    one before that is gone. Nobody is refused, unless this is done again within two days.
    """
    context = effective_context(overrides)
    function = names.function(context["stage"], "api")
    client: LambdaClient = _clients(account())("lambda")
    settings = client.get_function_configuration(FunctionName=function)
    variables = settings.get("Environment", {}).get("Variables", {})
    current = variables[KEY_VARIABLES[_MEDIA_KEYS]].partition(",")[0]
    new = secrets.token_urlsafe(_KEY_BYTES)
    for keys in (f"{current},{new}", f"{new},{current}"):
        deploy(overrides, {_MEDIA_KEYS: keys})


def diff(overrides: Sequence[str]) -> None:
    """Print what a deployment would change."""
    context = effective_context(overrides)
    where = account()
    chosen = [*overrides, *_looked_up(context, _clients(where)("lambda"))]
    layers.build(target(context))
    site.build()
    # A change set would need the parameters' values, and show the same.
    _cdk(["diff", "--no-change-set", *_toolkit(context), *_flags(chosen)], "compare")


def _examine(context: Mapping[str, Any], where: Account) -> list[doctor.Finding]:
    session = boto3.Session(region_name=where.region)
    return doctor.examine(
        doctor.Patient(
            context=context,
            stack=stack_name(context),
            buckets=_buckets(context, where),
            reserved=_reserved(context),
            region=where.region,
            partition=session.get_partition_for_region(where.region),
            facts=AccountFacts(cast("Any", session.client)),
        )
    )


def _require_health(findings: Sequence[doctor.Finding]) -> None:
    """Print what is not well. Raises `ToolError` if a deployment would fail."""
    for finding in findings:
        if finding.level is not doctor.Level.FINE:
            print(finding, flush=True)
    failing = sum(finding.level is doctor.Level.FAILS for finding in findings)
    if failing:
        raise ToolError(
            f"Nothing was changed, since the deployment would fail ({failing} of the above): mend "
            "that and run the same command again."
        )


def _toolkit(context: Mapping[str, Any]) -> list[str]:
    return ["--toolkit-stack-name", str(context["toolkit"])]


def _named_keys() -> dict[str, str]:
    """The keys that the environment names, by their parameters."""
    named = {name: os.environ.get(variable) for name, variable in KEY_VARIABLES.items()}
    return {name: keys for name, keys in named.items() if keys}


def _digest_of(keys: Mapping[str, str]) -> list[str]:
    """Context that tells keys apart that are replaced: a published version of the API function
    keeps the keys of its time, so it has to be published again."""
    if not keys:
        return []
    # Nobody can tell random keys by this.
    digest = hashlib.sha256(json.dumps(keys, sort_keys=True).encode()).hexdigest()
    return [f"keys_digest={digest[:16]}"]


def _keys(client: CloudFormationClient, stack: str, named: Mapping[str, str]) -> list[str]:
    """The parameters with keys: those that are replaced, and new random ones that the stack does
    not have yet."""
    found: list[str] = []
    for name in KEY_VARIABLES:
        keys = named.get(name)
        if keys is None:
            if creation.has_parameter(client, stack, name):
                continue
            keys = secrets.token_urlsafe(_KEY_BYTES)
        found += ["--parameters", f"{stack}:{name}={keys}"]
    return found


def _push_keys(client: CloudFormationClient, stack: str) -> list[str]:
    """The parameters with the pair of keys for push services: that which the environment names, or
    a new one if the stack has none yet. Raises `ToolError` for half a pair."""
    named = {name: os.environ.get(variable, "") for name, variable in PUSH_VARIABLES.items()}
    if any(named.values()):
        if not all(named.values()):
            raise ToolError(f"{' and '.join(PUSH_VARIABLES.values())} need each other.")
        pair: Mapping[str, str] = named
    elif creation.has_parameter(client, stack, push_keys.PARAMETERS[0]):
        return []
    else:
        pair = push_keys.new_pair()
    return [
        part for name, key in pair.items() for part in ("--parameters", f"{stack}:{name}={key}")
    ]


def _looked_up(context: Mapping[str, Any], client: LambdaClient) -> list[str]:
    """Context that tells what the account has. Raises `ToolError` if the stack takes more."""
    left = quota.left_unreserved(client, _reserved(context))
    if left is None or context["account_concurrency"] is not None:
        return []
    return [f"account_concurrency={left}"]


def _reserved(context: Mapping[str, Any]) -> dict[str, int]:
    """The executions that the context reserves, by the functions' names in AWS."""
    return {
        names.function(context["stage"], name): number
        for name, number in _numbers(context, "reserved_concurrency").items()
    }


def _numbers(context: Mapping[str, Any], name: str) -> dict[str, int]:
    """A map of the context, from `cdk.json` or as the text of an override."""
    value = context[name]
    try:
        numbers = json.loads(value) if isinstance(value, str) else value
        return {key: int(number) for key, number in (numbers or {}).items() if number is not None}
    except (ValueError, TypeError, AttributeError) as error:
        raise ToolError(f"{name} must map names to numbers, not {value!r}.") from error


def _clients(where: Account) -> ClientFor:
    return cast("ClientFor", boto3.Session(region_name=where.region).client)


def _buckets(context: Mapping[str, Any], where: Account) -> dict[str, str]:
    return creation.bucket_names(context["stage"], where.number, where.region)


def bootstrap(overrides: Sequence[str]) -> None:
    """Prepare account and region for the CDK. Once is enough; repeating it does no harm."""
    context = effective_context(overrides)
    where = account()
    # From a folder without a cdk.json: it needs no app, and with it no layers.
    environment = f"aws://{where.number}/{where.region}"
    named = [*_toolkit(context), "--qualifier", str(context["qualifier"])]
    _cdk(["bootstrap", environment, *named], "bootstrap", directory=_cli())


def destroy(overrides: Sequence[str], *, with_originals: bool) -> None:
    """Delete the stage's stack, after asking. Raises `ToolError` if the answer is anything but the
    stage's name."""
    context = effective_context(overrides)
    stage, stack, where = context["stage"], stack_name(context), account()
    client_for = _clients(where)
    if creation.is_failed(client_for, stack):
        print(f"{stack} was never created: this removes what is left of it from {where.region}.")
        _confirm(stage)
        creation.clear(client_for, stack, _buckets(context, where))
        print(f"{stack} is gone.")
        return
    what = destruction.plan(client_for, stack)
    extent = (
        "with every original" if with_originals else f"keeping its originals ({what.originals})"
    )
    print(f"This deletes {what.stack} from account {where.number}, {where.region}, {extent}.")
    _confirm(stage)
    destruction.destroy(client_for, what, with_originals=with_originals)
    if with_originals:
        print(f"{what.stack} is gone.")
    else:
        print(
            f"{what.stack} is gone, its originals are in s3://{what.originals}. While that bucket "
            f"exists, the stage {stage} cannot be deployed again."
        )


def synthesize(overrides: Sequence[str]) -> None:
    """Write the template that `deploy` would deploy, with the same CLI, but without credentials or
    a network."""
    layers.build(target(effective_context(overrides)))
    site.build()
    _cdk(["synth", "--quiet", *_flags(overrides)], "synth")


def template(overrides: Sequence[str]) -> templates.Json:
    """The template that `deploy` would deploy, for whoever needs a part of it."""
    context = effective_context(overrides)
    layers.build(target(context))
    site.build()
    return templates.synthesize({name: context[name] for name in _named(overrides)}).template


def stage_of(overrides: Sequence[str]) -> str:
    return str(effective_context(overrides)["stage"])


def connect() -> tuple[Account, ClientFor]:
    """The account and region of the current credentials, and clients for them."""
    where = account()
    return where, _clients(where)


def deployed(stage: str) -> tuple[ClientFor, Mapping[str, str]]:
    """Clients for the account of a deployed stage, and its stack's outputs. Raises `ToolError` if
    there is none."""
    client_for = _clients(account())
    stack = names.stack(stage)
    try:
        (described,) = client_for("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise ToolError(f"There is no stack {stack} in this account and region.") from error
    if "Outputs" not in described:
        raise ToolError(
            f"{stack} is {described['StackStatus']}: deploy it with `make deploy` first."
        )
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    return client_for, outputs


def describe(outputs: Mapping[str, str]) -> str:
    """The deployed stack's addresses, for the person who uses it."""
    return f"""
  Open           {outputs["SiteUrl"]}
  API            {outputs["SiteUrl"]}/api
  Documentation  {outputs["SiteUrl"]}/docs
  User pool      {outputs["UserPoolId"]}, client {outputs["UserPoolClientId"]}
  Dashboard      {outputs["DashboardName"]}

Everything else is in {paths.relative(_OUTPUTS)}.
"""


def effective_context(overrides: Sequence[str]) -> dict[str, Any]:
    """`cdk.json`'s context with the values of the preset and with `name=value` overrides. Raises
    `ToolError` for an override that is none, and for an unknown preset."""
    context: dict[str, Any] = json.loads((paths.ROOT / "cdk.json").read_text())["context"]
    presets = context["presets"]
    known = context.keys() | {name for values in presets.values() for name in values}
    chosen: dict[str, Any] = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or name not in known:
            raise ToolError(f"CONTEXT takes name=value with names from cdk.json, not {override}.")
        chosen[name] = None if value == "null" else value
    preset = chosen.get("preset", context["preset"])
    if preset not in presets:
        raise ToolError(f"Context value preset must be one of {', '.join(presets)}, not {preset}.")
    given = {name: value for name, value in context.items() if value is not None}
    return {**context, **presets[preset], **given, **chosen}


def _named(overrides: Sequence[str]) -> list[str]:
    return [override.partition("=")[0] for override in overrides]


def target(context: Mapping[str, Any]) -> layers.Target:
    """What this context's layers are built for."""
    return layers.Target.of_function(context["python_runtime"], context["architecture"])


def stack_name(context: Mapping[str, Any]) -> str:
    return names.stack(context["stage"])


def _confirm(stage: str) -> None:
    try:
        answer = input(f"Type {stage} to go on: ")
    except EOFError:
        answer = ""
    if answer.strip() != stage:
        raise ToolError("Nothing was deleted.")


def _flags(overrides: Sequence[str]) -> list[str]:
    return [part for override in overrides for part in ("--context", override)]


def _cdk(arguments: Sequence[str], what: str, *, directory: Path = paths.ROOT) -> None:
    """Run the pinned CDK CLI, talking to the terminal as it likes."""
    environment = node.environment()
    path = f"{paths.VENV / 'bin'}{os.pathsep}{environment['PATH']}"
    found = shutil.which("node", path=path)
    assert found is not None
    done = subprocess.run(
        [found, _cli() / "node_modules/aws-cdk/bin/cdk", *arguments],
        cwd=directory,
        env={**environment, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "1"},
        check=False,
    )
    if done.returncode:
        raise ToolError(f"The CDK could not {what}: its output above says why.")


def _cli() -> Path:
    """The folder of the installed CDK CLI."""
    wanted = stamps.digest([_CLI_SOURCE / name for name in _CLI_FILES])
    stamp = paths.CDK_CLI / "installed.sha256"
    if stamps.is_current(stamp, wanted):
        return paths.CDK_CLI
    log = paths.LOGS / "npm.log"
    with (
        stamps.exclusive(paths.BUILD / "cdk-cli.lock"),
        step("Installing the CDK CLI"),
        stamps.fresh_directory(paths.CDK_CLI) as folder,
    ):
        for name in _CLI_FILES:
            shutil.copy(_CLI_SOURCE / name, folder)
        try:
            run_logged(
                [*node.npm(), "ci", "--no-audit", "--no-fund"],
                log=log,
                environment=node.environment(),
                directory=folder,
            )
        except CommandError as error:
            raise ToolError(
                "The CDK CLI could not be downloaded: check the network connection and npm's "
                f"settings, then run the same command again (details: {paths.relative(log)})."
            ) from error
        stamps.write(folder / stamp.name, wanted)
    return paths.CDK_CLI

"""The Lambda functions: code, layers, memory and timeout of each. `access.py` has their rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.context import SettingsError
from infra.layers import SHARED, Layers, architecture
from infra.nag import allow, allow_resource
from infra.retention import retention
from infra.settings import OPENSEARCH, Settings
from infra.shared_cache import SharedCache
from shutterfeed import topology

METRICS_NAMESPACE: Final = "Shutterfeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """The size of a function. More memory also gives more CPU: 1,769 MB give one whole core."""

    memory_mb: int = 512
    timeout_s: int
    storage_mb: int | None = None
    """The storage for temporary files; None means 512 MB, which cost nothing."""
    layers: tuple[str, ...] = ("runtime", SHARED)
    searches: bool = False
    """Whether it needs the layer with the search engine's client, if the engine has one."""
    calls_itself: bool = False
    """Whether it sends messages to its own queue. Lambda would otherwise take a long chain of them
    for a runaway loop and stop it."""


_WORKERS: Final[Mapping[str, FunctionSpec]] = {
    worker.function: FunctionSpec(timeout_s=worker.timeout_s) for worker in topology.WORKERS
}
SPECS: Final[Mapping[str, FunctionSpec]] = {
    "api": FunctionSpec(memory_mb=1024, timeout_s=15, searches=True),
    topology.ROUTER: FunctionSpec(timeout_s=30),
    "reconcile": FunctionSpec(timeout_s=300),
    # Cognito waits for five seconds.
    "tokens": FunctionSpec(memory_mb=256, timeout_s=5),
    **_WORKERS,
    "dedup_hash": replace(_WORKERS["dedup_hash"], memory_mb=1024),
    "thumbnail": replace(
        _WORKERS["thumbnail"], memory_mb=1769, layers=("runtime", "imaging", SHARED)
    ),
    # Storage for the original, the clip and the copy that faststart makes of it, several times.
    "transcode": replace(
        _WORKERS["transcode"],
        memory_mb=3008,
        storage_mb=4096,
        layers=("runtime", "imaging", "video", SHARED),
    ),
    "fan_out": replace(_WORKERS["fan_out"], calls_itself=True),
    "collect": replace(_WORKERS["collect"], calls_itself=True),
    "publish": replace(_WORKERS["publish"], calls_itself=True),
    "notify": replace(_WORKERS["notify"], calls_itself=True),
    "erase": replace(_WORKERS["erase"], calls_itself=True),
    "push": replace(_WORKERS["push"], layers=("runtime", "push", SHARED)),
    # The store at the edge takes no signatures but those of a library in C.
    "deny": replace(_WORKERS["deny"], layers=("runtime", "edge", SHARED)),
    # A list of a million hashes takes 300 MB, and a whole core for seconds when it is read.
    "screen": replace(_WORKERS["screen"], memory_mb=1769),
    # More memory has more of the network, too: an export is nothing but bytes that pass through.
    "export": replace(_WORKERS["export"], memory_mb=1024),
    "index": replace(_WORKERS["index"], searches=True, calls_itself=True),
}


class Functions(Construct):
    """Every function of `SPECS`, by name. Raises `SettingsError` for an unbuilt layer."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        code: Path,
        shared_cache: SharedCache | None,
    ) -> None:
        super().__init__(scope, construct_id)
        unknown = settings.reserved_concurrency.keys() - SPECS.keys()
        if unknown:
            raise SettingsError(f"reserved_concurrency names no function: {', '.join(unknown)}.")
        _check_memory(settings)
        layers = Layers(self, "Layers", settings, code)
        self._by_name = {
            name: _function(
                self,
                name,
                settings,
                layers,
                code=_code(name, code / "functions"),
                cache=shared_cache if name == "api" else None,
            )
            for name in SPECS
        }

    def __getitem__(self, name: str) -> lambda_.Function:
        return self._by_name[name]

    def all(self) -> Mapping[str, lambda_.Function]:
        return self._by_name


_MOST_MEMORY: Final = 10_240
"""What Lambda gives a function at most, in MB; in a new account it is 3,008."""


def _check_memory(settings: Settings) -> None:
    """Refuse memory that a function's work does not fit into: a photo or video that is let in may
    take as much as the function has."""
    for name, number in settings.memory_mb.items():
        if name not in SPECS:
            raise SettingsError(f"Context value memory_mb names no function: {name}.")
        least = SPECS[name].memory_mb
        if not least <= number <= _MOST_MEMORY:
            raise SettingsError(
                f"Context value memory_mb: {name} must be from {least}, what its work takes, to "
                f"{_MOST_MEMORY}, not {number}."
            )


def physical_name(settings: Settings, name: str) -> str:
    return f"{settings.prefix}-{name.replace('_', '-')}"


def _function(
    scope: Construct,
    name: str,
    settings: Settings,
    layers: Layers,
    *,
    code: lambda_.AssetCode,
    cache: SharedCache | None,
) -> lambda_.Function:
    """One function. If it uses the shared cache, it runs in the network of the cache."""
    spec = SPECS[name]
    construct_id = "".join(part.capitalize() for part in name.split("_"))
    called = physical_name(settings, name)
    log_group = logs.LogGroup(
        scope,
        f"{construct_id}Logs",
        log_group_name=f"/aws/lambda/{called}",
        retention=retention(settings),
        removal_policy=RemovalPolicy.DESTROY,
    )
    role = _role(scope, f"{construct_id}Role", log_group, traced=settings.watch.tracing)
    if cache:
        cache.let_in(role, called)
    function = lambda_.Function(
        scope,
        construct_id,
        function_name=called,
        description=f"{settings.stack_name} {name}",
        runtime=lambda_.Runtime(
            settings.python_runtime, lambda_.RuntimeFamily.PYTHON, supports_snap_start=True
        ),
        architecture=architecture(settings),
        handler=f"{name}.handler.handler",
        code=code,
        layers=layers.named([*_layers(spec, settings), *(["caching"] if cache else [])]),
        vpc=cache.vpc if cache else None,
        vpc_subnets=cache.subnets if cache else None,
        security_groups=[cache.users] if cache else None,
        memory_size=settings.memory_mb.get(name, spec.memory_mb),
        timeout=Duration.seconds(spec.timeout_s),
        ephemeral_storage_size=Size.mebibytes(spec.storage_mb) if spec.storage_mb else None,
        reserved_concurrent_executions=settings.reserved_concurrency.get(name),
        recursive_loop=lambda_.RecursiveLoop.ALLOW if spec.calls_itself else None,
        snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS
        if name == "api" and settings.snap_start
        else None,
        tracing=lambda_.Tracing.ACTIVE if settings.watch.tracing else lambda_.Tracing.DISABLED,
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel[settings.log_level],
        log_group=log_group,
        role=role,
        environment={
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        },
    )
    allow(function, "L1", f"{settings.python_runtime} is what the layers are built and tested for.")
    return function


def _layers(spec: FunctionSpec, settings: Settings) -> tuple[str, ...]:
    client = ("search",) if spec.searches and settings.search == OPENSEARCH else ()
    return (*spec.layers[:-1], *client, spec.layers[-1])


def _code(name: str, functions: Path) -> lambda_.AssetCode:
    if not (functions / name / "handler.py").is_file():
        raise SettingsError(f"The function {name} has no handler.py in {functions}.")
    # The folder above is the asset's root, so that the dotted name of a handler is the same
    # everywhere. Other functions' files are left out, so a change to one leaves others' hashes,
    # and so is the OpenAPI document, which is a file of the site.
    return lambda_.Code.from_asset(
        str(functions),
        exclude=["*", f"!{name}", f"!{name}/**", "**/*.json"],
        ignore_mode=IgnoreMode.GIT,
    )


def _role(
    scope: Construct, construct_id: str, log_group: logs.LogGroup, *, traced: bool
) -> iam.Role:
    """A role that may write its own log and, if it is traced, its own traces: AWS's managed policy
    writes any log."""
    role = iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        )
    )
    if traced:
        allow_resource(
            role, "*", "xray:PutTraceSegments and xray:PutTelemetryRecords accept no resources."
        )
    return role

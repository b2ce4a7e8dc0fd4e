"""The choices of a deployment, read from CDK context, and everything that differs on the local
cloud. `cdk.json` holds the defaults and the presets; `cdk -c name=value` and `CDK_CONTEXT_JSON`
override them.

An override of a map (`worker_concurrency`, `reserved_concurrency`, `memory_mb`, `api_throttle`,
`feed`, `limits`, `recent_posts_cache`) replaces the whole map. `worker_concurrency` names only the
queues whose number differs from their row in `topology.py`.

The CDK, which takes seconds to import, is imported only where a value is one of its tokens: others
read the settings without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.context import Context, SettingsError
from infra.data_settings import DataSettings
from infra.edge_settings import EdgeSettings
from infra.presets import with_preset
from infra.push_settings import PushSettings
from infra.screening_settings import ScreeningSettings
from infra.watch_settings import WatchSettings
from shutterfeed import schema, topology

REPOSITORY: Final = Path(__file__).resolve().parent.parent
LOCAL_STAGE: Final = "local"
PRODUCTION_STAGE: Final = "prod"
FEED_POLICY: Final = (
    "celebrity_followers",
    "active_days",
    "regular_after_days",
    "snapshot_posts",
)
_ALLOWANCE: Final = ("at_once", "per_hour")
RECENT_POSTS_CACHE: Final = ("seconds", "authors", "megabytes")
# A bucket's name is at most 63 characters, of which account, region and purpose take up to 51.
_STAGE: Final = re.compile(r"[a-z][a-z0-9]{0,11}")
_RUNTIME: Final = re.compile(r"python3\.1[0-9]")
_SNAP_START_RUNTIME: Final = re.compile(r"python3\.1[2-9]")
_LOG_LEVEL: Final = re.compile(r"TRACE|DEBUG|INFO")
"""Above INFO there would be no line that says who wrote what."""
_QUALIFIER: Final = re.compile(r"[a-z0-9]{1,10}")
_STACK_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_ADDRESS: Final = r"[^<>@\s]+@([^<>@\s]+\.[^<>@\s]+)"
_MAIL: Final = re.compile(f"{_ADDRESS}|[^<>@]+<{_ADDRESS}>")
_MAIL_IDENTITY: Final = re.compile(r"arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity/[^\s/]+")
_URL: Final = re.compile(r"https?://[^\s/]+(/\S*)?")
_ON_AWS_ALONE: Final = (
    "cache",
    "domain",
    "certificate_arn",
    "hosted_zone_id",
    "web_acl_arn",
    "cdn_logs",
    "email_from",
    "warm_throughput",
    "backup_days",
    "budget",
    "canary",
)
"""The options that the local cloud does not have."""
_BUCKET_ARN: Final = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# The greatest age of cached recent posts in seconds. It is half of the minute after which a page
# below a cursor may use the cache.
_OLDEST_CACHED: Final = 30
OPENSEARCH: Final = "opensearch"
_SEARCH: Final = re.compile(f"dynamodb|{OPENSEARCH}")
_QUEUE_CONCURRENCY: Final = range(2, 1001)
"""The values that Lambda accepts as the maximum concurrency of a queue."""
_TOKEN_MINUTES: Final = range(5, 1441)
"""The lifetimes of an access token that Cognito accepts."""
_CLOSING_DAYS: Final = range(91)
_SHARE: Final = 5
_LOCAL_EXECUTIONS: Final = 2
"""The highest number of executions that each queue starts on the local cloud, where all functions
share this machine's cores."""
_WHEEL_CPUS: Final = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Origin:
    """A server from which CloudFront reads."""

    domain: str
    path: str = ""
    http_port: int | None = None
    """The port if the server speaks plain HTTP; None if it speaks HTTPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    """A part of every name: `dev`, `prod` (which keeps its data when it is deleted), `local`, or
    any other word."""
    python_runtime: str
    """Lambda's identifier, for example `python3.13`."""
    architecture: str
    """`arm64` or `x86_64`."""
    layers_target: str
    """The built layers to use, by interpreter and CPU, for example `cp313-aarch64`."""
    layers_dir: Path
    openapi: Path
    """The committed OpenAPI document, from which the HTTP API's routes are made."""
    log_retention_days: int
    log_level: str
    worker_concurrency: Mapping[str, int]
    """The highest number of executions that each queue starts at the same time, from 2 to 1,000. A
    worker's first queue goes by the function's name, its bulk queue by that with the ending
    `_bulk`. A queue that the context does not name has the number of its row in `topology.py`."""
    reserved_concurrency: Mapping[str, int]
    """The number of executions that AWS keeps for a function and takes from all others; a function
    that is left out has no reservation.

    No function has one by default: AWS lets an account reserve only what it has beyond 100
    executions, and a new account has 10. A worker's reservation must be at least the number that
    its queue may start.
    """
    memory_mb: Mapping[str, int]
    """The memory of functions that get more than `functions.py` gives them, by their names."""
    account_concurrency: int | None
    """The number of executions at the same time that the account has for functions without a
    reservation. `make deploy` looks it up; null if nobody did."""
    access_token_minutes: int
    """How long an access token is good for, from 5 to 1,440 minutes: that long somebody who was
    signed out may still use routes that do not read their profile."""
    renames_in_30_days: int
    """How often a user may change the handle within the 30 days for which a former handle rests, so
    that nobody keeps more handles from others than that."""
    closing_days: int
    """The number of days in which somebody may come back to an account that they have closed, from
    0 to 90. Then it is erased."""
    throttle_rate: int
    """The number of requests a second to the whole API, on average."""
    throttle_burst: int
    snap_start: bool
    """Whether the API function starts from a snapshot. The snapshot costs money while idle."""
    site_dir: Path
    """The folder of the built web client, which is served beside the API and the media."""
    cors_origins: tuple[str, ...]
    """The origins besides the site whose pages may call the API and upload. The API reads no
    cookies, so `*` gives a page nothing that it could not get without a browser."""
    media_base_url_override: str | None
    """The base URL of the media, if they are not served at `/media` of the distribution's
    domain."""
    canary: bool
    """Whether a new version of the API gets a tenth of the requests first, and all after ten
    minutes without an alarm."""
    keys_digest: str | None
    """Tells apart the keys that CloudFront sends to the API and those that sign links to media, if
    this deployment replaces any. `make deploy` sets it."""
    email_from: str | None
    """The sender of the sign-in's mails, by SES; null for Cognito's own mailer, which sends 50 a
    day."""
    email_identity_arn: str | None
    """The SES identity of the sender; null for the domain of `email_from` in the stack's region."""
    edge: EdgeSettings
    data: DataSettings
    watch: WatchSettings
    push: PushSettings
    screening: ScreeningSettings
    toolkit: str
    """The name of the CDK's bootstrap stack."""
    qualifier: str
    """The part of the names of the CDK's roles and buckets that tells bootstrap stacks apart."""
    protected: bool
    """Whether the stage `prod` is protected from deletion: the stack, its users and its metadata.
    `make deploy` first creates a stack without protection, since a protected stack cannot be rolled
    back."""
    keep_originals: bool
    """Whether the originals' bucket stays when the stack is deleted."""
    originals_replica_bucket_arn: str | None
    """A versioned bucket in another region that gets a copy of every original; null for no
    copies."""
    reconcile_after_minutes: int
    """How many minutes a post may be unpublished before the reconciler checks it."""
    removals_per_hour: int
    """The highest number of contents that the collector removes in an hour before it stops."""
    feed: Mapping[str, int]
    """How posts are delivered: `FeedPolicy` of `domain/delivery.py`, by the names of its fields."""
    limits: Mapping[str, tuple[int, int]]
    """What one user may do at once, and in an hour in the course of time, by the kind of action."""
    storage_quota_bytes: int | None
    """How many bytes each user may store; null for any number."""
    shared_cache: bool
    """Whether the recent posts of celebrities are also in a Valkey cache that all containers share
    (`cache=valkey`). It costs money while idle."""
    recent_posts_cache: Mapping[str, int]
    """The limits of the cache of celebrities' recent posts in a container of the API function: age
    in seconds (0: no cache), number of authors, and megabytes of memory."""
    search: str
    """The search engine: `dynamodb` costs nothing while idle, `opensearch` is for many users."""
    search_endpoint: str | None
    """The address of an OpenSearch node for the local cloud, which has no OpenSearch itself."""
    search_nodes: int
    """The number of data nodes of the OpenSearch domain: 1 for trials, otherwise a multiple of the
    zones."""
    search_zones: int
    """The number of availability zones over which the nodes are spread: 1, 2 or 3."""
    search_masters: int
    """The number of dedicated master nodes: 3, or 0 for trials."""
    search_instance: str
    search_volume_gb: int
    """The volume of each data node in gigabytes."""
    local_port: int
    """The local cloud's port."""

    @classmethod
    def from_context(cls, read: Callable[[str], object]) -> Settings:
        """Read the settings. `read` looks a name up in the context. Raises `SettingsError`."""
        context = Context(with_preset(read))
        throttle = _throttle(context)
        runtime = context.matching("python_runtime", _RUNTIME)
        architecture = context.text("architecture")
        _check_combinations(context)
        return cls(
            stage=context.matching("stage", _STAGE),
            python_runtime=runtime,
            architecture=architecture,
            layers_target=context.optional("layers_target") or _wheels(runtime, architecture),
            layers_dir=REPOSITORY / context.text("layers_dir"),
            openapi=REPOSITORY / context.text("openapi"),
            site_dir=REPOSITORY / context.text("site_dir"),
            log_retention_days=context.number("log_retention_days"),
            log_level=context.matching("log_level", _LOG_LEVEL),
            worker_concurrency=_worker_concurrency(context),
            reserved_concurrency=_reserved_concurrency(context),
            memory_mb=_numbers(context, "memory_mb"),
            account_concurrency=context.optional_number("account_concurrency"),
            access_token_minutes=_access_token_minutes(context),
            renames_in_30_days=_renames(context),
            closing_days=_closing_days(context),
            throttle_rate=throttle["rate"],
            throttle_burst=throttle["burst"],
            snap_start=context.flag("snap_start"),
            cors_origins=context.texts("cors_origins"),
            media_base_url_override=context.optional_matching("media_base_url", _URL),
            canary=context.flag("canary"),
            keys_digest=context.optional("keys_digest"),
            email_from=context.optional_matching("email_from", _MAIL),
            email_identity_arn=context.optional_matching("email_identity_arn", _MAIL_IDENTITY),
            edge=EdgeSettings.from_context(context),
            data=DataSettings.from_context(
                context, production=context.text("stage") == PRODUCTION_STAGE
            ),
            watch=WatchSettings.from_context(context),
            push=PushSettings.from_context(context),
            screening=ScreeningSettings.from_context(context),
            toolkit=context.matching("toolkit", _STACK_NAME),
            qualifier=context.matching("qualifier", _QUALIFIER),
            protected=context.flag("protected"),
            keep_originals=context.flag("keep_originals"),
            originals_replica_bucket_arn=context.optional_matching(
                "originals_replica_bucket_arn", _BUCKET_ARN
            ),
            reconcile_after_minutes=context.number("reconcile_after_minutes"),
            removals_per_hour=context.number("removals_per_hour"),
            feed=_feed(context),
            limits=_limits(context),
            storage_quota_bytes=context.optional_number("storage_quota_bytes"),
            shared_cache=_shared_cache(context),
            recent_posts_cache=_recent_posts_cache(context),
            search=context.matching("search", _SEARCH),
            search_endpoint=context.optional("search_endpoint"),
            search_nodes=context.number("search_nodes"),
            search_zones=context.number("search_zones"),
            search_masters=context.number("search_masters"),
            search_instance=context.text("search_instance"),
            search_volume_gb=context.number("search_volume_gb"),
            local_port=context.number("local_port"),
        )

    @property
    def stack_name(self) -> str:
        return f"Shutterfeed-{self.stage}"

    @property
    def prefix(self) -> str:
        """The beginning of every physical name."""
        return f"shutterfeed-{self.stage}"

    def global_name(self, name: str) -> str:
        """A physical name for a service such as CloudFront, whose names an account shares between
        its regions: the same stage may be deployed in two of them."""
        from aws_cdk import Aws

        return f"{self.prefix}-{name}-{Aws.REGION}"

    @property
    def is_production(self) -> bool:
        return self.stage == PRODUCTION_STAGE

    @property
    def protects_data(self) -> bool:
        return self.is_production and self.protected

    @property
    def _is_local(self) -> bool:
        return self.stage == LOCAL_STAGE

    def started_by_queue(self, lane: topology.Lane) -> int:
        """How many executions of its worker a queue may start at the same time.

        No queue may start more than a fifth of the account's executions. Otherwise, in an account
        that has 10, a backlog of one kind would stop all other workers and the API: for example of
        videos, which take minutes each.
        """
        wanted = self.worker_concurrency[lane.setting]
        if self.account_concurrency is None or lane.worker.function in self.reserved_concurrency:
            return wanted
        return max(_QUEUE_CONCURRENCY.start, min(wanted, self.account_concurrency // _SHARE))

    def does_without(self, worker: topology.Worker) -> bool:
        """Whether the deployment has no use for an optional worker."""
        uses = {"push": self.push.is_on, "screen": self.screening.is_on}
        return worker.is_optional and not uses[worker.step]

    @property
    def started_by_shard(self) -> int:
        """How many executions of the router a shard of the stream may start at the same time: no
        more than a fifth of the account's executions, for the same reason."""
        if self.account_concurrency is None or topology.ROUTER in self.reserved_concurrency:
            return topology.STREAM_PARALLELIZATION
        return max(1, min(topology.STREAM_PARALLELIZATION, self.account_concurrency // _SHARE))

    @property
    def makes_global_calls(self) -> bool:
        """Whether anything is made by a call, since CloudFormation lacks it in some regions."""
        return self.edge.logs or self.watch.budget is not None

    @property
    def has_live_alias(self) -> bool:
        """Whether the API is reached by an alias of a published version: AWS takes snapshots only
        of those, and shifts requests only between those."""
        return self.snap_start or self.canary

    @property
    def closes_api(self) -> bool:
        """Whether the API answers only what came through CloudFront. The local cloud's own address
        stays open, for tests and benchmarks that measure the API alone."""
        return not self._is_local

    @property
    def has_key_value_store(self) -> bool:
        """Whether functions at the edge can read a key-value store. The local cloud refuses the
        module for it."""
        return not self._is_local

    @property
    def makes_search_domain(self) -> bool:
        """Whether the stack has an OpenSearch domain. The local cloud has no OpenSearch; a node
        runs beside it instead."""
        chosen = self.search == OPENSEARCH and self.search_endpoint is None
        return chosen and not self._is_local

    @property
    def tls_only(self) -> bool:
        """Whether requests without TLS are refused. The local cloud speaks plain HTTP on loopback,
        so such policies would lock everyone out."""
        return not self._is_local

    @property
    def feed_policy(self) -> Mapping[str, int]:
        """The feed policy. On the local cloud a reader is a regular one from the first visit on,
        since nobody waits there until the next day."""
        return {**self.feed, "regular_after_days": 0} if self._is_local else self.feed

    @property
    def limits_setting(self) -> str:
        """The limits and the quota in the form that the API function reads."""
        quota = self.storage_quota_bytes
        return json.dumps({"allowances": self.limits, "storage_bytes": quota})

    @property
    def checks_bootstrap(self) -> bool:
        """Whether the version of the CDK bootstrap stack is checked. The local cloud has no such
        stack."""
        return not self._is_local

    @property
    def api_tags(self) -> dict[str, str]:
        """The API's tags. The local cloud takes the API's id from one, so that the URL stays the
        same after a restart."""
        return {"ms-custom-id": self.prefix} if self._is_local else {}

    @property
    def sending_actions(self) -> tuple[str, ...]:
        """The rights to send messages. AWS has one for single messages and batches; the local cloud
        needs a second one."""
        return ("sqs:SendMessage", *(["sqs:SendMessageBatch"] if self._is_local else []))

    @property
    def has_origin_groups(self) -> bool:
        """Whether another origin stands in for one that fails. The local cloud has no such
        groups."""
        return not self._is_local

    @property
    def puts_site_files(self) -> bool:
        """Whether the stack itself puts the site's files into the bucket. The local cloud cannot
        run the function for that; `tools/deploy.py` does it there."""
        return not self._is_local

    def api_endpoint(self, api_id: str, site_url: str) -> str:
        """The address at which the API answers, without its path and without a slash at the end."""
        if self._is_local:
            return f"http://localhost:{self.local_port}/_aws/execute-api/{api_id}"
        return site_url

    def api_origin(self, api_id: str, region: str) -> Origin:
        """The server at which CloudFront reaches the HTTP API."""
        if self._is_local:
            return Origin("localhost", f"/_aws/execute-api/{api_id}", self.local_port)
        from aws_cdk import Aws

        return Origin(f"{api_id}.execute-api.{region}.{Aws.URL_SUFFIX}")

    def site_url(self, domain: str) -> str:
        """The address of the site, without a slash at its end. `domain` is the name that CloudFront
        gave the distribution."""
        if self._is_local:
            from aws_cdk import Fn

            label = Fn.select(0, Fn.split(".", domain))
            return f"http://{label}.cloudfront.localhost:{self.local_port}"
        return f"https://{self.edge.domain or domain}"

    def media_base_url(self, site_url: str) -> str:
        """The base URL of the media, without a slash at its end."""
        return (self.media_base_url_override or f"{site_url}/media").rstrip("/")

    @property
    def media_origin(self) -> str | None:
        """The origin of the media; None if they are served on the site's own domain."""
        if self.media_base_url_override is None:
            return None
        scheme, _, rest = self.media_base_url_override.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"

    def cognito_origin(self, region: str) -> str:
        """The origin of the sign-in."""
        if self._is_local:
            return self._local_endpoint
        from aws_cdk import Aws

        return f"https://cognito-idp.{region}.{Aws.URL_SUFFIX}"

    def bucket_origin(self, bucket: str, region: str) -> str:
        """The origin of a bucket's presigned links. The functions sign links only for this host:
        see `bootstrap/aws.py`."""
        if self._is_local:
            return self._local_endpoint
        from aws_cdk import Aws

        return f"https://{bucket}.s3.{region}.{Aws.URL_SUFFIX}"

    @property
    def _local_endpoint(self) -> str:
        """The local cloud's address as its functions know it; they sign links for it."""
        return f"http://127.0.0.1:{self.local_port}"


def _all_required(context: Context, name: str, keys: Sequence[str]) -> Mapping[str, int]:
    numbers = context.numbers(name)
    found = {key: value for key in keys if (value := numbers.get(key)) is not None}
    for key in keys:
        if key not in found:
            raise SettingsError(f"Context value {name} must have a {key}.")
    return found


def _throttle(context: Context) -> Mapping[str, int]:
    throttle = _all_required(context, "api_throttle", ("rate", "burst"))
    if min(throttle.values()) < 1:
        raise SettingsError("Context value api_throttle: rate and burst must be at least 1.")
    return throttle


def _access_token_minutes(context: Context) -> int:
    minutes = context.number("access_token_minutes")
    if minutes not in _TOKEN_MINUTES:
        raise SettingsError(
            f"Context value access_token_minutes must be from {_TOKEN_MINUTES.start} to "
            f"{_TOKEN_MINUTES.stop - 1}, not {minutes}."
        )
    return minutes


def _renames(context: Context) -> int:
    most = context.number("renames_in_30_days")
    if most < 1:
        raise SettingsError(f"Context value renames_in_30_days must be at least 1, not {most}.")
    return most


def _closing_days(context: Context) -> int:
    days = context.number("closing_days")
    if days not in _CLOSING_DAYS:
        raise SettingsError(
            f"Context value closing_days must be from {_CLOSING_DAYS.start} to "
            f"{_CLOSING_DAYS.stop - 1}, not {days}."
        )
    return days


def _feed(context: Context) -> Mapping[str, int]:
    policy = _all_required(context, "feed", FEED_POLICY)
    if not 1 <= policy["active_days"] <= schema.MOST_ACTIVE_DAYS:
        raise SettingsError(
            f"Context value feed: active_days must be from 1 to {schema.MOST_ACTIVE_DAYS}."
        )
    return policy


def _limits(context: Context) -> Mapping[str, tuple[int, int]]:
    chosen = context.maps("limits")
    if chosen.keys() != set(schema.LIMITS):
        raise SettingsError(f"Context value limits must have {', '.join(schema.LIMITS)}.")
    for name, numbers in chosen.items():
        if numbers.keys() != set(_ALLOWANCE) or min(numbers.values()) < 1:
            raise SettingsError(
                f"Context value limits: {name} must have at_once and per_hour, both at least 1."
            )
        if numbers["at_once"] > numbers["per_hour"] * schema.LIMITS_FULL_WITHIN_HOURS:
            raise SettingsError(
                f"Context value limits: at_once of {name} must be at most "
                f"{schema.LIMITS_FULL_WITHIN_HOURS} times per_hour."
            )
    return {name: (chosen[name]["at_once"], chosen[name]["per_hour"]) for name in schema.LIMITS}


def _worker_concurrency(context: Context) -> Mapping[str, int]:
    is_local = context.text("stage") == LOCAL_STAGE
    usual = {
        lane.setting: _LOCAL_EXECUTIONS if is_local else lane.concurrency for lane in topology.LANES
    }
    chosen = _numbers(context, "worker_concurrency")
    unknown = chosen.keys() - usual.keys()
    if unknown:
        raise SettingsError(
            f"Context value worker_concurrency names no worker: {', '.join(sorted(unknown))}."
        )
    for name, number in chosen.items():
        if number not in _QUEUE_CONCURRENCY:
            raise SettingsError(
                f"Context value worker_concurrency: {name} must be from {_QUEUE_CONCURRENCY.start} "
                f"to {_QUEUE_CONCURRENCY.stop - 1}, not {number}."
            )
    return usual | chosen


def _reserved_concurrency(context: Context) -> Mapping[str, int]:
    reserved = _numbers(context, "reserved_concurrency")
    by_queue = _worker_concurrency(context)
    started = {
        worker.function: sum(by_queue[lane.setting] for lane in worker.lanes)
        for worker in topology.WORKERS
    }
    if context.text("stage") == LOCAL_STAGE:
        # The local cloud starts as many as it is asked for, whatever a queue may start.
        reserved = dict(started) | reserved
    for name, number in reserved.items():
        # Executions that a queue starts beyond the reservation would be throttled, although the
        # account has room for them.
        least = started.get(name, 1)
        if number < least:
            raise SettingsError(
                f"Context value reserved_concurrency: {name} must be at least {least}, the "
                f"number of executions that may run at the same time, not {number}."
            )
    return reserved


def _numbers(context: Context, name: str) -> dict[str, int]:
    """The entries of a map, without those that are null."""
    return {key: number for key, number in context.numbers(name).items() if number is not None}


def _recent_posts_cache(context: Context) -> Mapping[str, int]:
    bounds = _all_required(context, "recent_posts_cache", RECENT_POSTS_CACHE)
    if not 0 <= bounds["seconds"] <= _OLDEST_CACHED:
        raise SettingsError(
            f"Context value recent_posts_cache: seconds must be from 0 to {_OLDEST_CACHED}."
        )
    if min(bounds["authors"], bounds["megabytes"]) < 1:
        raise SettingsError(
            "Context value recent_posts_cache: authors and megabytes must be at least 1."
        )
    return bounds


def _shared_cache(context: Context) -> bool:
    chosen = context.optional("cache")
    if chosen not in (None, "valkey"):
        raise SettingsError(f"Context value cache must be valkey or null, not {chosen!r}.")
    return chosen is not None


def _check_combinations(context: Context) -> None:
    """Refuse values that are right by themselves, but do not work together."""
    if context.text("stage") == LOCAL_STAGE:
        for name in _ON_AWS_ALONE:
            if context.is_given(name):
                raise SettingsError(
                    f"Context value {name} must be null or false: the local cloud does not have it."
                )
    if context.is_given("cache") and context.optional("search") == OPENSEARCH:
        raise SettingsError(
            "Context values cache=valkey and search=opensearch cannot be combined: with the cache "
            "the API function runs in a network without a way to the search domain, so every "
            "search would fail."
        )
    if context.is_given("layers_target") and context.text("stage") != LOCAL_STAGE:
        raise SettingsError(
            "Context value layers_target is for the local cloud, which runs this machine's Python: "
            "on AWS the layers follow python_runtime and architecture."
        )
    if context.is_given("search_endpoint") and (
        context.text("stage") != LOCAL_STAGE or context.optional("search") != OPENSEARCH
    ):
        raise SettingsError(
            "Context value search_endpoint is for a node beside the local cloud: it needs "
            "search=opensearch and stage=local. On AWS, search=opensearch makes a domain."
        )
    if context.flag("snap_start") and not _SNAP_START_RUNTIME.fullmatch(
        context.text("python_runtime")
    ):
        raise SettingsError("Context value snap_start needs python_runtime python3.12 or newer.")
    if context.is_given("email_identity_arn") and not context.is_given("email_from"):
        raise SettingsError("Context value email_identity_arn needs email_from, the sender.")


def _wheels(runtime: str, architecture: str) -> str:
    if architecture not in _WHEEL_CPUS:
        raise SettingsError(f"Context value architecture must be one of {', '.join(_WHEEL_CPUS)}.")
    version = runtime.removeprefix("python").replace(".", "")
    return f"cp{version}-{_WHEEL_CPUS[architecture]}"

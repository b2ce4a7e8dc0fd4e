"""What a deployment can choose, read from CDK context, and all that is different on the local
cloud. `cdk.json` holds the defaults; `cdk -c name=value` and `CDK_CONTEXT_JSON` override them.

Overriding a map (`worker_concurrency`, `reserved_concurrency`, `api_throttle`, `feed`,
`head_cache`) replaces it whole. `worker_concurrency` names only the workers that shall have another
number than their row in `topology.py` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import Aws, Fn

from infra.context import Context, SettingsError
from shutterfeed import schema, topology

REPOSITORY: Final = Path(__file__).resolve().parent.parent
LOCAL_STAGE: Final = "local"
PRODUCTION_STAGE: Final = "prod"
FEED_POLICY: Final = (
    "celebrity_followers",
    "active_days",
    "regular_after_days",
    "feed_posts",
    "snapshot_posts",
)
HEAD_CACHE: Final = ("seconds", "heads", "megabytes")
# A bucket's name is at most 63 characters, of which account, region and purpose take up to 51.
_STAGE: Final = re.compile(r"[a-z][a-z0-9]{0,11}")
_BUCKET_ARN: Final = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Half of the minute after which a page below a cursor may come from the cache.
_OLDEST_HEAD: Final = 30
OPENSEARCH: Final = "opensearch"
_SEARCH: Final = re.compile(f"dynamodb|{OPENSEARCH}")
_QUEUE_CONCURRENCY: Final = range(2, 1001)
"""What Lambda takes as the maximum concurrency of a queue."""
_SHARE: Final = 5
_LOCAL_EXECUTIONS: Final = 2
"""Of each worker at a time on the local cloud, whose functions share this machine's cores."""
_WHEEL_CPUS: Final = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Origin:
    """A server that CloudFront asks."""

    domain: str
    path: str = ""
    http_port: int | None = None
    """Of one that speaks plain HTTP; None: it speaks HTTPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    """Part of every name: `dev`, `prod` (keeps its data when deleted), `local`, any other."""
    python_runtime: str
    """Lambda's identifier, for example `python3.13`."""
    architecture: str
    """`arm64` or `x86_64`."""
    layers_target: str
    """Which built layers to use: interpreter and CPU as in `cp313-aarch64`."""
    functions_dir: Path
    layers_dir: Path
    openapi: Path
    """The committed OpenAPI document, from which the HTTP API's routes are made."""
    log_retention_days: int
    log_level: str
    worker_concurrency: Mapping[str, int]
    """How many executions of each worker its queue may start at a time, from 2 to 1,000. A worker
    that the context does not name has the number of its row in `topology.py`."""
    reserved_concurrency: Mapping[str, int]
    """Executions that AWS keeps for a function and takes from all others; absent: none.

    None by default: AWS lets an account reserve only what it has beyond 100 executions, and a new
    account has 10. A worker's reservation is at least what its queue may start.
    """
    account_concurrency: int | None
    """Executions that the account has at a time for functions without a reservation, which
    `make deploy` looks up; null: nobody looked."""
    throttle_rate: int
    """Requests a second to the whole API, on average."""
    throttle_burst: int
    snap_start: bool
    """Start the API function from a snapshot. Its cache is billed while nobody calls."""
    site_dir: Path
    """The web client as it was built, which is served beside the API and the media."""
    cors_origins: tuple[str, ...]
    """Origins besides the site whose pages may call the API and upload. No cookie is ever read, so
    `*` gives a page nothing that it could not get without a browser."""
    media_base_url_override: str | None
    """Where media are served instead of at `/media` of the distribution's own domain."""
    alarm_email: str | None
    """Gets the alarms; null: they only show in the console."""
    protected: bool
    """Whether the stage `prod` is protected from deletion: the stack, its users and its metadata.
    `make deploy` creates a stack without: what is protected cannot be rolled back."""
    keep_originals: bool
    """Leave the originals' bucket behind when the stack is deleted."""
    originals_replica_bucket_arn: str | None
    """A versioned bucket in another region that gets a copy of every original; null: none does."""
    reconcile_after_minutes: int
    """How long a post may be on its way before the reconciler looks at it."""
    removals_per_hour: int
    """Contents that the collector may remove within an hour before it stops."""
    feed: Mapping[str, int]
    """How posts are delivered: `FeedPolicy` of `domain/delivery.py`, by the names of its fields."""
    shared_cache: bool
    """Celebrities' heads also in a Valkey that all containers share (`cache=valkey`), which is
    billed while nobody calls."""
    head_cache: Mapping[str, int]
    """How old celebrities' heads may be in a container of the API function, in seconds (0: none
    are kept), how many it keeps and in how much memory."""
    search: str
    """The search engine: `dynamodb` costs nothing while idle, `opensearch` scales."""
    search_endpoint: str | None
    """On the local cloud, which has no OpenSearch: the address of a node."""
    search_nodes: int
    """Data nodes of the OpenSearch domain: 1 for trials, else a multiple of the zones."""
    search_zones: int
    """Over how many availability zones they are spread: 1, 2 or 3."""
    search_masters: int
    """Dedicated master nodes: 3, or 0 for trials."""
    search_instance: str
    search_volume_gb: int
    """Of each data node."""
    local_port: int
    """The local cloud's port."""

    @classmethod
    def from_context(cls, read: Callable[[str], object]) -> Settings:
        """`read` looks a name up in the context. Raises `SettingsError`."""
        context = Context(read)
        throttle = _all_required(context, "api_throttle", ("rate", "burst"))
        runtime, architecture = context.text("python_runtime"), context.text("architecture")
        return cls(
            stage=context.matching("stage", _STAGE),
            python_runtime=runtime,
            architecture=architecture,
            layers_target=context.optional("layers_target") or _wheels(runtime, architecture),
            functions_dir=REPOSITORY / context.text("functions_dir"),
            layers_dir=REPOSITORY / context.text("layers_dir"),
            openapi=REPOSITORY / context.text("openapi"),
            site_dir=REPOSITORY / context.text("site_dir"),
            log_retention_days=context.number("log_retention_days"),
            log_level=context.text("log_level"),
            worker_concurrency=_worker_concurrency(context),
            reserved_concurrency=_reserved_concurrency(context),
            account_concurrency=context.optional_number("account_concurrency"),
            throttle_rate=throttle["rate"],
            throttle_burst=throttle["burst"],
            snap_start=context.flag("snap_start"),
            cors_origins=context.texts("cors_origins"),
            media_base_url_override=context.optional("media_base_url"),
            alarm_email=context.optional("alarm_email"),
            protected=context.flag("protected"),
            keep_originals=context.flag("keep_originals"),
            originals_replica_bucket_arn=context.optional_matching(
                "originals_replica_bucket_arn", _BUCKET_ARN
            ),
            reconcile_after_minutes=context.number("reconcile_after_minutes"),
            removals_per_hour=context.number("removals_per_hour"),
            feed=_feed(context),
            shared_cache=_shared_cache(context),
            head_cache=_head_cache(context),
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
        """A physical name where an account has one set of names for all its regions, as with
        CloudFront: the same stage may stand in two of them."""
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

    def started_by_queue(self, worker: str) -> int:
        """How many executions of a worker its queue may start at a time.

        No queue may start more than a fifth of what the account has. Otherwise a backlog of one
        kind, for example of videos, which take minutes each, stops all others and the API in an
        account that has 10.
        """
        wanted = self.worker_concurrency[worker]
        if self.account_concurrency is None or worker in self.reserved_concurrency:
            return wanted
        return max(_QUEUE_CONCURRENCY.start, min(wanted, self.account_concurrency // _SHARE))

    @property
    def started_by_shard(self) -> int:
        """How many executions of the router a shard of the stream may start at a time: for the same
        reason no more than a fifth of what the account has."""
        if self.account_concurrency is None or topology.ROUTER in self.reserved_concurrency:
            return topology.STREAM_PARALLELIZATION
        return max(1, min(topology.STREAM_PARALLELIZATION, self.account_concurrency // _SHARE))

    @property
    def makes_search_domain(self) -> bool:
        """The local cloud has no OpenSearch; a node is started beside it."""
        chosen = self.search == OPENSEARCH and self.search_endpoint is None
        return chosen and not self._is_local

    @property
    def tls_only(self) -> bool:
        """The local cloud speaks plain HTTP on loopback; its policies would lock everyone out."""
        return not self._is_local

    @property
    def feed_policy(self) -> Mapping[str, int]:
        """On the local cloud, where nobody waits for tomorrow, the first visit counts."""
        return {**self.feed, "regular_after_days": 0} if self._is_local else self.feed

    @property
    def checks_bootstrap(self) -> bool:
        """The local cloud has no bootstrap stack whose version could be checked."""
        return not self._is_local

    @property
    def api_tags(self) -> dict[str, str]:
        """The local cloud takes an API's id from this tag, so that its URL outlives a restart."""
        return {"ms-custom-id": self.prefix} if self._is_local else {}

    @property
    def sending_actions(self) -> tuple[str, ...]:
        """AWS has one right to send, alone or in a batch; the local cloud asks for a second."""
        return ("sqs:SendMessage", *(["sqs:SendMessageBatch"] if self._is_local else []))

    @property
    def puts_site_files(self) -> bool:
        """The local cloud cannot run what does it; `tools/deploy.py` does it there."""
        return not self._is_local

    def api_endpoint(self, api_id: str, endpoint: str) -> str:
        """Where the HTTP API itself answers, without a slash at its end."""
        if self._is_local:
            return f"http://localhost:{self.local_port}/_aws/execute-api/{api_id}"
        return endpoint

    def api_origin(self, api_id: str, region: str) -> Origin:
        """Where CloudFront reaches the HTTP API."""
        if self._is_local:
            return Origin("localhost", f"/_aws/execute-api/{api_id}", self.local_port)
        return Origin(f"{api_id}.execute-api.{region}.{Aws.URL_SUFFIX}")

    def site_url(self, domain: str) -> str:
        """What is served by the distribution at `domain`, without a slash at its end."""
        if self._is_local:
            label = Fn.select(0, Fn.split(".", domain))
            return f"http://{label}.cloudfront.localhost:{self.local_port}"
        return f"https://{domain}"

    def media_base_url(self, site_url: str) -> str:
        """Base URL of the media, without a slash at its end."""
        return (self.media_base_url_override or f"{site_url}/media").rstrip("/")

    @property
    def media_origin(self) -> str | None:
        """Where media are served instead of on the site's own domain; None: there."""
        if self.media_base_url_override is None:
            return None
        scheme, _, rest = self.media_base_url_override.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"

    def cognito_origin(self, region: str) -> str:
        """Where people sign in."""
        if self._is_local:
            return self._local_endpoint
        return f"https://cognito-idp.{region}.{Aws.URL_SUFFIX}"

    def bucket_origin(self, bucket: str, region: str) -> str:
        """Where a bucket's presigned links lead: `bootstrap.aws.client` of the functions has them
        signed for this host alone."""
        if self._is_local:
            return self._local_endpoint
        return f"https://{bucket}.s3.{region}.{Aws.URL_SUFFIX}"

    @property
    def _local_endpoint(self) -> str:
        """As its functions know it, who sign links that lead there."""
        return f"http://127.0.0.1:{self.local_port}"


def _all_required(context: Context, name: str, keys: Sequence[str]) -> Mapping[str, int]:
    numbers = context.numbers(name)
    found = {key: value for key in keys if (value := numbers.get(key)) is not None}
    for key in keys:
        if key not in found:
            raise SettingsError(f"Context value {name} must have a {key}.")
    return found


def _feed(context: Context) -> Mapping[str, int]:
    policy = _all_required(context, "feed", FEED_POLICY)
    if not 1 <= policy["active_days"] <= schema.MOST_ACTIVE_DAYS:
        raise SettingsError(
            f"Context value feed: active_days go from 1 to {schema.MOST_ACTIVE_DAYS}."
        )
    return policy


def _worker_concurrency(context: Context) -> Mapping[str, int]:
    is_local = context.text("stage") == LOCAL_STAGE
    usual = {
        worker.function: _LOCAL_EXECUTIONS if is_local else worker.concurrency
        for worker in topology.WORKERS
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
    started = _worker_concurrency(context)
    if context.text("stage") == LOCAL_STAGE:
        # The local cloud starts as many as it is asked for, whatever a queue may start.
        reserved = dict(started) | reserved
    for name, number in reserved.items():
        # What a queue starts beyond the reservation is throttled, although the account has room.
        least = started.get(name, 1)
        if number < least:
            raise SettingsError(
                f"Context value reserved_concurrency: {name} must be at least {least}, which "
                f"is what may run of it at a time, not {number}."
            )
    return reserved


def _numbers(context: Context, name: str) -> dict[str, int]:
    """A map's entries, but those that are null."""
    return {key: number for key, number in context.numbers(name).items() if number is not None}


def _head_cache(context: Context) -> Mapping[str, int]:
    bounds = _all_required(context, "head_cache", HEAD_CACHE)
    if not 0 <= bounds["seconds"] <= _OLDEST_HEAD:
        raise SettingsError(f"Context value head_cache: seconds go from 0 to {_OLDEST_HEAD}.")
    if min(bounds["heads"], bounds["megabytes"]) < 1:
        raise SettingsError("Context value head_cache: heads and megabytes are at least 1.")
    return bounds


def _shared_cache(context: Context) -> bool:
    chosen = context.optional("cache")
    if chosen not in (None, "valkey"):
        raise SettingsError(f"Context value cache must be valkey or null, not {chosen!r}.")
    if chosen and context.text("stage") == LOCAL_STAGE:
        raise SettingsError("Context value cache must be null: there is no Valkey to share here.")
    return chosen is not None


def _wheels(runtime: str, architecture: str) -> str:
    if architecture not in _WHEEL_CPUS:
        raise SettingsError(f"Context value architecture must be one of {', '.join(_WHEEL_CPUS)}.")
    version = runtime.removeprefix("python").replace(".", "")
    return f"cp{version}-{_WHEEL_CPUS[architecture]}"

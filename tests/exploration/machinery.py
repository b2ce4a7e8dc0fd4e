"""What stands around every run: moto, its tables and buckets, and what the code gets in place of
time, threads and codecs. Made once for any number of runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from moto import mock_aws

from shutterfeed import runtime
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.dynamodb import table as table_module
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.bootstrap import aws
from tests import in_turn, moto_objects, moto_shortcuts, tables
from tests.conftest import REGION
from tests.exploration import accounts, codecs, dynamo, storage
from tests.fakes.cloudfront import FakeCloudFront
from tests.feed_world import small_sizes
from tests.integration import world as moto_world
from tests.integration.conftest import forget_services
from tests.integration.world import EDGE_SERVICE, FEED, METADATA, SEARCH
from tests.limits import PLENTY_SETTING
from tests.samples import ACCOUNT_KEY

RECENT_ENTRIES: Final = 25
CELEBRITY_FOLLOWERS: Final = 3
_SERVICES: Final = ("dynamodb", "s3", "sqs", accounts.SERVICE)
_SETTINGS: Final = {
    # As a stack has them, but that a few people can make a celebrity.
    "CELEBRITY_FOLLOWERS": str(CELEBRITY_FOLLOWERS),
    "ACTIVE_DAYS": "30",
    "REGULAR_AFTER_DAYS": "1",
    "SNAPSHOT_POSTS": "100",
    "LIMITS": PLENTY_SETTING,
    "RECONCILE_AFTER_MINUTES": "10",
    "CLOSING_DAYS": "30",
}


@dataclass(slots=True)
class Machinery:
    """`make_call` is set by each run: every AWS call of the code goes to it."""

    original: Callable[..., Any]
    clients: dict[str, Any]
    edge: FakeCloudFront = field(default_factory=FakeCloudFront)
    make_call: Callable[[Any, str, dict[str, Any]], Any] | None = None
    clock: Any = None
    ids: Any = None
    heard: list[str] = field(default_factory=list)
    """What functions logged as errors in this run."""

    def hear(self, message: object, **more: Any) -> None:
        """Take the place of logging an error."""
        error = more.get("failures") or repr(more.get("exc_info"))
        self.heard.append(f"{message}: {error}")

    def set(self, **settings: str) -> None:
        """Change settings of the functions for this run."""
        os.environ.update(settings)
        forget_services()

    def reset(self) -> None:
        self.heard = []
        accounts.clear()
        dynamo.clear()
        self.edge.stored.clear()
        storage.clear()
        self.set(**_SETTINGS)


@contextmanager
def machinery() -> Iterator[Machinery]:
    """Prepare the process for the runs in this context, and restore it afterwards."""
    original: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]
    settings = Config(
        region_name=REGION,
        account_id_endpoint_mode="disabled",
        retries={"total_max_attempts": 1},
        # botocore would compose one from a dozen parts, twice for each request.
        user_agent="exploration",
    )
    connect: Any = boto3.client
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        made = Machinery(original, {name: connect(name, config=settings) for name in _SERVICES})
        made.clients[EDGE_SERVICE] = made.edge.client(EDGE_SERVICE)

        def make_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            if made.make_call is None:
                return original(client, operation, parameters)
            return made.make_call(client, operation, parameters)

        moto_shortcuts.direct(made.clients["dynamodb"])
        moto_objects.direct(made.clients["s3"])
        tables.create_tables(made.clients["dynamodb"], METADATA, FEED)
        tables.create_search_table(made.clients["dynamodb"], SEARCH)
        for moto_table in dynamo.backend().tables.values():
            moto_table.stream_shard = None
        environment = moto_world.World().environment() | _SETTINGS
        stack.enter_context(patch.dict("os.environ", environment))
        stack.enter_context(small_sizes(RECENT_ENTRIES))
        for target, name, value in _replacements(made, make_call):
            stack.enter_context(patch.object(target, name, value))
        try:
            yield made
        finally:
            forget_services()


def _replacements(made: Machinery, make_call: Callable[..., Any]) -> Iterator[tuple[Any, str, Any]]:
    import moto.s3.models

    from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
    from shutterfeed.domain import multipart

    yield BaseClient, "_make_api_call", make_call
    yield aws, "client", made.clients.__getitem__
    yield aws, "clock", lambda: made.clock
    yield aws, "ids", lambda: made.ids
    yield from in_turn.pools()
    yield table_module, "time", _Pauses(made)
    yield DynamoSecrets, "account_key", lambda _: ACCOUNT_KEY
    yield ConfinedCodec, "render", codecs.render_photo
    yield FfmpegVideoCodec, "render", codecs.render_video
    # Files of some KB come in parts, as in truth those of many MB do.
    yield multipart, "MULTIPART_THRESHOLD", 20_000
    yield multipart, "_USUAL_PART", 9_000
    yield moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", 1
    yield runtime.logger, "info", _silent
    yield runtime.logger, "error", made.hear
    yield runtime.logger, "warning", _silent
    yield runtime.metrics, "flush_metrics", runtime.metrics.clear_metrics


@dataclass(frozen=True, slots=True)
class _Pauses:
    """In place of the module `time`."""

    made: Machinery

    def sleep(self, _: float) -> None:
        self.made.clock.sleep()


def _silent(*_: Any, **__: Any) -> None: ...

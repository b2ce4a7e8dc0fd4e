"""Restoring a stage that was lost with its region, in another region: docs/restoring.md.

`take_over` and `complete` are what `make restore-data` and `make restore-service` do in AWS, and
what `make restore-drill` does on a local cloud. Between them the stack is deployed as always. Each
may be repeated, and then goes on where it was broken off.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from operations import accounts, adoption, audit, erased_again, search_index
from operations.accounts import Account
from operations.deployment import Deployment
from operations.waiting import waiting
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.lost import forget_lost
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.system import SystemClock
from shutterfeed.services.mismatches import Mismatch
from shutterfeed.topology import LANES
from tools import names
from tools.destroy import ClientFor
from tools.errors import ToolError
from tools.progress import step
from tools.templates import Json

_PARTS: Final = 16
"""Parts of the table that are scanned at the same time."""
_POLL_SECONDS: Final = 2.0
_QUIET_POLLS: Final = 2
"""How often in a row all queues must be empty: a message counts neither as waiting nor as in flight
for a moment."""
_RENDERED: Final = (Mismatch.MISSING_RENDITION, Mismatch.OBJECT_WITHOUT_ROW)
"""What the audit repairs by having renditions made."""
_ROUNDS: Final = 3
"""How often the renditions are looked at, each time after the missing ones were made."""

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What `complete` did."""

    accounts: Counter[str]
    lost: int
    """Originals that the table knows and that were not copied in time."""
    documents: int
    alarms: int


def take_over(
    client_for: ClientFor, stage: str, template: Json, table: str, bucket: str
) -> Counter[str]:
    """Make the stack of a restored table and a bucket with originals, forget what the table notes
    of stores that were lost, and hide what was erased after the backup. Returns of how many
    `readers` and `uploads` something was noted.

    This comes before the deployment, while the table has no stream: nothing has to be told of it.
    """
    adopted = adoption.find(client_for, table, bucket)
    metadata = Table(client_for("dynamodb"), table)
    forgotten = _forget(metadata)
    erased_again.hide(metadata, S3ErasureList(client_for("s3"), bucket).all())
    adoption.adopt(client_for, names.stack(stage), template, adopted)
    return forgotten


def complete(
    deployment: Deployment, brought: Iterable[Account], pause: Pause = time.sleep
) -> Restored:
    """Bring in what the deployed stack does not have yet: accounts, renditions and search index.
    Raises `ToolError` if something is missing in the end."""
    alarms = _check(deployment)
    erased_again.again(deployment)
    skipped: Counter[str] = Counter()
    done = accounts.bring_in(deployment, erased_again.not_erased(deployment, brought, skipped))
    done += skipped
    lost = _make_renditions(deployment, pause)
    indexed = search_index.reindex(deployment, pause)["indexed"]
    return Restored(done, lost, indexed, alarms)


def _forget(metadata: Table) -> Counter[str]:
    forgotten: Counter[str] = Counter()
    now = SystemClock().now()
    with step("Forgetting what was lost") as progress, ThreadPoolExecutor(_PARTS) as threads:

        def forget(part: int) -> Counter[str]:
            found: Counter[str] = Counter()
            for key in forget_lost(metadata, now, part, _PARTS):
                found["readers" if key.sk == keys.PROFILE else "uploads"] += 1
            return found

        for done, found in enumerate(threads.map(forget, range(_PARTS)), start=1):
            forgotten += found
            progress.detail = f"{done} of {_PARTS} parts, {forgotten['readers']:,} readers"
    return forgotten


def _check(deployment: Deployment) -> int:
    """Look for what a restored table lacks. Returns the number of alarms. Raises `ToolError`."""
    client: Any = deployment.client_for("dynamodb")
    name = deployment.metadata.name
    table = client.describe_table(TableName=name)["Table"]
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    alarms = _alarms(deployment)
    lacking = [
        what
        for what, is_there in (
            ("a stream", table.get("StreamSpecification", {}).get("StreamEnabled", False)),
            ("TTL", ttl["TimeToLiveStatus"] in {"ENABLING", "ENABLED"}),
            ("point-in-time recovery", recovery == "ENABLED"),
            ("alarms", alarms > 0),
        )
        if not is_there
    ]
    if lacking:
        raise ToolError(f"The stage lacks {', '.join(lacking)}: run `make deploy` first.")
    return alarms


def _alarms(deployment: Deployment) -> int:
    pages = deployment.client_for("cloudwatch").get_paginator("describe_alarms")
    found = pages.paginate(AlarmNamePrefix=deployment.prefix)
    return sum(len(page["MetricAlarms"]) for page in found)


def _make_renditions(deployment: Deployment, pause: Pause) -> int:
    """Have all renditions made that are missing. Returns the number of originals that are lost."""
    for _ in range(_ROUNDS):
        done = audit.run(deployment, repair=True)
        if not sum(done.repaired[kind] for kind in _RENDERED):
            # Of an original that was not copied in time nothing can be made.
            return done.found[Mismatch.ROW_WITHOUT_OBJECT]
        wait_until_idle(deployment, "Making renditions", pause)
    raise ToolError("Renditions are still missing: see `make waiting` and the workers' logs.")


def wait_until_idle(deployment: Deployment, label: str, pause: Pause = time.sleep) -> None:
    """Wait until no queue of a worker has a message. A dead letter is not waited for."""
    wanted = {lane.queue for lane in LANES}
    quiet = 0
    with step(label) as progress:
        while quiet < _QUIET_POLLS:
            rows = [row for row in waiting(deployment) if row.name in wanted]
            left = sum(row.waiting + row.in_flight + row.delayed for row in rows)
            quiet = 0 if left else quiet + 1
            progress.detail = f"{left:,} messages to go"
            pause(_POLL_SECONDS)

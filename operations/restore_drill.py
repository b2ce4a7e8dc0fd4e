"""`make restore-drill`: lose a region and restore it elsewhere, on two local clouds.

What AWS does in the meantime is played here: the backup's copy and its restoring, and the
replication of originals (`_copy_table`, `_copy_originals`). All else is what an operator runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from operations import accounts, adoption, drill_answers, drill_people, restore
from operations.deployment import Deployment
from operations.drill_people import Door
from tools import layers, paths, site, stamps, templates
from tools.cloud import LocalCloud
from tools.deploy import LocalAws, deploy
from tools.errors import ToolError
from tools.progress import step

_FOLDER: Final = paths.BUILD / "restore-drill"
_CONTEXT: Final = {"access_token_minutes": 60}
"""Nobody has to sign in again in the middle, however slow the machine is."""
_BATCH: Final = 25
_FEED_SECONDS: Final = 120.0
_LAST_STEPS: Final = 1.0


def drill() -> str:
    """Run the drill, and return what it has shown. Raises `ToolError` if anybody would see
    anything else than before."""
    with stamps.exclusive(paths.BUILD / "restore-drill.lock", on_wait=_tell):
        return _drill()


def _drill() -> str:
    started = time.monotonic()
    _FOLDER.mkdir(parents=True, exist_ok=True)
    layers.build(layers.Target.host())
    site.build()
    template = templates.synthesize(templates.local_context(_CONTEXT)).template
    export = _FOLDER / "accounts.jsonl"
    with _cloud("there") as there:
        with _cloud("here") as here:
            before, table, bucket = _lose(here, there, template, export)
        print("The first cloud is gone.", flush=True)
        forgotten = restore.take_over(
            LocalAws(there.endpoint).client, templates.LOCAL_STAGE, template, table, bucket
        )
        new = _deployed(there)
        done = restore.complete(new, accounts.read(export))
        people = drill_people.come_back(Door(there.endpoint, new.outputs))
        after = drill_answers.ask(people)
        compare(before, after)
        _require_delivery(people)
    export.unlink()
    return (
        f"Identical: {len(before)} answers and files of {len(people)} people. "
        f"{forgotten['readers']} feeds built again, {done.accounts['made']} accounts brought in, "
        f"{done.documents} posts and users found again, {done.alarms} alarms, "
        f"{time.monotonic() - started:.0f} s."
    )


def _lose(
    here: LocalCloud, there: LocalCloud, template: templates.Json, export: Path
) -> tuple[drill_answers.Answers, str, str]:
    """What people do and see in the region that is lost, and what of it is elsewhere by then: the
    names of the table and of the bucket there."""
    old = _deployed(here)

    def settle() -> None:
        restore.wait_until_idle(old, "Waiting for the workers", time.sleep)

    people = drill_people.live(Door(here.endpoint, old.outputs), settle)
    target = LocalAws(there.endpoint).client
    table, bucket = old.outputs["MetadataTableName"], old.outputs["OriginalsBucketName"]
    _copy_table(old.client_for("dynamodb"), target("dynamodb"), table, template)
    # The backup has the post, and only the list of erasures knows that it is erased.
    drill_people.erase_one(people)
    settle()
    before = drill_answers.ask(people)
    accounts.export(old, export)
    _copy_originals(old.client_for("s3"), target("s3"), bucket)
    return before, table, bucket


def compare(before: drill_answers.Answers, after: drill_answers.Answers) -> None:
    """Print what differs. Raises `ToolError` if anything does."""
    differing = drill_answers.differences(before, after)
    if differing:
        print(*differing, sep="\n", flush=True)
        raise ToolError(f"{len(differing)} of {len(before)} answers are not what they were.")


def _require_delivery(people: Any) -> None:
    """A new post has to reach a feed: the table's stream leads to the workers again."""
    post_id = drill_people.send_again(people)
    deadline = time.monotonic() + _FEED_SECONDS
    with step("A new post reaches a follower"):
        while post_id not in [post["id"] for post in people[drill_people.FOLLOWER].feed()["items"]]:
            if time.monotonic() > deadline:
                raise ToolError("A new post does not reach its author's followers.")
            time.sleep(_LAST_STEPS)


def _tell() -> None:
    print("Another drill of this folder is waited for.", file=sys.stderr)


@contextmanager
def _cloud(name: str) -> Iterator[LocalCloud]:
    cloud = LocalCloud(_FOLDER / name)
    try:
        with step(f"Starting a local cloud ({name})"):
            cloud.stop()  # what a drill that was killed has left
            cloud.start()
        yield cloud
    finally:
        with step(f"Stopping a local cloud ({name})"):
            cloud.stop()


def _deployed(cloud: LocalCloud) -> Deployment:
    outputs = deploy(cloud.endpoint, context=_CONTEXT)
    return Deployment(LocalAws(cloud.endpoint).client, templates.LOCAL_STAGE, outputs)


def _copy_table(source: Any, target: Any, name: str, template: templates.Json) -> None:
    """Play the backup: a table with the same items, and of its settings only what a restored one
    has."""
    target.create_table(TableName=name, **adoption.restored_table(template))
    with step("Restoring the table elsewhere") as progress:
        count = 0
        for page in source.get_paginator("scan").paginate(TableName=name):
            for start in range(0, len(page["Items"]), _BATCH):
                batch = page["Items"][start : start + _BATCH]
                requests = {name: [{"PutRequest": {"Item": item}} for item in batch]}
                while requests:
                    requests = target.batch_write_item(RequestItems=requests)["UnprocessedItems"]
                count += len(batch)
                progress.detail = f"{count:,} items"


def _copy_originals(source: Any, target: Any, bucket: str) -> None:
    """Play the replication: a versioned bucket with every original."""
    target.create_bucket(Bucket=bucket)
    target.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    with step("Replicating originals") as progress:
        count = 0
        for page in source.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                found = source.get_object(Bucket=bucket, Key=entry["Key"])
                target.put_object(
                    Bucket=bucket,
                    Key=entry["Key"],
                    Body=found["Body"].read(),
                    ContentType=found["ContentType"],
                    Metadata=found["Metadata"],
                )
                count += 1
                progress.detail = f"{count:,} originals"

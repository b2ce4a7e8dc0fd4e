"""`make audit`: compare what one deployed stage stores with what its table records."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.deployment import Deployment, queues
from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.evidence import SqliteEvidence
from shutterfeed.adapters.inventory import AwsInventory
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.queues import SqsQueue
from shutterfeed.adapters.system import SystemClock
from shutterfeed.services.audit_repairs import AuditRepairs
from shutterfeed.services.auditing import AuditService
from shutterfeed.services.mismatches import Mismatch
from shutterfeed.topology import lane
from tools import paths
from tools.progress import step

_SHOWN: Final = 20
_DOLLARS: Final = {"read units": 0.125e-6, "lists": 5e-6, "tags": 0.4e-6}
"""us-east-1, on demand."""


@dataclass(frozen=True, slots=True)
class Audited:
    """How many findings of each kind there were, and how many of them were repaired."""

    found: Counter[Mismatch]
    repaired: Counter[Mismatch]


def run(deployment: Deployment, *, repair: bool) -> Audited:
    """Print how many findings of each kind there are, with examples, and what reading cost. Returns
    the counts."""
    outputs, client = deployment.outputs, deployment.client_for
    table = deployment.metadata
    s3: Any = client("s3")
    uploads, originals = outputs["UploadsBucketName"], outputs["OriginalsBucketName"]
    inventory = AwsInventory(table, s3, uploads, originals, outputs["RenditionsBucketName"])
    urls = queues(deployment)

    def queue(name: str) -> SqsQueue[Any]:
        queue = lane(name)
        return SqsQueue(client("sqs"), urls[queue.queue], Codec(queue.worker.step))

    repairs = AuditRepairs(
        blobs=DynamoBlobs(table),
        posts=DynamoPosts(table),
        ledger=DynamoLedger(table),
        bucket=S3UploadBucket(lambda: s3, uploads),
        intake=S3Intake(s3, uploads, originals),
        render=queue("render_bulk"),
        transcode=queue("transcode_bulk"),
        collect=queue("collect"),
    )
    service = AuditService(inventory=inventory, repairs=repairs, clock=SystemClock())
    found: Counter[Mismatch] = Counter()
    repaired: Counter[Mismatch] = Counter()
    examples: dict[Mismatch, list[str]] = {kind: [] for kind in Mismatch}
    paths.BUILD.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=paths.BUILD) as folder,
        SqliteEvidence.create(str(Path(folder) / "audit.db")) as evidence,
        step("Auditing") as progress,
    ):

        def show(text: str) -> None:
            progress.detail = text

        for suspicion in service.audit(evidence, repair=repair, progress=show):
            found[suspicion.kind] += 1
            repaired[suspicion.kind] += suspicion.repaired
            if len(examples[suspicion.kind]) < _SHOWN:
                examples[suspicion.kind].append(f"{suspicion.sha256} {suspicion.subject}".strip())
    for kind in Mismatch:
        print(f"{kind:<28}{found[kind]:>9,} found{repaired[kind]:>9,} repaired")
        for example in examples[kind]:
            print(f"    {example}")
    dollars = sum(inventory.requests[name] * price for name, price in _DOLLARS.items())
    counted = ", ".join(f"{count:,} {name}" for name, count in sorted(inventory.requests.items()))
    print(f"Read with {counted}: about {dollars:.4f} USD.")
    return Audited(found, repaired)

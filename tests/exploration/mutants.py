"""Faults put into the code on purpose, which the exploration has to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from boto3.dynamodb.conditions import Attr

from operations.erasure_sweep import Sweep
from shutterfeed import keys
from shutterfeed.adapters.dynamodb import follows, requests, withholdings
from shutterfeed.adapters.dynamodb.table import Check, Table
from shutterfeed.domain.media import Blob, Reference, Upload
from shutterfeed.ports.uploads import Arrival
from shutterfeed.schema import PK
from shutterfeed.services.collection import CollectionService
from shutterfeed.services.ingest import IngestService
from tests.exploration.explore import Outcome, singles
from tests.exploration.faults import Kind, Schedule


@dataclass(frozen=True, slots=True)
class Mutant:
    """`finders` should find it: faults of one kind, in one scenario, at calls of one function that
    are about something, or about anything."""

    name: str
    apply: Callable[[], AbstractContextManager[Any]]
    scenario: str
    kind: Kind
    function: str
    about: str = ""

    def finders(self, plain: Outcome) -> Iterator[Schedule]:
        by = {
            call.number: call.by.name.partition("#")[0]
            for call in plain.calls
            if self.about in call.on
        }
        for schedule in singles(plain):
            [fault] = schedule.faults
            if fault.kind is self.kind and by.get(fault.at) == self.function:
                yield schedule


def _removed_unseen(service: CollectionService, blob: Blob) -> None:
    """The collector without its last check: that nobody refers to the content again."""
    service.renditions.remove_all(blob.blob_id)
    service.originals.retire(blob)


def _written_once(table: Table, requests: list[Any]) -> None:
    """A batch whose `UnprocessedItems` nobody looks at."""
    table.client.batch_write_item(RequestItems={table.name: requests})


def _claimed_on_trust(service: IngestService, upload: Upload, arrival: Arrival, bulk: bool) -> None:
    """A claim that believes the row it finds, and does not ask whether the original is there."""
    post_id, medium = upload.post_id, upload.medium
    now = service.clock.now()
    service.ledger.mark_processing(post_id.author_id, medium.media_id, now)
    service.posts.mark_processing(post_id)
    new_blob_id = service.ids.timeless()
    blob = service.blobs.claim(arrival.sha256, new_blob_id, medium.content_type, arrival.size)
    if blob.blob_id != new_blob_id:
        service.intake.discard(post_id, medium.media_id, arrival.version)
    else:
        service.intake.adopt(blob, post_id, medium.media_id, arrival.version)
    reference = Reference(blob.sha256, post_id, medium.media_id)
    service.blobs.refer_once_rendered(reference, blob.blob_id)
    service._order(blob, arrival, upload, bulk)
    service.bucket.release(post_id, medium.media_id)


def _always(one_id: str, other_id: str) -> Check:
    """A condition on the pair that holds whatever there is between the two."""
    return Check(keys.pair(one_id, other_id), Attr("nothing").not_exists())


def _held_anyway(key: keys.Key, _: object) -> Check:
    """A condition on a withheld content that holds whether it is withheld or not."""
    return Check(key, Attr("nothing").not_exists())


def _left_alone(*_: object) -> None:
    """A look through everything that removes nothing."""


MUTANTS: Final = (
    Mutant(
        "collector_without_its_last_check",
        partial(patch.object, CollectionService, "_remove", _removed_unseen),
        "upload_again_before_release",
        Kind.SUSPENDED,
        "collect",
    ),
    Mutant(
        "unprocessed_items_ignored",
        partial(patch.object, Table, "_write_batch", _written_once),
        "follow_while_publishing",
        Kind.PARTIAL,
        "deliver",
    ),
    Mutant(
        "claim_that_believes_a_row",
        partial(patch.object, IngestService, "_claim", _claimed_on_trust),
        "publish_a_photo",
        Kind.CRASH_BEFORE,
        "dedup_hash",
    ),
    Mutant(
        "request_that_believes_what_was_read",
        partial(patch.object, requests, "_PRIVATE", Attr(PK).exists()),
        "become_public_while_asked",
        Kind.SUSPENDED,
        "api",
    ),
    Mutant(
        "follow_that_looks_for_no_block",
        partial(patch.object, follows, "no_block", _always),
        "block_while_following",
        Kind.SUSPENDED,
        "api",
    ),
    Mutant(
        "mark_that_does_not_look_whether_it_still_stands",
        partial(patch.object, withholdings, "Check", _held_anyway),
        "withhold_and_undo",
        Kind.SUSPENDED,
        "publish",
    ),
    Mutant(
        "receipt_that_leaves_what_an_eraser_has_left",
        partial(patch.object, Sweep, "remove", _left_alone),
        "close_for_good",
        Kind.CRASH_BEFORE,
        "erase",
        "LIKED#",
    ),
)

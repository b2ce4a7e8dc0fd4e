"""The audit compares everything stored with everything recorded: rows, uploads, originals,
renditions, references, blocks, mutes.

A maintenance job. It reads both sides into sets of facts, which are compared outside of memory.
What it reads is not one instant, so each finding is only a suspicion: a repair looks again, or is
conditional. No repair removes anything; an upload that nothing needs is marked for the bucket's
lifecycle, and what a post left behind is told to the collector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from shutterfeed.domain.crops import parse_crop
from shutterfeed.domain.media import Blob, BlobState, MediaState, Reference, Upload
from shutterfeed.domain.retention import UPLOAD_OVERDUE
from shutterfeed.ports.evidence import Column, Comparison, Evidence, Fact, Kind, Source
from shutterfeed.ports.inventory import Inventory, PostMedium, Row, StoredBlock, StoredMutes
from shutterfeed.ports.system import Clock
from shutterfeed.services.audit_repairs import UNREFERRED, AuditRepairs, medium_of
from shutterfeed.services.mismatches import Mismatch, Suspicion

PREFIXES: Final = tuple(f"{number:02x}" for number in range(256))
SCAN_PARTS: Final = 8

RULES: Final[Mapping[Mismatch, Comparison]] = {
    Mismatch.OBJECT_WITHOUT_ROW: Comparison(Kind.ORIGINALS, lacking=Kind.BLOBS),
    Mismatch.ROW_WITHOUT_OBJECT: Comparison(Kind.BLOBS, lacking=Kind.ORIGINALS),
    Mismatch.MISSING_RENDITION: Comparison(
        Kind.EXPECTED_RENDITIONS, lacking=Kind.RENDITIONS, by=(Column.SUBJECT, Column.DETAIL)
    ),
    Mismatch.RENDITION_WITHOUT_ROW: Comparison(
        Kind.RENDITIONS, lacking=Kind.BLOBS, by=(Column.SUBJECT,)
    ),
    Mismatch.REFERENCE_WITHOUT_POST: Comparison(Kind.REFERENCES, lacking=Kind.MEDIA),
    Mismatch.MEDIUM_WITHOUT_REFERENCE: Comparison(Kind.SHOWN_MEDIA, lacking=Kind.REFERENCES),
    Mismatch.ENTRY_WITHOUT_POST: Comparison(Kind.ENTRIES, lacking=Kind.MEDIA),
    Mismatch.UPLOAD_WITHOUT_ENTRY: Comparison(
        Kind.UPLOADS, lacking=Kind.ENTRIES, by=(Column.SUBJECT,)
    ),
    Mismatch.UPLOAD_KEPT: Comparison(
        Kind.UPLOADS, with_one=Kind.FINISHED_ENTRIES, by=(Column.SUBJECT,)
    ),
    Mismatch.COPY_KEPT: Comparison(Kind.COPIES),
    Mismatch.BLOCK_WITHOUT_PAIR: Comparison(Kind.LISTED_BLOCKS, lacking=Kind.PAIR_BLOCKS),
    Mismatch.PAIR_WITHOUT_BLOCK: Comparison(Kind.PAIR_BLOCKS, lacking=Kind.LISTED_BLOCKS),
    Mismatch.MUTE_NOT_PACKED: Comparison(Kind.LISTED_MUTES, lacking=Kind.PACKED_MUTES),
    Mismatch.MUTE_NOT_LISTED: Comparison(Kind.PACKED_MUTES, lacking=Kind.LISTED_MUTES),
}
"""The mismatches of each kind."""
_UPLOADS: Final = (Mismatch.UPLOAD_WITHOUT_ENTRY, Mismatch.UPLOAD_KEPT)
_FINISHED: Final = (MediaState.READY, MediaState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditService:
    inventory: Inventory
    repairs: AuditRepairs
    clock: Clock

    def audit(
        self, evidence: Evidence, *, repair: bool, progress: Callable[[str], None]
    ) -> Iterator[Suspicion]:
        """Read everything into `evidence`, which is empty, then report what does not fit."""
        evidence.gather(self._sources(), progress)
        for mismatch, rule in RULES.items():
            for sha256, subject in evidence.find(rule):
                if mismatch in _UPLOADS and not self.inventory.is_kept(*medium_of(subject)):
                    continue
                mended = repair and self._repair(evidence, mismatch, sha256, subject)
                yield Suspicion(mismatch, sha256, subject, mended)

    def _sources(self) -> list[Source]:
        overdue = self.clock.now() - UPLOAD_OVERDUE
        return [
            *(partial(self._rows, part) for part in range(SCAN_PARTS)),
            *(partial(self._originals, prefix) for prefix in PREFIXES),
            self._renditions,
            partial(self._uploads, overdue),
            partial(self._copies, overdue),
        ]

    def _rows(self, part: int) -> Iterator[Fact]:
        now = self.clock.now()
        for row in self.inventory.rows(part, SCAN_PARTS):
            yield from _recorded(row, now)

    def _originals(self, prefix: str) -> Iterator[Fact]:
        for original in self.inventory.originals(prefix):
            yield Fact(Kind.ORIGINALS, original.sha256, original.blob_id, str(original.size))

    def _renditions(self) -> Iterator[Fact]:
        for blob_id, name in self.inventory.renditions():
            yield Fact(Kind.RENDITIONS, "", blob_id, name)

    def _uploads(self, before: datetime) -> Iterator[Fact]:
        for upload in self.inventory.uploads():
            if upload.modified_at < before:
                yield Fact(Kind.UPLOADS, "", f"{upload.post_id}#{upload.media_id}")

    def _copies(self, before: datetime) -> Iterator[Fact]:
        for copy in self.inventory.copies():
            if copy.modified_at < before:
                yield Fact(Kind.COPIES, "", copy.key)

    def _repair(self, evidence: Evidence, mismatch: Mismatch, sha256: str, subject: str) -> bool:
        if mismatch is not Mismatch.OBJECT_WITHOUT_ROW:
            return self.repairs.of(mismatch, sha256, subject)
        shown = evidence.detail(Kind.MEDIA, sha256)
        size = evidence.detail(Kind.ORIGINALS, sha256, subject)
        if shown is None or size is None:
            return False
        content_type, _, crop = shown.partition(" ")
        blob = Blob(sha256, subject, content_type, int(size), crop=parse_crop(crop))
        return self.repairs.restore(blob)


def _recorded(row: Row, now: datetime) -> Iterable[Fact]:
    """What a row says there is."""
    match row:
        case Blob(sha256, blob_id):
            yield Fact(Kind.BLOBS, sha256, blob_id)
            if row.state is BlobState.READY and row.picture is not None:
                for name in row.picture.names():
                    yield Fact(Kind.EXPECTED_RENDITIONS, sha256, blob_id, name)
        case Reference():
            yield Fact(Kind.REFERENCES, row.sha256, _subject(row))
        case Upload(post_id, medium):
            subject = f"{post_id}#{medium.media_id}"
            yield Fact(Kind.ENTRIES, medium.stored_as, subject)
            if medium.state in _FINISHED:
                yield Fact(Kind.FINISHED_ENTRIES, medium.stored_as, subject)
        case PostMedium(reference, content_type, state, crop):
            detail = content_type if crop is None else f"{content_type} {crop}"
            yield Fact(Kind.MEDIA, reference.sha256, _subject(reference), detail)
            if state not in UNREFERRED:
                yield Fact(Kind.SHOWN_MEDIA, reference.sha256, _subject(reference))
        case StoredBlock(blocker_id, blocked_id, in_pair):
            kind = Kind.PAIR_BLOCKS if in_pair else Kind.LISTED_BLOCKS
            yield Fact(kind, "", f"{blocker_id}#{blocked_id}")
        case StoredMutes(muter_id, muted, are_packed):
            kind = Kind.PACKED_MUTES if are_packed else Kind.LISTED_MUTES
            for user in muted.lasting(now).ends:
                yield Fact(kind, "", f"{muter_id}#{user.hex()}")


def _subject(reference: Reference) -> str:
    return f"{reference.post_id}#{reference.media_id}"

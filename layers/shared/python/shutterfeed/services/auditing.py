"""Everything stored, held against everything recorded: rows, uploads, originals, renditions,
references.

A maintenance job. It streams both sides into a database file of its own and joins them there, so
that memory stays small however much there is. What it reads is not one instant, so each finding is
only a suspicion: a repair looks again, or is conditional. No repair removes anything; an upload
that nothing needs is marked for the bucket's lifecycle, and what a post left behind is told to the
collector.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from queue import Queue as Buffer
from threading import Lock
from typing import Any, Final

from shutterfeed.domain.media import Blob, BlobState, Reference, Upload
from shutterfeed.ports.inventory import Inventory, PostMedium, StoredOriginal
from shutterfeed.ports.system import Clock
from shutterfeed.services.audit_repairs import AuditRepairs, medium_of
from shutterfeed.services.mismatches import Mismatch, Suspicion

PREFIXES: Final = tuple(f"{number:02x}" for number in range(256))
SCAN_PARTS: Final = 8
_CHUNK: Final = 5_000
ON_ITS_WAY: Final = timedelta(days=3)
"""The age from which on something in the uploads bucket should have been looked at. The bucket's
lifecycle takes what expires after a day, a day or two late."""


_SCHEMA: Final = """
CREATE TABLE objects (sha256, blob_id, PRIMARY KEY (sha256, blob_id)) WITHOUT ROWID;
CREATE TABLE sizes (blob_id PRIMARY KEY, size) WITHOUT ROWID;
CREATE TABLE blobs (sha256 PRIMARY KEY, blob_id) WITHOUT ROWID;
CREATE TABLE expected (blob_id, name, sha256, PRIMARY KEY (blob_id, name)) WITHOUT ROWID;
CREATE TABLE renditions (blob_id, name, PRIMARY KEY (blob_id, name)) WITHOUT ROWID;
CREATE TABLE refs (sha256, subject, PRIMARY KEY (sha256, subject)) WITHOUT ROWID;
CREATE TABLE media (sha256, subject, content_type, state,
    PRIMARY KEY (sha256, subject)) WITHOUT ROWID;
CREATE TABLE entries (subject PRIMARY KEY, sha256, state) WITHOUT ROWID;
CREATE TABLE uploads (subject PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE copies (key PRIMARY KEY) WITHOUT ROWID;
"""
_FIND: Final = {
    Mismatch.OBJECT_WITHOUT_ROW: "SELECT sha256, blob_id FROM objects EXCEPT"
    " SELECT sha256, blob_id FROM blobs",
    Mismatch.ROW_WITHOUT_OBJECT: "SELECT sha256, blob_id FROM blobs EXCEPT"
    " SELECT sha256, blob_id FROM objects",
    Mismatch.MISSING_RENDITION: "SELECT DISTINCT sha256, blob_id FROM expected e WHERE NOT EXISTS"
    " (SELECT 1 FROM renditions r WHERE r.blob_id = e.blob_id AND r.name = e.name)",
    Mismatch.RENDITION_WITHOUT_ROW: "SELECT '', blob_id FROM (SELECT DISTINCT blob_id FROM"
    " renditions EXCEPT SELECT blob_id FROM blobs)",
    Mismatch.REFERENCE_WITHOUT_POST: "SELECT sha256, subject FROM refs EXCEPT"
    " SELECT sha256, subject FROM media",
    Mismatch.MEDIUM_WITHOUT_REFERENCE: "SELECT sha256, subject FROM media WHERE state NOT IN"
    " ('pending', 'processing', 'failed') EXCEPT SELECT sha256, subject FROM refs",
    Mismatch.ENTRY_WITHOUT_POST: "SELECT sha256, subject FROM entries EXCEPT"
    " SELECT sha256, subject FROM media",
    Mismatch.UPLOAD_WITHOUT_ENTRY: "SELECT '', subject FROM uploads EXCEPT"
    " SELECT '', subject FROM entries",
    Mismatch.UPLOAD_KEPT: "SELECT '', subject FROM uploads JOIN entries USING (subject)"
    " WHERE state IN ('ready', 'failed')",
    Mismatch.COPY_KEPT: "SELECT '', key FROM copies",
}
_UPLOADS: Final = (Mismatch.UPLOAD_WITHOUT_ENTRY, Mismatch.UPLOAD_KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditService:
    inventory: Inventory
    repairs: AuditRepairs
    clock: Clock

    def audit(
        self, file: str, *, repair: bool, progress: Callable[[str], None]
    ) -> Iterator[Suspicion]:
        """Read everything into a new database `file`, then tell what does not fit."""
        database = sqlite3.connect(file)
        try:
            database.executescript(_SCHEMA)
            self._read(database, progress)
            for kind, query in _FIND.items():
                for sha256, subject in database.execute(query):
                    if kind in _UPLOADS and not self.inventory.is_kept(*medium_of(subject)):
                        continue
                    mended = repair and self._repair(database, kind, sha256, subject)
                    yield Suspicion(kind, sha256, subject, mended)
        finally:
            database.close()

    def _read(self, database: sqlite3.Connection, progress: Callable[[str], None]) -> None:
        """Readers in parallel, one writer; the buffer between them is bounded."""
        buffer: Buffer[tuple[str, Sequence[Any]] | None] = Buffer(maxsize=32)
        sources: list[Callable[[], Iterable[tuple[str, tuple[Any, ...]]]]] = [
            partial(self._rows, part) for part in range(SCAN_PARTS)
        ]
        sources += [partial(self._originals, prefix) for prefix in PREFIXES]
        sources += [
            lambda: ((_INSERT["renditions"], pair) for pair in self.inventory.renditions()),
            lambda: self._uploads(self.clock.now() - ON_ITS_WAY),
            lambda: self._copies(self.clock.now() - ON_ITS_WAY),
        ]
        left = len(sources)
        lock = Lock()

        def read(source: Callable[[], Iterable[tuple[str, tuple[Any, ...]]]]) -> None:
            nonlocal left
            try:
                statements = iter(source())
                while chunk := list(islice(statements, _CHUNK)):
                    for statement in {statement for statement, _ in chunk}:
                        buffer.put((statement, [row for s, row in chunk if s == statement]))
            finally:
                with lock:
                    left -= 1
                    if not left:
                        buffer.put(None)

        with ThreadPoolExecutor(SCAN_PARTS) as pool:
            running = [pool.submit(read, source) for source in sources]
            read_so_far = 0
            while (written := buffer.get()) is not None:
                statement, rows = written
                database.executemany(statement, rows)
                read_so_far += len(rows)
                progress(f"{read_so_far:,} read, {left} of {len(sources)} parts to go")
        for reader in running:
            reader.result()
        database.commit()

    def _rows(self, part: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
        return _row_statements(self.inventory.rows(part, SCAN_PARTS))

    def _originals(self, prefix: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
        return _original_statements(self.inventory.originals(prefix))

    def _uploads(self, before: datetime) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for upload in self.inventory.uploads():
            if upload.modified_at < before:
                yield _INSERT["uploads"], (f"{upload.post_id}#{upload.media_id}",)

    def _copies(self, before: datetime) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for copy in self.inventory.copies():
            if copy.modified_at < before:
                yield _INSERT["copies"], (copy.key,)

    def _repair(
        self, database: sqlite3.Connection, kind: Mismatch, sha256: str, subject: str
    ) -> bool:
        if kind is not Mismatch.OBJECT_WITHOUT_ROW:
            return self.repairs.of(kind, sha256, subject)
        shown = database.execute(
            "SELECT content_type FROM media WHERE sha256 = ?", (sha256,)
        ).fetchone()
        (size,) = database.execute(
            "SELECT size FROM sizes WHERE blob_id = ?", (subject,)
        ).fetchone()
        return shown is not None and self.repairs.restore(Blob(sha256, subject, shown[0], size))


_INSERT: Final = {
    "objects": "INSERT OR IGNORE INTO objects VALUES (?, ?)",
    "sizes": "INSERT OR IGNORE INTO sizes VALUES (?, ?)",
    "blobs": "INSERT OR IGNORE INTO blobs VALUES (?, ?)",
    "expected": "INSERT OR IGNORE INTO expected VALUES (?, ?, ?)",
    "renditions": "INSERT OR IGNORE INTO renditions VALUES (?, ?)",
    "refs": "INSERT OR IGNORE INTO refs VALUES (?, ?)",
    "media": "INSERT OR IGNORE INTO media VALUES (?, ?, ?, ?)",
    "entries": "INSERT OR IGNORE INTO entries VALUES (?, ?, ?)",
    "uploads": "INSERT OR IGNORE INTO uploads VALUES (?)",
    "copies": "INSERT OR IGNORE INTO copies VALUES (?)",
}


def _row_statements(
    rows: Iterable[Blob | Reference | PostMedium | Upload],
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for row in rows:
        match row:
            case Blob():
                yield _INSERT["blobs"], (row.sha256, row.blob_id)
                if row.state is BlobState.READY and row.picture is not None:
                    for name in row.picture.names():
                        yield _INSERT["expected"], (row.blob_id, name, row.sha256)
            case Reference():
                yield _INSERT["refs"], (row.sha256, _subject(row))
            case Upload(post_id, medium):
                subject = f"{post_id}#{medium.media_id}"
                yield _INSERT["entries"], (subject, medium.sha256, str(medium.state))
            case PostMedium(reference, content_type, state):
                yield (
                    _INSERT["media"],
                    (reference.sha256, _subject(reference), content_type, str(state)),
                )


def _original_statements(
    originals: Iterable[StoredOriginal],
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for original in originals:
        yield _INSERT["objects"], (original.sha256, original.blob_id)
        yield _INSERT["sizes"], (original.blob_id, original.size)


def _subject(reference: Reference) -> str:
    return f"{reference.post_id}#{reference.media_id}"

"""Everything stored, held against everything recorded: rows, originals, renditions, references.

A maintenance job. It streams both sides into a database file of its own and joins them there, so
that memory stays small however much there is. What it reads is not one instant, so each finding is
only a suspicion: a repair looks again, or is conditional. No repair removes anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from queue import Queue as Buffer
from threading import Lock
from typing import Any, Final

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, BlobState, Reference
from shutterfeed.domain.messages import RenderPhoto, TranscodeVideo
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.videos import may_move
from shutterfeed.ports import (
    Blobs,
    Intake,
    Inventory,
    PostMedium,
    Posts,
    Queue,
    StoredOriginal,
)

PREFIXES: Final = tuple(f"{number:02x}" for number in range(256))
SCAN_PARTS: Final = 8
_CHUNK: Final = 5_000
_UNREFERRED: Final = (PostState.PENDING, PostState.PROCESSING, PostState.FAILED)
"""Posts in these states may have media without a reference."""


class Mismatch(StrEnum):
    OBJECT_WITHOUT_ROW = "object_without_row"
    """An original that no blob row names. Where a post shows that content, its row is restored."""
    ROW_WITHOUT_OBJECT = "row_without_object"
    """A blob row whose original is gone: reported. The next upload of it puts it back, since no
    claim believes a row."""
    MISSING_RENDITION = "missing_rendition"
    """A ready blob that lacks renditions: rendered anew."""
    RENDITION_WITHOUT_ROW = "rendition_without_row"
    REFERENCE_WITHOUT_POST = "reference_without_post"
    """Keeps a content longer than needed: reported."""
    MEDIUM_WITHOUT_REFERENCE = "medium_without_reference"
    """A shown medium whose content might be collected: referred to again."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    kind: Mismatch
    sha256: str
    """Empty for a rendition, whose key does not tell."""
    subject: str
    """The blob's id, or `<post>#<medium>`."""
    repaired: bool = False


_SCHEMA: Final = """
CREATE TABLE objects (sha256, blob_id, PRIMARY KEY (sha256, blob_id)) WITHOUT ROWID;
CREATE TABLE sizes (blob_id PRIMARY KEY, size) WITHOUT ROWID;
CREATE TABLE blobs (sha256 PRIMARY KEY, blob_id) WITHOUT ROWID;
CREATE TABLE expected (blob_id, name, sha256, PRIMARY KEY (blob_id, name)) WITHOUT ROWID;
CREATE TABLE renditions (blob_id, name, PRIMARY KEY (blob_id, name)) WITHOUT ROWID;
CREATE TABLE refs (sha256, subject, PRIMARY KEY (sha256, subject)) WITHOUT ROWID;
CREATE TABLE media (sha256, subject, content_type, state,
    PRIMARY KEY (sha256, subject)) WITHOUT ROWID;
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
}


@dataclass(frozen=True, slots=True)
class AuditService:
    inventory: Inventory
    blobs: Blobs
    posts: Posts
    intake: Intake
    images: Queue[RenderPhoto]
    videos: Queue[TranscodeVideo]

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
        sources.append(
            lambda: ((_INSERT["renditions"], pair) for pair in self.inventory.renditions())
        )
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

    def _repair(
        self, database: sqlite3.Connection, kind: Mismatch, sha256: str, subject: str
    ) -> bool:
        if kind is Mismatch.OBJECT_WITHOUT_ROW:
            return self._restore(database, sha256, subject)
        if kind is Mismatch.MISSING_RENDITION:
            return self._render(sha256, subject)
        if kind is Mismatch.MEDIUM_WITHOUT_REFERENCE:
            return self._refer(sha256, subject)
        return False

    def _restore(self, database: sqlite3.Connection, sha256: str, blob_id: str) -> bool:
        shown = database.execute(
            "SELECT content_type FROM media WHERE sha256 = ?", (sha256,)
        ).fetchone()
        (size,) = database.execute(
            "SELECT size FROM sizes WHERE blob_id = ?", (blob_id,)
        ).fetchone()
        if shown is None or self.blobs.get(sha256) is not None:
            return False
        blob = Blob(sha256, blob_id, shown[0], size)
        if not self.intake.holds(blob):
            return False
        self.blobs.restore(blob)
        self._order(blob)
        return True

    def _render(self, sha256: str, blob_id: str) -> bool:
        blob = self.blobs.get(sha256)
        if blob is None or blob.blob_id != blob_id or not self.intake.holds(blob):
            return False
        if not self.blobs.reopen(blob):
            return False
        self._order(blob)
        return True

    def _order(self, blob: Blob) -> None:
        if may_move(blob.content_type):
            self.videos.send([TranscodeVideo(blob.sha256, blob.blob_id)])
        else:
            self.images.send([RenderPhoto(blob.sha256, blob.blob_id)])

    def _refer(self, sha256: str, subject: str) -> bool:
        post_id, _, media_id = subject.partition("#")
        reference = Reference(sha256, PostId.parse(post_id), media_id)
        post = self.posts.get(reference.post_id)
        if post is None or post.state in _UNREFERRED:
            return False
        self.blobs.refer(reference)
        return True


_INSERT: Final = {
    "objects": "INSERT OR IGNORE INTO objects VALUES (?, ?)",
    "sizes": "INSERT OR IGNORE INTO sizes VALUES (?, ?)",
    "blobs": "INSERT OR IGNORE INTO blobs VALUES (?, ?)",
    "expected": "INSERT OR IGNORE INTO expected VALUES (?, ?, ?)",
    "renditions": "INSERT OR IGNORE INTO renditions VALUES (?, ?)",
    "refs": "INSERT OR IGNORE INTO refs VALUES (?, ?)",
    "media": "INSERT OR IGNORE INTO media VALUES (?, ?, ?, ?)",
}


def _row_statements(
    rows: Iterable[Blob | Reference | PostMedium],
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

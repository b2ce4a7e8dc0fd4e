"""The audit's facts in a database file, so that memory stays small whatever their number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from queue import Queue as Buffer
from threading import Event, Lock
from types import TracebackType
from typing import Final

from shutterfeed.ports.evidence import Column, Comparison, Fact, Kind, Source

_PARALLEL: Final = 8
"""The number of sources that are read at the same time."""
_CHUNK: Final = 5_000
"""The number of facts in one write."""
_BUFFERED_CHUNKS: Final = 32
"""The number of chunks that may wait to be written; with more, the readers wait."""


@dataclass(frozen=True, slots=True)
class SqliteEvidence:
    """Evidence in a new file. The caller made the file's folder, and removes it afterwards."""

    database: sqlite3.Connection

    @classmethod
    def create(cls, file: str) -> SqliteEvidence:
        database = sqlite3.connect(file)
        for kind in Kind:
            database.execute(
                f"CREATE TABLE {kind} (subject, sha256, detail,"
                " PRIMARY KEY (subject, sha256, detail)) WITHOUT ROWID"
            )
        return cls(database)

    def __enter__(self) -> SqliteEvidence:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.database.close()

    def gather(self, sources: Sequence[Source], progress: Callable[[str], None]) -> None:
        """Readers in parallel, one writer; the buffer between them is bounded."""
        buffer: Buffer[list[Fact] | None] = Buffer(_BUFFERED_CHUNKS)
        left = len(sources)
        lock, given_up = Lock(), Event()

        def read(source: Source) -> None:
            nonlocal left
            try:
                facts = iter(source())
                while not given_up.is_set() and (chunk := list(islice(facts, _CHUNK))):
                    buffer.put(chunk)
            finally:
                with lock:
                    left -= 1
                    if not left:
                        buffer.put(None)

        with ThreadPoolExecutor(_PARALLEL) as pool:
            running = [pool.submit(read, source) for source in sources]
            read_so_far = 0
            try:
                while sources and (chunk := buffer.get()) is not None:
                    self._write(chunk)
                    read_so_far += len(chunk)
                    progress(f"{read_so_far:,} read, {left} of {len(sources)} parts to go")
            except BaseException:
                # Readers that wait for room in the buffer would never end.
                given_up.set()
                while buffer.get() is not None:
                    pass
                raise
        for reader in running:
            reader.result()
        self.database.commit()

    def find(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        query = f"SELECT DISTINCT sha256, subject FROM {comparison.of} AS one"  # noqa: S608 - a kind
        if comparison.lacking is not None:
            query += f" WHERE NOT EXISTS ({_same(comparison.lacking, comparison.by)})"
        elif comparison.with_one is not None:
            query += f" WHERE EXISTS ({_same(comparison.with_one, comparison.by)})"
        yield from self.database.execute(query)

    def detail(self, kind: Kind, sha256: str, subject: str | None = None) -> str | None:
        query, values = f"SELECT detail FROM {kind} WHERE sha256 = ?", [sha256]  # noqa: S608 - a kind
        if subject is None:
            self.database.execute(f"CREATE INDEX IF NOT EXISTS {kind}_by_hash ON {kind} (sha256)")
        else:
            query, values = f"{query} AND subject = ?", [sha256, subject]
        found = self.database.execute(query, values).fetchone()
        return None if found is None else str(found[0])

    def _write(self, chunk: Sequence[Fact]) -> None:
        for kind, facts in groupby(sorted(chunk, key=attrgetter("kind")), attrgetter("kind")):
            # The first parameter, the kind, is the table's.
            statement = (
                f"INSERT OR IGNORE INTO {kind} (sha256, subject, detail)"  # noqa: S608 - a kind
                " VALUES (?2, ?3, ?4)"
            )
            self.database.executemany(statement, facts)


def _same(kind: Kind, by: Sequence[Column]) -> str:
    """A query for the facts of a kind that are equal to `one`. All such queries use the subject,
    with which the tables' primary keys begin."""
    same = " AND ".join(f"other.{column} = one.{column}" for column in by)
    return f"SELECT 1 FROM {kind} AS other WHERE {same}"  # noqa: S608 - a kind and columns

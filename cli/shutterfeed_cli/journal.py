"""The journal: what this machine knows about an account's uploads, to continue an interrupted run.

It is one SQLite file per account and may be deleted at any time: the service's ledger, and keys
that are derived from content, still keep a file from being posted twice. Only every file is read
again. It has:

- **files**: the facts about each file when it was last read, so that it is not read again;
- **ledger**: a copy of the service's upload ledger, as far as it was read;
- **posts**: the declared posts, their keys, and their progress.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.errors import FileTrouble, JournalFailed
from shutterfeed_cli.folders import make_private, state_folder
from shutterfeed_cli.media import Medium
from shutterfeed_cli.sources import Fingerprint, Source
from shutterfeed_cli.video import VideoFacts

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS files (
    place BLOB PRIMARY KEY, size INTEGER, changed INTEGER, facts TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
    media_id TEXT PRIMARY KEY, post_id TEXT, sha256 TEXT, state TEXT, code TEXT, failure TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_sha256 ON ledger (sha256);
CREATE INDEX IF NOT EXISTS ledger_post_id ON ledger (post_id);
CREATE TABLE IF NOT EXISTS posts (
    key TEXT PRIMARY KEY, state TEXT, body TEXT, post_id TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contents (
    sha256 TEXT, key TEXT, PRIMARY KEY (sha256, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


class Progress(StrEnum):
    """The progress of a post."""

    DECLARED = "declared"
    """The service has been told about the post, or is about to be told."""
    SENT = "sent"
    """All bytes have been sent; the rest is the service's work."""
    GIVEN_UP = "given_up"
    """The post failed, or another attempt has replaced it."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of the ledger. `code` and `failure` say why it failed, if it did. An avatar has no
    post."""

    media_id: str
    post_id: str
    sha256: str
    state: str
    code: str
    failure: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A post that an earlier run declared."""

    key: str
    state: Progress
    body: Json
    post_id: str | None


class Journal:
    """The journal of one account. Threads and processes can share it."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        with self._telling():
            self._database = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
            # A killed process loses nothing. A power cut may lose the last moments, which the
            # service's ledger still has.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    # --- Files

    def facts_of(self, source: Source, fingerprint: Fingerprint) -> Medium | None:
        """The facts about a file that has this fingerprint; None if it was never read, or has
        changed since."""
        place, size, changed = fingerprint
        row = self._one(
            "SELECT facts FROM files WHERE place = ? AND size = ? AND changed = ?",
            (os.fsencode(place), size, changed),
        )
        if row is None:
            return None
        kept = json.loads(row[0])
        video = VideoFacts(**kept["video"]) if kept["video"] else None
        return Medium(source, kept["content_type"], kept["size"], kept["sha256"], video)

    def remember(self, medium: Medium, fingerprint: Fingerprint) -> None:
        """Store the facts about a file, under the fingerprint that it had before it was read."""
        video = medium.video
        facts = {
            "content_type": medium.content_type,
            "size": medium.size,
            "sha256": medium.sha256,
            "video": video
            and {"width": video.width, "height": video.height, "duration_ms": video.duration_ms},
        }
        place, size, changed = fingerprint
        # The name is stored as bytes, since a file's name may not be valid text.
        row = (os.fsencode(place), size, changed, json.dumps(facts))
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)

    # --- Ledger

    def merge(self, entries: Sequence[Json]) -> None:
        """Store entries of the ledger: all of them, or none if that fails."""
        with self._changing() as database:
            database.executemany(
                "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?)", map(_row, entries)
            )

    def has_all(self, media_ids: Sequence[str]) -> bool:
        """Whether the copy of the ledger has an entry for each of these media, which are all
        different."""
        marks = ",".join("?" * len(media_ids))
        statement = f"SELECT count(*) FROM ledger WHERE media_id IN ({marks})"  # noqa: S608
        row = self._one(statement, media_ids)
        return row is not None and row[0] == len(media_ids)

    def oldest_open(self) -> str | None:
        """The id of the oldest medium whose entry in the copy may be out of date. Ids sort by
        time."""
        row = self._one(
            "SELECT min(media_id) FROM ledger WHERE state NOT IN ('ready', 'failed')", ()
        )
        return None if row is None else row[0]

    def replace_ledger(self, entries: Sequence[Json]) -> None:
        """Replace the copy by the whole ledger."""
        with self._changing() as database:
            database.execute("DELETE FROM ledger")
            database.executemany(
                "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?)", map(_row, entries)
            )

    def known(self, sha256: str) -> list[Known]:
        """The ledger's entries for a content, newest first."""
        rows = self._all("SELECT * FROM ledger WHERE sha256 = ? ORDER BY media_id DESC", (sha256,))
        return [Known(*row) for row in rows]

    def of_post(self, post_id: str | None) -> list[Known]:
        """The ledger's entries for all files of a post."""
        rows = self._all("SELECT * FROM ledger WHERE post_id = ?", (post_id or None,))
        return [Known(*row) for row in rows]

    def medium(self, media_id: str) -> Known | None:
        """The ledger's entry for a medium; None if there is none."""
        row = self._one("SELECT * FROM ledger WHERE media_id = ?", (media_id,))
        return None if row is None else Known(*row)

    # --- Posts

    def declare(self, key: str, body: Json) -> None:
        """Note that the service is about to be asked for this post."""
        with self._changing() as database:
            database.execute(
                "INSERT OR REPLACE INTO posts VALUES (?, ?, ?, NULL)",
                (key, Progress.DECLARED, json.dumps(body)),
            )
            database.executemany(
                "INSERT OR REPLACE INTO contents VALUES (?, ?)",
                [(medium["sha256"], key) for medium in body["media"]],
            )

    def note(self, key: str, state: Progress, post_id: str | None = None) -> None:
        """Note the progress of a declared post."""
        self._write(
            "UPDATE posts SET state = ?, post_id = coalesce(?, post_id) WHERE key = ?",
            (state, post_id, key),
        )

    def declared(self, sha256: str) -> list[Declared]:
        """The posts of earlier runs with this content that were not given up."""
        rows = self._all(
            "SELECT posts.key, state, body, post_id FROM contents JOIN posts USING (key)"
            " WHERE sha256 = ? AND state != ?",
            (sha256, Progress.GIVEN_UP),
        )
        return [Declared(row[0], Progress(row[1]), json.loads(row[2]), row[3]) for row in rows]

    # --- Anything else

    def fact(self, name: str) -> str | None:
        row = self._one("SELECT value FROM facts WHERE name = ?", (name,))
        return None if row is None else row[0]

    def set_fact(self, name: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Let one thread at a time use the database. Raises `JournalFailed` for SQLite's errors."""
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            raise JournalFailed(
                f"The journal of uploads in {state_folder()} cannot be used: {error}."
            ) from error

    def _one(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        with self._telling():
            row: tuple[Any, ...] | None = self._database.execute(statement, values).fetchone()
            return row

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._telling():
            return self._database.execute(statement, values).fetchall()

    def _write(self, statement: str, values: Sequence[Any]) -> None:
        with self._telling():
            self._database.execute(statement, values)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Run the changes inside as one transaction."""
        with self._telling():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def open_journal(site: str, user_id: str) -> Journal:
    """Open the journal of a user of a site. It is made if there is none. Raises `FileTrouble` and
    `JournalFailed`."""
    account = hashlib.sha256(f"{site}\n{user_id}".encode()).hexdigest()[:16]
    try:
        return Journal(make_private(state_folder()) / f"uploads-{account}.sqlite")
    except OSError as error:
        raise FileTrouble(error) from error


def key_for(contents: Iterable[str], *, attempt: int, when: str = "") -> str:
    """The Idempotency-Key of a post with these contents. It is the same on every machine and in
    every run, and different for every attempt. `when` tells posts with the same contents apart."""
    text = "\n".join([when, *contents])
    return f"cli-{hashlib.sha256(text.encode()).hexdigest()}-{attempt}"


def _row(entry: Json) -> tuple[str, ...]:
    failure = entry["failure"] or {}
    return (
        entry["media_id"],
        # Nobody sees an avatar's post, so the same photo may still be posted.
        entry["post_id"] if entry["purpose"] == "post" else "",
        entry["sha256"],
        entry["state"],
        failure.get("code", ""),
        failure.get("message", ""),
    )

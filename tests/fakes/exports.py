"""Exports in memory. The parts are real ZIP files, which only the last call makes visible."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shutterfeed import keys
from shutterfeed.adapters.zips import ZipStream
from shutterfeed.domain.changes import ExportChanged
from shutterfeed.domain.exports import EXPORT_RETENTION, Export, Part
from shutterfeed.ports.exports import KnownAccount, OriginalFile
from tests.fakes.metadata import Metadata
from tests.fakes.storage import Buckets, FakeOriginals, NoSuchObject
from tests.samples import START


@dataclass(frozen=True, slots=True)
class FakeExports:
    data: Metadata

    def get(self, user_id: str) -> Export | None:
        return self.data.exports.get(user_id)

    def put(self, export: Export, earlier: Export | None) -> bool:
        stored = self.data.exports.get(export.user_id)
        if _version(stored) != _version(earlier):
            return False
        self.data.exports[export.user_id] = export
        self.data.expiries[keys.export(export.user_id)] = export.moved_at + EXPORT_RETENTION
        self.data.changes.append(ExportChanged(stored, export))
        return True

    def note_progress(self, export: Export, posts: int, size: int, at: datetime) -> bool:
        stored = self.data.exports.get(export.user_id)
        if stored is None or _version(stored) != _version(export):
            return False
        noted = replace(stored, posts_done=posts, bytes_done=size, moved_at=at)
        self.data.exports[export.user_id] = noted
        self.data.changes.append(ExportChanged(stored, noted))
        return True

    def stored_by(self, user_id: str) -> int:
        return self.data.stored.get(user_id, 0)


def _version(export: Export | None) -> object:
    return None if export is None else (export.id, export.revision)


@dataclass(slots=True)
class FakePartWriter:
    buckets: Buckets
    key: str
    object_id: str
    passing: Callable[[Callable[[], Any]], Any]
    _content: bytearray = field(default_factory=bytearray)
    _zip: ZipStream = field(init=False)

    def __post_init__(self) -> None:
        self._zip = ZipStream(self._content.extend)

    @property
    def size(self) -> int:
        return self._zip.size

    @property
    def files(self) -> int:
        return self._zip.files

    def add(self, name: str, made: datetime, content: bytes) -> None:
        self.passing(lambda: self._add(name, made, content))

    def _add(self, name: str, made: datetime, content: bytes) -> None:
        self._zip.add(name, made, len(content), zlib.crc32(content), [content])

    def add_originals(self, files: Sequence[OriginalFile]) -> Sequence[bool]:
        found: list[bool] = self.passing(lambda: [self._add_original(file) for file in files])
        return found

    def _add_original(self, file: OriginalFile) -> bool:
        try:
            content = FakeOriginals(self.buckets).open(file.blob).read()
        except NoSuchObject:
            return False
        self._add(file.name, file.made, content)
        return True

    def finish(self) -> Part:
        part: Part = self.passing(self._finish)
        return part

    def _finish(self) -> Part:
        self._zip.end()
        self.buckets.exports[self.key] = bytes(self._content)
        return Part(self.object_id, self._zip.size, self._zip.files)

    def abandon(self) -> None:
        self.passing(lambda: self.buckets.exports.pop(self.key, None))


@dataclass(frozen=True, slots=True)
class FakeExportParts:
    buckets: Buckets
    passing: Callable[[Callable[[], Any]], Any] = lambda call: call()
    """What each call of a writer goes through."""

    def begin(self, export: Export, number: int, object_id: str) -> FakePartWriter:
        key = keys.export_object(export.user_id, export.id, number, object_id)
        return FakePartWriter(self.buckets, key, object_id, self.passing)

    def link(self, export: Export, number: int, expires_at: datetime, now: datetime) -> str:
        assert now < expires_at
        object_id = export.parts[number - 1].object_id
        key = keys.export_object(export.user_id, export.id, number, object_id)
        return f"https://uploads.example/{key}"

    def remove(self, user_id: str, export_id: str) -> None:
        prefix = keys.export_prefix(user_id, export_id)
        for key in [key for key in self.buckets.exports if key.startswith(prefix)]:
            del self.buckets.exports[key]


@dataclass(slots=True)
class FakeDirectory:
    """Accounts at the identity provider by their names; by default everybody has one."""

    known: dict[str, KnownAccount | None] = field(default_factory=dict)

    def known_of(self, account_name: str) -> KnownAccount | None:
        default = KnownAccount(f"{account_name}@example.com", True, START, START, False)  # noqa: FBT003
        return self.known.get(account_name, default)


@dataclass(slots=True)
class FakeMailer:
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, address: str, subject: str, text: str) -> None:
        self.sent.append((address, subject, text))

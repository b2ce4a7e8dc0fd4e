"""Lists of hashes and words in S3: the operators' files `lists/<name>.txt`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from botocore.exceptions import ClientError

from shutterfeed.adapters.screening.hash_index import HashIndex
from shutterfeed.domain.media import Blob
from shutterfeed.domain.screening import (
    BadLine,
    Entry,
    Finding,
    ListKind,
    Rule,
    WordIndex,
    entries,
)
from shutterfeed.keys import list_object
from shutterfeed.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

L = TypeVar("L")

REFRESH_AFTER: Final = timedelta(minutes=1)
"""How old a list may be before S3 is asked whether there is a newer one."""
_MISSING: Final = frozenset(("404", "NoSuchKey"))
_UNCHANGED: Final = frozenset(("304", "NotModified"))

_CHUNK: Final = 1 << 20

Tell = Callable[[str, str], None]
"""Tells operators what is wrong with a list: its name, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """The hashes of a list, with the notes of those that have one, by their positions."""

    index: HashIndex
    notes: Mapping[int, str]

    @classmethod
    def of(cls, listed: Iterable[Entry]) -> Hashes:
        numbers: list[int] = []
        notes: dict[int, str] = {}
        for entry in listed:
            if entry.note:
                notes[len(numbers)] = entry.note
            numbers.append(int(entry.text, 16))
        return cls(HashIndex.of(numbers), notes)


@dataclass(slots=True)
class S3List(Generic[L]):
    """A list that is read when it is first needed, and again when it has changed.

    A list that is not there is taken for empty, since what waits for it could not be published;
    operators are told so, and also of lines that are no entries.
    """

    client: S3Client
    bucket: str
    name: str
    kind: ListKind
    make: Callable[[Iterable[Entry]], L]
    """Makes what is searched of the entries, all of which it takes."""
    clock: Clock
    tell: Tell
    _made: list[L] = field(default_factory=list)
    _etag: str | None = None
    _asked_at: datetime | None = None

    def get(self) -> L:
        now = self.clock.now()
        if not self._made or self._asked_at is None or now >= self._asked_at + REFRESH_AFTER:
            self._read()
            self._asked_at = now
        return self._made[0]

    def _read(self) -> None:
        try:
            answer = self._changed()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _UNCHANGED:
                return
            if code not in _MISSING:
                raise
            self.tell(self.name, "there is no such list")
            self._made, self._etag = [self.make(())], None
            return
        # Two versions of a long list might not fit into memory.
        self._made, self._etag = [], None
        lines = (line.decode("utf-8", "replace") for line in answer["Body"].iter_lines(_CHUNK))
        self._made = [self.make(self._good(lines))]
        self._etag = answer["ETag"]

    def _changed(self) -> GetObjectOutputTypeDef:
        """The list, unless it is the one that is known. Raises `ClientError`."""
        key = list_object(self.name)
        if self._etag is None:
            return self.client.get_object(Bucket=self.bucket, Key=key)
        return self.client.get_object(Bucket=self.bucket, Key=key, IfNoneMatch=self._etag)

    def _good(self, lines: Iterator[str]) -> Iterator[Entry]:
        bad: list[BadLine] = []
        for entry in entries(self.kind, lines):
            if isinstance(entry, BadLine):
                bad.append(entry)
            else:
                yield entry
        if bad:
            first = f"line {bad[0].number:,}: {bad[0].message}"
            self.tell(self.name, f"{len(bad):,} lines are no entries; {first}")


@dataclass(frozen=True, slots=True)
class HashList:
    """Looks for a content in a list of perceptual hashes."""

    name: str
    rule: Rule
    listed: S3List[Hashes]
    limit: int
    """The distance up to which two hashes match."""

    def in_content(self, blob: Blob) -> Sequence[Finding]:
        """The entry nearest to the content, if there is one. A content without a hash, or whose
        hash says too little, is in no list."""
        hashed = blob.perceptual_hash
        if hashed is None or not hashed.is_telling:
            return ()
        hashes = self.listed.get()
        near = hashes.index.nearest(hashed.number, self.limit)
        if near is None:
            return ()
        entry, note = f"{hashes.index.numbers[near.position]:064x}", hashes.notes.get(near.position)
        detector, rule = f"{ListKind.HASHES}:{self.name}", self.rule
        return (Finding(detector, entry, rule.does, rule.reason, note or "", near.distance),)


@dataclass(frozen=True, slots=True)
class WordList:
    """Looks for words of a list in a text."""

    name: str
    rule: Rule
    listed: S3List[WordIndex]

    def in_text(self, text: str) -> Sequence[Finding]:
        """The first entry that is in the text, if there is one."""
        entry = self.listed.get().within(text)
        if entry is None:
            return ()
        detector, rule = f"{ListKind.WORDS}:{self.name}", self.rule
        return (Finding(detector, entry.text, rule.does, rule.reason, entry.note),)

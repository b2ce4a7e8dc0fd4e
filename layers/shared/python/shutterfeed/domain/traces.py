"""Traces of a person: what is still stored of somebody, found by looking at all that is stored.

Everything that is stored is taken for nothing but texts and bytes, so that a kind of item which is
added later is looked through too. A text names a person by

- their user id, also within longer ids, and written backwards;
- the id of their account, and their e-mail address;
- their handle, if it is a whole value or a whole part of a key;
- a content of theirs, by its hash or its id. A content that others have posted, too, is theirs, and
  does not count.

In bytes, a person is found by the id, and a content by the hash.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.erasures import Content
from shutterfeed.domain.ids import id_number

_ID: Final = 26
_IDS: Final = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{_ID},}}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ACCOUNT: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL: Final = re.compile(r"[^\s\"'<>(),;:=]+@[^\s\"'<>(),;:=]+")
_SHORT_ID: Final = 10
"""The bytes of a user id by which the packed mutes know a user: see `domain/mutes.py`."""
_BINARY_HASH: Final = 32
_ZLIB: Final = b"\x78"


class Trace(StrEnum):
    """What identifies the person in the place that was searched."""

    USER = "user id"
    ACCOUNT = "account"
    EMAIL = "e-mail address"
    HANDLE = "handle"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to look for."""

    user_id: str
    account: str | None = None
    email: str | None = None
    handles: tuple[str, ...] = ()
    contents: Collection[Content] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored thing: an item, an entry of an index, an object, a message."""

    store: str
    """The table, index, bucket or queue."""
    kind: str
    """The kind of the thing: the shape of its key, which names nobody."""
    where: str
    """Its key, for those who look for the thing itself."""
    texts: Collection[str] = ()
    """All its texts: keys, names and values."""
    words: Collection[str] = ()
    """Whole values and whole parts of keys that may be handles."""
    contents: Collection[bytes] = ()
    """All its values that are bytes."""
    owner: str = ""
    """The text that says whose it is, such as the partition key: it belongs to those whom this
    names."""
    until: datetime | None = None
    """When it goes by itself; None if it does not."""
    is_copy: bool = False
    """Whether it is a copy that goes with another thing, as an entry of an index with its item."""
    reference: tuple[str, str] | None = None
    """The hash of a content, and who has a right to it besides: the author of a post that shows it,
    or a case of moderation that keeps it. None if the thing does not say this."""


@dataclass(frozen=True, slots=True)
class Find:
    """A trace of one person in a stored thing."""

    user_id: str
    trace: Trace
    is_own: bool
    """Whether the thing itself is the person's; False if it is somebody else's and names them."""
    sha256: str = ""
    """The hash of the content, if the trace is one."""


@dataclass(slots=True)
class Sought:
    """Everybody who is looked for, so that all that is stored is looked through once for all."""

    people: Collection[Person]
    _ids: dict[str, str] = field(default_factory=dict, init=False)
    """The user id by what a text may have of it."""
    _accounts: dict[str, str] = field(default_factory=dict, init=False)
    _emails: dict[str, str] = field(default_factory=dict, init=False)
    _handles: dict[str, str] = field(default_factory=dict, init=False)
    _contents: dict[str, list[tuple[str, str]]] = field(default_factory=dict, init=False)
    """User ids and the hash, by a content's hash and by its id."""
    _short: dict[bytes, str] = field(default_factory=dict, init=False)
    _hashes: dict[bytes, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for person in self.people:
            user_id = person.user_id
            self._ids |= {user_id: user_id, user_id[::-1]: user_id}
            self._short[id_number(user_id).to_bytes(16)[-_SHORT_ID:]] = user_id
            self._handles |= dict.fromkeys(person.handles, user_id)
            if person.account:
                self._accounts[person.account.lower()] = user_id
            if person.email:
                self._emails[person.email.lower()] = user_id
            for content in dict.fromkeys(person.contents):
                self._hashes[bytes.fromhex(content.sha256)] = content.sha256
                for name in (content.sha256, content.blob_id):
                    self._contents.setdefault(name, []).append((user_id, content.sha256))

    def finds(self, stored: Stored) -> Iterator[Find]:
        """The traces in a stored thing, each once."""
        own = {user_id for user_id, _, _ in self._in_text(stored.owner)}
        found = dict.fromkeys(
            (
                *(one for text in stored.texts for one in self._in_text(text)),
                *(one for content in stored.contents for one in self._in_bytes(content)),
                *((self._handles[w], Trace.HANDLE, "") for w in stored.words if w in self._handles),
            )
        )
        for user_id, trace, sha256 in found:
            yield Find(user_id, trace, user_id in own, sha256)

    def _in_text(self, text: str) -> Iterator[tuple[str, Trace, str]]:
        for run in _IDS.findall(text):
            for start in range(len(run) - _ID + 1):
                part = run[start : start + _ID]
                if part in self._ids:
                    yield self._ids[part], Trace.USER, ""
                yield from self._of_content(part)
        for name in _HASH.findall(text) if self._contents else ():
            yield from self._of_content(name)
        if "-" in text:
            for name in _ACCOUNT.findall(text.lower()):
                if name in self._accounts:
                    yield self._accounts[name], Trace.ACCOUNT, ""
        if "@" in text:
            for address in _EMAIL.findall(text.lower()):
                if address.rstrip(".") in self._emails:
                    yield self._emails[address.rstrip(".")], Trace.EMAIL, ""

    def _of_content(self, name: str) -> Iterator[tuple[str, Trace, str]]:
        for user_id, sha256 in self._contents.get(name, ()):
            yield user_id, Trace.CONTENT, sha256

    def _in_bytes(self, content: bytes) -> Iterator[tuple[str, Trace, str]]:
        if content[:1] == _ZLIB:
            try:
                content = zlib.decompress(content)
            except zlib.error:
                pass  # Bytes that only begin like compressed ones are looked through as they are.
            else:
                yield from self._in_text(content.decode(errors="replace"))
        for part in _windows(content, _SHORT_ID):
            if part in self._short:
                yield self._short[part], Trace.USER, ""
        for part in _windows(content, _BINARY_HASH) if self._hashes else ():
            if part in self._hashes:
                yield from self._of_content(self._hashes[part])


def _windows(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(len(content) - size + 1))


@dataclass(frozen=True, slots=True)
class Stay:
    """Why a thing that names an erased person may stay."""

    why: str
    always: bool = False
    """Whether it may stay without an end; otherwise only if it goes by itself."""
    own: bool = False
    """Whether it may stay although it is the person's own."""


@dataclass(frozen=True, slots=True)
class Staying:
    """Things of one kind that may stay."""

    store: str
    kind: str
    why: str
    count: int
    until: datetime | None
    """When the last of them goes; None if they have no end, or that of what they are copies of."""


@dataclass(slots=True)
class Findings:
    """What was found of each person, sorted into what should be gone and what may stay."""

    stays: Mapping[str, Stay]
    """What may stay, by the kinds of things."""
    examples: int = 20
    """How many of the things that should be gone are named for each person."""
    _left: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict, init=False)
    _examples: dict[str, list[Stored]] = field(default_factory=dict, init=False)
    _staying: dict[str, dict[tuple[str, str, str], Staying]] = field(
        default_factory=dict, init=False
    )
    _copies: list[tuple[Stored, Find]] = field(default_factory=list, init=False)
    """Things that were found by nothing but a content, which may be somebody else's too."""
    _authors: dict[str, set[str]] = field(default_factory=dict, init=False)
    """The authors of the posts that show a content, by its hash."""

    def add(self, stored: Stored, finds: Sequence[Find]) -> None:
        """Note what was found in a stored thing."""
        if stored.reference is not None:
            sha256, author_id = stored.reference
            self._authors.setdefault(sha256, set()).add(author_id)
        for user_id in dict.fromkeys(find.user_id for find in finds):
            found = [find for find in finds if find.user_id == user_id]
            by_name = [find for find in found if find.trace is not Trace.CONTENT]
            if by_name:
                self._judge(user_id, stored, is_own=any(find.is_own for find in by_name))
            else:
                self._copies.append((_light(stored), found[0]))

    def conclude(self) -> None:
        """Judge the contents, once everything was looked through."""
        for stored, find in self._copies:
            if not self._authors.get(find.sha256, set()) - {find.user_id}:
                self._judge(find.user_id, stored, is_own=False)
        self._copies.clear()

    def left(self, user_id: str) -> Counter[tuple[str, str]]:
        """How many things should be gone, by store and kind."""
        return self._left.get(user_id, Counter())

    def named(self, user_id: str) -> Sequence[Stored]:
        """Some of them."""
        return self._examples.get(user_id, [])

    def staying(self, user_id: str) -> list[Staying]:
        """What may stay, by store and kind."""
        return [group for _, group in sorted(self._staying.get(user_id, {}).items())]

    def _judge(self, user_id: str, stored: Stored, *, is_own: bool) -> None:
        stay = self.stays.get(stored.kind)
        goes = stored.until is not None or stored.is_copy
        if stay is None or not (stay.always or goes) or (is_own and not stay.own):
            self._left.setdefault(user_id, Counter())[stored.store, stored.kind] += 1
            examples = self._examples.setdefault(user_id, [])
            if len(examples) < self.examples:
                examples.append(_light(stored))
            return
        groups = self._staying.setdefault(user_id, {})
        key = (stored.store, stored.kind, stay.why)
        before = groups.get(key)
        ends = [end for end in (stored.until, before.until if before else None) if end is not None]
        count = before.count + 1 if before else 1
        groups[key] = Staying(*key, count, max(ends, default=None))


def _light(stored: Stored) -> Stored:
    """A stored thing without what is in it."""
    return replace(stored, texts=(), words=(), contents=())

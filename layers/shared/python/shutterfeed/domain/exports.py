"""Exports: everything of a user's own, packed into ZIP files that they download.

building ──last part stored──> ready ──four days──> expired
   │  └──────────owner──────────┴────────> discarded
   └──nothing stored for half a day──> failed

A user has one export at a time. It consists of **parts**, each a ZIP file that can be opened and
imported by itself. A worker stores one part at a time, and then notes it together with the
**checkpoint** at which the next one begins: so a worker may end at any moment, and its message may
come twice, and no part is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from shutterfeed.domain.errors import LimitReached

EXPORTS_A_DAY: Final = 3
"""How many exports a user may begin within 24 hours: a mistake can be made good, but what an export
costs cannot be asked for again and again."""
EXPORT_LIFETIME: Final = timedelta(days=4)
"""How long a complete export can be downloaded."""
EXPORT_LINK_LIFETIME: Final = timedelta(hours=1)
"""How long a link to a part is valid. A link dies with the credentials that signed it, and those of
a function live for some hours: so no link can live for days, and a new one is made whenever its
owner asks. A download that began in time may end later."""
EXPORT_STALLED: Final = timedelta(hours=12)
"""How long after its last step an export counts as failed. A worker that ended without a word is
replaced an hour and a half later, up to five times."""
EXPORT_RETENTION: Final = timedelta(days=7)
"""How long the bucket's lifecycle keeps a part, and the table an export. A part may be a day or two
older than the whole."""
_DAY: Final = timedelta(days=1)


class ExportState(StrEnum):
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    """It made no progress for so long that nobody works on it any more. Never stored."""
    EXPIRED = "expired"
    """It can be downloaded no more. Never stored."""
    DISCARDED = "discarded"
    """Its owner does not want it. It is in no list."""


@dataclass(frozen=True, slots=True)
class Part:
    """One ZIP file of an export. `object_id` names its object, since each attempt at a part makes
    an object of its own; `size` is in bytes, and `files` the number of files in it."""

    object_id: str
    size: int
    files: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The place at which a part begins: a section of the export, and the position within it.
    Earlier parts hold `files` lists of this section, `posts` posts and `bytes` bytes of
    originals."""

    section: str | None = None
    """The name of the section; None for the first one."""
    position: str | None = None
    files: int = 0
    posts: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The last export that a user has begun."""

    id: str
    user_id: str
    account_name: str
    """The name by which the identity provider knows the account whose owner asked."""
    begun_at: datetime
    moved_at: datetime
    """When its last step was noted."""
    begun: tuple[datetime, ...]
    """When it and earlier ones were begun, at least those of the last day."""
    posts_total: int
    """The number of published posts when it was begun."""
    bytes_total: int
    """The bytes of the originals that the user stored when it was begun."""
    state: ExportState = ExportState.BUILDING
    checkpoint: Checkpoint = Checkpoint()
    parts: tuple[Part, ...] = ()
    posts_done: int = 0
    bytes_done: int = 0
    ready_at: datetime | None = None
    revision: int = 0
    """The number of changes, except of the progress within a part."""

    @property
    def expires_at(self) -> datetime | None:
        """When it can be downloaded no more; None while it is being built."""
        return None if self.ready_at is None else self.ready_at + EXPORT_LIFETIME

    @property
    def size(self) -> int:
        """The bytes of its parts."""
        return sum(part.size for part in self.parts)

    def state_at(self, now: datetime) -> ExportState:
        if self.state is ExportState.BUILDING and now - self.moved_at > EXPORT_STALLED:
            return ExportState.FAILED
        if self.expires_at is not None and now >= self.expires_at:
            return ExportState.EXPIRED if self.state is ExportState.READY else self.state
        return self.state

    def awaits_part(self, export_id: str, number: int) -> bool:
        """Whether the part with this number, counted from 1, is the one that is to be made next for
        this export."""
        is_built = self.id == export_id and self.state is ExportState.BUILDING
        return is_built and len(self.parts) + 1 == number

    def including(self, part: Part, checkpoint: Checkpoint | None, at: datetime) -> Export:
        """The export with one more part. `checkpoint` is where the next part begins; None if this
        part is the last."""
        last = checkpoint or self.checkpoint
        is_last = checkpoint is None
        return replace(
            self,
            parts=(*self.parts, part),
            checkpoint=last,
            posts_done=last.posts if checkpoint else self.posts_done,
            bytes_done=last.bytes if checkpoint else self.bytes_done,
            state=ExportState.READY if is_last else self.state,
            ready_at=at if is_last else None,
            moved_at=at,
            revision=self.revision + 1,
        )

    def discarded(self, at: datetime) -> Export:
        return replace(
            self,
            state=ExportState.DISCARDED,
            parts=(),
            ready_at=None,
            moved_at=at,
            revision=self.revision + 1,
        )


def begin(
    earlier: Export | None,
    *,
    export_id: str,
    user_id: str,
    account_name: str,
    posts: int,
    size: int,
    now: datetime,
) -> Export:
    """A new export, which takes the place of an `earlier` one. Raises `LimitReached`."""
    recent = _recent(earlier.begun if earlier else (), now)
    if len(recent) >= EXPORTS_A_DAY:
        raise _limit_reached(recent, now)
    return Export(
        id=export_id,
        user_id=user_id,
        account_name=account_name,
        begun_at=now,
        moved_at=now,
        begun=(*recent, now),
        posts_total=posts,
        bytes_total=size,
        revision=earlier.revision + 1 if earlier else 0,
    )


def _recent(begun: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in begun if now - at < _DAY)


def _limit_reached(recent: Sequence[datetime], now: datetime) -> LimitReached:
    seconds = ceil((recent[-EXPORTS_A_DAY] + _DAY - now).total_seconds())
    hours = ceil(seconds / 3600)
    return LimitReached(
        "exports",
        f"You have begun {EXPORTS_A_DAY} exports within a day. Please try again in {hours}"
        f" hour{'s' if hours > 1 else ''}.",
        seconds,
    )

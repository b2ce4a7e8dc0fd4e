"""One part of an export while it is made: what comes into it, and when it is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain import exported
from shutterfeed.domain.exported import Json, ListKind
from shutterfeed.domain.exports import Checkpoint, Export
from shutterfeed.ports.exports import Exports, OriginalFile, PartWriter
from shutterfeed.ports.system import Clock
from shutterfeed.services.export_sections import OwnPost, Section, Step

_NOTED_EVERY: Final = timedelta(seconds=20)
"""How often the progress within a part is noted, and looked whether the export is still wanted."""


@dataclass(frozen=True, slots=True)
class PartLimits:
    """When a part is full. What a step of a section has is never divided, such as a post, so a part
    of one large post may be larger."""

    bytes: int = 2_000_000_000
    files: int = 20_000
    rows: int = 20_000
    """The entries of lists that are held until a file is written of them."""
    time: timedelta = timedelta(minutes=5)
    """A third of what a function may take: whoever is slow makes smaller parts."""


class NotWanted(Exception):
    """The export was discarded meanwhile, or another run has made the part."""


@dataclass(slots=True)
class PartRun:
    """One attempt at a part."""

    export: Export
    writer: PartWriter
    exports: Exports
    clock: Clock
    limits: PartLimits
    posts: int = field(init=False)
    bytes: int = field(init=False)
    """The posts, and the bytes of originals, in this part and all earlier ones."""
    _files: int = field(init=False)
    """The number of files of the present section's lists so far."""
    _rows: dict[ListKind, list[Json]] = field(default_factory=dict)
    _held: int = 0
    _steps: int = 0
    _began_at: datetime = field(init=False)
    _noted_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        begin = self.export.checkpoint
        self.posts, self.bytes, self._files = begin.posts, begin.bytes, begin.files
        self._began_at = self._noted_at = self.clock.now()

    def fill(self, sections: Mapping[str, Section]) -> Checkpoint | None:
        """Write until the part is full. Returns where the next part begins; None if this is the
        last. Raises `NotWanted`."""
        names, begin = list(sections), self.export.checkpoint
        first = 0 if begin.section is None else names.index(begin.section)
        position = begin.position
        for name in names[first:]:
            for step in sections[name](self.export, position):
                if self._has_no_room(step.post):
                    return self._end(name, position)
                self._write(step)
                position = step.position
                if position is not None and self._is_full():
                    return self._end(name, position)
            self._flush()
            self._files, position = 0, None
        return None

    def _end(self, section: str, position: str | None) -> Checkpoint:
        self._flush()
        return Checkpoint(section, position, self._files, self.posts, self.bytes)

    def _has_no_room(self, post: OwnPost | None) -> bool:
        """Whether a post has to go into the next part. It goes into an empty one, however large it
        is."""
        is_too_large = post is not None and self.writer.size + post.size > self.limits.bytes
        return is_too_large and self._steps > 0

    def _is_full(self) -> bool:
        now = self.clock.now()
        if now - self._noted_at >= _NOTED_EVERY:
            self._noted_at = now
            if not self.exports.note_progress(self.export, self.posts, self.bytes, now):
                raise NotWanted
        return (
            self.writer.size >= self.limits.bytes
            or self.writer.files >= self.limits.files
            or now - self._began_at >= self.limits.time
        )

    def _write(self, step: Step) -> None:
        self._steps += 1
        if step.post is not None:
            self._write_post(step.post)
        for kind, rows in step.rows.items():
            self._hold(kind, *rows)
        if self._held >= self.limits.rows:
            self._flush()

    def _write_post(self, own: OwnPost) -> None:
        post, made = own.post, exported.made_at(own.post)
        names = {
            medium.media_id: exported.original_name(post, medium) for medium, _ in own.originals
        }
        files = [OriginalFile(names[medium.media_id], made, blob) for medium, blob in own.originals]
        found = self.writer.add_originals(files) if files else ()
        written = dict(
            item for item, is_there in zip(names.items(), found, strict=True) if is_there
        )
        self.posts += 1
        self.bytes += sum(file.blob.size for file, there in zip(files, found, strict=True) if there)
        self._hold(exported.OWN_POSTS, exported.own_post(post, own.counts, own.handles, written))
        kind = exported.list_of(post)
        if kind is exported.PROFILE_PHOTOS:
            photo = exported.photo_entry(post, written)
            self._hold(kind, *([photo] if photo else []))
        elif kind is not None:
            self._hold(kind, exported.post_entry(post, written))

    def _hold(self, kind: ListKind, *rows: Json) -> None:
        self._rows.setdefault(kind, []).extend(rows)
        self._held += len(rows)

    def _flush(self) -> None:
        """Write files of the entries that are held: of all lists with the same number."""
        held = {kind: rows for kind, rows in self._rows.items() if rows}
        if not held:
            return
        self._files += 1
        for kind, rows in held.items():
            name = kind.file_name(self._files)
            self.writer.add(name, self._began_at, kind.content(rows))
        self._rows.clear()
        self._held = 0

"""Exports as their owners ask for them: one at a time, with links to its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain import exports
from shutterfeed.domain.errors import Busy, NotFound
from shutterfeed.domain.exports import EXPORT_LINK_LIFETIME, Export, ExportState
from shutterfeed.ports.exports import ExportParts, Exports
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.profiles import ProfileService

_ATTEMPTS: Final = 5
"""For an export whose worker notes its parts at the same time."""


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as its owner is shown it."""

    export: Export
    state: ExportState
    links: tuple[str, ...]
    """The links to its parts, in their order; empty unless it is ready."""
    links_expire_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportService:
    users: ProfileService
    exports: Exports
    parts: ExportParts
    clock: Clock
    ids: Ids

    def begin(self, user_id: str, account_name: str) -> ExportView:
        """Begin an export, which takes the place of an earlier one. One that is being built is
        returned as it is. Raises `LimitReached`.

        A worker follows from the write. Whoever asks again because an answer was lost finds the
        export that the first call began.
        """
        for _ in range(_ATTEMPTS):
            earlier, now = self.exports.get(user_id), self.clock.now()
            if earlier is not None and earlier.state_at(now) is ExportState.BUILDING:
                return self._view(earlier, now)
            begun = exports.begin(
                earlier,
                export_id=self.ids.new(now),
                user_id=user_id,
                account_name=account_name,
                posts=self.users.me(user_id).posts,
                size=self.exports.stored_by(user_id),
                now=now,
            )
            if self.exports.put(begun, earlier):
                return self._view(begun, now)
        raise Busy

    def all(self, user_id: str) -> tuple[ExportView, ...]:
        """The user's export, if there is one that was not discarded. Each call makes new links."""
        export = self.exports.get(user_id)
        if export is None or export.state is ExportState.DISCARDED:
            return ()
        return (self._view(export, self.clock.now()),)

    def discard(self, user_id: str, export_id: str) -> None:
        """Stop an export, or give up what it has made. Nothing changes if that was done already.
        Raises `NotFound` for any but the last export."""
        for _ in range(_ATTEMPTS):
            export = self.exports.get(user_id)
            if export is None or export.id != export_id:
                raise NotFound("export_not_found", "You have no such export.")
            if export.state is ExportState.DISCARDED:
                return
            if self.exports.put(export.discarded(self.clock.now()), export):
                return
        raise Busy

    def _view(self, export: Export, now: datetime) -> ExportView:
        state = export.state_at(now)
        if state is not ExportState.READY or export.expires_at is None:
            return ExportView(export, state, (), None)
        until = min(now + EXPORT_LINK_LIFETIME, export.expires_at)
        links = [
            self.parts.link(export, number, until, now)
            for number in range(1, len(export.parts) + 1)
        ]
        return ExportView(export, state, tuple(links), until)

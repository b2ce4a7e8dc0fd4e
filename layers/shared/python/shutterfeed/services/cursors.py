"""The cursors of the API's lists, signed with the deployment's own key."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.pages import CursorScope
from shutterfeed.ports.system import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursors:
    secrets: Secrets

    def open(self, scope: CursorScope, cursor: str | None) -> str | None:
        """The position that a cursor stands for; None if there is no cursor. Raises
        `InvalidCursor`."""
        return None if cursor is None else scope.open(self.secrets.cursor_key(), cursor)

    def seal(self, scope: CursorScope, position: str | None) -> str | None:
        """The cursor for a position; None at the list's end."""
        return None if position is None else scope.seal(self.secrets.cursor_key(), position)

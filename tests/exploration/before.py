"""What was stored at one moment, to be held against what is stored later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shutterfeed import keys
from shutterfeed.keys import Key
from shutterfeed.schema import TTL_ATTRIBUTE
from tests.exploration.state import State

_CHANGING: Final = frozenset(("revision", "switches", "sessions_ended_at", "version", "visited_on"))
"""What counts changes, and says when somebody came or signed out: it is not taken back."""
_APART: Final = (
    *(keys.CASE, keys.EVIDENCE_PREFIX, keys.REPORT_PREFIX, keys.KEPT_PREFIX, keys.RECENT_POSTS),
    *(keys.WITHHELD, keys.DENIED),
)
"""Sort keys of what stays of a case that is undone, and of what is held against posts elsewhere."""

_SYSTEM: Final = "SYSTEM"
"""The partition of keys and counts that are nobody's."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was stored before something that is undone, without what goes by itself."""

    rows: Mapping[Key, Mapping[str, Any]]

    @classmethod
    def read(cls) -> Before:
        return cls(dict(lasting(State.read())))

    def without(self, user_id: str) -> Before:
        """The same without what names somebody, and without what nobody else has."""
        contents = {
            keys.parse_reference(key).sha256
            for key in self.rows
            if key.sk.startswith(keys.REFERENCE_PREFIXES)
            and keys.parse_reference(key).post_id.author_id != user_id
        }
        return Before(
            {
                key: row
                for key, row in self.rows.items()
                if user_id not in repr((key, row))
                and (not key.sk.startswith(keys.BLOB) or keys.parse_blob(key) in contents)
            }
        )


def lasting(state: State) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """What does not go by itself, without what only ever counts up."""
    for key, row in state.metadata.items():
        is_passing = TTL_ATTRIBUTE in row or key.pk in (keys.MODERATION_LOG, _SYSTEM)
        if not is_passing and not key.sk.startswith(_APART):
            yield key, {name: value for name, value in row.items() if name not in _CHANGING}

"""Receipts of erasures: what a person is told once nothing of their account is left.

A receipt is a text of its own, which is signed as it is: whoever has the service's public key can
check it, without the service. Nothing of it is kept but its hash and the date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shutterfeed.domain.erasures import ErasedAccount
from shutterfeed.domain.traces import Staying

_TITLE: Final = "Receipt of the erasure of an account"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that nobody can look through or remove, and when it is gone."""

    what: str
    until: datetime | None
    """None if there is no such date; `what` then says why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt of an erased account says."""

    service: str
    """The name of the deployment."""
    account: ErasedAccount
    contents: int
    """The number of contents that were looked for."""
    looked_at: datetime
    through: Mapping[str, int]
    """How many things were looked at, by store."""
    staying: Sequence[Staying]
    unread: Sequence[Unread]

    def content(self) -> bytes:
        """The text of the receipt, as it is signed: JSON, in the same order whoever writes it."""
        said: dict[str, Any] = {
            "title": _TITLE,
            "service": self.service,
            "user_id": self.account.user_id,
            "handles": list(self.account.handles),
            "email": self.account.email,
            "contents": self.contents,
            "erasure_begun_at": _moment(self.account.begun_at),
            "erased_at": _moment(self.account.finished_at),
            "looked_at": _moment(self.looked_at),
            "looked_through": dict(sorted(self.through.items())),
            "found": 0,
            "stays_for_a_time": [
                {
                    "store": stay.store,
                    "kind": stay.kind,
                    "count": stay.count,
                    "until": _moment(stay.until),
                    "why": stay.why,
                }
                for stay in self.staying
            ],
            "not_looked_through": [
                {"what": unread.what, "until": _moment(unread.until)} for unread in self.unread
            ],
        }
        return json.dumps(said, indent=2, ensure_ascii=False).encode()


def digest(content: bytes) -> str:
    """The hash of a receipt's text, which is all that is kept of it."""
    return hashlib.sha256(content).hexdigest()


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")

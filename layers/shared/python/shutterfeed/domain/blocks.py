"""Blocks: two users of whom one has blocked the other are not there for each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import Conflict

MAX_BLOCKS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Block:
    """One block, as its owner's list has it."""

    user_id: str
    handle: str
    """The blocked user's handle at the time: a name for one who has no profile any more."""
    at: datetime


def too_many_blocks() -> Conflict:
    message = f"You have blocked {MAX_BLOCKS:,} people, and more are not possible."
    return Conflict("too_many_blocks", f"{message} Unblock somebody first.")

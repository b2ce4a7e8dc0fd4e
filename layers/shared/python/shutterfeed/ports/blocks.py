"""Blocks and mutes: whom users do not want to meet, or to come across."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shutterfeed.domain.blocks import Block
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.mutes import Mute
from shutterfeed.domain.pages import Page


class Blocks(Protocol):
    """Who has blocked whom. Strongly consistent. Methods that write raise `Busy` if others change
    the same at the same time; then they have changed nothing."""

    def block(self, blocker_id: str, block: Block, spending: Spending = NOTHING) -> Block:
        """Block a user, and in the same transaction cut everything that is between the two, both
        ways: follow edges and requests with their counts, and what brings posts from one to the
        other. Makes the charges.

        Returns the block that is stored: an earlier one, if there is one; then nothing changes and
        nothing is charged. Raises `LimitReached`, and `Conflict` for more than `MAX_BLOCKS`.
        """
        ...

    def unblock(self, blocker_id: str, blocked_id: str) -> bool:
        """Take a block back. What it cut stays cut. False if there was none."""
        ...

    def page(self, blocker_id: str, after: str | None, limit: int) -> Page[Block]:
        """A page of the user's blocks, in the order of the blocked users' ids; `after` is such an
        id."""
        ...


class Mutes(Protocol):
    """Who has muted whom. Strongly consistent. Methods that write raise `Busy` if others change the
    same at the same time; then they have changed nothing."""

    def mute(self, muter_id: str, mute: Mute, spending: Spending = NOTHING) -> Mute:
        """Mute a user, or change when an earlier mute ends, and make the charges.

        Returns the mute that is stored: an earlier one, if it has the same end; then nothing
        changes and nothing is charged. Raises `LimitReached`, and `Conflict` for more than
        `MAX_MUTES`.
        """
        ...

    def unmute(self, muter_id: str, muted_id: str, now: datetime) -> bool:
        """Take a mute back. False if there was none."""
        ...

    def page(self, muter_id: str, after: str | None, limit: int, now: datetime) -> Page[Mute]:
        """A page of the user's mutes, in the order of the muted users' ids; `after` is such an id.
        Those that are over are left out, so a page may hold fewer than `limit`, or none, and have a
        next one."""
        ...

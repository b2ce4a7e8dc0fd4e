"""Removes what only a scan can find: that others have muted or blocked somebody who is erased, or
have saved their posts, and entries of lists that a process has left which ended.

Nothing leads from a user to those who have muted or blocked them, so that nobody can ask, and
nothing from a post to those who have saved it: an index of that would cost a write unit for each
save. When everything is looked through for the receipt, all are found, and taken away as their
owner would do it. Likewise, nothing leads to the entry of somebody who liked a post if the like was
taken back by a process that ended before it had removed the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.traces import Find, Stored, Trace
from shutterfeed.ports.system import Clock


@dataclass(slots=True)
class Sweep:
    mutes: DynamoMutes
    blocks: DynamoBlocks
    saves: DynamoSaves
    likes: DynamoLikes
    clock: Clock
    removed: int = 0

    @classmethod
    def of(cls, deployment: Deployment, clock: Clock) -> Sweep:
        return cls.through(deployment.metadata, deployment.outputs["FeedTableName"], clock)

    @classmethod
    def through(cls, metadata: Table, feeds: str, clock: Clock) -> Sweep:
        """A sweep of these tables."""
        return cls(
            DynamoMutes(metadata),
            DynamoBlocks(metadata, feeds),
            DynamoSaves(metadata),
            DynamoLikes(metadata),
            clock,
        )

    def remove(self, stored: Stored, finds: Sequence[Find]) -> None:
        """Remove a mute or block of the people who were found in it, a save of their posts, and an
        entry of a like that they have taken back; leave anything else."""
        if stored.is_copy:
            return
        pk, _, sk = stored.where.partition(" ")
        for find in finds:
            if find.trace is Trace.USER and not find.is_own:
                self._remove(keys.Key(pk, sk), stored.kind, find.user_id)
            elif find.trace is Trace.USER and stored.kind == "PAIR BLOCK":
                self._unblock(keys.Key(pk, sk), find.user_id)

    def _remove(self, key: keys.Key, kind: str, user_id: str) -> None:
        match kind:
            case "USER MUTES" | "USER READER_MUTES":
                muter_id = keys.parse_profile(key)
                self.removed += self.mutes.unmute(muter_id, user_id, self.clock.now())
            case "USER BLOCKS":
                self.removed += self.blocks.unblock(keys.parse_profile(key), user_id)
            case "USER MY_SAVES":
                self.saves.unsave(*keys.parse_save(key))
                self.removed += 1
            case "LIKED *":
                self.removed += self.likes.drop_entry(key)

    def _unblock(self, key: keys.Key, user_id: str) -> None:
        one, other = keys.parse_pair(key)
        self.removed += self.blocks.unblock(other if one == user_id else one, user_id)

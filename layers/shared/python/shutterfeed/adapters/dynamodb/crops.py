"""Crops of media whose files have not arrived: in the post and in the ledger at once."""

from __future__ import annotations

from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.ledger import STATE
from shutterfeed.adapters.dynamodb.posts import draft_expiry, same_media, same_revision
from shutterfeed.adapters.dynamodb.records import media_text, plain
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Table, Update
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.media import MediaState, Medium
from shutterfeed.domain.posts import Post


@dataclass(frozen=True, slots=True)
class DynamoCrops:
    table: Table

    def change(
        self, before: Post, after: Post, medium: Medium, spending: Spending = NOTHING
    ) -> bool:
        crop = plain(medium).get("crop")
        entry = Update(
            keys.upload(before.author_id, medium.media_id),
            set={} if crop is None else {"crop": crop},
            remove=("crop",) if crop is None else (),
            condition=Attr(STATE).eq(MediaState.AWAITING),
        )
        as_read = Attr("state").eq(before.state) & same_media(before.media)
        if before.is_draft:
            # Another medium may have been added to it.
            as_read = as_read & same_revision(before)
        until = draft_expiry(after)
        post = Update(
            keys.post(before.id),
            set={"media": media_text(after.media)} | {k: v for k, v in until.items() if v},
            remove=[name for name, value in until.items() if not value],
            add={"revision": 1},
            condition=as_read,
        )
        try:
            transact(self.table, [post, entry], spending)
        except ConditionFailed:
            return False
        return True

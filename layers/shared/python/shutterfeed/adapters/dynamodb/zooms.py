"""The zoom sizes of media: two attributes of the reference of a medium to its blob, which go when
the reference goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Table, Update
from shutterfeed.domain.limits import Spending
from shutterfeed.domain.media import Reference
from shutterfeed.domain.zooming import Zoom, ZoomState
from shutterfeed.schema import PK

_STATE: Final = "zoom"
_AT: Final = "zoom_at"


@dataclass(frozen=True, slots=True)
class DynamoZooms:
    table: Table

    def get(self, reference: Reference) -> Zoom | None:
        item = self.table.get(keys.reference(reference))
        if item is None:
            return None
        if _STATE not in item:
            return Zoom()
        return Zoom(ZoomState(item[_STATE]), datetime.fromisoformat(item[_AT]))

    def order(self, reference: Reference, known: Zoom, at: datetime, spending: Spending) -> bool:
        then = None if known.at is None else timestamp(known.at)
        unchanged = Attr(_AT).not_exists() if then is None else Attr(_AT).eq(then)
        order = Update(
            keys.reference(reference),
            set=_attributes(Zoom(ZoomState.ORDERED, at)),
            condition=Attr(PK).exists() & unchanged,
        )
        try:
            transact(self.table, [order], spending)
        except ConditionFailed:
            return False
        return True

    def complete(self, reference: Reference, zoom: Zoom) -> None:
        update = Update(
            keys.reference(reference), set=_attributes(zoom), condition=Attr(PK).exists()
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return  # The medium's post was erased meanwhile, and what was made goes with the blob.


def _attributes(zoom: Zoom) -> dict[str, str]:
    assert zoom.at is not None, "a state that is noted has a time"
    return {_STATE: zoom.state, _AT: timestamp(zoom.at)}

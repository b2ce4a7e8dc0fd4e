"""What the metadata table notes of the other stores, and has to forget when these are lost: a table
that is restored elsewhere finds an empty feed table and an empty uploads bucket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.ledger import COPIED_AT, MULTIPART_ID, STATE
from shutterfeed.adapters.dynamodb.readers import PREPARED, PUSHED
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import Table, Update, item_key, marshal, unmarshal
from shutterfeed.domain.media import COPY_RETENTION, MediaState
from shutterfeed.keys import Key
from shutterfeed.schema import PK, SK

_OF_A_READER: Final = (PUSHED, PREPARED)
"""That posts are pushed into their feed. The days of their visits stay, by which a feed is made
ready for pushing again."""
_OF_AN_UPLOAD: Final = (MULTIPART_ID, COPIED_AT)
"""The parts that have arrived, and the copy of the original for its owner."""


def forget_lost(metadata: Table, now: datetime, part: int, parts: int) -> Iterator[Key]:
    """Remove such notes from the items in one part of the table, and return the items' keys. This
    scans the table."""
    is_ready = Attr(SK).eq(keys.PROFILE) & (Attr(PUSHED).exists() | Attr(PREPARED).exists())
    in_parts = Attr(MULTIPART_ID).exists() & Attr(STATE).eq(MediaState.AWAITING)
    is_copied = Attr(COPIED_AT).gt(timestamp(now - COPY_RETENTION))
    noted = is_ready | (Attr(SK).begins_with(keys.UPLOAD_PREFIX) & (in_parts | is_copied))
    built = ConditionExpressionBuilder().build_expression(noted)
    pages = metadata.client.get_paginator("scan").paginate(
        TableName=metadata.name,
        Segment=part,
        TotalSegments=parts,
        FilterExpression=built.condition_expression,
        ExpressionAttributeNames={**built.attribute_name_placeholders, "#pk": PK, "#sk": SK},
        ExpressionAttributeValues=marshal(built.attribute_value_placeholders),
        ProjectionExpression="#pk, #sk",
    )
    for page in pages:
        for key in map(item_key, map(unmarshal, page["Items"])):
            notes = _OF_A_READER if key.sk == keys.PROFILE else _OF_AN_UPLOAD
            metadata.write(Update(key, remove=notes, condition=Attr(PK).exists()))
            yield key

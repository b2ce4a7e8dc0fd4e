"""Secrets that the deployment makes for itself, encrypted at rest in the metadata table.

A secrets manager would cost money for each of them every month.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Put, Table, key_item
from shutterfeed.schema import PK

_KEY_BYTES = 32


@dataclass(slots=True)
class DynamoSecrets:
    """Reads each secret once in its lifetime."""

    table: Table
    _cursor_key: bytes | None = field(default=None, init=False)

    def cursor_key(self) -> bytes:
        if self._cursor_key is None:
            self._cursor_key = self._stored() or self._created()
        return self._cursor_key

    def _stored(self) -> bytes | None:
        item = self.table.get(keys.CURSOR_KEY)
        return bytes.fromhex(item["secret"]) if item else None

    def _created(self) -> bytes:
        new = os.urandom(_KEY_BYTES)
        item = {**key_item(keys.CURSOR_KEY), "secret": new.hex()}
        try:
            self.table.write(Put(item, Attr(PK).not_exists()))
        except ConditionFailed:
            # Another container was first: every container uses its key.
            return self._stored() or self._created()
        return new

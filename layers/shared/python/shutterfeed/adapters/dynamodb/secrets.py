"""Secrets that the deployment makes for itself, encrypted at rest in the metadata table.

A secrets manager would cost money for each of them every month.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Put, Table, item_key, key_item
from shutterfeed.keys import Key
from shutterfeed.schema import PK

_KEY_BYTES = 32
_SECRETS = (keys.CURSOR_KEY, keys.ACCOUNT_KEY)
"""Those that functions need. The operator's commands alone need the others."""


@dataclass(slots=True)
class DynamoSecrets:
    """Reads all secrets at once, in one round trip in its lifetime."""

    table: Table
    _known: dict[Key, bytes] = field(default_factory=dict, init=False)

    def cursor_key(self) -> bytes:
        return self._secret(keys.CURSOR_KEY)

    def account_key(self) -> bytes:
        return self._secret(keys.ACCOUNT_KEY)

    def receipt_key(self) -> bytes:
        """The key that signs receipts: an Ed25519 private key. It is made on first use, and needed
        by the operator's commands alone."""
        return self._secret(keys.RECEIPT_KEY)

    def _secret(self, key: Key) -> bytes:
        if key not in self._known:
            self._read(key)
        return self._known.get(key) or self._created(key)

    def _read(self, wanted: Key) -> None:
        for item in self.table.get_many((*_SECRETS, wanted), consistent=True):
            self._known[item_key(item)] = bytes.fromhex(item["secret"])

    def _created(self, key: Key) -> bytes:
        new = os.urandom(_KEY_BYTES)
        try:
            self.table.write(Put({**key_item(key), "secret": new.hex()}, Attr(PK).not_exists()))
        except ConditionFailed:
            # Another container was first: every container uses its key.
            return self._secret(key)
        self._known[key] = new
        return new

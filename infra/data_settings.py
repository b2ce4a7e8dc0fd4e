"""The choices of a deployment about its tables: throughput, storage class, backups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.context import Context, SettingsError

TABLES: Final = ("metadata", "feed", "search")
_LARGE: Final = frozenset(("metadata", "search"))
"""The tables that in production are stored as rarely read. What a post leaves in them is stored
for years and seldom read: see docs/deploying.md for the sum."""
_STANDARD: Final = "standard"
_INFREQUENT: Final = "infrequent"
_CLASSES: Final = re.compile(f"{_STANDARD}|{_INFREQUENT}")
_LEAST_WARM: Final[Mapping[str, int]] = {"read": 12_000, "write": 4_000}
"""What DynamoDB gives every new table on demand; it does not go below that."""
_BACKUP_DAYS: Final = range(1, 36_501)
_VAULT: Final = re.compile(r"arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w-]{2,50}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmThroughput:
    """The request units a second that a table and each of its indexes takes at once."""

    read: int
    write: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSettings:
    warm_throughput: WarmThroughput | None
    """Null for what DynamoDB gives every new table (12,000 read and 4,000 write units a second).
    It can be raised, but never lowered, and raising it is billed once."""
    infrequent: frozenset[str]
    """The tables in the class Standard-Infrequent Access: storage costs 60 % less and requests 25 %
    more."""
    backup_days: int | None
    """How long daily backups of the metadata are kept; null for none besides the point-in-time
    recovery that every deployment has."""
    backup_copy_vault_arn: str | None
    """A vault of AWS Backup, in another region or account, that gets a copy of each backup."""

    @classmethod
    def from_context(cls, context: Context, *, production: bool) -> DataSettings:
        """Raises `SettingsError`."""
        days = context.optional_number("backup_days")
        if days is not None and days not in _BACKUP_DAYS:
            raise SettingsError("Context value backup_days must be from 1 to 36500.")
        vault = context.optional_matching("backup_copy_vault_arn", _VAULT)
        if vault and days is None:
            raise SettingsError(
                "Context value backup_copy_vault_arn needs backup_days: without a backup there is "
                "nothing to copy."
            )
        return cls(
            warm_throughput=_warm_throughput(context),
            infrequent=_infrequent(context, production=production),
            backup_days=days,
            backup_copy_vault_arn=vault,
        )


def _warm_throughput(context: Context) -> WarmThroughput | None:
    numbers = context.numbers("warm_throughput")
    if not numbers:
        return None
    found = {}
    for name, least in _LEAST_WARM.items():
        number = numbers.get(name)
        if number is None or number < least:
            raise SettingsError(
                f"Context value warm_throughput: {name} must be at least {least}, what a new table "
                "has anyway."
            )
        found[name] = number
    return WarmThroughput(**found)


def _infrequent(context: Context, *, production: bool) -> frozenset[str]:
    classes = context.word_or_words("table_class", TABLES, _CLASSES)
    usual = _LARGE if production else frozenset()
    return frozenset(
        table
        for table in TABLES
        if classes.get(table, _INFREQUENT if table in usual else _STANDARD) == _INFREQUENT
    )

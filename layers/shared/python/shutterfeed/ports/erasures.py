"""What is remembered of erasures: see `domain/erasures.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.erasures import Content, Erasable, ErasedAccount, Erasure


class ErasureRecords(Protocol):
    """The records of erased accounts. Each lasts from the beginning of the erasure until the
    receipt is issued."""

    def begin(self, account: ErasedAccount) -> None:
        """Note an account before anything of it is removed. A record that is there stays as it
        is."""
        ...

    def note_contents(self, user_id: str, part: str, contents: Sequence[Content]) -> None:
        """Note up to 5,000 contents of the account before their references are removed. `part`
        names them among those of the account; noting the same part again replaces it."""
        ...

    def finish(self, user_id: str, at: datetime) -> None:
        """Note that nothing is left to erase: the account now waits for its receipt. Only the
        first moment counts; without a record, nothing happens."""
        ...

    def get(self, user_id: str) -> ErasedAccount | None: ...

    def waiting(self) -> Iterable[ErasedAccount]:
        """Every account that has a record, finished or not."""
        ...

    def contents(self, user_id: str) -> Iterable[Content]:
        """The contents that were noted, each at least once."""
        ...

    def forget(self, user_id: str) -> None:
        """Remove the record and its contents."""
        ...


class ErasureList(Protocol):
    """The list of erasures, which outlives the tables."""

    def note(self, kind: Erasable, subject: str, at: datetime) -> None:
        """Note an erasure before anything is removed. It may be noted again."""
        ...

    def all(self) -> Iterable[Erasure]: ...

    def note_receipt(self, digest: str, receipt: str, at: datetime) -> None:
        """Note that the receipt of the account with this digest was issued at a moment. `receipt`
        is the SHA-256 of the receipt, which is kept nowhere else."""
        ...

    def has_receipt(self, digest: str) -> bool:
        """Whether a receipt was issued for the account with this digest."""
        ...

"""Who somebody is, by their account at the identity provider."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.accounts import user_id_of
from shutterfeed.ports.system import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountService:
    secrets: Secrets

    def user_id(self, subject: str) -> str:
        """The id of the user of an account. Raises `MalformedId` if `subject` is no account's."""
        return user_id_of(subject, self.secrets.account_key())

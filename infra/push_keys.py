"""The keys with which a deployment shows push services who it is (VAPID, RFC 8292)."""

from __future__ import annotations

from typing import Final

from aws_cdk import CfnParameter
from constructs import Construct

PRIVATE: Final = "PushKey"
PUBLIC: Final = "PushPublicKey"
_LETTERS: Final = "[A-Za-z0-9_-]"


class PushKeys(Construct):
    """Two parameters of the stack, which `make deploy` fills with a new pair of keys and keeps
    afterwards. They cost nothing; Secrets Manager would cost 0.40 USD a month.

    A browser subscribes with the public key. With other keys all users have to turn on their
    devices again.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.private = self._parameter(
            PRIVATE, 43, "What signs requests to push services", secret=True
        )
        self.public = self._parameter(PUBLIC, 87, "With what browsers subscribe", secret=False)

    def _parameter(self, name: str, length: int, description: str, *, secret: bool) -> str:
        key = CfnParameter(
            self,
            name,
            no_echo=secret,
            allowed_pattern=f"{_LETTERS}{{{length}}}",
            constraint_description=f"a key of P-256, {length} characters of base64url",
            description=description,
        )
        key.override_logical_id(name)
        return key.value_as_string

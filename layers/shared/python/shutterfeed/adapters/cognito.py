"""Sign-ins at a Cognito user pool."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CognitoSignIns:
    client: Callable[[], Any]
    """Makes the client. Few containers ever need one, and it takes long to make."""
    user_pool_id: str

    def end_all(self, account: str) -> None:
        client = self.client()
        with suppress(client.exceptions.UserNotFoundException):
            client.admin_user_global_sign_out(UserPoolId=self.user_pool_id, Username=account)

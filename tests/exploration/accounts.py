"""The user pool of the runs in which accounts are closed: moto's, made when it is first needed,
which takes it most of a second."""

from __future__ import annotations

from typing import Any, Final

from tests.conftest import REGION
from tests.integration.world import ACCOUNT, World

SERVICE: Final = "cognito-idp"
POOL: Final = World().user_pool_id


def email_of(subject: str) -> str:
    return f"{subject}@example.com"


def create(client: Any, subject: str) -> None:
    """Create an account."""
    _prepare(client)
    client.admin_create_user(
        UserPoolId=POOL,
        Username=subject,
        UserAttributes=[{"Name": "email", "Value": email_of(subject)}],
        MessageAction="SUPPRESS",
    )


def clear() -> None:
    """A pool without accounts."""
    for pool in _pools().values():
        pool.users.clear()


def _prepare(client: Any) -> None:
    """Make the pool under the name that the functions know."""
    if POOL not in _pools():
        made = client.create_user_pool(PoolName="people")["UserPool"]["Id"]
        pool = _pools().pop(made)
        pool.id = POOL
        _pools()[POOL] = pool


def _pools() -> Any:
    from moto.cognitoidp.models import cognitoidp_backends

    return cognitoidp_backends[ACCOUNT][REGION].user_pools

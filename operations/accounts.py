"""Accounts in a file of their own: a user pool can be neither backed up nor restored.

The file has one line of JSON for each account. It holds every e-mail address and no password, which
Cognito gives to nobody. In the new pool each account gets a new id. Its user is found by the id
that the account had before (`functions/tokens/handler.py`).
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, TextIO, cast

from operations.deployment import Deployment
from shutterfeed.adapters.cognito import FINDABLE, FORMER, attributes
from tools.errors import ToolError
from tools.progress import step

_UNFINISHED: Final = "FORCE_CHANGE_PASSWORD"
"""The status of an account that was made, and whose password was not set yet."""
_LEFT_OUT: Final = frozenset(("UNCONFIRMED", "EXTERNAL_PROVIDER", "UNKNOWN"))
"""Statuses of accounts that have no user here: the address was never confirmed."""
_AT_ONCE: Final = 8
"""About 50 calls a second, which is what Cognito takes of those that make accounts."""


@dataclass(frozen=True, slots=True)
class Account:
    account: str
    """The id by which the account's user is known: the one it had in the first pool."""
    email: str
    email_verified: bool
    enabled: bool


def export(deployment: Deployment, file: Path) -> int:
    """Write every confirmed account of the user pool into a file that only its owner may read.
    Returns their number. An older file is replaced once the new one is complete."""
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    count = 0
    with step("Exporting accounts") as progress, _replaced(file) as lines:
        for account in _accounts(cognito, pool):
            lines.write(json.dumps(asdict(account)) + "\n")
            count += 1
            progress.detail = f"{count:,} accounts"
    return count


def read(file: Path) -> Iterator[Account]:
    """The accounts in a file that `export` wrote. Raises `ToolError` if it is no such file."""
    try:
        with file.open() as lines:
            for line in lines:
                yield Account(**json.loads(line))
    except (OSError, ValueError, TypeError) as error:
        raise ToolError(f"{file} is no file of `make export-accounts`: {error}.") from error


def bring_in(deployment: Deployment, accounts: Iterable[Account]) -> Counter[str]:
    """Make the accounts in the user pool, with passwords that nobody knows: people set a new one by
    "forgotten password". Accounts that are there already stay as they are. Returns how many were
    `made`, were `there`, and were `taken`: signed up again by somebody before this ran."""
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    done: Counter[str] = Counter()
    with step("Bringing accounts in") as progress, ThreadPoolExecutor(_AT_ONCE) as threads:
        for outcome in threads.map(lambda account: _bring(cognito, pool, account), accounts):
            done[outcome] += 1
            progress.detail = f"{done.total():,} accounts"
    return done


def _accounts(cognito: Any, pool: str) -> Iterator[Account]:
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool):
        for user in page["Users"]:
            known = attributes(user)
            if user["UserStatus"] not in _LEFT_OUT:
                yield Account(
                    known.get(FORMER) or known["sub"],
                    known["email"],
                    known.get("email_verified") == "true",
                    user["Enabled"],
                )


def _bring(cognito: Any, pool: str, account: Account) -> str:
    named = {"UserPoolId": pool, "Username": account.email}
    try:
        cognito.admin_create_user(
            **named,
            MessageAction="SUPPRESS",
            TemporaryPassword=_password(),
            UserAttributes=[
                {"Name": name, "Value": value} for name, value in _given(account).items()
            ],
        )
    except cognito.exceptions.UsernameExistsException:
        there = cognito.admin_get_user(**named)
        if attributes(there).get(FORMER) != account.account:
            return "taken"
        if there["UserStatus"] != _UNFINISHED:
            return "there"
    if not account.enabled:
        cognito.admin_disable_user(**named)
    # Last: it tells that all is done. Without a password for good, none could be "forgotten".
    cognito.admin_set_user_password(**named, Password=_password(), Permanent=True)
    return "made"


def _given(account: Account) -> Mapping[str, str]:
    return {
        "email": account.email,
        "email_verified": str(account.email_verified).lower(),
        FORMER: account.account,
        FINDABLE: account.account,
    }


def _password() -> str:
    """A password that fits every policy and that nobody is told."""
    return f"{secrets.token_urlsafe(32)}-aA1"


@contextmanager
def _replaced(file: Path) -> Iterator[TextIO]:
    """A file that takes the place of `file` once the block ends; if that fails, nothing is left of
    it. A temporary file may be read by its owner alone."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as made:
        try:
            yield cast("TextIO", made)
            made.flush()
            os.fsync(made.fileno())
        except BaseException:
            Path(made.name).unlink()
            raise
    Path(made.name).replace(file)

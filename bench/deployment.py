"""The stack on a local cloud, for benchmarks that measure it from outside."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from shutterfeed_cli.client.accounts import Accounts, SignIn
from shutterfeed_cli.client.api import Api
from tools.cloud import LOCAL_CONFIRMATION_CODE, LocalCloud
from tools.deploy import deploy

PASSWORD: Final = "Correct-horse-7-battery"  # noqa: S105 - of a cloud that ends with this run
SHARED: Final = "SHUTTERFEED_BENCH_DEPLOYMENT"
"""The environment variable with the path of a file that describes a running stack. The tests use it
to share one stack among several benchmarks."""


class SignedIn:
    """A user's access tokens. They end within the hour, and some runs take longer."""

    def __init__(self, accounts: Accounts, email: str) -> None:
        self._accounts = accounts
        self._email = email
        self._token = ""

    def access(self) -> str:
        if not self._token:
            self._token = self._accounts.sign_in(self._email, PASSWORD).access
        return self._token

    def rejected(self, token: str) -> None:
        if token == self._token:
            self._token = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running stack: the AWS endpoint, and the stack's outputs."""

    endpoint: str
    outputs: Mapping[str, str]

    @property
    def accounts(self) -> Accounts:
        return Accounts.once(self.endpoint, self.outputs["UserPoolClientId"])

    def sign_up(self, name: str) -> SignIn:
        """A new user, with an e-mail address that begins with `name`, and no handle yet."""
        return self.accounts.sign_in(self._signed_up(name), PASSWORD)

    def person(self, handle: str) -> Api:
        """A client of the API for a new user with this handle."""
        email = self._signed_up(handle)
        api = Api.once(self.outputs["ApiUrl"], SignedIn(self.accounts, email))
        api.edit_me(handle=handle)
        return api

    def _signed_up(self, name: str) -> str:
        email = f"{name}@example.com"
        self.accounts.sign_up(email, PASSWORD)
        self.accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
        return email

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)))


@contextmanager
def deployed() -> Iterator[Deployment]:
    """The stack on a local cloud of its own while the block runs, or one that is shared."""
    shared = os.environ.get(SHARED)
    if shared:
        yield Deployment(**json.loads(Path(shared).read_text()))
        return
    with started() as deployment:
        yield deployment


@contextmanager
def started(context: Mapping[str, object] | None = None) -> Iterator[Deployment]:
    """The stack, with settings of one's own, on a local cloud of its own while the block runs."""
    with tempfile.TemporaryDirectory(prefix="bench-cloud-") as folder:
        cloud = LocalCloud(Path(folder) / "state")
        try:
            cloud.start()
            yield Deployment(cloud.endpoint, deploy(cloud.endpoint, context=context))
        finally:
            cloud.stop()

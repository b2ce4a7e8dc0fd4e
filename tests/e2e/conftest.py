"""The deployed stack on a local cloud of its own, driven over HTTP as clients drive it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from operations.deployment import Deployment as Stage
from operations.moderation import appoint
from shutterfeed_cli.client.accounts import Accounts, SignIn
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience, new_client
from tests import local_stack
from tools import templates
from tools.cloud import LOCAL_CONFIRMATION_CODE, LocalCloud
from tools.deploy import LocalAws, deploy

T = TypeVar("T")

PASSWORD = "Correct-horse-7-battery"
_FIRST_PAUSE_SECONDS = 0.05
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running stack: its outputs, and its doors."""

    endpoint: str
    outputs: dict[str, str]

    @property
    def accounts(self) -> Accounts:
        return Accounts.once(self.endpoint, self.outputs["UserPoolClientId"])

    @property
    def api(self) -> Api:
        """The API without a sign-in. Each call is made only once: a second attempt would hide a
        failure."""
        return Api(_client(), self.outputs["ApiUrl"], None, Patience(attempts=1))


@cache
def _client() -> httpx.Client:
    """The one of all calls, which keeps connections: to open one takes as long as the gateway."""
    return new_client()


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in user with a handle."""

    email: str
    handle: str
    tokens: SignIn
    api: Api


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder: Path = tmp_path_factory.mktemp("cloud") / "state"
    cloud = LocalCloud(folder)
    cloud.start()
    try:
        yield Deployment(cloud.endpoint, deploy(cloud.endpoint, context=local_stack.CONTEXT))
    finally:
        cloud.stop()


@pytest.fixture(scope="session")
def person(stack: Deployment) -> Callable[[], Person]:
    """Signs up somebody new."""
    return signing_up(stack)


@pytest.fixture(scope="session")
def moderator(stack: Deployment, person: Callable[[], Person]) -> Callable[[], Person]:
    """Signs up somebody new who moderates."""
    stage = Stage(LocalAws(stack.endpoint).client, templates.LOCAL_STAGE, stack.outputs)

    def sign_up() -> Person:
        somebody = person()
        appoint(stage, somebody.handle)
        tokens = stack.accounts.sign_in(somebody.email, PASSWORD)
        api = stack.api.as_user(tokens.access)
        return Person(somebody.email, somebody.handle, tokens, api)

    return sign_up


def signing_up(stack: Deployment) -> Callable[[], Person]:
    """What signs up somebody new at a deployment."""

    def sign_up() -> Person:
        handle = f"person{next(_numbers)}"
        email = f"{handle}@example.com"
        stack.accounts.sign_up(email, PASSWORD)
        stack.accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
        tokens = stack.accounts.sign_in(email, PASSWORD)
        api = stack.api.as_user(tokens.access)
        api.edit_me(handle=handle)
        return Person(email, handle, tokens, api)

    return sign_up


def eventually(
    read: Callable[[], T],
    until: Callable[[T], bool],
    seconds: float = 180,
    longest_pause: float = 0.5,
) -> T:
    """What `read` gives, once `until` accepts it. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        value = read()
        if until(value):
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"after {seconds} s it still is {value!r}")
        time.sleep(pause)
        # Asking costs the stack as much as the work that is waited for.
        pause = min(1.5 * pause, longest_pause)


def feed_ids(api: Api) -> list[str]:
    return [post["id"] for post in api.feed()["items"]]


def published(api: Api, post_id: str) -> Json:
    """The post once it settled, which must be as published."""
    post = api.wait_until_final(post_id)
    assert post["state"] == "published", post
    return post


def without_tokens(answer: Json) -> Json:
    """The answer with links that do not change from one minute to the next."""
    plain: Json = json.loads(re.sub(r'\?m=[^"]*', "", json.dumps(answer)))
    return plain

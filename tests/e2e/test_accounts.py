"""Accounts at the user pool: what others can do with what they are shown, and what a token can."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shutterfeed_cli.errors import NotSignedIn
from tests.e2e.conftest import PASSWORD, Deployment, Person


def test_nothing_of_a_profile_is_a_user_name(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    someone, other = person(), person()
    seen = other.api.call("GET", f"/users/{someone.handle}")["user"]
    texts = [value for value in seen.values() if isinstance(value, str) and value]
    assert {seen["id"], seen["handle"]} <= set(texts)
    for text in texts:
        with pytest.raises(NotSignedIn):
            stack.accounts.sign_in(text, PASSWORD)

"""What benchmarks on a deployed stack share."""

from __future__ import annotations

from typing import cast

from bench.deployment import PASSWORD, SignedIn
from shutterfeed_cli.client.accounts import Accounts, SignIn


class FakeAccounts:
    """Gives a new token for every sign-in."""

    def __init__(self) -> None:
        self.sign_ins: list[tuple[str, str]] = []

    def sign_in(self, email: str, password: str) -> SignIn:
        self.sign_ins.append((email, password))
        return SignIn(f"token {len(self.sign_ins)}", "id", "refresh", 3600)


def test_whoever_is_refused_in_a_long_run_signs_in_again_and_only_once() -> None:
    accounts = FakeAccounts()
    tokens = SignedIn(cast("Accounts", accounts), "ada@example.com")
    assert [tokens.access(), tokens.access()] == ["token 1", "token 1"]
    tokens.rejected("token 1")
    assert tokens.access() == "token 2"
    tokens.rejected("token 1")  # asked before, refused late
    assert tokens.access() == "token 2"
    assert accounts.sign_ins == [("ada@example.com", PASSWORD)] * 2

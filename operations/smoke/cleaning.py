"""Removes what the story made, however the story ended."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from operations.smoke.accounts import Account, Pool
from operations.smoke.report import Report
from shutterfeed_cli.client.api import Api

ByHand = Callable[[list[str]], str]
"""The command that cleans up after the accounts with these addresses."""


class Cleaning:
    """The accounts that have to go, with everything that they have.

    An account that still has a post is kept, since nobody else may delete the post.
    """

    def __init__(self, pool: Pool, report: Report, by_hand: ByHand) -> None:
        self._pool = pool
        self._report = report
        self._by_hand = by_hand
        self._owed: list[tuple[Account, Api]] = []

    def owe(self, account: Account, api: Api) -> None:
        """Note an account that is about to be made."""
        self._owed.append((account, api))

    def run(self) -> None:
        """Remove everything. Says which command does it if that is not possible, or if it is
        interrupted."""
        try:
            bare = [owed for owed in self._owed if self._strip(*owed)]
            for account, api in reversed(bare):
                what = f"{account.role}'s account is deleted"
                if self._report.ask(what, partial(self._pool.delete, account)):
                    self._owed.remove((account, api))
        finally:
            if self._owed:
                command = self._by_hand([account.email for account, _ in self._owed])
                print(f"Not everything is cleaned up. This does it: {command}", file=sys.stderr)

    def _strip(self, account: Account, api: Api) -> bool:
        """Take posts and follows from the account. Returns whether it has none any more."""
        if not account.handle:
            # It never signed in, so it has nothing.
            return True
        posts = f"{account.role} has no post any more"
        follows = f"{account.role} follows nobody any more"
        without_posts = self._report.ask(posts, lambda: _delete_posts(api))
        return self._report.ask(follows, lambda: _unfollow(api, account)) and without_posts


def _delete_posts(api: Api) -> None:
    """Delete every post, also one that was interrupted before its id was known: the ledger has
    it."""
    for post_id in {upload["post_id"] for upload in api.items("/me/uploads")}:
        api.call("DELETE", f"/posts/{post_id}")


def _unfollow(api: Api, account: Account) -> None:
    for user in list(api.items(f"/users/{account.handle}/following")):
        api.unfollow(user["handle"])

"""What an account leaves with others, and what stands in its own partitions, for erasing it."""

from __future__ import annotations

from typing import Protocol


class Traces(Protocol):
    """Every method removes up to about `most` of something, and returns whether there may be more.
    Repeating it is harmless, and so is a process that ends in between: what is counted is removed
    in one transaction with others' numbers that count it. The erased user's own numbers stay as
    they are, since they go with the profile."""

    def unfollow(self, user_id: str, most: int) -> bool:
        """Remove the user's follow edges, and what brings them posts by these."""
        ...

    def lose_followers(self, user_id: str, most: int) -> bool:
        """Remove the follow edges to the user, and what brings the user's posts by these. The
        followers keep no note of it, as a post that is gone is in no feed."""
        ...

    def withdraw(self, user_id: str, most: int) -> bool:
        """Remove the requests to follow of the user, and those to follow the user."""
        ...

    def sweep(self, user_id: str, most: int) -> bool:
        """Remove all that stands in the user's own partitions, except the profile, posts, entries
        in the ledger, and the note of the closing: what is still there of it when everything that
        concerns others is gone. Of what they have reported, their reports go, and the cases stay
        as they are."""
        ...

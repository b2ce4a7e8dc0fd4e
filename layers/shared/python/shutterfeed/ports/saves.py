"""Saves: posts that users keep for themselves, and their collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.saves import Collection, Save


class Saves(Protocol):
    """Saved posts and collections of them. Reads are strongly consistent."""

    def save(
        self,
        user_id: str,
        post_id: PostId,
        save_ulid: str,
        spending: Spending = NOTHING,
        collection_id: str | None = None,
        *,
        left: Mapping[str, int] | None = None,
    ) -> bool:
        """Save a post, and put it into a collection if one is given. False if it is saved, and in
        the collection, already; then nothing is changed or charged. Raises `LimitReached`.

        `left` is what the caller has just read of the user's allowances, when the post was not
        saved: then nothing is read before the writes. If it is saved by now, the charge stays made.
        """
        ...

    def unsave(self, user_id: str, post_id: PostId) -> None:
        """Take a save back, also out of all collections. Nothing changes if there is none."""
        ...

    def take_out(self, user_id: str, post_id: PostId, collection_id: str) -> None:
        """Take a post out of a collection. It stays saved."""
        ...

    def saved(self, user_id: str) -> Sequence[Save]:
        """All that a user has saved, last saved first."""
        ...

    def collections(self, user_id: str) -> Sequence[Collection]:
        """All collections of a user, the newest first."""
        ...

    def create_collection(
        self, user_id: str, collection: Collection, spending: Spending = NOTHING
    ) -> bool:
        """Make a collection. False if there is one with its name; then nothing is changed. Raises
        `LimitReached`."""
        ...

    def rename_collection(
        self, user_id: str, collection_id: str, name: str, spending: Spending = NOTHING
    ) -> bool:
        """Give a collection another name. False if there is no such collection. Raises
        `LimitReached`, and `Conflict` if another one has the name."""
        ...

    def delete_collection(self, user_id: str, collection_id: str) -> None:
        """Remove a collection. What is in it stays saved."""
        ...

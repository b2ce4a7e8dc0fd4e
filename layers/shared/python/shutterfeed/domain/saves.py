"""Saves: posts that a user keeps for themselves, and the collections into which they sort them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.characters import check_name
from shutterfeed.domain.errors import Conflict, InvalidInput
from shutterfeed.domain.ids import PostId

MAX_COLLECTION_NAME: Final = 50
MAX_COLLECTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Save:
    """A post that a user has saved. `save_ulid` says when, and `collections` has the ids of the
    collections that it is in; some of them may be gone."""

    post_id: PostId
    save_ulid: str
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of saved posts. Its id is never given again, so a later one of the same name
    has nothing of what is left of this one in the saves."""

    id: str
    name: str
    created_at: datetime

    def is_named(self, name: str) -> bool:
        """Whether it has this name, in small or capital letters: then no other one may have it."""
        return comparable(self.name) == comparable(name)


def check_collection_name(text: str) -> str:
    """Return the name. Raises `InvalidInput` if it is no `NAME` of up to 50 characters."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_COLLECTION_NAME:
        message = f"A collection's name must have 1 to {MAX_COLLECTION_NAME} characters."
        raise InvalidInput("invalid_collection_name", message, "name")
    check_name(text, "name")
    return name


def comparable(name: str) -> str:
    """The form in which the names of one user's collections differ."""
    return name.casefold()


def too_many_collections() -> Conflict:
    return Conflict(
        "too_many_collections",
        f"You have {MAX_COLLECTIONS} collections already. Delete one first.",
    )


def collection_exists() -> Conflict:
    return Conflict("collection_exists", "You have another collection with this name.")

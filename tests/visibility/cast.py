"""The people and posts of the matrix: who is what to whom, and who owns what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a viewer is to the owner of something."""

    OWNER = "owner"
    FOLLOWER = "follower"
    """Follows the owner, and was accepted if the account is private."""
    REQUESTER = "requester"
    """Has asked to follow the owner, and has no answer yet."""
    REMOVED = "removed"
    """Followed the owner, who has removed them."""
    STRANGER = "stranger"
    BLOCKER = "blocker"
    """Followed the owner, and then blocked them."""
    BLOCKED = "blocked"
    """Followed the owner, who then blocked them."""
    MUTING = "muting"
    """Follows the owner, and has muted them."""
    SIGNED_OUT = "signed out"
    DELETED = "account deleted"
    """Follows the owner. Their account was deleted from the user pool; the token is still good."""
    EXPIRED = "token expired"
    """Follows the owner, and asks with a token that has run out."""


class User(StrEnum):
    """The users that answers may show."""

    PUBLIC = "a public user"
    CELEBRITY = "a celebrity"
    UNLISTED = "a user without a public page"
    PRIVATE = "a private user"
    FRIEND = "a user whom all follow"
    ASKER = "a user who asks to follow"


class Post(StrEnum):
    """The posts that answers may show."""

    PUBLIC = "a public post"
    SENSITIVE = "a sensitive post"
    RESTORED = "a restored post"
    CELEBRITY = "a celebrity's post"
    UNLISTED = "a post without a public page"
    PRIVATE = "a private post"
    UNPUBLISHED = "an unpublished post"
    DELETED = "a deleted post"
    AVATAR = "the hidden post of an avatar"


Subject = User | Post

OWNERS: Final[Mapping[Post, User]] = {
    Post.PUBLIC: User.PUBLIC,
    Post.SENSITIVE: User.PUBLIC,
    Post.RESTORED: User.PUBLIC,
    Post.CELEBRITY: User.CELEBRITY,
    Post.UNLISTED: User.UNLISTED,
    Post.PRIVATE: User.PRIVATE,
    Post.UNPUBLISHED: User.PUBLIC,
    Post.DELETED: User.CELEBRITY,
    Post.AVATAR: User.PUBLIC,
}
"""The deleted post is a celebrity's, whose posts lie in caches of their own."""

LISTED: Final = (Post.PUBLIC, Post.SENSITIVE, Post.RESTORED, Post.CELEBRITY, Post.UNLISTED)
"""The published posts of accounts that are not private."""


class Viewer(StrEnum):
    """Those who ask. The first are the users above; the friend is the follower, too."""

    PUBLIC = "public"
    CELEBRITY = "celebrity"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    FRIEND = "friend"
    ASKER = "asker"
    REMOVED = "removed"
    STRANGER = "stranger"
    BLOCKER = "blocker"
    BLOCKED = "blocked"
    MUTING = "muting"
    DELETED = "deleted"
    SIGNED_OUT = "nobody"
    EXPIRED = "expired"


PERSONS: Final[tuple[Viewer, ...]] = tuple(
    v for v in Viewer if v not in (Viewer.SIGNED_OUT, Viewer.EXPIRED)
)
"""The viewers who have an account of their own: the expired token is one of the friend's."""
IDENTITY: Final[Mapping[User, Viewer]] = {user: Viewer[user.name] for user in User}
AUTHORS: Final = tuple(dict.fromkeys(OWNERS.values()))
_ALWAYS: Final[Mapping[Viewer, Role]] = {
    Viewer.SIGNED_OUT: Role.SIGNED_OUT,
    Viewer.EXPIRED: Role.EXPIRED,
    Viewer.DELETED: Role.DELETED,
}
_TO_AUTHORS: Final[Mapping[Viewer, Role]] = {
    Viewer.FRIEND: Role.FOLLOWER,
    Viewer.ASKER: Role.STRANGER,
    Viewer.REMOVED: Role.REMOVED,
    Viewer.STRANGER: Role.STRANGER,
    Viewer.BLOCKER: Role.BLOCKER,
    Viewer.BLOCKED: Role.BLOCKED,
    Viewer.MUTING: Role.MUTING,
}

FOLLOWS: Final = frozenset(
    (
        *((user, User.FRIEND) for user in User if user is not User.FRIEND),
        *((User.FRIEND, user) for user in User if user is not User.FRIEND),
        *((user, User.CELEBRITY) for user in AUTHORS if user is not User.CELEBRITY),
        (User.PUBLIC, User.ASKER),
    )
)
"""Who of the users follows whom."""
LIKES: Final = frozenset(
    (
        *((user, post) for user in User for post in LISTED),
        *((user, Post.PRIVATE) for user in (User.PRIVATE, User.FRIEND)),
    )
)
"""Who of the users likes which post: everybody has liked what they could see."""
CROWDED: Final = (User.FRIEND, User.CELEBRITY)
"""A list of the followers of these comes in many pages."""


def role(viewer: Viewer, owner: User) -> Role:
    """What a viewer is to a user."""
    if viewer is IDENTITY[owner]:
        return Role.OWNER
    if viewer in _ALWAYS:
        return _ALWAYS[viewer]
    if (viewer, owner) == (Viewer.ASKER, User.PRIVATE):
        return Role.REQUESTER
    if owner is User.FRIEND or (_user(viewer), owner) in FOLLOWS:
        return Role.FOLLOWER
    return _TO_AUTHORS.get(viewer, Role.STRANGER) if owner in AUTHORS else Role.STRANGER


def owner_of(subject: Subject) -> User:
    return OWNERS[subject] if isinstance(subject, Post) else subject


def is_identity(viewer: Viewer, user: User) -> bool:
    """Whether a viewer is this user, with a good token or an expired one."""
    return viewer is IDENTITY[user]


def _user(viewer: Viewer) -> User | None:
    return next((user for user, identity in IDENTITY.items() if identity is viewer), None)

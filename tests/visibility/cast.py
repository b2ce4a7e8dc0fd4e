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
    MODERATOR = "moderator"
    """Is a stranger otherwise, and in the group of moderators."""
    SUSPENDED = "suspended"
    """Was suspended by a moderator, and has signed in again; nobody is anything else to them."""
    CLOSED = "account closed"
    """Has closed the account, and signed in again; nobody is anything else to them."""


BARRED: Final = frozenset((Role.SUSPENDED, Role.CLOSED))
"""Those whose account lets them do a few things only."""


class User(StrEnum):
    """The users that answers may show."""

    PUBLIC = "a public user"
    CELEBRITY = "a celebrity"
    UNLISTED = "a user without a public page"
    PRIVATE = "a private user"
    FRIEND = "a user whom all follow"
    ASKER = "a user who asks to follow"
    LIMITED = "a limited user"
    """A moderator has limited them: they are in no search, list of a hashtag, or suggestion."""
    SUSPENDED = "a suspended user"
    CLOSED = "a user whose account is closed"


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
    WITHHELD = "a copy of a withheld content"
    """Somebody else has posted the same photo, of which a moderator withholds the content."""
    TAKEN_DOWN = "a post that a moderator has hidden"
    SILENCED = "a post whose comment a moderator has removed"
    LIMITED = "a limited user's post"
    SUSPENDED = "a suspended user's post"
    CLOSED = "a post of a closed account"


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
    Post.WITHHELD: User.PUBLIC,
    Post.TAKEN_DOWN: User.CELEBRITY,
    Post.SILENCED: User.CELEBRITY,
    Post.LIMITED: User.LIMITED,
    Post.SUSPENDED: User.SUSPENDED,
    Post.CLOSED: User.CLOSED,
}
"""The deleted post, and most that moderators have to do with, are a celebrity's, whose posts lie in
caches of their own."""

LISTED: Final = (
    *(Post.PUBLIC, Post.SENSITIVE, Post.RESTORED, Post.CELEBRITY, Post.UNLISTED),
    *(Post.SILENCED, Post.LIMITED),
)
"""The published posts of accounts that are not private, and open."""
GONE: Final = (Post.WITHHELD, Post.TAKEN_DOWN, Post.SUSPENDED, Post.CLOSED)
"""The posts that everybody saw until a moderator, or the closing of an account, has hidden them."""
JUDGED: Final[frozenset[Subject]] = frozenset(
    (*GONE, Post.SILENCED, Post.LIMITED, User.LIMITED, User.SUSPENDED, User.CLOSED)
)
"""What is as it is for everybody alike, whatever they are to its owner."""


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
    MODERATOR = "moderator"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    SIGNED_OUT = "nobody"
    EXPIRED = "expired"


PERSONS: Final[tuple[Viewer, ...]] = tuple(
    v for v in Viewer if v not in (Viewer.SIGNED_OUT, Viewer.EXPIRED)
)
"""The viewers who have an account of their own: the expired token is one of the friend's."""
IDENTITY: Final[Mapping[User, Viewer]] = {user: Viewer[user.name] for user in User}
AUTHORS: Final = (User.PUBLIC, User.CELEBRITY, User.UNLISTED, User.PRIVATE)
"""Those to whom everybody is something."""
WRITERS: Final = tuple(dict.fromkeys(OWNERS.values()))
"""All who have posted something."""
_ALWAYS: Final[Mapping[Viewer, Role]] = {
    Viewer.SIGNED_OUT: Role.SIGNED_OUT,
    Viewer.EXPIRED: Role.EXPIRED,
    Viewer.DELETED: Role.DELETED,
    Viewer.MODERATOR: Role.MODERATOR,
    Viewer.SUSPENDED: Role.SUSPENDED,
    Viewer.CLOSED: Role.CLOSED,
}
ASKERS_OF_JUDGED: Final = (Viewer.FRIEND, Viewer.MODERATOR)
"""Those who ask about what is judged, besides its owner and whoever is not signed in. In lists
everybody looks for it."""
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
COMMENTED: Final = frozenset(
    (user, Post.PUBLIC) for user in (User.LIMITED, User.SUSPENDED, User.CLOSED)
)
"""Who of the users has commented on which post, besides its author."""
ENLARGED: Final = (
    *(Post.PUBLIC, Post.PRIVATE, Post.DELETED, Post.SILENCED),
    *GONE,
)
"""The posts whose photo has been enlarged, so that its zoom size is there."""
COLLECTED: Final = (*(Post.PUBLIC, Post.PRIVATE, Post.DELETED, Post.WITHHELD, Post.SUSPENDED),)
"""What everybody has put into a collection of theirs when they saw it."""
CROWDED: Final = (User.FRIEND, User.CELEBRITY)
"""A list of the followers of these comes in many pages."""


def role(viewer: Viewer, owner: User) -> Role:
    """What a viewer is to a user."""
    if viewer in _ALWAYS:
        return _ALWAYS[viewer]
    if viewer is IDENTITY[owner]:
        return Role.OWNER
    if (viewer, owner) == (Viewer.ASKER, User.PRIVATE):
        return Role.REQUESTER
    if owner is User.FRIEND or (_user(viewer), owner) in FOLLOWS:
        return Role.FOLLOWER
    return _TO_AUTHORS.get(viewer, Role.STRANGER) if owner in AUTHORS else Role.STRANGER


def owner_of(subject: Subject) -> User:
    return OWNERS[subject] if isinstance(subject, Post) else subject


def _user(viewer: Viewer) -> User | None:
    return next((user for user, identity in IDENTITY.items() if identity is viewer), None)

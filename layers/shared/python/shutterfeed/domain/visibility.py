"""Who may see what: one decision, made from what is stored when something is about to be shown.

`decide` is called for each post and each user before they are shown to anybody, on every surface.
It reads nothing itself: `services/viewing.py` reads what it needs. A hidden post or user gets
exactly the same answer as one that does not exist, so that nobody learns that it exists.

If several reasons apply, `decide` returns the first in this order. A new reason is added to
`Reason`, and to this list at its position:

    about the subject      missing, never shown, (erased), (withheld by a moderator), deleted,
                           unpublished
    about its owner        missing, (account closed or suspended)
    about viewer and       (one has blocked the other), (private, and the viewer is not accepted),
    owner                  (muted; only on lists), unfollowed (only in feeds)

Reasons in brackets do not exist yet. `decide_on_owner` decides the reasons about viewer and owner
from `Relation`; feeds call it before they read any post. Content that is marked as sensitive will
not be hidden: that will be a field of the view, not a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.media import Purpose
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import Profile


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks. The id is None if they are not signed in."""

    user_id: str | None
    session_began: datetime | None = field(default=None, compare=False)
    """When they signed in; None if that decides nothing, as for a worker."""

    def is_user(self, user_id: str) -> bool:
        return self.user_id == user_id

    def check_session(self, profile: Profile) -> None:
        """Raise `SessionEnded` if the profile is the viewer's own and says that their session was
        ended."""
        if self.is_user(profile.user_id):
            profile.check_session(self.session_began)


NOBODY: Final = Viewer(None)
"""The viewer who is not signed in."""


class Surface(StrEnum):
    """The kind of answer in which the subject is shown."""

    ITSELF = "itself"
    """The subject is read by its own address: a post's id, or a user's handle."""
    LIST = "list"
    """The subject is one of several: a user's posts or followers, or the hits of a search."""
    FEED = "feed"
    BIN = "bin"
    """The subject is one of the viewer's own deleted posts."""


class Reason(StrEnum):
    """Why something is not shown."""

    MISSING = "missing"
    """Nothing is stored under this id, or it was removed."""
    NEVER_SHOWN = "never_shown"
    """It is the hidden post of an avatar."""
    DELETED = "deleted"
    UNPUBLISHED = "unpublished"
    OWNER_MISSING = "owner_missing"
    """Its author has no profile."""
    UNFOLLOWED = "unfollowed"
    """The viewer does not follow its author any more, and their feed still holds the post."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation between a viewer and the owner of a subject."""

    follows: bool = False


STRANGERS: Final = Relation()
"""The relation to use on surfaces on which relations decide nothing, so that none is read."""


@dataclass(frozen=True, slots=True)
class PostSubject:
    """A post and its author's profile; each is None if it is not stored."""

    post: Post | None
    author: Profile | None


@dataclass(frozen=True, slots=True)
class UserSubject:
    """A user's profile; None if it is not stored."""

    profile: Profile | None


Subject = PostSubject | UserSubject


def decide(viewer: Viewer, subject: Subject, relation: Relation, surface: Surface) -> Reason | None:
    """The reason why the viewer may not see the subject on this surface; None if they may."""
    match subject:
        case PostSubject(post, author):
            if post is None:
                return Reason.MISSING
            reason = _decide_on_post(viewer, post, surface)
            if reason is None and author is None:
                reason = Reason.OWNER_MISSING
            return reason or decide_on_owner(viewer, post.author_id, relation, surface)
        case UserSubject(profile):
            if profile is None:
                return Reason.MISSING
            return decide_on_owner(viewer, profile.user_id, relation, surface)


def decide_on_owner(
    viewer: Viewer, owner_id: str, relation: Relation, surface: Surface
) -> Reason | None:
    """The part of the decision that needs only the owner of a subject. A feed leaves entries out
    with it before it reads posts, so that its pages are full and its counts right."""
    if viewer.is_user(owner_id):
        return None
    if surface is Surface.FEED and not relation.follows:
        return Reason.UNFOLLOWED
    return None


def _decide_on_post(viewer: Viewer, post: Post, surface: Surface) -> Reason | None:
    if post.purpose is not Purpose.POST:
        return Reason.NEVER_SHOWN
    is_own = viewer.is_user(post.author_id)
    if post.state is PostState.DELETED:
        return None if is_own and surface is Surface.BIN else Reason.DELETED
    if post.state is not PostState.PUBLISHED:
        return None if is_own and surface is Surface.ITSELF else Reason.UNPUBLISHED
    return None

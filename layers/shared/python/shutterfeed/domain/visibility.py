"""Who may see what: one decision, made from what is stored when something is about to be shown.

`decide` is called for each post and each user before they are shown to anybody, on every surface.
It reads nothing itself: `services/viewing.py` reads what it needs. A hidden post or user gets
exactly the same answer as one that does not exist, so that nobody learns that it exists.

If several reasons apply, `decide` returns the first in this order. A new reason is added to
`Reason`, and to this list at its position:

    about the subject      missing, never shown, erased, withheld or taken down by a moderator,
                           deleted, unpublished, held, hidden
    about its owner        missing, account closed or suspended, limited (only where people look
                           for something, and in suggestions)
    about viewer and       one has blocked the other, private and the viewer does not follow,
    owner                  the viewer is not signed in and the owner has no public page, reported
                           or muted (only among posts of many and suggestions), unfollowed (only
                           in feeds)
    about exploring        private, even if the viewer follows, and sensitive

Reasons in brackets do not exist yet. `decide_on_relation` decides the reasons that need nothing but
the `Relation` of viewer and owner; feeds call it before they read any post. The profile of a
private account is shown to everybody who is signed in, and its posts and lists to those who follow
it: `decide_on_lists`. Who is not signed in sees neither profile nor posts of a private account, or
of somebody who does not want to be shown to such people. A private account is suggested to nobody
who does not follow it. Content that is marked as sensitive is not hidden, except from those who
explore: elsewhere that is a field of the view, not a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.comments import Comment
from shutterfeed.domain.media import Purpose
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import MentionsFrom, Profile, Standing


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks. The id is None if they are not signed in."""

    user_id: str | None
    session_began: datetime | None = field(default=None, compare=False)
    """When they signed in; None if that decides nothing, as for a worker."""
    open_to: Collection[Standing] = field(default=(), compare=False)
    """The standings of accounts whose people may make their request, too."""

    def is_user(self, user_id: str) -> bool:
        return self.user_id == user_id

    def check_session(self, profile: Profile) -> None:
        """Raise what `Profile.check_session` raises if the profile is the viewer's own."""
        if self.is_user(profile.user_id):
            profile.check_session(self.session_began, open_to=self.open_to)


NOBODY: Final = Viewer(None)
"""The viewer who is not signed in."""


class Surface(StrEnum):
    """The kind of answer in which the subject is shown."""

    ITSELF = "itself"
    """The subject is read by its own address: a post's id, or a user's handle."""
    LIST = "list"
    """The subject is one of several that belong together: the posts of one user, the followers of
    one, or the users that a search finds."""
    MIXED = "mixed"
    """The subject is a post or a user among those of many that nobody has asked for by name: the
    hits of a search for posts, the posts with a hashtag."""
    FOUND = "found"
    """The subject is a post or a user that a search or the list of a hashtag has found. Posts are
    then as among those of many; a user may be muted."""
    SUGGESTED = "suggested"
    """The subject is a user whom the viewer may like to follow. A private account is suggested to
    nobody: people find it if they look for it."""
    EXPLORED = "explored"
    """The subject is a post of the list to explore, which is for whoever looks around: no post of a
    private account is there, not even for its followers, none of a limited one, not even for its
    owner, and none that is sensitive."""
    FEED = "feed"
    BLOCKS = "blocks"
    """The subject is a user in the viewer's own list of those whom they have blocked, and is shown
    there even if that user has blocked the viewer too."""
    BIN = "bin"
    """The subject is one of the viewer's own deleted posts."""
    SCHEDULED = "scheduled"
    """The subject is one of the viewer's own posts that are to be published at a time."""
    DRAFTS = "drafts"
    """The subject is one of the viewer's own drafts."""


_UNASKED: Final = (
    *(Surface.FEED, Surface.MIXED, Surface.FOUND, Surface.SUGGESTED),
    Surface.EXPLORED,
)
"""The surfaces that show what nobody has asked for by name: there mutes decide."""
_LOOKING: Final = (Surface.FOUND, Surface.SUGGESTED, Surface.EXPLORED)
"""The surfaces where people look for something, or are suggested something."""


_OWN_UNPUBLISHED: Final = (Surface.ITSELF, Surface.SCHEDULED, Surface.DRAFTS)
"""The surfaces that show posts which are not published, to their authors alone."""


class Reason(StrEnum):
    """Why something is not shown."""

    MISSING = "missing"
    """Nothing is stored under this id, or it was removed."""
    NEVER_SHOWN = "never_shown"
    """It is the hidden post of an avatar."""
    ERASED = "erased"
    """Its owner or an operator has erased it; its item is about to be removed."""
    WITHHELD = "withheld"
    """A moderator withholds one of its contents, wherever that is posted."""
    TAKEN_DOWN = "taken_down"
    """A moderator has hidden the post, or removed the comment."""
    DELETED = "deleted"
    UNPUBLISHED = "unpublished"
    HELD = "held"
    """The comment waits for the post's owner, and the viewer is neither that nor its author."""
    HIDDEN = "hidden"
    """The post's owner has hidden the comment, and the viewer is neither that nor its author."""
    OWNER_MISSING = "owner_missing"
    """Its author has no profile."""
    OWNER_CLOSED = "owner_closed"
    """Its owner has closed the account, and may come back to it for some days."""
    OWNER_SUSPENDED = "owner_suspended"
    """A moderator has suspended its owner."""
    LIMITED = "limited"
    """A moderator has limited its owner, and somebody looks for something, or is suggested
    something."""
    BLOCKED = "blocked"
    """The viewer has blocked its owner, or the owner the viewer; or it is a comment or a like of
    somebody whom the owner of the post has blocked."""
    PRIVATE = "private"
    """Its author's account is private, and the viewer does not follow it."""
    NOT_PUBLIC = "not_public"
    """The viewer is not signed in, and its owner is not shown to such people: the account is
    private, or its setting `public_page` is off."""
    REPORTED = "reported"
    """The viewer has reported it, or its owner."""
    MUTED = "muted"
    """The viewer has muted its owner."""
    SENSITIVE = "sensitive"
    """Its author has marked it as sensitive, or a moderator has labelled it, and it would be among
    the posts to explore."""
    UNFOLLOWED = "unfollowed"
    """The viewer does not follow its author any more, and their feed still holds the post."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation between a viewer and the owner of a subject."""

    follows: bool = False
    """Whether the viewer follows the owner. Who follows a private account was accepted by it."""
    is_followed: bool = False
    """Whether the owner follows the viewer."""
    has_requested: bool = False
    """Whether the viewer has asked to follow the owner, and has no answer yet."""
    has_blocked: bool = False
    is_blocked: bool = False
    """Whether the owner has blocked the viewer."""
    has_muted: bool = False
    has_reported: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether one has blocked the other, so that they are not there for each other."""
        return self.has_blocked or self.is_blocked


STRANGERS: Final = Relation()
"""The relation to use on surfaces on which relations decide nothing, so that none is read."""


@dataclass(frozen=True, slots=True)
class PostSubject:
    """A post and its author's profile; each is None if it is not stored. `is_reported` says whether
    the viewer has reported the post."""

    post: Post | None
    author: Profile | None
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class UserSubject:
    """A user's profile; None if it is not stored. `is_barred` says whether it would be shown with a
    post whose owner has blocked that user."""

    profile: Profile | None
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class CommentSubject:
    """A comment on a post that the viewer may see, and its author's profile; each is None if it is
    not stored. `is_barred` says whether the owner of the post has blocked its author, and
    `is_reported` whether the viewer has reported the comment or its author."""

    comment: Comment | None
    author: Profile | None
    is_barred: bool = False
    is_reported: bool = False


Subject = PostSubject | UserSubject | CommentSubject


def decide(viewer: Viewer, subject: Subject, relation: Relation, surface: Surface) -> Reason | None:
    """The reason why the viewer may not see the subject on this surface; None if they may."""
    match subject:
        case PostSubject():
            return _decide_on_post(viewer, subject, relation, surface)
        case UserSubject(profile, is_barred):
            if profile is None:
                return Reason.MISSING
            if is_barred:
                return Reason.BLOCKED
            return _decide_on_user(viewer, profile, relation, surface)
        case CommentSubject():
            return _decide_on_comment(viewer, subject, relation)


def decide_on_relation(
    viewer: Viewer, owner_id: str, relation: Relation, surface: Surface
) -> Reason | None:
    """The part of the decision that needs only the relation of viewer and owner. A feed leaves
    entries out with it before it reads posts, so that its pages are full and its counts right."""
    if viewer.is_user(owner_id):
        return None
    if relation.is_cut:
        return Reason.BLOCKED
    if relation.has_reported and surface in _UNASKED:
        return Reason.REPORTED
    if relation.has_muted and surface in _UNASKED:
        return Reason.MUTED
    if surface is Surface.FEED and not relation.follows:
        return Reason.UNFOLLOWED
    return None


def decide_on_lists(viewer: Viewer, owner: Profile, relation: Relation) -> Reason | None:
    """Whether the viewer may see what belongs to a user besides the profile: their posts and the
    number of these, whom they follow, and who follows them."""
    return _decide_on_author(viewer, owner, relation, Surface.ITSELF)


def may_mention(viewer: Viewer, profile: Profile | None, relation: Relation) -> bool:
    """Whether the viewer may mention a user in a text, and tag them in a photo: they see the user,
    who wants to be mentioned by them."""
    if profile is None or decide(viewer, UserSubject(profile), relation, Surface.LIST) is not None:
        return False
    if viewer.is_user(profile.user_id):
        return True
    match profile.mentions_from:
        case MentionsFrom.EVERYONE:
            return True
        case MentionsFrom.FOLLOWED:
            return relation.is_followed
        case MentionsFrom.NOBODY:
            return False


def is_kept_from(viewer: Viewer, owner: Profile) -> bool:
    """Whether the viewer is not signed in, and the owner is not shown to such people."""
    return viewer.user_id is None and not owner.is_public


def _decide_on_author(
    viewer: Viewer, author: Profile, relation: Relation, surface: Surface
) -> Reason | None:
    reason = decide_on_relation(viewer, author.user_id, relation, surface)
    if reason is Reason.BLOCKED or viewer.is_user(author.user_id):
        return reason
    if author.private and not relation.follows:
        return Reason.PRIVATE
    if is_kept_from(viewer, author):
        return Reason.NOT_PUBLIC
    return reason


def _decide_on_standing(viewer: Viewer, owner: Profile, surface: Surface) -> Reason | None:
    """Whether nothing of the owner of a subject is shown, or not where people look for something.
    It changes nothing about what the owner sees: if need be, their requests are refused instead."""
    if viewer.is_user(owner.user_id):
        return None
    if owner.is_closed:
        return Reason.OWNER_CLOSED
    if owner.suspension is not None:
        return Reason.OWNER_SUSPENDED
    if owner.limited is not None and surface in _LOOKING:
        return Reason.LIMITED
    return None


def _decide_on_user(
    viewer: Viewer, profile: Profile, relation: Relation, surface: Surface
) -> Reason | None:
    if reason := _decide_on_standing(viewer, profile, surface):
        return reason
    if surface is Surface.FOUND:
        surface = Surface.LIST
    if is_kept_from(viewer, profile):
        return Reason.NOT_PUBLIC
    if surface is Surface.BLOCKS and relation.has_blocked:
        return None
    if surface is Surface.SUGGESTED:
        return _decide_on_author(viewer, profile, relation, surface)
    return decide_on_relation(viewer, profile.user_id, relation, surface)


def _decide_on_comment(
    viewer: Viewer, subject: CommentSubject, relation: Relation
) -> Reason | None:
    """A comment is shown like its post: a private account's words on somebody's public post are
    for all who see the post, and a mute takes nothing away from a discussion."""
    comment, author = subject.comment, subject.author
    reason = _decide_on_item(comment)
    if comment is None or reason is not None:
        return reason
    if author is None:
        return Reason.OWNER_MISSING
    if viewer.is_user(comment.author_id):
        return None
    reason = _decide_on_standing(viewer, author, Surface.LIST)
    if reason is None and (relation.is_cut or subject.is_barred):
        reason = Reason.BLOCKED
    if reason is None and not viewer.is_user(comment.owner_id):
        reason = _kept_back(comment)
    return Reason.REPORTED if reason is None and subject.is_reported else reason


def _decide_on_item(comment: Comment | None) -> Reason | None:
    """Why nobody sees a comment."""
    if comment is None:
        return Reason.MISSING
    if comment.taken_down is not None:
        return Reason.TAKEN_DOWN
    return Reason.DELETED if comment.removed else None


def _kept_back(comment: Comment) -> Reason | None:
    """Why only its author and the owner of the post see a comment."""
    if comment.held:
        return Reason.HELD
    return Reason.HIDDEN if comment.hidden or comment.waits is not None else None


def _decide_on_post(
    viewer: Viewer, subject: PostSubject, relation: Relation, surface: Surface
) -> Reason | None:
    if subject.post is None:
        return Reason.MISSING
    reason = _decide_on_state(viewer, subject.post, surface)
    if reason is not None:
        return reason
    if subject.author is None:
        return Reason.OWNER_MISSING
    reason = _decide_on_standing(viewer, subject.author, surface)
    reason = reason or _decide_on_author(viewer, subject.author, relation, surface)
    if reason is None and subject.is_reported and surface in _UNASKED:
        return Reason.REPORTED
    if reason is None and surface is Surface.EXPLORED:
        return _decide_on_exploring(subject.post, subject.author)
    return reason


def _decide_on_exploring(post: Post, author: Profile) -> Reason | None:
    if author.private:
        return Reason.PRIVATE
    if author.limited is not None:
        return Reason.LIMITED
    return Reason.SENSITIVE if post.is_sensitive else None


def _decide_on_removal(post: Post) -> Reason | None:
    """Whether a post is erased, or hidden by a moderator."""
    if post.erased_at is not None:
        return Reason.ERASED
    if post.withheld:
        return Reason.WITHHELD
    return None if post.taken_down is None else Reason.TAKEN_DOWN


def _decide_on_state(viewer: Viewer, post: Post, surface: Surface) -> Reason | None:
    if post.purpose is not Purpose.POST:
        return Reason.NEVER_SHOWN
    if (reason := _decide_on_removal(post)) is not None:
        return reason
    is_own = viewer.is_user(post.author_id)
    if post.state is PostState.DELETED:
        return None if is_own and surface is Surface.BIN else Reason.DELETED
    if post.state is not PostState.PUBLISHED:
        return None if is_own and surface in _OWN_UNPUBLISHED else Reason.UNPUBLISHED
    return None

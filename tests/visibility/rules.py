"""Who may see what, as a table. It comes from the design's text alone and shares nothing with
`domain/visibility.py`, so that the two can disagree.

The order of the reasons in the design (erased, closed, a block either way, private and not
accepted, muted) needs no order here: each row names those who see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.visibility.cast import AUTHORS, LISTED, Post, Role, Subject, User

Roles = frozenset[Role]
NOBODY: Final[Roles] = frozenset()
EVERYBODY: Final[Roles] = frozenset(Role)
OWNER: Final[Roles] = frozenset((Role.OWNER,))
NOT_SIGNED_IN: Final[Roles] = frozenset((Role.SIGNED_OUT, Role.EXPIRED))
SIGNED_IN: Final[Roles] = EVERYBODY - NOT_SIGNED_IN
UNBLOCKED: Final[Roles] = SIGNED_IN - {Role.BLOCKER, Role.BLOCKED}
"""A block works both ways."""
ACCEPTED: Final[Roles] = frozenset((Role.OWNER, Role.FOLLOWER, Role.MUTING, Role.DELETED))
"""Those who see what a private account shows. A mute takes nothing away that one asks for, and the
token of a deleted account is good until it runs out."""
CUT: Final[Roles] = frozenset((Role.REMOVED, Role.BLOCKER, Role.BLOCKED))
"""Those who followed before, and saw everything then."""


class Outcome(StrEnum):
    """How an answer treats a subject."""

    SHOWN = "shown"
    TOLD = "told"
    """It shows nothing of the subject, and is not the answer for something that does not exist."""
    HIDDEN = "hidden"
    """It shows nothing of the subject; if the subject was asked for by its address, it is in every
    byte the answer for something that does not exist."""
    REFUSED = "refused"
    """The gateway refuses the request, whatever it is about."""
    FORBIDDEN = "forbidden"
    """It is for moderators, and says so to everybody else, whatever it is about."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A kind of answer; `shown` and `told` name the roles for each subject that it may hold."""

    name: str
    says: str
    shown: Mapping[Subject, Roles] = field(default_factory=dict)
    told: Mapping[Subject, Roles] = field(default_factory=dict)
    is_public: bool = False
    """Whether it is for everybody, and looks at no token."""
    without_files: frozenset[Post] = frozenset()
    """The posts that are shown without links to their media."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(self.shown)

    def outcome(self, subject: Subject, role: Role) -> Outcome:
        if role in NOT_SIGNED_IN and not self.is_public:
            return Outcome.REFUSED
        if role in self.shown.get(subject, NOBODY):
            return Outcome.SHOWN
        if role in self.told.get(subject, NOBODY):
            return Outcome.TOLD
        return Outcome.HIDDEN


def _each(subjects: Iterable[Subject], roles: Roles) -> dict[Subject, Roles]:
    return dict.fromkeys(subjects, roles)


def _posts(listed: Roles, private: Roles, unpublished: Roles = NOBODY) -> dict[Subject, Roles]:
    """A row for every post; what is deleted, and avatars' posts, are for nobody."""
    return {
        **_each(LISTED, listed),
        Post.PRIVATE: private,
        Post.UNPUBLISHED: unpublished,
        Post.DELETED: NOBODY,
        Post.AVATAR: NOBODY,
    }


_OPEN: Final = tuple(user for user in User if user is not User.PRIVATE)
_PAGES: Final = tuple(user for user in _OPEN if user is not User.UNLISTED)
_PUBLIC_POSTS: Final = {
    **_posts(EVERYBODY, NOBODY),
    Post.UNLISTED: NOBODY,
}
_PUBLIC_USERS: Final = {**_each(User, NOBODY), **_each(_PAGES, EVERYBODY)}
_PUBLIC: Final = (
    "Everybody gets what those get who are not signed in, whatever token comes with the request."
)

POST: Final = Surface(
    "A post by its id",
    "Only its author sees a post before it is published, and nobody one that is deleted.",
    _posts(UNBLOCKED, ACCEPTED, OWNER),
)
EDIT: Final = Surface(
    "A post that one edits",
    "Whoever may see a post is told that it is not theirs.",
    _posts(OWNER, OWNER, OWNER),
    told={**_each(LISTED, UNBLOCKED - OWNER), Post.PRIVATE: ACCEPTED - OWNER},
)
DELETE: Final = Surface(
    "A post that one deletes",
    "The answer has no body, and is the same when it is repeated.",
    _each(Post, NOBODY),
    told={
        **_each(LISTED, UNBLOCKED),
        Post.PRIVATE: ACCEPTED,
        Post.UNPUBLISHED: OWNER,
        Post.DELETED: OWNER,
    },
)
MEND: Final = Surface(
    "A post whose failed file one removes or replaces",
    "Whoever may see a post is told that it is not theirs, and its author, here, that the file has"
    " not failed.",
    _each(Post, NOBODY),
    told={
        **_each(LISTED, UNBLOCKED),
        Post.PRIVATE: ACCEPTED,
        Post.UNPUBLISHED: OWNER,
    },
)
ALBUM: Final = Surface(
    "The album of a post of one's own",
    "Whoever may see a post is told that it is not theirs, and its author that it is not"
    " published.",
    {**_posts(OWNER, OWNER, NOBODY), Post.UNPUBLISHED: NOBODY},
    told={
        **_each(LISTED, UNBLOCKED - OWNER),
        Post.PRIVATE: ACCEPTED - OWNER,
        Post.UNPUBLISHED: OWNER,
    },
)
ALBUM_CHANGED: Final = Surface(
    "A post whose album one changes",
    "Whoever may see a post is told that it is not theirs, and its author, here, that it was"
    " changed.",
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED, Post.UNPUBLISHED: OWNER},
)
SCHEDULE: Final = Surface(
    "A post to which one gives a time",
    "Whoever may see a post is told that it is not theirs, and its author that it is published.",
    {**_each(Post, NOBODY), Post.UNPUBLISHED: OWNER},
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED},
)
RESTORE: Final = Surface(
    "A post that one restores",
    "To all but its author there is no such post, whether they may see it or not.",
    {**_posts(OWNER, OWNER, OWNER), Post.DELETED: OWNER},
)
LIKE: Final = Surface(
    "A post that one likes or saves",
    "Whoever may see a published post may do so. The answer has nothing but its counts.",
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED},
)
TAKE_BACK: Final = Surface(
    "A post whose like or save one takes back",
    "What one has liked or saved can be taken back also where one does not see the post any more."
    " Here the removed, the blocker and the blocked liked and saved all posts before, and followers"
    " the deleted one. The answer has nothing but counts, which are zero then.",
    _each(Post, NOBODY),
    told={
        **_each(LISTED, SIGNED_IN),
        Post.PRIVATE: ACCEPTED | CUT,
        Post.DELETED: CUT | {Role.FOLLOWER},
    },
)
COMMENTS: Final = Surface(
    "The comments on a post",
    "Whoever sees a post sees what everybody may see of its comments. Here its author has commented"
    " on it.",
    _posts(UNBLOCKED, ACCEPTED),
    told={Post.UNPUBLISHED: OWNER},
)
COMMENT: Final = Surface(
    "A comment by its id, and its replies",
    "A comment on a post that one may not see is answered like one that does not exist.",
    _posts(UNBLOCKED, ACCEPTED),
)
SAID: Final = Surface(
    "One's own comments",
    "All that one has said, also on posts that are deleted.",
    {**_posts(OWNER, OWNER), Post.DELETED: OWNER},
)
COMMENT_MADE: Final = Surface(
    "A post that one comments on",
    "Whoever may see a published post is told if they may not comment on it, and here that there is"
    " nothing to reply to.",
    _each(Post, NOBODY),
    told={
        **_each(LISTED, UNBLOCKED),
        Post.PRIVATE: ACCEPTED,
        Post.UNPUBLISHED: OWNER,
    },
)
MODERATE: Final = Surface(
    "A comment that one edits, deletes or moderates",
    "Whoever may see a comment is told that it, or its post, is somebody else's.",
    _posts(OWNER, OWNER),
    told={**_each(LISTED, UNBLOCKED - OWNER), Post.PRIVATE: ACCEPTED - OWNER},
)
LIKERS: Final = Surface(
    "Who likes a post",
    "Whoever may see a published post may see those who like it, as far as they may see them, and"
    " without those whom the author of the post has blocked.",
    _posts(UNBLOCKED, ACCEPTED),
)
NAMED: Final = Surface(
    "Somebody named beside a post that they like",
    "Nobody has asked for a name, so those whom one has muted are not named, and oneself never is.",
    _each(User, UNBLOCKED - {Role.MUTING, Role.OWNER}),
)
LIKED: Final = Surface(
    "The posts that one likes, and those that one has saved",
    "Here everybody has liked and saved what they could see at some time. What they may not see now"
    " is left out, and comes back if they can see it again.",
    _posts(UNBLOCKED, ACCEPTED),
)
APPEARANCES: Final = Surface(
    "The posts in which others have tagged one",
    "Here the authors have tagged everybody who is none of the users that answers may show. Some of"
    " these were removed, or blocked, afterwards.",
    _posts(UNBLOCKED - OWNER, ACCEPTED - OWNER),
)
UNTAG: Final = Surface(
    "A post from which one removes one's tag",
    "The answer is the same whether one is tagged in it or not, and for a post that one cannot see:"
    " whoever was blocked by its author removes their tag too.",
    _each(Post, NOBODY),
)
COLLECT: Final = Surface(
    "A collection, and a post that one puts into it",
    "A collection is its owner's own. To everybody else there is none, whatever the post is.",
    _each(Post, NOBODY),
)
USER: Final = Surface(
    "A user by the handle",
    "A private account shows name, avatar, bio and number of followers to whoever is signed in.",
    _each(User, UNBLOCKED),
)
COUNT: Final = Surface(
    "The number of a user's posts",
    "It goes with the posts, wherever a user is shown with numbers.",
    {**_each(_OPEN, UNBLOCKED), User.PRIVATE: ACCEPTED},
)
LISTS: Final = Surface(
    "Whether a user's lists are open",
    "The profile of a private account says openly that it is private, and so do its lists.",
    {**_each(_OPEN, UNBLOCKED), User.PRIVATE: ACCEPTED},
    told={User.PRIVATE: UNBLOCKED - ACCEPTED},
)
POSTS_OF: Final = Surface(
    "The posts of a user",
    "Published ones only, for their author too.",
    _posts(UNBLOCKED, ACCEPTED),
)
PEOPLE: Final = Surface(
    "Users in a list of people",
    "The followers of a user, those whom one follows, and those whom a search finds. Mutes change"
    " nothing.",
    _each(User, UNBLOCKED),
)
FEED: Final = Surface(
    "The feed, and its number of new posts",
    "The posts of those one follows and one's own, except of those one has muted.",
    _posts(ACCEPTED - {Role.MUTING}, ACCEPTED - {Role.MUTING}),
)
MIXED: Final = Surface(
    "Posts among those of many",
    "What a search finds, and the posts with a hashtag. Those of private accounts are not even"
    " found by their followers.",
    _posts(UNBLOCKED - {Role.MUTING}, NOBODY),
)
EXPLORED: Final = Surface(
    "Posts to explore",
    "Nobody has asked for them: there are none of private accounts or of those whom one has muted,"
    " and none that is sensitive, whoever asks.",
    {**_posts(UNBLOCKED - {Role.MUTING}, NOBODY), Post.SENSITIVE: NOBODY},
)
WORDS: Final = Surface(
    "The hashtags and places of a post",
    "They are the vocabulary of all published posts of accounts that are not private, and do not"
    " tell whose they are.",
    _posts(SIGNED_IN, NOBODY),
)
PLACES: Final = Surface(
    "Places that one has used before",
    "Those of one's own published posts.",
    _posts(OWNER, OWNER),
)
SUGGESTED: Final = Surface(
    "A user as a suggestion",
    "Nobody is suggested whom one follows, has asked to follow, blocked or muted, and no private"
    " account.",
    {
        **_each(
            (User.PUBLIC, User.CELEBRITY, User.UNLISTED, User.ASKER),
            frozenset((Role.STRANGER, Role.REQUESTER, Role.REMOVED)),
        ),
        User.PRIVATE: NOBODY,
        User.FRIEND: NOBODY,
    },
)
OWN: Final = Surface(
    "One's own profile",
    "It shows nobody else.",
    _each(User, OWNER),
)
UPLOADS: Final = Surface(
    "One's own uploads",
    "The ledger has everything that its owner has uploaded, also what is deleted or never seen.",
    _each(Post, OWNER),
)
ORIGINAL: Final = Surface(
    "A file as it was uploaded",
    "Its owner is told if the file has not arrived.",
    {
        **_each(Post, OWNER),
        Post.UNPUBLISHED: NOBODY,
        Post.AVATAR: NOBODY,
    },
    told=_each((Post.UNPUBLISHED, Post.AVATAR), OWNER),
)
BIN: Final = Surface(
    "One's own deleted posts",
    "The only place where a deleted post is shown.",
    {**_each(Post, NOBODY), Post.DELETED: OWNER},
)
SCHEDULED: Final = Surface(
    "One's own scheduled posts",
    "Here the post that is not published has a time.",
    {**_each(Post, NOBODY), Post.UNPUBLISHED: OWNER},
)
REQUESTS: Final = Surface(
    "Those who ask to follow one",
    "The private user gets the one who asks; the matrix has no other who is asked.",
    _each(User, NOBODY),
)
ACTIVITY: Final = Surface(
    "What others did that concerns one",
    "Nobody is told of oneself, of those whom one has blocked or muted, or who have blocked one.",
    {
        **_each(User, UNBLOCKED - {Role.MUTING, Role.OWNER}),
        **_posts(UNBLOCKED - {Role.MUTING}, ACCEPTED - {Role.MUTING}, OWNER),
    },
)
BLOCKS: Final = Surface(
    "Those whom one has blocked",
    "Only this list shows them, or the block could not be taken back.",
    _each(AUTHORS, frozenset((Role.BLOCKER,))),
)
MUTES: Final = Surface(
    "Those whom one has muted",
    "Nobody else learns of it.",
    _each(AUTHORS, frozenset((Role.MUTING,))),
)
FOLLOW: Final = Surface(
    "A user whom one follows or mutes",
    "Nobody can follow or mute oneself, and is told so.",
    _each(User, UNBLOCKED - OWNER),
    told=_each(User, OWNER),
)
LEAVE: Final = Surface(
    "A user whom one leaves, removes or declines",
    "Where nothing is to be changed, nothing changes.",
    _each(User, UNBLOCKED),
)
ACCEPT: Final = Surface(
    "A user whose request one accepts",
    "Whoever has not asked is a user all the same.",
    _each(User, NOBODY),
    told=_each(User, UNBLOCKED),
)
BLOCK: Final = Surface(
    "A user whom one blocks",
    "Whoever is blocked finds nobody whom they could block in turn.",
    _each(User, (UNBLOCKED | {Role.BLOCKER}) - OWNER),
    told=_each(User, OWNER),
)
UNBLOCK: Final = Surface(
    "A user whose block or mute one takes back",
    "The answer is the same whether there was one or not, and whoever has the handle.",
    _each(User, NOBODY),
)
_KEYS: Final = (
    "An Idempotency-Key is its user's own: with another's key and body one gets something of one's"
    " own."
)
CREATED: Final = Surface(
    "A post that one creates", _KEYS, {**_each(Post, NOBODY), Post.UNPUBLISHED: OWNER}
)
AVATAR: Final = Surface(
    "An avatar that one creates", _KEYS, {**_each(Post, NOBODY), Post.AVATAR: OWNER}
)
PUBLIC_POST: Final = Surface("A public post by its id", _PUBLIC, _PUBLIC_POSTS, is_public=True)
PUBLIC_USER: Final = Surface("A public user by the handle", _PUBLIC, _PUBLIC_USERS, is_public=True)
PUBLIC_LIST: Final = Surface("Posts in a public list", _PUBLIC, _PUBLIC_POSTS, is_public=True)
CARD: Final = Surface(
    "A post in a public page, an Atom feed or on another site",
    _PUBLIC + " Machines cannot blur: a sensitive post comes without links to its media.",
    _PUBLIC_POSTS,
    is_public=True,
    without_files=frozenset((Post.SENSITIVE,)),
)
NOTHING: Final = Surface("An answer that is about nobody", "It shows nothing.", is_public=True)
SILENT: Final = Surface("An answer to a signed-in user that is about nobody", "It shows nothing.")

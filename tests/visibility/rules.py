"""Who may see what, as a table. It comes from the design's text alone and shares nothing with
`domain/visibility.py`, so that the two can disagree.

The order of the reasons in the design (erased, withheld, closed or suspended, a block either way,
private and not accepted, muted) needs no order here: each row names those who see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.visibility.cast import (
    AUTHORS,
    BARRED,
    COLLECTED,
    ENLARGED,
    GONE,
    LISTED,
    Post,
    Role,
    Subject,
    User,
)

Roles = frozenset[Role]
NOBODY: Final[Roles] = frozenset()
EVERYBODY: Final[Roles] = frozenset(Role)
OWNER: Final[Roles] = frozenset((Role.OWNER,))
NOT_SIGNED_IN: Final[Roles] = frozenset((Role.SIGNED_OUT, Role.EXPIRED))
SIGNED_IN: Final[Roles] = EVERYBODY - NOT_SIGNED_IN - BARRED
"""All whose account lets them do everything."""
MODERATOR: Final[Roles] = frozenset((Role.MODERATOR,))
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
    """It is for moderators, or not for those whose account is closed or suspended, and says so
    whatever it is about."""


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
    open_to: Roles = NOBODY
    """Those whose account is closed or suspended and who may ask it all the same."""
    for_moderators: bool = False
    for_owners: bool = False
    """Whether whoever may see the subject and is not its owner is told that it is not theirs, and
    nothing else: 403."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(self.shown)

    def forbids(self, role: Role) -> bool:
        """Whether it is not for this role, whatever it is about."""
        if self.is_public:
            return False
        return role in BARRED - self.open_to or (self.for_moderators and role not in MODERATOR)

    def outcome(self, subject: Subject, role: Role) -> Outcome:
        if role in NOT_SIGNED_IN and not self.is_public:
            return Outcome.REFUSED
        if self.forbids(role):
            return Outcome.FORBIDDEN
        if role in self.shown.get(subject, NOBODY):
            return Outcome.SHOWN
        if role in self.told.get(subject, NOBODY):
            return Outcome.TOLD
        return Outcome.HIDDEN


def _each(subjects: Iterable[Subject], roles: Roles) -> dict[Subject, Roles]:
    return dict.fromkeys(subjects, roles)


def _posts(listed: Roles, private: Roles, unpublished: Roles = NOBODY) -> dict[Subject, Roles]:
    """A row for every post. For nobody are those that are deleted, avatars', those that moderators
    have hidden, and those of closed and suspended accounts."""
    return {
        **_each(LISTED, listed),
        Post.PRIVATE: private,
        Post.UNPUBLISHED: unpublished,
        **_each((Post.DELETED, Post.AVATAR, *GONE), NOBODY),
    }


def _found(rows: Mapping[Subject, Roles]) -> dict[Subject, Roles]:
    """The same rows where people look for something, or are suggested something: there nobody finds
    limited users and their posts."""
    return {**rows, **_each((s for s in rows if s in _LIMITED), NOBODY)}


def _users(roles: Roles) -> dict[Subject, Roles]:
    """A row for every user. Those who are suspended, or have closed the account, are for nobody."""
    return {**_each(User, NOBODY), **_each(_THERE, roles)}


_LIMITED: Final = (User.LIMITED, Post.LIMITED)
_THERE: Final = tuple(user for user in User if user not in (User.SUSPENDED, User.CLOSED))
_OPEN: Final = tuple(user for user in _THERE if user is not User.PRIVATE)
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
    for_owners=True,
)
DELETE: Final = Surface(
    "A post that one deletes",
    "The answer has no body, and is the same when it is repeated. What a moderator has hidden can"
    " be deleted, too.",
    _each(Post, NOBODY),
    told={
        **_each(LISTED, UNBLOCKED),
        Post.PRIVATE: ACCEPTED,
        **_each((Post.UNPUBLISHED, Post.DELETED, Post.WITHHELD, Post.TAKEN_DOWN), OWNER),
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
    for_owners=True,
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
    for_owners=True,
)
ALBUM_CHANGED: Final = Surface(
    "A post whose album or draft one changes",
    "Whoever may see a post is told that it is not theirs, and its author, here, that it was"
    " changed.",
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED, Post.UNPUBLISHED: OWNER},
    for_owners=True,
)
SCHEDULE: Final = Surface(
    "A post to which one gives a time",
    "Whoever may see a post is told that it is not theirs, and its author that it is published.",
    {**_each(Post, NOBODY), Post.UNPUBLISHED: OWNER},
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED},
    for_owners=True,
)
CROP: Final = Surface(
    "A post of which one crops a photo",
    "Whoever may see a post is told that it is not theirs. Its author, here, asks for what is shown"
    " of it already.",
    _posts(OWNER, OWNER, OWNER),
    told={**_each(LISTED, UNBLOCKED - OWNER), Post.PRIVATE: ACCEPTED - OWNER},
    for_owners=True,
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
ZOOM: Final = Surface(
    "A photo that one enlarges",
    "Whoever may see a published post gets a link to a larger rendition of its photo. Here all have"
    " been made before.",
    _posts(UNBLOCKED, ACCEPTED),
)
TAKE_BACK: Final = Surface(
    "A post whose like or save one takes back",
    "What one has liked or saved can be taken back also where one does not see the post any more."
    " Here the removed, the blocker and the blocked liked and saved all posts before, followers the"
    " deleted one, and everybody what moderators and closed accounts have hidden since. The answer"
    " has nothing but counts, which are zero then.",
    _each(Post, NOBODY),
    told={
        **_each((*LISTED, *GONE), SIGNED_IN),
        Post.PRIVATE: ACCEPTED | CUT,
        Post.DELETED: CUT | {Role.FOLLOWER},
    },
)
COMMENTS: Final = Surface(
    "The comments on a post",
    "Whoever sees a post sees what everybody may see of its comments. Here its author has commented"
    " on it.",
    {**_posts(UNBLOCKED, ACCEPTED), Post.SILENCED: NOBODY},
    told={Post.UNPUBLISHED: OWNER, Post.SILENCED: UNBLOCKED},
)
COMMENT: Final = Surface(
    "A comment by its id, and its replies",
    "A comment on a post that one may not see is answered like one that does not exist. Nobody sees"
    " one that a moderator has removed, its author neither.",
    {**_posts(UNBLOCKED, ACCEPTED), Post.SILENCED: NOBODY},
)
SAID: Final = Surface(
    "One's own comments",
    "All that one has said, also on posts that are deleted or hidden by a moderator, except what a"
    " moderator has removed.",
    {
        **_posts(OWNER, OWNER),
        **_each((Post.DELETED, Post.WITHHELD, Post.TAKEN_DOWN), OWNER),
        Post.SILENCED: NOBODY,
    },
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
    {**_posts(OWNER, OWNER), Post.SILENCED: NOBODY},
    told={
        **_each(LISTED, UNBLOCKED - OWNER),
        Post.PRIVATE: ACCEPTED - OWNER,
        Post.SILENCED: NOBODY,
    },
    for_owners=True,
)
LIKE_COMMENT: Final = Surface(
    "A comment that one likes",
    "Whoever may see a comment may like it.",
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED, Post.SILENCED: NOBODY},
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
    _users(UNBLOCKED - {Role.MUTING, Role.OWNER}),
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
    "A collection of somebody else's",
    "A collection is its owner's own. To everybody else there is none, whatever post one names with"
    " it.",
    _each(Post, NOBODY),
)
IN_COLLECTION: Final = Surface(
    "The posts in a collection of one's own",
    "Here everybody has put these posts into it when they could see them. What they may not see now"
    " is left out.",
    {**_each(Post, NOBODY), **{post: LIKED.shown[post] for post in COLLECTED}},
)
USER: Final = Surface(
    "A user by the handle",
    "A private account shows name, avatar, bio and number of followers to whoever is signed in.",
    _users(UNBLOCKED),
)
COUNT: Final = Surface(
    "The number of a user's posts",
    "It goes with the posts, wherever a user is shown with numbers.",
    {**_users(UNBLOCKED), User.PRIVATE: ACCEPTED},
)
LISTS: Final = Surface(
    "Whether a user's lists are open",
    "The profile of a private account says openly that it is private, and so do its lists.",
    {**_users(UNBLOCKED), User.PRIVATE: ACCEPTED},
    told={User.PRIVATE: UNBLOCKED - ACCEPTED},
)
POSTS_OF: Final = Surface(
    "The posts of a user",
    "Published ones only, for their author too.",
    _posts(UNBLOCKED, ACCEPTED),
)
PEOPLE: Final = Surface(
    "Users in a list of people",
    "The followers of a user, those whom one follows, those who like a post, and those who have"
    " commented on it. Mutes change nothing.",
    _users(UNBLOCKED),
)
FOUND: Final = Surface(
    "Users whom a search finds",
    "Mutes change nothing. Those whom a moderator has limited are not found.",
    _found(_users(UNBLOCKED)),
)
FEED: Final = Surface(
    "The feed, and its number of new posts",
    "The posts of those one follows and one's own, except of those one has muted.",
    _posts(ACCEPTED - {Role.MUTING}, ACCEPTED - {Role.MUTING}),
)
MIXED: Final = Surface(
    "Posts among those of many",
    "What a search finds, and the posts with a hashtag. Those of private accounts are not even"
    " found by their followers, and those of users whom a moderator has limited by nobody.",
    _found(_posts(UNBLOCKED - {Role.MUTING}, NOBODY)),
)
EXPLORED: Final = Surface(
    "Posts to explore",
    "Nobody has asked for them: there are none of private accounts or of those whom one has muted,"
    " none that is sensitive, and none of users whom a moderator has limited, whoever asks.",
    {**_found(_posts(UNBLOCKED - {Role.MUTING}, NOBODY)), Post.SENSITIVE: NOBODY},
)
WORDS: Final = Surface(
    "The hashtags and places of a post",
    "They are the vocabulary of all posts that strangers can find, and do not tell whose they are.",
    _found(_posts(SIGNED_IN, NOBODY)),
)
PLACES: Final = Surface(
    "Places that one has used before",
    "Those of one's own published posts, also of those that a moderator has hidden.",
    {**_posts(OWNER, OWNER), **_each((Post.WITHHELD, Post.TAKEN_DOWN), OWNER)},
)
SUGGESTED: Final = Surface(
    "A user as a suggestion",
    "Nobody is suggested whom one follows, has asked to follow, blocked or muted, and no private"
    " account, nor whom a moderator has limited.",
    {
        **_each(User, NOBODY),
        **_each(
            (User.PUBLIC, User.CELEBRITY, User.UNLISTED, User.ASKER),
            frozenset((Role.STRANGER, Role.REQUESTER, Role.REMOVED, Role.MODERATOR)),
        ),
    },
)
OWN: Final = Surface(
    "One's own profile",
    "It shows nobody else, and tells those whose account is closed or suspended how it stands.",
    {
        **_each(User, OWNER),
        User.SUSPENDED: frozenset((Role.SUSPENDED,)),
        User.CLOSED: frozenset((Role.CLOSED,)),
    },
    open_to=BARRED,
)
EDITED: Final = Surface(
    "One's own profile, which one edits", "It shows nobody else.", _each(User, OWNER)
)
STATEMENTS: Final = Surface(
    "What moderators have decided about one",
    "It names one's own posts and comments, and goes on for those who are suspended: they may"
    " appeal. Whoever has posted a copy of a withheld content is told nothing.",
    _each((Post.TAKEN_DOWN, Post.SILENCED), OWNER),
    open_to=frozenset((Role.SUSPENDED,)),
)
UPLOADS: Final = Surface(
    "One's own uploads",
    "The ledger has everything that its owner has uploaded, also what is deleted or never seen.",
    _each(Post, OWNER),
)
_NOT_ARRIVED: Final = (Post.UNPUBLISHED, Post.AVATAR)
COMPLETED: Final = Surface(
    "An upload that one completes",
    "Its owner is told if the file has not arrived.",
    {**_each(Post, OWNER), **_each(_NOT_ARRIVED, NOBODY)},
    told=_each(_NOT_ARRIVED, OWNER),
)
_NOT_HANDED_OUT: Final = (*_NOT_ARRIVED, Post.WITHHELD)
ORIGINAL: Final = Surface(
    "A file as it was uploaded",
    "Its owner is told if the file has not arrived. What a moderator withholds is handed out to"
    " nobody.",
    {**_each(Post, OWNER), **_each(_NOT_HANDED_OUT, NOBODY)},
    told=_each(_NOT_HANDED_OUT, OWNER),
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
DRAFTS: Final = Surface(
    "One's own drafts",
    "Here the author of the post that is not published has a draft of the same words. Otherwise the"
    " matrix has none: who sees what is not published decides about a draft, too, and"
    " `tests/integration/test_api_drafts.py` asks for one everywhere.",
    {**_each(Post, NOBODY), Post.UNPUBLISHED: OWNER},
)
REQUESTS: Final = Surface(
    "Those who ask to follow one",
    "The private user gets the one who asks, and not those who have asked, too, and were suspended"
    " or have closed the account since; the matrix has no other who is asked.",
    _each(User, NOBODY),
)
ACTIVITY: Final = Surface(
    "What others did that concerns one",
    "Nobody is told of oneself, of those whom one has blocked or muted, or who have blocked one."
    " The author of a hidden post is told that something was decided about it.",
    {
        **_users(UNBLOCKED - {Role.MUTING, Role.OWNER}),
        **_posts(UNBLOCKED - {Role.MUTING}, ACCEPTED - {Role.MUTING}, OWNER),
        Post.TAKEN_DOWN: OWNER,
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
    _users(UNBLOCKED - OWNER),
    told=_users(OWNER),
)
LEAVE: Final = Surface(
    "A user whom one leaves, removes or declines",
    "Where nothing is to be changed, nothing changes.",
    _users(UNBLOCKED),
)
ACCEPT: Final = Surface(
    "A user whose request one accepts",
    "Whoever has not asked is a user all the same.",
    _each(User, NOBODY),
    told=_users(UNBLOCKED),
)
BLOCK: Final = Surface(
    "A user whom one blocks",
    "Whoever is blocked finds nobody whom they could block in turn.",
    _users((UNBLOCKED | {Role.BLOCKER}) - OWNER),
    told=_users(OWNER),
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
PUBLIC_ZOOM: Final = Surface(
    "A public photo that one enlarges",
    _PUBLIC
    + " Whoever may see the post gets a larger rendition of its photo, or is told that there"
    " is none. Here some have been made before.",
    {post: roles if post in ENLARGED else NOBODY for post, roles in _PUBLIC_POSTS.items()},
    told=_PUBLIC_POSTS,
    is_public=True,
)
PUBLIC_USER: Final = Surface("A public user by the handle", _PUBLIC, _PUBLIC_USERS, is_public=True)
PUBLIC_LIST: Final = Surface("Posts in a public list", _PUBLIC, _PUBLIC_POSTS, is_public=True)
PUBLIC_FOUND: Final = Surface(
    "Posts with a hashtag or at a place, for everybody",
    _PUBLIC,
    _found(_PUBLIC_POSTS),
    is_public=True,
)
PUBLIC_EXPLORED: Final = Surface(
    "Posts to explore, for everybody",
    _PUBLIC + " None that is sensitive is among them, and none of users whom a moderator has"
    " limited.",
    {**_found(_PUBLIC_POSTS), Post.SENSITIVE: NOBODY},
    is_public=True,
)
CARD: Final = Surface(
    "A post in a public page, an Atom feed or on another site",
    _PUBLIC + " Machines cannot blur: a sensitive post comes without links to its media.",
    _PUBLIC_POSTS,
    is_public=True,
    without_files=frozenset((Post.SENSITIVE,)),
)
_REPORTED: Final = (
    "Whoever may see it may report it, and is told if it is their own. What one may not see is"
    " answered like what does not exist. (Nothing of it is in the answer.)"
)
REPORTED_POST: Final = Surface(
    "A post that one reports",
    _REPORTED,
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED, Post.UNPUBLISHED: OWNER},
)
REPORTED_COMMENT: Final = Surface(
    "A comment that one reports",
    _REPORTED,
    _each(Post, NOBODY),
    told={**_each(LISTED, UNBLOCKED), Post.PRIVATE: ACCEPTED, Post.SILENCED: NOBODY},
)
REPORTED_USER: Final = Surface(
    "A user whom one reports", _REPORTED, _each(User, NOBODY), told=_users(UNBLOCKED)
)
_CASES: Final = (
    "It is for moderators, and shows them what was reported, whoever may see it. The matrix has an"
    " open case about a private post, and closed ones about what moderators have done here."
)
QUEUE: Final = Surface(
    "The cases that wait",
    _CASES,
    {**_each(Post, NOBODY), Post.PRIVATE: MODERATOR},
    for_moderators=True,
)
POST_CASE: Final = Surface(
    "A case about a post",
    _CASES,
    {**_each(Post, NOBODY), **_each((Post.PRIVATE, Post.TAKEN_DOWN), MODERATOR)},
    for_moderators=True,
)
COMMENT_CASE: Final = Surface(
    "A case about a comment",
    _CASES,
    {**_each(Post, NOBODY), Post.SILENCED: MODERATOR},
    without_files=frozenset((Post.SILENCED,)),
    for_moderators=True,
)
USER_CASE: Final = Surface(
    "A case about a user",
    _CASES,
    {**_each(User, NOBODY), **_each((User.LIMITED, User.SUSPENDED), MODERATOR)},
    for_moderators=True,
)
LOG: Final = Surface(
    "What moderators have done",
    "It is for moderators, and has no more than the ids of what they have decided about.",
    {
        **_each((*User, *Post), NOBODY),
        **_each((Post.TAKEN_DOWN, Post.SILENCED, User.LIMITED, User.SUSPENDED), MODERATOR),
    },
    for_moderators=True,
)
DESK: Final = Surface(
    "An answer to a moderator that is about nobody", "It shows nothing.", for_moderators=True
)
NOTHING: Final = Surface("An answer that is about nobody", "It shows nothing.", is_public=True)
SILENT: Final = Surface("An answer to a signed-in user that is about nobody", "It shows nothing.")
APPEALED: Final = Surface(
    "A case in which one appeals",
    "Only whom it is about may appeal, also if they are suspended. To everybody else there is no"
    " such case.",
    _each(Post, NOBODY),
    told={Post.SILENCED: OWNER},
    open_to=frozenset((Role.SUSPENDED,)),
)
LEAVING: Final = Surface(
    "An answer about nobody, also to those whose account is closed or suspended",
    "They may export what is theirs, and sign out; whoever has closed the account may come back.",
    open_to=BARRED,
)

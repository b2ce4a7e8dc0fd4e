"""What each operation of the API may show, and what it has to be asked for that.

Paths and their parameters come from the OpenAPI document. What is listed here is the rule that
holds for what is addressed, the rules for what a list holds, and the queries and bodies worth
asking with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from tests import samples
from tests.visibility import rules
from tests.visibility.cast import (
    COMMENTED,
    FOLLOWS,
    LIKES,
    OWNERS,
    Post,
    Role,
    Subject,
    User,
    Viewer,
)
from tests.visibility.marks import Marks
from tests.visibility.rules import Surface

Query = tuple[tuple[str, str], ...]
WHOLE: Final = "100"
"""The limit of a list that is asked for whole."""
COLLECTION: Final = "Kept"
"""The name of everybody's collection."""


class Within(StrEnum):
    """What an answer holds, as seen from the subject in its address."""

    ITSELF = "itself"
    POSTS = "its posts"
    FOLLOWERS = "its followers"
    FOLLOWING = "those it follows"
    LIKERS = "those who like it"
    COMMENTERS = "it, and those who have commented on it"
    ALL = "anything"

    def subjects(self, target: Subject | None) -> tuple[Subject, ...]:
        itself: tuple[Subject, ...] = () if target is None else (target,)
        match self:
            case Within.ITSELF:
                return itself
            case Within.POSTS:
                return tuple(post for post, owner in OWNERS.items() if owner is target)
            case Within.FOLLOWERS:
                return tuple(user for user in User if (user, target) in FOLLOWS)
            case Within.FOLLOWING:
                return tuple(user for user in User if (target, user) in FOLLOWS)
            case Within.LIKERS | Within.COMMENTERS:
                is_likers = self is Within.LIKERS
                pairs, first = (LIKES, ()) if is_likers else (COMMENTED, itself)
                return (*first, *(user for user in User if (user, target) in pairs))
            case Within.ALL:
                return (*User, *Post)


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask an operation: its query, what the answer then holds, and whether that is only
    a part of it, in which nothing needs to be. If it names a subject, the first rule is for that
    one."""

    query: Callable[[Marks, Subject | None], Query]
    holds: tuple[Surface, ...]
    is_part: bool = False
    targets: type[User] | type[Post] | None = None
    """The kind of subject that the query, the body or a case's id names, if one of them does."""
    case: str = ""
    """What a case is about: a post, a comment or a user."""
    body: Callable[[Marks, Subject], Any] | None = None
    is_of_another: bool = False
    """Whether the collection that it names is somebody else's, and not one's own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation. `address` is the rule for what its path or query names; None if it names
    nothing. `holds` are the rules for what it lists."""

    address: Surface | None = None
    holds: tuple[Surface, ...] = ()
    within: Within = Within.ITSELF
    askings: tuple[Asking, ...] = ()
    """If there are none, it is asked once; and if its list may leave out what is hidden, once more
    for a page of one entry, which has a cursor then."""
    has_files: bool = False
    """Whether posts come with links to their media."""
    names_authors: bool = True
    """Whether posts come with their authors."""
    shows_files_alone: bool = False
    """Whether of a post there is nothing but links to its files."""
    from_ledger: bool = False
    """Whether files are the caller's own uploads, whose links are good for a short time."""
    names_target: bool = False
    """Whether the user in the address is shown beside what the list holds."""
    leaves: bool = False
    """Whether the viewer follows the user no longer when the answer is made."""
    body: Callable[[Marks], Any] | None = None
    key: Post | None = None
    """The post with whose body and Idempotency-Key it is asked."""
    has_new_key: bool = False
    """Whether it is asked with an Idempotency-Key that was not used before."""
    asked_by: frozenset[Viewer] | None = None
    """Those who ask it; None for everybody."""
    skip: frozenset[tuple[Subject, Role]] = frozenset()
    """What is not asked, since it would change what is asked after it."""
    names_nothing: bool = False
    """Whether what its path or body names does not exist."""

    @property
    def holds_hidden(self) -> bool:
        """Whether its list is made from one that has more than the viewer may see."""
        return not {rules.PEOPLE, rules.FOUND, rules.MIXED}.isdisjoint(self.holds)

    @property
    def for_moderators(self) -> bool:
        return any(surface.for_moderators for surface in self.surfaces)

    def forbids(self, role: Role) -> bool:
        """Whether it is not for this role, whatever it is about."""
        return any(surface.forbids(role) for surface in self.surfaces)

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        asked = (surface for asking in self.askings for surface in asking.holds)
        found = dict.fromkeys((self.address, *self.holds, *asked))
        return tuple(surface for surface in found if surface is not None)


def _always(*query: tuple[str, str]) -> Callable[[Marks, Subject | None], Query]:
    return lambda _marks, _target: query


def _words(text: str, *more: tuple[str, str]) -> Callable[[Marks, Subject | None], Query]:
    """A query for what all marked subjects have in common; `~` in the text stands for it."""
    return lambda marks, _: (("q", text.replace("~", marks.family)), *more)


def _named(
    name: str, text: Callable[[Marks, Subject], str]
) -> Callable[[Marks, Subject | None], Query]:
    return lambda marks, target: () if target is None else ((name, text(marks, target)),)


def _device(_: Marks) -> Any:
    """What a browser says of itself."""
    device = samples.device()
    return {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}


def _report(kind: str, id_of: Callable[[Marks, Any], str]) -> Callable[[Marks, Subject], Any]:
    """The body of a report."""
    return lambda marks, target: {"kind": kind, "id": id_of(marks, target), "reason": "spam"}


def _appeal(marks: Marks, post: Any) -> Any:
    """An appeal in the case about the comment on a post, if there is one."""
    return {"case_id": f"comment-{marks.posts[post].comment_id}", "text": "No."}


def _file(_: Marks) -> Any:
    """What a client says of a photo."""
    return {"content_type": "image/jpeg", "bytes": 7, "sha256": samples.sha256("another")}


def _collection(_: Marks) -> Any:
    """A collection of the name that everybody's has."""
    return {"name": COLLECTION}


def _nothing_known(_: Marks) -> Any:
    """An album of a photo that no post has."""
    return {"media": [{"id": "x"}], "seen": []}


def _draft_of_nothing(_: Marks) -> Any:
    """A draft of a photo that no post has."""
    return {"media": [{"id": "x"}]}


def _tomorrow(_: Marks) -> Any:
    return {"publish_at": _tomorrow_text()}


def _tomorrow_text() -> str:
    return f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"


def _around(within: Within) -> Entry:
    return Entry(rules.LISTS, (rules.PEOPLE,), within)


def _list(*surfaces: Surface, **more: Any) -> Entry:
    return Entry(None, surfaces, Within.ALL, **more)


_LIMIT: Final = ("limit", WHOLE)
_FOUND: Final = (
    Asking(_words("~", ("type", "posts"), _LIMIT), (rules.MIXED,)),
    Asking(_words("~", ("type", "posts"), ("limit", "1")), (rules.MIXED,), is_part=True),
    Asking(_words("~", ("type", "users"), _LIMIT), (rules.FOUND,)),
    Asking(_words("#~", ("type", "hashtags"), _LIMIT), (rules.WORDS,)),
    Asking(_words("~", _LIMIT), (rules.MIXED, rules.FOUND, rules.WORDS)),
)
_TYPED: Final = (
    Asking(_words("@~"), (rules.FOUND,)),
    Asking(_words("#~"), (rules.WORDS,)),
    Asking(_words("~place"), (rules.WORDS,)),
)
_TAGGED: Final = (
    Asking(_always(_LIMIT), (rules.MIXED,)),
    Asking(_always(("limit", "1")), (rules.MIXED,), is_part=True),
    Asking(_always(("order", "best"), _LIMIT), (rules.MIXED,)),
)
_AT_PLACE: Final = (
    Asking(_always(_LIMIT), (rules.MIXED,), targets=Post),
    Asking(_always(("order", "best"), _LIMIT), (rules.MIXED,), targets=Post),
)
_PUBLIC_TAGGED: Final = (
    Asking(_always(_LIMIT), (rules.PUBLIC_FOUND,)),
    Asking(_always(("order", "best"), _LIMIT), (rules.PUBLIC_FOUND,)),
)
_PUBLIC_AT_PLACE: Final = tuple(replace(asking, targets=Post) for asking in _PUBLIC_TAGGED)
_PLACES: Final = (
    Asking(_always(), (rules.PLACES,), is_part=True),
    Asking(_words("~place"), (rules.PLACES, rules.WORDS), is_part=True),
)
_POSTS_OF: Final = (
    Asking(_always(_LIMIT), (rules.POSTS_OF,)),
    Asking(lambda *_: (("before", _tomorrow_text()),), (rules.POSTS_OF,)),
)
_PAGE: Final = (
    Asking(_named("post", Marks.id_of), (rules.CARD,), targets=Post),
    Asking(_named("user", Marks.name_of), (rules.PUBLIC_USER,), targets=User),
)
_EMBEDDED: Final = (
    Asking(_named("url", Marks.page_of), (rules.CARD,), targets=Post),
    Asking(_named("url", Marks.page_of), (rules.PUBLIC_USER,), targets=User),
)
_NAMED: Final = (
    Asking(_named("ids", Marks.id_of), (rules.LIKERS, rules.NAMED), is_part=True, targets=Post),
)
_CASES: Final = (
    Asking(_always(), (rules.POST_CASE,), targets=Post, case="post"),
    Asking(_always(), (rules.COMMENT_CASE,), targets=Post, case="comment"),
    Asking(_always(), (rules.USER_CASE,), targets=User, case="user"),
)
_OF_ANOTHER: Final = Asking(_always(), (rules.COLLECT,), targets=Post, is_of_another=True)
_COLLECTED: Final = (Asking(_always(_LIMIT), (rules.IN_COLLECTION,)), _OF_ANOTHER)
_COLLECTION: Final = (Asking(_always(), (rules.SILENT,)), _OF_ANOTHER)
_PUT_INTO: Final = (Asking(_always(), (rules.LIKE,), targets=Post), _OF_ANOTHER)
_TAKEN_OUT: Final = (Asking(_always(), (rules.TAKE_BACK,), targets=Post), _OF_ANOTHER)
_APPEALS: Final = (Asking(_always(), (rules.APPEALED,), targets=Post, body=_appeal),)
_REPORTS: Final = (
    Asking(_always(), (rules.REPORTED_POST,), targets=Post, body=_report("post", Marks.id_of)),
    Asking(
        _always(),
        (rules.REPORTED_COMMENT,),
        targets=Post,
        body=_report("comment", lambda marks, post: marks.posts[post].comment_id),
    ),
    Asking(_always(), (rules.REPORTED_USER,), targets=User, body=_report("user", Marks.id_of)),
)
_FED: Final = (
    Asking(_always(_LIMIT), (rules.FEED,)),
    Asking(_always(("limit", "1")), (rules.FEED,), is_part=True),
)

_ITS_OWN: Final = frozenset(((Post.DELETED, Role.OWNER),))
_OWN: Final = frozenset((post, Role.OWNER) for post in Post)
_TO_STAY: Final = frozenset((post, Role.OWNER) for post in Post if post is not Post.DELETED)

MATRIX: Final[Mapping[str, Entry]] = {
    "get_health": Entry(rules.NOTHING),
    "get_me": _list(rules.OWN),
    "list_uploads": _list(rules.UPLOADS, has_files=True, names_authors=False, from_ledger=True),
    "get_upload": Entry(rules.UPLOADS, has_files=True, names_authors=False, from_ledger=True),
    "list_deleted": _list(rules.BIN, has_files=True),
    "list_scheduled": _list(rules.SCHEDULED, has_files=True),
    "list_drafts": _list(rules.DRAFTS, has_files=True),
    "list_requests": _list(rules.REQUESTS),
    "list_activity": _list(
        askings=(Asking(_always(_LIMIT), (rules.ACTIVITY,), is_part=True),),
        has_files=True,
        names_authors=False,
    ),
    "count_activity": Entry(rules.SILENT),
    # Whether somebody has a handle is told whoever they are: whoever takes one would learn it, too.
    "check_handle": Entry(askings=(Asking(_always(("handle", "nobody.has.it")), (rules.SILENT,)),)),
    "list_blocks": _list(rules.BLOCKS),
    "list_mutes": _list(rules.MUTES),
    "get_user": Entry(rules.USER),
    "list_user_posts": Entry(
        rules.LISTS, (rules.POSTS_OF,), Within.POSTS, askings=_POSTS_OF, has_files=True
    ),
    "list_followers": _around(Within.FOLLOWERS),
    "list_following": _around(Within.FOLLOWING),
    # The first comments come with a post.
    "get_post": Entry(rules.POST, (rules.POST, rules.PEOPLE), Within.COMMENTERS, has_files=True),
    "get_album": Entry(rules.ALBUM, has_files=True),
    "list_comments": Entry(rules.COMMENTS, (rules.COMMENTS, rules.PEOPLE), Within.COMMENTERS),
    "get_comment": Entry(rules.COMMENT),
    "list_replies": Entry(rules.COMMENT),
    "list_own_comments": _list(rules.SAID),
    "list_held_comments": Entry(rules.SILENT),
    "list_likers": Entry(rules.LIKERS, (rules.PEOPLE,), Within.LIKERS),
    "name_likers": Entry(None, (), Within.LIKERS, askings=_NAMED),
    "list_likes": _list(rules.LIKED, has_files=True),
    "list_appearances": _list(
        askings=(Asking(_always(_LIMIT), (rules.APPEARANCES,), is_part=True),), has_files=True
    ),
    "list_saved": _list(rules.LIKED, has_files=True),
    "list_collections": Entry(rules.SILENT),
    "list_collected": _list(askings=_COLLECTED, has_files=True),
    "get_feed": _list(rules.FEED, askings=_FED, has_files=True),
    "list_suggestions": _list(
        rules.SUGGESTED, askings=(Asking(_always(("limit", "20")), (rules.SUGGESTED,)),)
    ),
    "search": _list(rules.MIXED, askings=_FOUND, has_files=True),
    "suggest": _list(rules.FOUND, askings=_TYPED),
    "list_tagged": _list(rules.MIXED, askings=_TAGGED, has_files=True),
    "get_hashtag": Entry(rules.SILENT),
    "list_explored": _list(
        askings=(Asking(_always(_LIMIT), (rules.EXPLORED,), is_part=True),), has_files=True
    ),
    "find_places": _list(askings=_PLACES),
    "get_place": Entry(rules.SILENT),
    "list_at_place": Entry(askings=_AT_PLACE, has_files=True),
    "list_reports": Entry(rules.SILENT),
    "list_statements": _list(rules.STATEMENTS),
    "list_cases": _list(rules.QUEUE),
    "get_case": Entry(askings=_CASES, has_files=True),
    "get_moderation_statistics": Entry(rules.DESK),
    "list_moderation_log": _list(rules.LOG),
    "get_public_post": Entry(rules.PUBLIC_POST, has_files=True),
    "find_zoom": Entry(
        rules.PUBLIC_ZOOM, has_files=True, names_authors=False, shows_files_alone=True
    ),
    "get_public_user": Entry(rules.PUBLIC_USER),
    "list_public_user_posts": Entry(
        rules.PUBLIC_USER, (rules.PUBLIC_LIST,), Within.POSTS, has_files=True
    ),
    "get_public_user_feed": Entry(
        rules.PUBLIC_USER, (rules.CARD,), Within.POSTS, has_files=True, names_target=True
    ),
    "list_public_explored": _list(
        askings=(Asking(_always(_LIMIT), (rules.PUBLIC_EXPLORED,), is_part=True),), has_files=True
    ),
    "list_public_tagged": _list(rules.PUBLIC_FOUND, askings=_PUBLIC_TAGGED, has_files=True),
    "list_public_at_place": Entry(askings=_PUBLIC_AT_PLACE, has_files=True),
    "get_page": Entry(askings=_PAGE, has_files=True),
    "get_oembed": Entry(askings=_EMBEDDED, has_files=True),
    # From here on they write. What is about posts comes first, and the block last.
    "edit_me": _list(rules.EDITED, body=lambda _: {}),
    # What is answered does not exist, so that nothing is said.
    "create_comment": Entry(
        rules.COMMENT_MADE, body=lambda _: {"text": "x", "reply_to": "x"}, has_new_key=True
    ),
    "edit_comment": Entry(rules.MODERATE, body=lambda _: {"text": "x"}, skip=_OWN),
    "hide_comment": Entry(rules.MODERATE),
    "show_comment": Entry(rules.MODERATE),
    "pin_comment": Entry(rules.MODERATE),
    "unpin_comment": Entry(rules.MODERATE),
    "approve_comment": Entry(rules.MODERATE),
    "like_comment": Entry(rules.LIKE_COMMENT),
    "unlike_comment": Entry(rules.LIKE_COMMENT),
    "delete_comment": Entry(rules.MODERATE, skip=_OWN),
    "like_post": Entry(rules.LIKE),
    "unlike_post": Entry(rules.TAKE_BACK),
    "save_post": Entry(rules.LIKE),
    "add_to_collection": Entry(askings=_PUT_INTO),
    "take_out_of_collection": Entry(askings=_TAKEN_OUT),
    "unsave_post": Entry(rules.TAKE_BACK),
    "create_collection": Entry(rules.SILENT, body=_collection),
    "rename_collection": Entry(askings=_COLLECTION, body=_collection),
    "delete_collection": Entry(askings=_COLLECTION),
    "edit_post": Entry(rules.EDIT, has_files=True, body=lambda _: {}),
    "untag_me": Entry(rules.UNTAG),
    "remove_medium": Entry(rules.MEND),
    "replace_medium": Entry(rules.MEND, body=_file),
    "crop_medium": Entry(rules.CROP, has_files=True, body=lambda _: {"crop": None}),
    "zoom_medium": Entry(rules.ZOOM, has_files=True, names_authors=False, shows_files_alone=True),
    "change_album": Entry(rules.ALBUM_CHANGED, body=_nothing_known),
    "change_draft": Entry(rules.ALBUM_CHANGED, body=_draft_of_nothing),
    "schedule_post": Entry(rules.SCHEDULE, has_files=True, body=_tomorrow),
    "publish_post": Entry(rules.EDIT, has_files=True),
    "delete_post": Entry(rules.DELETE, skip=_TO_STAY),
    "erase_post": Entry(rules.DELETE, skip=_OWN),
    "restore_post": Entry(rules.RESTORE, has_files=True, skip=_ITS_OWN),
    "get_original": Entry(rules.ORIGINAL, names_authors=False, from_ledger=True),
    "complete_upload": Entry(
        rules.COMPLETED, has_files=True, names_authors=False, from_ledger=True
    ),
    # Whoever reports something has it out of their sight: nothing is asked about that any more.
    "create_report": Entry(askings=_REPORTS),
    "remove_follower": Entry(rules.LEAVE),
    "decline_request": Entry(rules.LEAVE),
    "accept_request": Entry(rules.ACCEPT),
    "mute": Entry(rules.FOLLOW),
    "unmute": Entry(rules.UNBLOCK),
    "see_activity": Entry(rules.SILENT),
    "follow": Entry(rules.FOLLOW),
    "unfollow": Entry(rules.LEAVE, leaves=True),
    "block": Entry(rules.BLOCK),
    "unblock": Entry(rules.UNBLOCK),
    "create_appeal": Entry(askings=_APPEALS),
    "create_action": Entry(rules.DESK, body=lambda _: {}, names_nothing=True),
    "undo_action": Entry(rules.DESK, body=lambda _: {}, names_nothing=True),
    "decide_appeal": Entry(rules.DESK, body=lambda _: {}, names_nothing=True),
    "follow_hashtag": Entry(rules.SILENT),
    "list_followed_hashtags": Entry(rules.SILENT),
    "unfollow_hashtag": Entry(rules.SILENT),
    "put_push_subscription": Entry(rules.SILENT, body=_device),
    "list_push_subscriptions": Entry(rules.SILENT),
    "delete_push_subscription": Entry(rules.SILENT),
    "create_export": Entry(rules.LEAVING),
    "list_exports": Entry(rules.LEAVING),
    "delete_export": Entry(rules.LEAVING, names_nothing=True),
    "create_post": _list(rules.CREATED, key=Post.UNPUBLISHED),
    "create_avatar": _list(rules.AVATAR, key=Post.AVATAR, names_authors=False, from_ledger=True),
    "delete_avatar": Entry(rules.SILENT),
    # Whoever closes an account, or comes back to it, is then something else in the matrix.
    "reopen_account": Entry(rules.LEAVING, asked_by=frozenset(Viewer) - {Viewer.CLOSED}),
    "close_account": Entry(rules.LEAVING, asked_by=frozenset((Viewer.SIGNED_OUT, Viewer.EXPIRED))),
    "sign_out_everywhere": Entry(rules.LEAVING),
}
"""Every operation, in the order in which a viewer asks."""

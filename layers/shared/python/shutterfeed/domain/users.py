"""Users and their handles."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.activity import ActivitySettings
from shutterfeed.domain.characters import PARAGRAPHS, check_characters, check_name, clean
from shutterfeed.domain.errors import Forbidden, InvalidInput, SessionEnded
from shutterfeed.domain.media import Medium

MAX_DISPLAY_NAME: Final = 50
MAX_BIO: Final = 150
HANDLE_REST: Final = timedelta(days=30)
"""How long a handle that was given up is kept for its former owner, so that nobody can pose as them
before people who know the old handle have seen the new one."""

HANDLE_ATTEMPTS: Final = 4
"""How many handles are tried for a new user, in case others have them."""
MIN_HANDLE: Final = 3
MAX_HANDLE: Final = 30
HANDLE: Final = "[A-Za-z0-9](?:[._]?[A-Za-z0-9])*"
"""The pattern of a whole handle, in capital or small letters, without its length."""
TYPED_HANDLE: Final = rf"\s*@?(?=[A-Za-z0-9._]{{{MIN_HANDLE},{MAX_HANDLE}}}\s*$){HANDLE}\s*"
"""The pattern of a text that people may type to choose a handle, with its length."""
_HANDLE: Final = re.compile(r"[a-z0-9](?:[._]?[a-z0-9])*")
_HANDLE_LENGTH: Final = range(MIN_HANDLE, MAX_HANDLE + 1)
RESERVED_HANDLES: Final = frozenset(
    (
        *("about", "account", "admin", "administrator", "api", "docs", "explore", "feed", "health"),
        *("help", "login", "logout", "me", "media", "moderator", "openapi", "posts", "root"),
        *("search", "security", "settings", "shutterfeed", "signin", "signup", "static"),
        *("support", "system", "user", "users", "www"),
    )
)


class SensitiveView(StrEnum):
    """How a user wants to be shown the posts that their authors have marked as sensitive."""

    BLUR = "blur"
    SHOW = "show"


class MentionsFrom(StrEnum):
    """Who may mention a user, and tag them in photos."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"
    """Only those whom the user follows."""
    NOBODY = "nobody"


class CommentsFrom(StrEnum):
    """Whose comments a user wants under their posts. Their own are always possible."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Avatar:
    """The picture of a profile, with everything that is needed to show it."""

    post_ulid: str
    """The ULID of the hidden post whose photo it is."""
    media_id: str
    blob_id: str
    placeholder: str

    @classmethod
    def of(cls, post_ulid: str, medium: Medium) -> Avatar:
        """The avatar that a medium makes. Raises `ValueError` if the medium is not ready."""
        if medium.picture is None:
            raise ValueError(f"medium {medium.media_id} has no picture")
        picture = medium.picture
        return cls(post_ulid, medium.media_id, picture.blob_id, picture.placeholder)


class Standing(StrEnum):
    """What may have become of an account, so that its user can hardly do anything."""

    CLOSED = "closed"
    SUSPENDED = "suspended"


EVERY_STANDING: Final = frozenset(Standing)


@dataclass(frozen=True, slots=True)
class Suspension:
    """A user is suspended by a moderator: they may sign in, export and appeal, and nothing of
    theirs is shown."""

    case_id: str
    """The case in which that was decided."""
    until: datetime | None = None
    """When it ends; None if it does not end by itself."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A user, with the exact counts of followers, accounts followed and published posts."""

    user_id: str
    handle: str
    created_at: datetime
    display_name: str = ""
    bio: str = ""
    followers: int = 0
    following: int = 0
    posts: int = 0
    follower_shards: int = 1
    """How many partitions of the followers index this user's followers are spread over."""
    revision: int = field(default=0, compare=False)
    """The number of changes of the values that the search index holds, handle, display name and
    popularity, and of whether the user is found."""
    popularity: int = 0
    """The order of magnitude of the number of followers, as last noted: see `search.popularity`."""
    private: bool = False
    """Whether only accepted followers see the user's posts, and whom they follow and are followed
    by."""
    switches: int = 0
    """How often what decides whether strangers find the posts was written: `private`, the closing
    of the account, and what moderators do about the user. The search index counts it in the
    versions of the user's posts."""
    requests: int = 0
    """The exact number of people who have asked to follow the user and have no answer yet."""
    sensitive: SensitiveView = SensitiveView.BLUR
    public_page: bool = True
    """Whether the user may be shown to people who are not signed in, unless the account is
    private."""
    mentions_from: MentionsFrom = MentionsFrom.EVERYONE
    avatar: Avatar | None = None
    avatar_withheld: frozenset[str] = frozenset()
    """Why nobody is shown the avatar: the marks of the content that a moderator withholds, as its
    hidden post has them."""
    avatar_version: str | None = None
    """The ULID of the post or removal that last decided which avatar there is."""

    sessions_ended_at: datetime | None = None
    """The moment at which the user last signed out everywhere; None if they never did."""

    closed_at: datetime | None = None
    """When the user closed the account, of which nothing is shown since; None if it is open."""
    erase_at: datetime | None = None
    """When a closed account is erased. Until then its user may come back."""
    erasing: bool = False
    """Whether the erasing of a closed account has begun, so that nobody can come back to it."""

    comments_from: CommentsFrom = CommentsFrom.EVERYONE
    """Who may comment on the user's posts, unless a post says otherwise."""
    held_words: int = 0
    """The number of words for which comments are held. The words themselves are an item of their
    own, which few need to read."""
    activity: ActivitySettings = field(default_factory=ActivitySettings)
    activity_seen_at: datetime | None = None
    """When the user last looked at what others did; None if they never have."""

    suspension: Suspension | None = None
    """Why the user is suspended; None if they are not. One that is over is taken away within
    minutes."""
    limited: str | None = None
    """The case in which a moderator has limited the user, so that neither they nor their posts are
    in any search, list of a hashtag, or suggestion; None if they are not limited."""

    welcomed: bool = False
    """Whether the user has been through the welcome of new users, or has left it."""
    renamed_at: tuple[datetime, ...] = ()
    """The moments of the last changes of the handle, at least of those that are `HANDLE_REST` ago
    or less."""

    @property
    def handle_chosen(self) -> bool:
        """Whether the user chose the handle; False as long as it is the one that every new user is
        given."""
        given = {initial_handle(self.user_id, attempt) for attempt in range(HANDLE_ATTEMPTS)}
        return self.handle not in given

    @property
    def shown_avatar(self) -> Avatar | None:
        """The avatar as people are shown it; None if there is none, or if it is withheld."""
        return None if self.avatar_withheld else self.avatar

    @property
    def is_public(self) -> bool:
        """Whether the user and the posts may be shown to people who are not signed in."""
        return self.public_page and not self.private and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Whether the user has closed the account, so that nothing of theirs is shown."""
        return self.closed_at is not None

    @property
    def is_found(self) -> bool:
        """Whether others find the user where they look for something: the account is open, and no
        moderator has limited or suspended it."""
        return not self.is_closed and self.suspension is None and self.limited is None

    def has_ended(self, began_at: datetime) -> bool:
        """Whether the session that began at this moment was ended. The identity provider gives the
        moment in whole seconds: a session that began in the same second has ended too."""
        return self.sessions_ended_at is not None and began_at <= self.sessions_ended_at

    def check_session(
        self, began_at: datetime | None, *, open_to: Collection[Standing] = ()
    ) -> None:
        """Raise `SessionEnded` if the session that began at this moment was ended; None stands for
        a caller without a session, such as a worker. Raise `Forbidden` if the account is closed or
        suspended, and the request is not open to such people."""
        if began_at is None:
            return
        if self.has_ended(began_at):
            raise SessionEnded
        if self.is_closed and Standing.CLOSED not in open_to:
            message = "You have closed your account. Come back to it, or export what is yours."
            raise Forbidden("account_closed", message)
        if self.suspension is not None and Standing.SUSPENDED not in open_to:
            message = "Your account is suspended. You can appeal, or export what is yours."
            raise Forbidden("account_suspended", message)

    def takes_avatar(self, post_ulid: str) -> bool:
        """Whether this avatar was asked for later than the last change that took effect."""
        return self.avatar_version is None or self.avatar_version < post_ulid


def recent_renames(renamed_at: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """Those of the changes of a handle after which the former handle still rests."""
    return tuple(at for at in renamed_at if now - at < HANDLE_REST)


def rename_allowed_at(renamed_at: Sequence[datetime], most: int, now: datetime) -> datetime | None:
    """When a user who has changed the handle at these moments may change it again, if nobody may
    more than `most` times within `HANDLE_REST`; None if they may now.

    So nobody keeps more than `most` handles from others beside their own.
    """
    recent = sorted(recent_renames(renamed_at, now))
    return recent[-most] + HANDLE_REST if len(recent) >= most else None


def parse_handle(text: str) -> str:
    """The canonical, lower-case form of a handle. Raises `InvalidInput`."""
    if not re.fullmatch(TYPED_HANDLE, text):
        raise InvalidInput(
            "invalid_handle",
            "A handle must have 3 to 30 letters a-z, digits, and single dots or underscores between"
            " them.",
            "handle",
        )
    handle = text.strip().removeprefix("@").lower()
    if handle in RESERVED_HANDLES:
        message = "This handle is reserved. Please choose another one."
        raise InvalidInput("reserved_handle", message, "handle")
    return handle


def is_handle(text: str) -> bool:
    """Whether the text is a handle in its canonical form, reserved or not."""
    return len(text) in _HANDLE_LENGTH and _HANDLE.fullmatch(text) is not None


def canonical_handle(text: str) -> str | None:
    """The lower-case form of a handle; None if the text cannot be a handle."""
    # Some letters outside A-Z have a lower-case form in a-z, such as the Kelvin sign.
    name = text.lower() if text.isascii() else text
    return name if is_handle(name) else None


def initial_handle(user_id: str, attempt: int = 0) -> str:
    """The handle that a new user starts with, made from the random end of the id.

    Later attempts use more of the id, in case an earlier handle is taken.
    """
    return "user_" + user_id[-(10 + 4 * attempt) :].lower()


def check_display_name(text: str) -> str:
    """Return the display name. Raises `InvalidInput` if it is longer than 50 characters, or is
    neither empty nor a `NAME`."""
    _check_length(text, MAX_DISPLAY_NAME, "display_name")
    if text:
        check_name(text, "display_name")
    return text.strip()


def check_bio(text: str) -> str:
    """Return the bio, cleaned. Raises `InvalidInput` if it is longer than 150 characters or has
    control characters."""
    _check_length(text, MAX_BIO, "bio")
    check_characters(text, PARAGRAPHS, "bio")
    return clean(text).strip()


def _check_length(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        message = f"{field} may have at most {limit} characters."
        raise InvalidInput(f"{field}_too_long", message, field)

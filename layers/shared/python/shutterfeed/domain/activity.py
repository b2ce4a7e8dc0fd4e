"""Activity: what others did that a user is told of.

A notice only points to what happened: its kind, its subject, and a stretch of time. Names, counts
and pictures are read when it is shown, so it never tells of what is gone.

                         first message of a subject
    (no notice) ─────────────────────────────────────> open: the group grows without a write
         ^                                               │
         └── 90 days, by TTL ── closed <─────────────────┘
                                   │       its owner has looked, and it goes on; or a day is over
                                   └──> the next notice of the subject is opened

A group never moves: it keeps the position at which it was opened, so a list that is paged has
neither gaps nor doubles while groups grow. What happens after the owner has looked opens the next
notice of the same subject, on top. So what is new is exactly what was opened after the last look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.ids import ulid_time

WAIT: Final = timedelta(seconds=5)
"""How long an act stands before its owner is told of it, so that one that is undone at once never
shows. The queue delays messages by as much."""
APPEARS_AFTER: Final = timedelta(seconds=2)
"""How far in the future a new notice stands in the list, which ends at the present. When its time
comes, every reader of the index finds it; whoever looks before that has not seen it."""
GROUP_SPAN: Final = timedelta(days=1)
"""The longest stretch of time that one group covers."""
MAX_NAMED: Final = 2
"""The highest number of people whom a group names."""
MAX_OPENERS: Final = 12
"""The number of people up to which it is remembered that they have opened a group of a subject: as
many as keep a notice below 1 KB, one write unit."""
MAX_BADGE: Final = 20
"""The highest number that the badge shows; it stands for as many and more."""


class NoticeKind(StrEnum):
    """What a notice tells."""

    LIKE = "like"
    COMMENT = "comment"
    REPLY = "reply"
    MENTION = "mention"
    TAG = "tag"
    COMMENT_LIKE = "comment_like"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    REQUEST_ACCEPTED = "request_accepted"
    UPLOAD_FAILED = "upload_failed"
    PUBLISHED_LATE = "published_late"
    """A scheduled post of the owner's was published well after its time."""
    REPORT_DECIDED = "report_decided"
    """Moderators have decided about something that the owner of the list has reported."""
    STATEMENT = "statement"
    """Moderators have decided about something of the owner's."""


GROUPED: Final = frozenset(
    (NoticeKind.LIKE, NoticeKind.COMMENT_LIKE, NoticeKind.FOLLOW, NoticeKind.FOLLOW_REQUEST)
)
"""The kinds that tell what many people did to one subject. A subject may have several such notices,
one after the other; of any other kind one is shown."""


OF_OWN_POSTS: Final = frozenset((NoticeKind.UPLOAD_FAILED, NoticeKind.PUBLISHED_LATE))
"""The kinds that tell what has become of the owner's own post, and name nobody."""

OF_CASES: Final = frozenset((NoticeKind.REPORT_DECIDED, NoticeKind.STATEMENT))
"""The kinds whose subject is a moderators' case."""

REPLACED: Final = frozenset((NoticeKind.REQUEST_ACCEPTED, NoticeKind.UPLOAD_FAILED, *OF_CASES))
"""The kinds of which a later act of the same subject is told instead of the one before."""


class ToldOf(StrEnum):
    """The people of whose acts a user wants to be told."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"
    """Only of people whom the user follows."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """What a user wants to be told, by what somebody did. Requests to follow, their
    acceptance, what becomes of one's own posts and what moderators decide are always told."""

    likes: ToldOf = ToldOf.EVERYONE
    comments: ToldOf = ToldOf.EVERYONE
    mentions: ToldOf = ToldOf.EVERYONE
    tags: ToldOf = ToldOf.EVERYONE
    follows: ToldOf = ToldOf.EVERYONE

    def of(self, kind: NoticeKind) -> ToldOf:
        """The setting that holds for a kind of notice."""
        match kind:
            case NoticeKind.LIKE | NoticeKind.COMMENT_LIKE:
                return self.likes
            case NoticeKind.COMMENT | NoticeKind.REPLY:
                return self.comments
            case NoticeKind.MENTION:
                return self.mentions
            case NoticeKind.TAG:
                return self.tags
            case NoticeKind.FOLLOW:
                return self.follows
            case _:
                return ToldOf.EVERYONE

    def wants(self, kind: NoticeKind, *, follows: bool) -> bool:
        """Whether the user wants to be told what somebody did whom they follow, or do not."""
        told_of = self.of(kind)
        return told_of is ToldOf.EVERYONE or (told_of is ToldOf.FOLLOWED and follows)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, as a worker is told of it."""

    owner_id: str
    """The user who is to be told."""
    kind: NoticeKind
    subject: str
    """The id of what it was done to: a post, a comment, or a user."""
    person_id: str
    """Who did it; the owner themselves for what has become of their own post."""
    at: datetime
    shard: int = 0
    """The part of the list of people in which this one stands, if the list is spread."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Somebody whose act has opened a group, and when they did it."""

    user_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A pointer to what happened."""

    owner_id: str
    kind: NoticeKind
    subject: str
    number: int
    """The notices of one subject are counted, from 1."""
    position: str
    """A ULID of the moment at which it appears in the list; the list's order."""
    since: datetime
    """A group tells what was done after this moment; for an accepted request it is the moment at
    which that was accepted."""
    until: datetime | None = None
    """The last moment of which it tells; None as long as the group is open."""
    shard: int = 0
    """The part of the list of people in which the first one stands."""
    openers: tuple[Opener, ...] = ()
    """Those whose acts have opened this group and those before it within `GROUP_SPAN`, last first,
    up to `MAX_OPENERS`. The list of notices is read without them."""

    @property
    def appears_at(self) -> datetime:
        return ulid_time(self.position)

    @property
    def ends_at(self) -> datetime:
        """The last moment of which it tells, or may tell if it is open."""
        end = self.appears_at + GROUP_SPAN
        return end if self.until is None else min(self.until, end)

    def told_until(self, now: datetime) -> datetime:
        """The last moment of which it tells at this time: what was just done waits."""
        return min(self.ends_at, now - WAIT)

    def is_new(self, seen_at: datetime | None) -> bool:
        """Whether it appeared after its owner last looked."""
        return seen_at is None or self.appears_at > seen_at

    @property
    def is_replaced(self) -> bool:
        """Whether a later acceptance by the same user, failure of the same post, or decision in the
        same case is told instead of this one."""
        return self.kind in REPLACED and self.until is not None

    def has_told_of(self, act: Act) -> bool:
        """Whether the same person has opened a group of the subject within `GROUP_SPAN`: then they
        have taken back what they did, and did it again."""
        return any(
            opener.user_id == act.person_id and act.at - opener.at < GROUP_SPAN
            for opener in self.openers
        )

    def openers_with(self, act: Act) -> tuple[Opener, ...]:
        """The openers of the next group of the subject, which an act opens."""
        recent = (
            opener
            for opener in self.openers
            if opener.user_id != act.person_id and act.at - opener.at < GROUP_SPAN
        )
        return (Opener(act.person_id, act.at), *recent)[:MAX_OPENERS]


@dataclass(frozen=True, slots=True)
class Opening:
    """The next notice of a subject, which is to be opened."""

    number: int
    since: datetime
    closes: Notice | None = None
    """The notice before it, which is to be closed at `since`."""
    openers: tuple[Opener, ...] = ()


def opening(newest: Notice | None, act: Act, seen_at: datetime | None) -> Opening | None:
    """What has to be written for an act, if `newest` is the newest notice of its subject and its
    owner last looked at `seen_at`; None if the act is told already.

    The answer is the same whether a message comes once or twice, and nothing is written for an act
    that an open group covers. An act of which the worker hears more than `GROUP_SPAN` late, when
    there is a later notice, opens none. Neither does an act that somebody takes back and repeats:
    an open group covers it, but it is not new.
    """
    if act.kind is NoticeKind.REQUEST_ACCEPTED or act.kind in OF_CASES:
        return _replacing(newest, act.at)
    if act.kind is NoticeKind.UPLOAD_FAILED:
        return _replacing(newest, act.at - GROUP_SPAN)
    if newest is None:
        openers = (Opener(act.person_id, act.at),) if act.kind in GROUPED else ()
        return Opening(1, act.at - GROUP_SPAN, openers=openers)
    if act.kind not in GROUPED:
        return None
    if act.at > newest.ends_at:
        since = max(newest.ends_at, act.at - GROUP_SPAN)
        return Opening(newest.number + 1, since, openers=newest.openers_with(act))
    return _after_a_look(newest, act, seen_at)


def _after_a_look(newest: Notice, act: Act, seen_at: datetime | None) -> Opening | None:
    """What has to be written for an act that the newest group of its subject covers."""
    if newest.until is not None or newest.is_new(seen_at) or seen_at is None:
        return None
    # The look showed what had been done until then, but for what waited still.
    shown_until = seen_at - WAIT
    if act.at <= shown_until or newest.has_told_of(act):
        return None
    return Opening(newest.number + 1, shown_until, newest, newest.openers_with(act))


def _replacing(newest: Notice | None, since: datetime) -> Opening | None:
    """What has to be written for an act that is told instead of the one before it: an acceptance
    after its owner has unfollowed, or a failure after the post was mended."""
    if newest is None:
        return Opening(1, since)
    if since <= newest.since:
        return None
    return Opening(newest.number + 1, since, closes=None if newest.is_replaced else newest)

"""Posts: a caption, perhaps a place, and one to ten media.

pending ──bytes of a medium landed──> processing ──every medium ready──> published
   └──────────────┴──────────any medium refused──> failed, whose other media go on
processing ──every medium ready, before its time──> scheduled ──its time comes──> published
failed ──what failed is removed or replaced──> processing
processing ──every medium ready, of a draft──> draft ──its author posts it──> processing
any of them ──owner deletes──> deleted ──30 days──> gone
   └────────────owner restores────┘
any of them ──owner or operator erases──> deleted, without a way back ──seconds──> gone

The hidden post of an avatar, in place of being published:

processing ──ready──> avatar ──another one, or none──> deleted ──> gone
     └──────ready, but another was asked for later────────┘
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.albums import Described, Removed
from shutterfeed.domain.characters import TEXT, check_characters, check_name, clean
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import MediaState, Medium, Purpose, Upload
from shutterfeed.domain.mentions import Mention, longest_shown, mentioned, newly_mentioned
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.photos import MAX_PHOTO_BYTES, PHOTO_TYPES
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.domain.videos import MAX_VIDEO_BYTES, VIDEO_TYPES

MAX_CAPTION: Final = 2200
"""The highest number of characters of a caption, the same as Instagram's."""
MAX_SHOWN_CAPTION: Final = longest_shown(MAX_CAPTION)
MAX_PLACE_NAME: Final = 100
MAX_MEDIA: Final = 10
MAX_ALT_TEXT: Final = 1000
"""The highest number of characters of the alt text of one medium."""
_DEGREE_DIGITS: Final = 7
"""Decimal places of a degree, which is one centimetre. Without a limit, a number like 1e-200 could
not be stored in the database."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
DELETED_RETENTION: Final = timedelta(days=30)
ERASED_GRACE: Final = timedelta(minutes=1)
"""How long the item of an erased post stays, hidden from everybody. Requests that have read the
post before end within that time, so what they write is removed with it."""
UNFINISHED_RETENTION: Final = timedelta(days=30)
"""How long a post is kept that failed, or whose files never came."""
DRAFT_RETENTION: Final = timedelta(days=7)
"""How long a draft is kept after its author has changed it last."""
SUSPENDED_RETENTION: Final = timedelta(days=180)
"""How long a draft is kept at least of somebody who was suspended without an end: for as long as a
decision is usually contested."""
DISCARDED_RETENTION: Final = timedelta(days=1)
"""How long a draft can be restored after its author has deleted it."""


class PostState(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SCHEDULED = "scheduled"
    """All of its media are ready, and it waits for its time: see `scheduling`."""
    DRAFT = "draft"
    """All of its media are ready, and it waits for its author to post it: see `drafts`. A draft
    whose media are on their way, or have failed, has the state of any other such post."""
    PUBLISHED = "published"
    AVATAR = "avatar"
    """The post's photo is the author's avatar. Nobody ever sees a post in this state."""
    FAILED = "failed"
    DELETED = "deleted"


UNPUBLISHED: Final = (PostState.PENDING, PostState.PROCESSING)
"""The states in which a post waits for its media."""
TO_PUBLISH: Final = (*UNPUBLISHED, PostState.SCHEDULED)
"""The states in which a post may still be published."""
LIKE_SHARDS: Final = 32
"""The number of items in which the likes of a hot post are counted: one item takes 500 a second."""
_DIGITS: Final = 8
"""The number of binary digits to which counts in recent posts agree with the exact ones."""
OPEN_SHARDS: Final = 16
"""The number of partitions over which the list of unpublished posts is spread."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place where the author says the post was made: its name, and perhaps a point in degrees
    (WGS 84), which is given whole or not at all."""

    name: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude; None for a place that has only a name."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class PostCounts:
    """The numbers of likes and comments of a post.

    They are not a part of the post's item, since each change of that wakes the router, is copied
    into the index of the author's posts, and changes the author's recent posts.
    """

    likes: int = 0
    comments: int = 0
    like_shards: int = 1
    """The number of items in which new likes are counted: more than one if many like the post at
    the same time. `likes` is brought up to date from them within seconds."""
    kept: bool = False
    """Whether the numbers are also kept in the author's recent posts, as the author is a
    celebrity."""

    @property
    def rounded(self) -> tuple[int, int]:
        """Likes and comments to eight binary digits: exact up to 255, and less than 0.8 % too low
        above. The numbers in recent posts are brought up to date whenever this changes, so that a
        post with a million likes takes 1,800 writes and not a million."""
        return _rounded(self.likes), _rounded(self.comments)


def _rounded(number: int) -> int:
    dropped = max(number.bit_length() - _DIGITS, 0)
    return number >> dropped << dropped


@dataclass(frozen=True, slots=True)
class Post:
    """A post. `position` orders feeds and lists: a ULID of the moment of publishing, not of
    creation.

    `pulled` is true if the author was a celebrity when the post was published or restored, so that
    it was pushed to nobody."""

    id: PostId
    caption: str
    media: tuple[Medium, ...]
    state: PostState
    created_at: datetime
    place: Place | None = None
    publish_at: datetime | None = None
    """When it is to be published, or was to be; None if that is as soon as it is ready."""
    draft_until: datetime | None = None
    """When it expires unless its author posts it; None if it is not a draft, or no longer."""
    posted_as: str | None = None
    """A digest of the request that changed and posted it as a draft; None if there was none. A
    repetition of that request is known by it, whatever has become of the post since."""
    published_at: datetime | None = None
    position: str | None = None
    deleted_from: PostState | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
    """When it was erased; None unless it is about to be removed for good. It is `deleted`, too."""
    pulled: bool = False
    alt_texts: tuple[str, ...] = ()
    """The alt texts in the order of the media; empty if no medium has one."""
    coming: tuple[Described, ...] = ()
    """The album that is shown once all of it is ready; empty if none waits."""
    removed: tuple[Removed, ...] = ()
    """Media that were removed from it and can be put back, removed last first."""
    taken_at: datetime | None = None
    """When the photo or video was taken, as the owner says, with an offset from UTC. No list is
    ordered by it."""
    purpose: Purpose = Purpose.POST
    sensitive: bool = False
    """Whether its author has marked it as something that not everybody wants to see at once. It is
    shown to whoever may see the post; clients blur it for viewers who want that."""
    comments_from: CommentsFrom | None = None
    """Who may comment; None if that is as the author's account says."""
    mentions: tuple[Mention, ...] = ()
    """The people whom the caption mentions."""
    people: tuple[TaggedPerson, ...] = ()
    """The people tagged in its media."""
    untagged: tuple[str, ...] = ()
    """The ids of those who have removed their tags: nobody tags them in this post again."""
    withheld: frozenset[str] = frozenset()
    """The marks of moderators who withhold one of its contents, whoever posted that first:
    `marks.withheld_mark` makes them."""
    taken_down: str | None = None
    """The case in which a moderator has hidden the post; None if it is not hidden."""
    labelled: str | None = None
    """The case in which a moderator has labelled it as sensitive; None if nobody has."""
    popularity: int = 0
    """The order of magnitude of the number of likes, as last noted: see
    `search.noted_popularity`."""
    revision: int = field(default=0, compare=False)
    """The number of changes so far. It tells which of two copies of the post is the newer one."""

    @property
    def author_id(self) -> str:
        return self.id.author_id

    @property
    def is_draft(self) -> bool:
        """Whether it waits for its author to post it, and is never published before."""
        return self.draft_until is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether a moderator has hidden it, or withholds one of its contents."""
        return self.taken_down is not None or bool(self.withheld)

    @property
    def is_sensitive(self) -> bool:
        """Whether its author has marked it as sensitive, or a moderator has labelled it."""
        return self.sensitive or self.labelled is not None

    @property
    def person_ids(self) -> frozenset[str]:
        """The ids of all whom it mentions or who are tagged in it."""
        return mentioned(self.mentions) | {person.user_id for person in self.people}

    @property
    def awaits_media(self) -> bool:
        """Whether some of its media may still change their state: the post is unpublished, or it
        failed because of one medium before the others were ready or failed, or another album
        waits."""
        if self.state is PostState.PUBLISHED:
            return not all(one.medium.is_final for one in self.coming)
        if self.state is PostState.FAILED:
            return not all(medium.is_final for medium in self.media)
        return self.state in UNPUBLISHED

    @property
    def is_scheduled(self) -> bool:
        """Whether it has a time at which it is to be published, and is neither published nor
        deleted. Its media may be on their way, or have failed."""
        waits = self.state in (*TO_PUBLISH, PostState.FAILED)
        return waits and self.publish_at is not None

    def is_due(self, now: datetime) -> bool:
        """Whether its time has come, or it has none."""
        return self.publish_at is None or self.publish_at <= now

    @property
    def due_at(self) -> datetime | None:
        """When the publish gate has to look at it; None if at no certain time."""
        if self.state is PostState.SCHEDULED:
            return self.publish_at
        if self.state is PostState.PUBLISHED and not self.awaits_media and self.removed:
            return min(one.until for one in self.removed)
        return None

    @property
    def all_media(self) -> tuple[Medium, ...]:
        """Its media, those of the album that waits, and those that were removed: all of which it
        has uploads."""
        if not self.coming and not self.removed:
            return self.media
        coming, removed = (one.medium for one in self.coming), (one.medium for one in self.removed)
        found = {medium.media_id: medium for medium in (*removed, *coming, *self.media)}
        return tuple(found.values())

    @property
    def restorable_until(self) -> datetime | None:
        """When a deleted post is removed for good; None if the post is not deleted, or if it is
        erased."""
        if self.state is not PostState.DELETED or self.deleted_at is None or self.erased_at:
            return None
        return self.deleted_at + self.kept_deleted

    @property
    def kept_deleted(self) -> timedelta:
        """How long it can be restored after it was deleted."""
        return DISCARDED_RETENTION if self.is_draft else DELETED_RETENTION

    def restorable(self, now: datetime) -> bool:
        """Whether a deleted post can still be restored. The table's TTL is late, so the item may
        still exist after that time."""
        until = self.restorable_until
        return until is not None and now < until

    def described(self) -> Iterable[tuple[Medium, str]]:
        """The media, each with its alt text, which may be empty."""
        return zip(self.media, self.alt_texts or ("",) * len(self.media), strict=True)

    def for_others(self) -> Post:
        """The post without what only its author is told: notes on its media, and their crops."""
        if not any(medium.is_told_in_part for medium in self.media):
            return self
        return replace(self, media=tuple(medium.for_others() for medium in self.media))

    def without_person(self, user_id: str, *, remember: bool = True) -> Post:
        """The post after a person has removed their tags from it; unless `remember` is false, it
        remembers that."""
        kept = tuple(person for person in self.people if person.user_id != user_id)
        if len(kept) == len(self.people):
            return self
        untagged = (*self.untagged, user_id) if remember else self.untagged
        return replace(self, people=kept, untagged=untagged)

    def without_people(self, user_ids: Collection[str]) -> Post:
        """The post without its tags and mentions of some people. Their handles stay in the caption
        as plain text."""
        if self.person_ids.isdisjoint(user_ids):
            return self
        return replace(
            self,
            mentions=tuple(one for one in self.mentions if one.user_id not in user_ids),
            people=tuple(person for person in self.people if person.user_id not in user_ids),
        )

    def deleted(self, at: datetime) -> Post:
        """The post, deleted. It keeps the state that a restored post returns to."""
        return replace(self, state=PostState.DELETED, deleted_from=self.state, deleted_at=at)

    def erased(self, at: datetime) -> Post:
        """The post, erased: it cannot be restored, and its item goes within seconds."""
        if self.state is PostState.DELETED:
            return replace(self, erased_at=self.erased_at or at)
        return replace(self.deleted(at), erased_at=at)

    def restored(self) -> Post:
        """The post as it was before it was deleted. Raises `ValueError` if it is not deleted."""
        if self.deleted_from is None:
            raise ValueError(f"post {self.id} is not deleted")
        return replace(self, state=self.deleted_from, deleted_from=None, deleted_at=None)

    def with_uploads(self, uploads: Mapping[str, Upload]) -> Post:
        """The post with the states of its media as the ledger has them (`uploads` is by media id).
        One failed medium makes the post fail."""
        media = tuple(
            uploads[medium.media_id].as_in(medium) if medium.media_id in uploads else medium
            for medium in self.media
        )
        failed = any(medium.state is MediaState.FAILED for medium in media)
        state = PostState.FAILED if failed and self.state in UNPUBLISHED else self.state
        return replace(self, media=media, state=state)


def has_media(post: Post, media: Sequence[Medium]) -> bool:
    """Whether the post has these media, cropped like these, whatever their states are."""
    return [(m.media_id, m.crop) for m in post.media] == [(m.media_id, m.crop) for m in media]


def newly_mentioned_in(before: Post | None, after: Post | None) -> frozenset[str]:
    """The ids of the people whom a published post mentions since this change: all of them when it
    is published, and those who were added when it is edited. Not its author."""
    if after is None or after.state is not PostState.PUBLISHED:
        return frozenset()
    earlier = before.mentions if before is not None and _was_seen(before) else ()
    return newly_mentioned(earlier, after.mentions, after.author_id)


def newly_tagged_in(before: Post | None, after: Post | None) -> frozenset[str]:
    """The ids of the people who are tagged in a published post since this change, as in
    `newly_mentioned_in`."""
    if after is None or after.state is not PostState.PUBLISHED:
        return frozenset()
    earlier = before.people if before is not None and _was_seen(before) else ()
    before_ids, ids = ({person.user_id for person in people} for people in (earlier, after.people))
    return frozenset(ids - before_ids - {after.author_id})


def newly_published(before: Post | None, after: Post) -> bool:
    """Whether a post is published since this change, for the first time."""
    if after.state is not PostState.PUBLISHED:
        return False
    return before is None or not _was_seen(before)


def appearing_in(post: Post | None) -> frozenset[str]:
    """The ids of the people who are tagged in a post by somebody else, once it has been published.
    They appear in a deleted post, too, which may be restored, and in none that is gone."""
    if post is None or not _was_seen(post):
        return frozenset()
    return frozenset(person.user_id for person in post.people) - {post.author_id}


def _was_seen(post: Post) -> bool:
    """Whether it is published, or was before it was deleted."""
    return PostState.PUBLISHED in (post.state, post.deleted_from)


def check_caption(caption: str) -> str:
    """Return the caption, cleaned. Raises `InvalidInput` if it is too long or has control
    characters."""
    check_length(caption)
    return clean_caption(caption)


def check_length(caption: str) -> None:
    """Raise `InvalidInput` if the caption is too long."""
    if len(caption) > MAX_CAPTION:
        raise InvalidInput(
            "caption_too_long",
            f"A caption has at most {MAX_CAPTION:,} characters; this one has {len(caption):,}.",
            "caption",
        )


def clean_caption(caption: str) -> str:
    """Return the caption, cleaned, whatever its length. Raises `InvalidInput` if it has control
    characters."""
    check_characters(caption, TEXT, "caption")
    return clean(caption)


def check_alt_text(text: str, field: str) -> str:
    """Return the alt text, cleaned. Raises `InvalidInput` if it is too long or has control
    characters."""
    if len(text) > MAX_ALT_TEXT:
        raise InvalidInput(
            "alt_text_too_long",
            f"An alt text has at most {MAX_ALT_TEXT:,} characters; this one has {len(text):,}.",
            field,
        )
    check_characters(text, TEXT, field)
    return clean(text)


def alt_texts_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The alt texts as a post stores them: an empty tuple if every text is empty."""
    kept = tuple(texts)
    return kept if any(kept) else ()


def check_place(place: Place) -> Place:
    """The place as it is stored. Raises `InvalidInput` if the name is no `NAME` or too long, if the
    degrees are out of range, or if there is only one of them."""
    name = place.name.strip()
    if not 1 <= len(name) <= MAX_PLACE_NAME:
        raise InvalidInput(
            "invalid_place",
            f"A place's name must have 1 to {MAX_PLACE_NAME} characters.",
            "place.name",
        )
    check_name(place.name, "place.name")
    degrees = {"latitude": (place.latitude, 90), "longitude": (place.longitude, 180)}
    given = {of: value for of, (value, _) in degrees.items() if value is not None}
    for of, (value, most) in degrees.items():
        if value is None and given:
            message = "A place has both a latitude and a longitude, or neither."
            raise InvalidInput("incomplete_point", message, f"place.{of}")
        # Written so that NaN, which compares false with everything, is refused too.
        if value is not None and not -most <= value <= most:
            message = f"{of} must be between -{most} and {most}."
            raise InvalidInput("invalid_place", message, f"place.{of}")
    return Place(name, **{of: round(value, _DEGREE_DIGITS) for of, value in given.items()})


def check_medium(within: str, content_type: str, size: int) -> None:
    """Raise `InvalidInput` for a type or size that is not accepted. `within` is what the names of
    the medium's fields in the request begin with, such as `media[0].`."""
    if content_type not in PHOTO_TYPES | VIDEO_TYPES:
        raise InvalidInput(
            "unsupported_type",
            f"Photos may be {', '.join(sorted(PHOTO_TYPES))}, videos "
            f"{', '.join(sorted(VIDEO_TYPES))}.",
            f"{within}content_type",
        )
    _check_size(content_type, size, f"{within}bytes")


def check_avatar(content_type: str, size: int) -> None:
    """Raise `InvalidInput` if the declared type is not a photo's, or the size is not accepted."""
    if content_type not in PHOTO_TYPES:
        raise InvalidInput(
            "unsupported_type",
            f"An avatar must be a photo: {', '.join(sorted(PHOTO_TYPES))}.",
            "content_type",
        )
    _check_size(content_type, size, "bytes")


def check_sha256(text: str, field: str) -> None:
    """Raise `InvalidInput` unless the text is a SHA-256 in lower-case hexadecimal."""
    if not _SHA256.fullmatch(text):
        raise InvalidInput(
            "invalid_sha256",
            "sha256 must be the SHA-256 of the file, as 64 lower-case hexadecimal digits.",
            field,
        )


def _check_size(content_type: str, size: int, field: str) -> None:
    is_video = content_type in VIDEO_TYPES
    limit = MAX_VIDEO_BYTES if is_video else MAX_PHOTO_BYTES
    if not 1 <= size <= limit:
        kind = "video" if is_video else "photo"
        raise InvalidInput("invalid_size", f"A {kind} must have 1 to {limit:,} bytes.", field)

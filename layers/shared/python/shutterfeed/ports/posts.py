"""Posts, the posts that are not published yet, and avatars, which are hidden posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.pages import Page
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.scheduling import Due
from shutterfeed.domain.users import CommentsFrom


@dataclass(frozen=True, slots=True)
class Creation:
    """The record of an idempotency key: the post that was created with it, and a fingerprint of the
    request."""

    post_id: PostId
    fingerprint: str


class Keep(Enum):
    """A field that an edit leaves as it is, where None is a value."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


class Posts(Protocol):
    """Stored posts. Every change of a published post changes the author's `RecentPosts` in the same
    transaction."""

    def create(
        self,
        post: Post,
        uploads: Sequence[Upload],
        idempotency_key: str,
        fingerprint: str,
        spending: Spending = NOTHING,
    ) -> Creation | None:
        """Write post, ledger entries and idempotency record, make the charges, and count what is
        stored, in one transaction. Raises `LimitReached`, and `Conflict` if the author's storage
        has no room.

        If the key was already used, nothing is written or charged, and the earlier creation is
        returned.
        """
        ...

    def created(self, author_id: str, idempotency_key: str) -> Creation | None:
        """What was created with a key; None if it was not used. Strongly consistent."""
        ...

    def get(self, post_id: PostId) -> Post | None: ...

    def get_many(self, post_ids: Collection[PostId]) -> dict[PostId, Post]:
        """Those of the posts that exist, in any state, by their ids. Strongly consistent."""
        ...

    def edit(
        self,
        post_id: PostId,
        caption: str,
        place: Place | None,
        alt_texts: Sequence[str],
        spending: Spending = NOTHING,
        *,
        sensitive: bool | None = None,
        comments_from: CommentsFrom | Keep | None = KEEP,
        mentions: Sequence[Mention] | None = None,
        people: Sequence[TaggedPerson] | None = None,
        draft_until: datetime | None = None,
    ) -> bool:
        """Set the caption, the place and the alt texts; unless None, also whether the post is
        sensitive, the people whom the caption mentions, and those tagged in the media, except those
        who have removed their tags; and who may comment unless `KEEP`. A post that is still a draft
        expires at `draft_until`, unless that is None. Make the charges. False if the post is gone
        or deleted. Raises `LimitReached`."""
        ...

    def untag(
        self, post_id: PostId, user_id: str, spending: Spending = NOTHING, *, remember: bool = True
    ) -> bool:
        """Remove a person's tags from a post in any state, and make the charges. Unless `remember`
        is false, the post remembers it, so that nobody tags them in it again. False, and nothing is
        charged, if the person is not tagged in it. Raises `LimitReached`."""
        ...

    def mark_processing(self, post_id: PostId) -> None:
        """Make a `pending` post `processing`. Does nothing if the post is in another state."""
        ...

    def publish(
        self,
        post_id: PostId,
        media: Sequence[Medium],
        position: str,
        at: datetime,
        *,
        without: Collection[str] = (),
    ) -> bool:
        """Publish an unpublished post, or a scheduled one whose time has come, and count it in the
        author's profile, in one transaction. It names the people `without` no more.

        False if the post is in another state, has other media, or its time comes later; or if it
        has a time, and its author's account is closed or suspended.
        """
        ...

    def fail(self, post_id: PostId, media: Sequence[Medium], at: datetime) -> bool:
        """Make an unpublished post fail. A failed post that still `awaits_media` gets the present
        states of its media. False if the post is in another state, or has other media."""
        ...

    def mend(
        self,
        before: Post,
        after: Post,
        failed: Upload,
        at: datetime,
        *,
        replacement: Upload | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        """Write the state, the media, the alt texts and the tags of a post that one of its media
        was removed from, or replaced in, when it expires if it is a draft, and the ledger entry of
        its `replacement`; make the charges, and count what is stored, in one transaction.

        False if the post has changed since it was read, or the medium's ledger entry `failed`, or
        if the post is gone. Raises `LimitReached`, and `Conflict` if the author's storage has no
        room.
        """
        ...

    def delete(self, post: Post, at: datetime) -> bool:
        """Delete a post. If it was published, the author's count is adjusted in the transaction.

        False if its state has changed since it was read, or if it was already deleted.
        """
        ...

    def restore(self, post: Post, at: datetime, spending: Spending = NOTHING) -> bool:
        """Return a deleted post to its former state and its old position, and make the charges. If
        it was published, the author's count is adjusted in the transaction. The caller checks
        whether it is too late.

        False if its state has changed since it was read, or if it was not deleted. Raises
        `LimitReached`.
        """
        ...

    def erase(
        self,
        post_id: PostId,
        at: datetime,
        *,
        denied_until: datetime | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        """Erase a post in any state but `avatar`: it is deleted, is in no list, and nobody can
        restore it. Make the charges. With `denied_until`, its media are denied at the edge until
        then, in the same transaction.

        False, and nothing is written or charged, if there is no such post, or if it is erased
        already or an avatar that is shown. Raises `LimitReached`.
        """
        ...

    def remove(self, post_id: PostId) -> None:
        """Remove the item of an erased post. Does nothing if the post is not erased, or is gone."""
        ...

    def note_popularity(self, post_id: PostId, old: int, new: int) -> None:
        """Note the order of magnitude of a post's likes, unless it is not `old` any more, or the
        post is gone."""
        ...

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """A page of the author's posts in any state, hidden ones too, newest first by their ULIDs.
        Strongly consistent."""
        ...

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """A page of the author's published posts, newest first. Eventually consistent."""
        ...

    def deleted_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """A page of the author's deleted posts, last deleted first. Some may no longer be
        restorable. Eventually consistent."""
        ...


class Albums(Protocol):
    """The albums of published posts."""

    def rearrange(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        """Write the media, alt texts and tags of a published post, the album that waits and the
        media that were removed, and the ledger entries of new files; make the charges, and count
        what is stored, in one transaction. What it shows cropped of contents that are withheld is
        denied at the edge until the last link of its author has expired.

        False, and nothing is written or charged, if anything of the post has changed since it was
        read. Raises `LimitReached`, and `Conflict` if the author's storage has no room.
        """
        ...


class Crops(Protocol):
    """The crops of media whose files have not arrived."""

    def change(
        self, before: Post, after: Post, medium: Medium, spending: Spending = NOTHING
    ) -> bool:
        """Crop a medium in another way, in its post and in its ledger entry, and make the charges,
        in one transaction. `after` is the post with it, `medium` the medium as it is then. A
        draft expires when `after` says.

        False, and nothing is written or charged, if its file has arrived, or if state or media of
        the post have changed since it was read. Raises `LimitReached`.
        """
        ...


class Drafts(Protocol):
    """Drafts: posts that wait for their authors to post them."""

    def write(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        """Write a draft as it is after a change, which may be that it is posted, and the ledger
        entries of new files; make the charges, and count what is stored, in one transaction.

        False, and nothing is written or charged, if it is not a draft, or if anything of the post
        has changed since it was read. Raises `LimitReached`, and `Conflict` if the author's storage
        has no room.
        """
        ...

    def by_author(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """A page of the author's drafts in any state but `deleted`, last created first. Eventually
        consistent, so that some may be posted."""
        ...


class Avatars(Protocol):
    """Avatars. Each call changes the profile and hidden posts in one transaction. A hidden post
    that is deleted is in no list and expires at once."""

    def show(self, post_id: PostId, medium: Medium, at: datetime) -> PostState | None:
        """Make the photo of an unpublished hidden post its author's avatar, and delete the hidden
        post of the former avatar. If the author decided on another avatar later, delete this post
        instead.

        Returns the post's new state; None if it is no longer unpublished.
        """
        ...

    def remove(
        self, user_id: str, version: str, at: datetime, *, denied_until: datetime | None = None
    ) -> None:
        """Remove the avatar, and let no photo become one that was declared before the ULID
        `version`. Does nothing if there is no such user.

        With `denied_until`, note that links to the avatar are to be denied until then.
        """
        ...


class OpenPosts(Protocol):
    """Posts that await media (`Post.awaits_media`), in `OPEN_SHARDS` lists."""

    def page(
        self, shard: int, created_before: datetime, after: str | None, limit: int
    ) -> Page[PostId]:
        """A page of one list's posts that were created before `created_before`, oldest first.
        Eventually consistent."""
        ...

    def checkpoints(self) -> dict[int, str]:
        """The position after which to continue, by shard; a shard whose end the last run reached
        is left out."""
        ...

    def keep_checkpoints(self, checkpoints: Mapping[int, str]) -> None: ...


class ScheduledPosts(Protocol):
    """The times at which posts are to be published, and the list of posts that wait for theirs, in
    `DUE_SHARDS` parts."""

    def schedule(self, post: Post, media: Sequence[Medium]) -> bool:
        """Let an unpublished post wait for its time, with these media, which are ready. False if
        it has another state, other media or another time than when it was read."""
        ...

    def move(self, post: Post, publish_at: datetime | None, spending: Spending = NOTHING) -> bool:
        """Change the time at which a post is to be published, or let it have none, so that it is
        published once it is ready; make the charges. False, and nothing is charged, if its state
        or its time has changed since it was read. Raises `LimitReached`."""
        ...

    def hold(self, post: Post, until: datetime) -> bool:
        """Let a scheduled post stand in the list at another time than its own. False if its state
        or its time has changed since it was read."""
        ...

    def due(self, shard: int, before: datetime, after: Due | None, limit: int) -> Page[Due]:
        """A page of one part of the list: the posts whose time is before that, earliest first.
        `next_position` is not empty if there are more: they come after the last one. Eventually
        consistent."""
        ...

    def by_author(self, author_id: str, after: str | None, limit: int) -> Page[Post]:
        """A page of the author's posts that have a time and are neither published nor deleted, the
        earliest first. Eventually consistent, so that some may be published."""
        ...

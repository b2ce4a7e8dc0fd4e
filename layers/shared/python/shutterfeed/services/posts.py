"""Posts: created with links for their bytes, shown, edited, deleted, restored."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from shutterfeed.domain.errors import Busy, Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.media import MediaState, Medium, Purpose, Reference, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import (
    MAX_MEDIA,
    Place,
    Post,
    PostState,
    alt_texts_of,
    check_alt_text,
    check_caption,
    check_medium,
    check_place,
    check_sha256,
)
from shutterfeed.domain.users import Profile
from shutterfeed.domain.videos import VIDEO_TYPES, check_declared
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import Creation, Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.uploads import Grant, UploadService

MAX_IDEMPOTENCY_KEY = 255
IDEMPOTENCY_KEY = "[!-~]+"
"""The pattern of a whole key: printable ASCII without spaces."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class MediumDraft:
    """What a client declares of a file before it uploads it; `sha256` is hexadecimal.

    Dimensions, and the duration in milliseconds, are for videos only.
    """

    content_type: str
    size: int
    sha256: str
    keep_capture_details: bool = False
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class PostDraft:
    caption: str
    place: Place | None
    media: tuple[MediumDraft, ...]
    taken_at: datetime | None = None

    def fingerprint(self) -> str:
        """The same for the same draft, to tell a repeated request from a reused key."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its author, as shown to somebody."""

    post: Post
    author: Profile


@dataclass(frozen=True, slots=True)
class CreatedPost:
    view: PostView
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostService:
    users: ProfileService
    profiles: Profiles
    posts: Posts
    ledger: Ledger
    uploads: UploadService
    clock: Clock
    ids: Ids
    blobs: Blobs

    def create(self, author_id: str, draft: PostDraft, idempotency_key: str) -> CreatedPost:
        """Record a post as pending and give one upload link per medium.

        Repeated with the same key and draft it returns the first post, with fresh links for what
        has not arrived. Raises `InvalidInput`, and `Conflict` where the key was used for another
        draft.
        """
        check_idempotency_key(idempotency_key)
        draft = _checked(draft)
        author = self.users.me(author_id)
        post, uploads = self._new(author_id, draft)
        earlier = self.posts.create(post, uploads, idempotency_key, draft.fingerprint())
        if earlier:
            post, uploads = self._replayed(earlier, draft)
        return CreatedPost(PostView(post, author), self.uploads.grants(uploads))

    def get(self, text: str, viewer_id: str) -> PostView:
        """A published post, or one of the viewer's own. Raises `NotFound`."""
        post = self._visible(_parse_id(text), viewer_id)
        author = self.profiles.get(post.author_id)
        if author is None:
            raise _post_not_found()
        return PostView(self._with_progress(post), author)

    def edit(
        self,
        text: str,
        editor_id: str,
        caption: str | None,
        place: Place | None,
        drop_place: bool,
        *,
        alt_texts: Mapping[str, str] | None = None,
    ) -> PostView:
        """Change the caption unless None; set the place unless None, or drop it; and the alt texts
        of those media whose ids are given.

        Raises `InvalidInput`, `NotFound`, and `Forbidden` for another's post.
        """
        post = self._own(_parse_id(text), editor_id)
        if post.state is PostState.DELETED:
            raise _post_not_found()
        new_caption = post.caption if caption is None else check_caption(caption)
        new_place = post.place if place is None else check_place(place)
        new_place = None if drop_place else new_place
        new_texts = _with_alt_texts(post, alt_texts or {})
        if not self.posts.edit(post.id, new_caption, new_place, new_texts):
            raise _post_not_found()
        return self.get(text, editor_id)

    def delete(self, text: str, owner_id: str) -> None:
        """Take a post out of every list and feed; repeated, it changes nothing more.

        Raises `NotFound`, and `Forbidden` for another's post.
        """
        post_id = _parse_id(text)
        for _ in range(_ATTEMPTS):
            post = self._own(post_id, owner_id)
            is_deleted = post.state is PostState.DELETED
            if is_deleted or self.posts.delete(post, self.clock.now()):
                before = post.deleted_from if is_deleted else post.state
                if before is not PostState.PUBLISHED:
                    # Also by a repeated call: the first may have ended before this.
                    self.uploads.drop_parts(post)
                return
        raise Busy

    def restore(self, text: str, owner_id: str) -> PostView:
        """Bring a deleted post back to the state and the place in the order that it had; repeated,
        it changes nothing more. A post that is not deleted is returned as it is.

        Raises `NotFound`, also for another's post, and `Conflict` if it was deleted too long ago.
        """
        post_id = _parse_id(text)
        if post_id.author_id != owner_id:
            raise _post_not_found()
        for _ in range(_ATTEMPTS):
            post, now = self._own(post_id, owner_id), self.clock.now()
            if post.state is not PostState.DELETED:
                return self.get(text, owner_id)
            if not post.restorable(now):
                raise Conflict("restore_expired", "The post was deleted too long ago.")
            if self.posts.restore(post, now):
                return self.get(text, owner_id)
        raise Busy

    def deleted(self, owner_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The owner's deleted posts that can be restored, last deleted first."""
        author, now = self.users.me(owner_id), self.clock.now()
        page = self.posts.deleted_by(owner_id, before, limit)
        restorable = (PostView(post, author) for post in page.items if post.restorable(now))
        return Page(tuple(restorable), page.next_position)

    def by_author(self, handle: str, before: str | None, limit: int) -> Page[PostView]:
        """A user's published posts, newest first. Raises `NotFound`."""
        author = self.users.find(handle)
        page = self.posts.published_by(author.user_id, before, limit)
        return Page(tuple(PostView(post, author) for post in page.items), page.next_position)

    def _new(self, author_id: str, draft: PostDraft) -> tuple[Post, tuple[Upload, ...]]:
        now = self.clock.now()
        media = tuple(
            Medium(
                self.ids.new(now),
                m.content_type,
                m.size,
                m.sha256,
                keep_capture_details=m.keep_capture_details,
                width=m.width,
                height=m.height,
                duration_ms=m.duration_ms,
            )
            for m in draft.media
        )
        post = Post(
            PostId(author_id, self.ids.new(now)),
            draft.caption,
            media,
            PostState.PENDING,
            now,
            draft.place,
            alt_texts=alt_texts_of(m.alt_text for m in draft.media),
            taken_at=draft.taken_at,
        )
        return post, tuple(Upload(post.id, medium, now) for medium in media)

    def _replayed(self, earlier: Creation, draft: PostDraft) -> tuple[Post, tuple[Upload, ...]]:
        if earlier.fingerprint != draft.fingerprint():
            raise Conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for a different post.",
                "Idempotency-Key",
            )
        post = self.posts.get(earlier.post_id)
        if post is None or post.state is PostState.DELETED:
            raise Conflict(
                "post_deleted", "The post made with this Idempotency-Key was deleted since."
            )
        uploads = self.ledger.of_post(post)
        ordered = tuple(uploads[m.media_id] for m in post.media if m.media_id in uploads)
        return post.with_uploads(uploads), ordered

    def _visible(self, post_id: PostId, viewer_id: str) -> Post:
        post = self.posts.get(post_id)
        if post is None or post.purpose is not Purpose.POST or post.state is PostState.DELETED:
            raise _post_not_found()
        if post.state is not PostState.PUBLISHED and viewer_id != post.author_id:
            raise _post_not_found()
        return post

    def _own(self, post_id: PostId, user_id: str) -> Post:
        """The user's post, deleted or not. Raises `NotFound`, and `Forbidden` for another's post
        that the user may see."""
        if post_id.author_id != user_id:
            self._visible(post_id, user_id)
            raise Forbidden("not_your_post", "Only its author may change a post.")
        post = self.posts.get(post_id)
        if post is None or post.purpose is not Purpose.POST:
            raise _post_not_found()
        return post

    def _with_progress(self, post: Post) -> Post:
        if not post.awaits_media:
            return post
        now = self.clock.now()
        uploads = {key: u.as_of(now) for key, u in self.ledger.of_post(post).items()}
        shown = post.with_uploads(uploads)
        return replace(
            shown, media=tuple(self._transcoded_so_far(post.id, medium) for medium in shown.media)
        )

    def _transcoded_so_far(self, post_id: PostId, medium: Medium) -> Medium:
        if not medium.is_video or medium.state is not MediaState.PROCESSING:
            return medium
        reference = Reference(medium.sha256, post_id, medium.media_id)
        return replace(medium, progress=self.blobs.progress(reference))


def check_idempotency_key(text: str) -> None:
    """Raises `InvalidInput`."""
    if len(text) > MAX_IDEMPOTENCY_KEY or not re.fullmatch(IDEMPOTENCY_KEY, text):
        raise InvalidInput(
            "invalid_idempotency_key",
            "Send a header Idempotency-Key of 1 to 255 printable ASCII characters, no spaces.",
            "Idempotency-Key",
        )


def _checked(draft: PostDraft) -> PostDraft:
    check_caption(draft.caption)
    place = None if draft.place is None else check_place(draft.place)
    if not 1 <= len(draft.media) <= MAX_MEDIA:
        raise InvalidInput("invalid_media", f"A post has 1 to {MAX_MEDIA} media.", "media")
    for index, medium in enumerate(draft.media):
        check_medium(index, medium.content_type, medium.size)
        if medium.content_type in VIDEO_TYPES:
            check_declared(index, medium.size, medium.width, medium.height, medium.duration_ms)
        check_sha256(medium.sha256, f"media[{index}].sha256")
        check_alt_text(medium.alt_text, f"media[{index}].alt_text")
    return replace(draft, place=place)


def _with_alt_texts(post: Post, changes: Mapping[str, str]) -> tuple[str, ...]:
    """The post's alt texts, some of them changed, by media id. Raises `InvalidInput`."""
    texts = {medium.media_id: text for medium, text in post.described()}
    for media_id, text in changes.items():
        field = f"alt_texts.{media_id}"
        if media_id not in texts:
            raise InvalidInput("unknown_medium", "The post has no such medium.", field)
        texts[media_id] = check_alt_text(text, field)
    return alt_texts_of(texts.values())


def _parse_id(text: str) -> PostId:
    try:
        return PostId.parse(text)
    except MalformedId:
        raise _post_not_found() from None


def _post_not_found() -> NotFound:
    return NotFound("post_not_found", "There is no such post.")

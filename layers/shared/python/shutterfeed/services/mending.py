"""Mending a post that failed because of a file: without that file, or with another in its place.

Each is one conditional transaction, after which the post goes on by itself: the router tells the
publish gate, and the collector of what the post has lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.drafts import changed
from shutterfeed.domain.errors import Busy, Conflict, NotFound
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.mending import check_failed, with_replacement, without_medium
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.posts import (
    CreatedPost,
    MediumDraft,
    check_draft,
    own_shown_post,
    parse_post_id,
)
from shutterfeed.services.uploads import UploadService
from shutterfeed.services.viewing import PostView, ViewingService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MendingService:
    posts: Posts
    ledger: Ledger
    uploads: UploadService
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def remove(self, text: str, owner_id: str, media_id: str) -> PostView:
        """Take a medium that failed out of its post. If the post has no such medium, nothing
        changes, so that a repeated call gets the same answer.

        Raises `NotFound`, `Forbidden` for another's post, `Conflict` if the medium has not failed
        or is the last one, or if the post is a draft that has expired, and `Busy`.
        """
        for _ in range(_ATTEMPTS):
            post = self._find(text, owner_id)
            if medium_of(post, media_id) is None:
                if not is_ulid(media_id):
                    raise medium_not_found()
                return self._shown(post)
            uploads, now = self.ledger.of_post(post), self.clock.now()
            failed = self._failed(post, media_id, uploads)
            after = changed(without_medium(post, media_id, uploads), now)
            if self.posts.mend(post, after, failed, now):
                return self._shown(post)
        raise Busy

    def replace(self, text: str, owner_id: str, media_id: str, draft: MediumDraft) -> CreatedPost:
        """Put another file into the place of a medium that failed, and give a link to upload it.
        It takes over the alt text, the tags, and whether capture details are shown. A repeated call
        gets the same medium, with a fresh link if nothing has arrived.

        Raises `InvalidInput`, `NotFound`, `Forbidden` for another's post, `Conflict` if the medium
        has not failed, if another file has replaced it, if the post is a draft that has expired or
        if the author's storage is full, `LimitReached`, and `Busy`.
        """
        draft = check_draft(draft, "")
        for _ in range(_ATTEMPTS):
            post = self._find(text, owner_id)
            medium = medium_of(post, media_id)
            if medium is None:
                return self._replaced(post, media_id, draft)
            uploads, now = self.ledger.of_post(post), self.clock.now()
            failed = self._failed(post, media_id, uploads)
            kept = replace(draft, keep_capture_details=medium.keep_capture_details)
            new = replace(kept.declared(self.ids.new(now)), replaces=media_id)
            after = changed(with_replacement(post, media_id, new, uploads), now)
            upload = Upload(post.id, new, now)
            spending = self.limits.replacement(owner_id, now, new.size)
            if self.posts.mend(post, after, failed, now, replacement=upload, spending=spending):
                return CreatedPost(self._shown(post), self.uploads.grants([upload]))
        raise Busy

    def _replaced(self, post: Post, media_id: str, draft: MediumDraft) -> CreatedPost:
        """The answer to a call that was made before."""
        new = next((medium for medium in post.media if medium.replaces == media_id), None)
        if new is None:
            raise medium_not_found()
        if _declaration(draft) != _declaration(new):
            raise Conflict("medium_replaced", "Another file has replaced this one already.")
        upload = self.ledger.get(post.author_id, new.media_id)
        return CreatedPost(self._shown(post), self.uploads.grants([upload] if upload else []))

    def _find(self, text: str, owner_id: str) -> Post:
        return own_shown_post(self.posts, self.viewing, parse_post_id(text), owner_id)

    def _failed(self, post: Post, media_id: str, uploads: Mapping[str, Upload]) -> Upload:
        """The ledger entry of a medium that its owner sees as failed. Raises `Conflict`."""
        medium = medium_of(post, media_id)
        assert medium is not None
        upload = uploads.get(media_id) or Upload(post.id, medium, post.created_at)
        check_failed(upload.as_of(self.clock.now()).medium)
        return upload

    def _shown(self, post: Post) -> PostView:
        return self.viewing.post(Viewer(post.author_id), post.id)


def medium_not_found() -> NotFound:
    """The answer to who names a medium that the post does not have."""
    return NotFound("medium_not_found", "The post has no such photo or video.")


def medium_of(post: Post, media_id: str) -> Medium | None:
    """The medium of a post by its id."""
    return next((medium for medium in post.media if medium.media_id == media_id), None)


def _declaration(of: Medium | MediumDraft) -> tuple[object, ...]:
    """What a client says of a file."""
    return (of.content_type, of.size, of.sha256, of.width, of.height, of.duration_ms, of.crop)

"""Cropping a photo of a post that is not published: see `domain/cropping.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.cropping import begun_again, check_unpublished, recropped
from shutterfeed.domain.crops import Crop, content_names
from shutterfeed.domain.drafts import changed
from shutterfeed.domain.errors import Busy, Conflict
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import Blob, MediaState, Reference, Upload
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.media import Blobs, Downloads
from shutterfeed.ports.posts import Crops, Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.mending import medium_not_found, medium_of
from shutterfeed.services.posts import CreatedPost, own_shown_post, parse_post_id
from shutterfeed.services.uploads import UploadService
from shutterfeed.services.viewing import ViewingService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CroppingService:
    posts: Posts
    crops: Crops
    ledger: Ledger
    blobs: Blobs
    downloads: Downloads
    uploads: UploadService
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def change(self, text: str, owner_id: str, media_id: str, crop: Crop | None) -> CreatedPost:
        """Crop a photo of a post that is not published in another way, or not at all if `crop` is
        None. If its file is stored already, a new medium takes its place, and nothing has to be
        uploaded again. A repeated call gets the same medium.

        Raises `InvalidInput` for a video, `NotFound`, `Forbidden` for another's post,
        `LimitReached`, `Conflict` if the post is published or a draft that has expired, if its file
        cannot be used or if the author's storage is full, and `Busy`, also for the moment in which
        its file is being stored.
        """
        for _ in range(_ATTEMPTS):
            post = own_shown_post(self.posts, self.viewing, parse_post_id(text), owner_id)
            medium = medium_of(post, media_id)
            if medium is None:
                return self._repeated(post, media_id, crop)
            if medium.crop == crop:
                # Perhaps by an earlier call, since which the post may have been published.
                return self._shown(post, self.ledger.get(owner_id, media_id))
            check_unpublished(post)
            uploads = self.ledger.of_post(post)
            upload = uploads.get(media_id) or Upload(post.id, medium, post.created_at)
            if upload.medium.state is MediaState.AWAITING:
                if self._changed(post, upload, crop):
                    return self._shown(post, upload)
                continue
            blob = self._stored(upload)
            now = self.clock.now()
            after, new = begun_again(post, media_id, self.ids.new(now), crop, uploads)
            entry = Upload(post.id, new, now)
            after = changed(after, now)
            spending = self.limits.replacement(owner_id, now, new.size)
            if self.posts.mend(post, after, upload, now, replacement=entry, spending=spending):
                self.downloads.send_again(blob, entry)
                return CreatedPost(self.viewing.post(Viewer(owner_id), post.id), ())
        raise Busy

    def _changed(self, post: Post, upload: Upload, crop: Crop | None) -> bool:
        """Crop a file that has not arrived in another way. False if something has changed."""
        now = self.clock.now()
        after, medium = recropped(post, upload.medium.media_id, crop)
        spending = self.limits.spending(post.author_id, now, changes=1)
        return self.crops.change(post, changed(after, now), medium, spending)

    def _stored(self, upload: Upload) -> Blob:
        """The stored content of a medium, of which only its own reference tells that its owner has
        sent it. Raises `Busy` while it is being stored, and `Conflict` if it is not kept."""
        blob = self._referred(upload.reference)
        if blob is not None:
            return blob
        if upload.medium.state is MediaState.FAILED:
            raise Conflict("not_stored", "The bytes of this file are not stored. Replace the file.")
        raise Busy

    def _referred(self, reference: Reference) -> Blob | None:
        referred = self.blobs.is_referred_to_by(reference)
        return self.blobs.get(reference.sha256) if referred else None

    def _repeated(self, post: Post, media_id: str, crop: Crop | None) -> CreatedPost:
        """The answer to a call that was made before. It may have died before it has sent the file
        again; if the old medium has given that up, its owner can upload it."""
        new = next((medium for medium in post.media if medium.replaces == media_id), None)
        if new is None:
            raise medium_not_found()
        if new.crop != crop:
            raise Conflict("medium_replaced", "Another medium has replaced this one already.")
        upload = self.ledger.get(post.author_id, new.media_id)
        if upload is None or upload.medium.state is not MediaState.AWAITING:
            return self._shown(post, upload)
        for name in content_names(new.sha256, media_id):
            if blob := self._referred(Reference(name, post.id, media_id)):
                self.downloads.send_again(blob, upload)
                return self._shown(post, None)
        return self._shown(post, upload)

    def _shown(self, post: Post, upload: Upload | None) -> CreatedPost:
        view = self.viewing.post(Viewer(post.author_id), post.id)
        return CreatedPost(view, self.uploads.grants([upload] if upload else []))

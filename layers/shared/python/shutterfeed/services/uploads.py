"""Uploads: links, parts, and the ledger that their owner sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.media import UPLOAD_LINK_LIFETIME, MediaState, Upload
from shutterfeed.domain.multipart import (
    PART_LINK_LIFETIME,
    Part,
    in_parts,
    missing,
    part_sizes,
)
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.system import Clock
from shutterfeed.ports.uploads import Ledger, PartsGrant, UploadBucket, UploadGrant

Grant = UploadGrant | PartsGrant


@dataclass(frozen=True, slots=True)
class UploadView:
    """A ledger entry, the parts that have arrived, and a link for the rest, if anything is
    missing."""

    upload: Upload
    arrived: tuple[Part, ...] = ()
    grant: Grant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadService:
    posts: Posts
    ledger: Ledger
    bucket: UploadBucket
    clock: Clock

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        """The author's upload ledger, newest first."""
        page = self.ledger.list(author_id, before, limit)
        now = self.clock.now()
        return Page(tuple(upload.as_of(now) for upload in page.items), page.next_position)

    def grants(self, uploads: Sequence[Upload]) -> tuple[Grant, ...]:
        """Fresh links for those that wait for their bytes; for a large file, for the parts that did
        not arrive."""
        found = (
            self._grant(upload) for upload in uploads if upload.medium.state is MediaState.AWAITING
        )
        return tuple(grant for grant in found if grant is not None)

    def get(self, author_id: str, media_id: str) -> UploadView:
        """One entry, with links for what may still come. Raises `NotFound`."""
        upload = find_upload(self.ledger, author_id, media_id)
        shown = upload.as_of(self.clock.now())
        if not self._may_come(upload):
            return UploadView(shown)
        if not upload.in_parts:
            return UploadView(shown, grant=self._grant(upload))
        underway = self._underway(upload)
        if underway is None:
            return UploadView(shown)
        multipart_id, arrived = underway
        numbers = missing(upload.medium.size, arrived)
        return UploadView(
            shown,
            tuple(part for number, part in sorted(arrived.items()) if number not in numbers),
            self._parts_grant(upload, multipart_id, numbers),
        )

    def complete(self, author_id: str, media_id: str) -> UploadView:
        """Make the file of its parts; repeated, it changes nothing more.

        Raises `NotFound`, and `Conflict` if parts are missing, or it is too late for them, or
        the file does not come in parts.
        """
        upload = find_upload(self.ledger, author_id, media_id)
        now = self.clock.now()
        if upload.medium.state is not MediaState.AWAITING:
            return UploadView(upload)
        if not upload.in_parts:
            raise Conflict("not_in_parts", "This file is uploaded whole, by the link of its post.")
        self._refuse_deleted(upload)
        multipart_id = upload.multipart_id
        arrived = self.bucket.parts(upload, multipart_id) if multipart_id else {}
        if arrived is None:
            if now > upload.link_expires_at:
                raise _expired()
        elif multipart_id is None or missing(upload.medium.size, arrived):
            raise _parts_missing(missing(upload.medium.size, arrived))
        else:
            # False where another call was faster: the file is there.
            parts = [arrived[number] for number in part_sizes(upload.medium.size)]
            self.bucket.assemble(upload, multipart_id, parts)
        return UploadView(upload.as_of(now))

    def drop_parts(self, post: Post) -> None:
        """Drop the parts of a post that will not be published, as far as they came."""
        if not any(in_parts(medium.size) for medium in post.media):
            return
        for upload in self.ledger.of_post(post).values():
            multipart_id, media_id = upload.multipart_id, upload.medium.media_id
            # Forgotten first: a restored post then begins again. Should the second step never
            # come, the bucket's lifecycle drops the parts.
            if multipart_id and self.ledger.forget_parts(post.author_id, media_id, multipart_id):
                self.bucket.abort(upload, multipart_id)

    def _grant(self, upload: Upload) -> Grant | None:
        now = self.clock.now()
        if not upload.in_parts:
            return self.bucket.grant(upload, now + UPLOAD_LINK_LIFETIME, now)
        underway = self._underway(upload)
        if underway is None:
            return None
        multipart_id, arrived = underway
        return self._parts_grant(upload, multipart_id, missing(upload.medium.size, arrived))

    def _parts_grant(self, upload: Upload, multipart_id: str, numbers: Sequence[int]) -> PartsGrant:
        now = self.clock.now()
        return self.bucket.grant_parts(upload, multipart_id, numbers, now + PART_LINK_LIFETIME, now)

    def _underway(self, upload: Upload) -> tuple[str, Mapping[int, Part]] | None:
        """The id of the upload in parts, begun now if it was not, and what arrived of it.

        None where it has ended: in its time that is only by being completed, and the event of that
        is on its way.
        """
        multipart_id = upload.multipart_id
        if multipart_id is None:
            own = self.bucket.begin_parts(upload)
            multipart_id = self.ledger.begin_parts(
                upload.post_id.author_id, upload.medium.media_id, own
            )
            if multipart_id == own:
                return own, {}
            self.bucket.abort(upload, own)
            if multipart_id is None:
                return None
        arrived = self.bucket.parts(upload, multipart_id)
        return None if arrived is None else (multipart_id, arrived)

    def _may_come(self, upload: Upload) -> bool:
        in_time = self.clock.now() <= upload.link_expires_at
        if upload.medium.state is not MediaState.AWAITING or not in_time:
            return False
        post = self.posts.get(upload.post_id)
        return post is not None and post.state is not PostState.DELETED

    def _refuse_deleted(self, upload: Upload) -> None:
        post = self.posts.get(upload.post_id)
        if post is None or post.state is PostState.DELETED:
            raise Conflict("post_deleted", "The post of this file was deleted.")


def find_upload(ledger: Ledger, author_id: str, media_id: str) -> Upload:
    """The author's ledger entry. Raises `NotFound`."""
    # Any text may come in a path, of any length; only ids can be keys.
    upload = ledger.get(author_id, media_id) if is_ulid(media_id) else None
    if upload is None:
        raise NotFound("upload_not_found", "There is no such upload.")
    return upload


def _parts_missing(numbers: Sequence[int]) -> Conflict:
    named = ", ".join(map(str, numbers))
    return Conflict("parts_missing", f"These parts have not arrived whole: {named}.")


def _expired() -> Conflict:
    return Conflict(
        "upload_expired", "The parts were not completed in time. Please post the file again."
    )

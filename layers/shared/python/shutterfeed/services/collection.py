"""Collection removes what nothing refers to, in steps that can each be undone until the last.

A deleted post is kept for 30 days; when its item expires, its references and its entries in the
ledger go, and its uploads may go, whatever has become of them. A blob without references
is kept for 7 days, or for an hour if its last post was erased; when its item expires, its
references are counted again, and only then its renditions are removed, and its original is tagged,
so that the lifecycle removes its versions 35 days later, and hidden behind a delete marker.
The waiting is done by the table's TTL: nothing is scanned, and nothing runs while there is nothing
to do.

A content that was refused as no picture loses its references when its media fail, and does not cool
off; the versions of its original go after a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import (
    BLOB_COOLING_OFF,
    ERASED_COOLING_OFF,
    REFUSED_COOLING_OFF,
    Blob,
    MediaState,
    Reference,
)
from shutterfeed.domain.messages import CollectBlob, CollectMedia, Successor
from shutterfeed.ports.media import Blobs, Downloads, Originals, Removals, Renditions
from shutterfeed.ports.system import Clock
from shutterfeed.ports.uploads import Ledger, UploadBucket


class TooManyRemovals(Exception):
    """More is to be removed within an hour than is plausible, so nothing is, until somebody has
    looked: the message goes to the dead letters, whose alarm says so, and can be sent back."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A content that was removed, and the number of versions of its original that now expire."""

    blob_id: str
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionService:
    blobs: Blobs
    ledger: Ledger
    bucket: UploadBucket
    originals: Originals
    renditions: Renditions
    removals: Removals
    downloads: Downloads
    clock: Clock

    def collect(self, message: CollectMedia | CollectBlob) -> Removed | None:
        """Carry out one message; repeating it is harmless. Returns what was removed for good."""
        match message:
            case CollectMedia(references, erased, successors):
                for successor in successors:
                    self._send_again(successor)
                cooling_off = ERASED_COOLING_OFF if erased else BLOB_COOLING_OFF
                for reference in references:
                    release(self.blobs, reference, self.clock.now(), cooling_off)
                    self._let_go(reference.post_id, reference.media_id, erased=erased)
                return None
            case CollectBlob(blob):
                return self._remove(blob)

    def _send_again(self, successor: Successor) -> None:
        """Send the file of a medium to the one that has taken its place. The request that has put
        that one there sends the file too, but may have died before; and once the reference is given
        up, nothing tells any more that its owner has the file."""
        reference = successor.reference
        upload = self.ledger.get(reference.post_id.author_id, successor.media_id)
        if upload is None or upload.medium.state is not MediaState.AWAITING:
            return
        if not self.blobs.is_referred_to_by(reference):
            return  # An earlier delivery was here; or it is another file, which its owner sends.
        blob = self.blobs.get(reference.sha256)
        if blob is not None:
            self.downloads.send_again(blob, upload)

    def _let_go(self, post_id: PostId, media_id: str, *, erased: bool) -> None:
        """Let the upload of a medium expire, as its post is gone or has lost it: within a day if
        the post was erased. The ledger entry is removed last: it has the id of an upload in
        parts."""
        upload = self.ledger.get(post_id.author_id, media_id)
        if upload is not None and upload.multipart_id is not None:
            self.bucket.abort(upload, upload.multipart_id)
        if erased:
            self.bucket.release(post_id, media_id)
        else:
            self.bucket.abandon(post_id, media_id)
        self.ledger.remove(post_id.author_id, media_id)

    def _remove(self, blob: Blob) -> Removed | None:
        if self.blobs.is_shown(blob):
            # Referred to between the last count and the expiry. Where the content was claimed
            # again meanwhile, under another id, `restore` does nothing, and these objects stay.
            self.blobs.restore(blob)
            return None
        current = self.blobs.get(blob.sha256)
        if current is not None and current.blob_id == blob.blob_id:
            # An earlier delivery restored it; whoever claims it next relies on its objects.
            return None
        if not self.removals.take(self.clock.now()):
            raise TooManyRemovals(f"{blob.blob_id} stays: this hour has had its share of removals")
        self.renditions.remove_all(blob.blob_id)
        if blob.failure is not None and blob.failure.is_no_picture:
            return Removed(blob.blob_id, self.originals.discard(blob))
        return Removed(blob.blob_id, self.originals.retire(blob))


def release(
    blobs: Blobs,
    reference: Reference,
    now: datetime,
    cooling_off: timedelta = BLOB_COOLING_OFF,
) -> None:
    """Give up a reference; the content's cooling-off begins with the last of them. What was refused
    as no picture does not cool off, whoever gives it up once more."""
    blobs.release(reference)
    if blobs.references(reference.sha256, None, 1).items:
        return
    blob = blobs.get(reference.sha256)
    is_refused = blob is not None and blob.failure is not None and blob.failure.is_no_picture
    blobs.expire(reference.sha256, now + (REFUSED_COOLING_OFF if is_refused else cooling_off))

"""The step `ingest` makes a claimed blob of bytes that landed; its function is `dedup_hash`.

Every step may be repeated, and a crash between any two is mended by the queue's redelivery:
each step's outcome depends on what is stored, not on what this run remembers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from shutterfeed.domain.crops import content_names
from shutterfeed.domain.lanes import UPLOAD_CHARGE, transcoding_charge
from shutterfeed.domain.limits import Charge
from shutterfeed.domain.media import Blob, Failure, MediaState, Medium, Reference, Upload
from shutterfeed.domain.messages import (
    IngestUpload,
    PublishMessage,
    PublishPost,
    RenderPhoto,
    TranscodeVideo,
)
from shutterfeed.domain.photos import SNIFF_BYTES, is_as_declared, sniff
from shutterfeed.domain.videos import MAGIC_BYTES, is_moving, sniff_video
from shutterfeed.ports.limits import Shares
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.queues import Lanes, Queue
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Arrival, Intake, Ledger, UploadBucket
from shutterfeed.services.collection import release


class IngestOutcome(StrEnum):
    CLAIMED = "claimed"
    REFUSED = "refused"
    REPEATED = "repeated"
    HANDED_ON = "handed on"
    """An upload beyond its user's share, which goes on by the bulk queue."""
    ABANDONED = "abandoned"
    """An object whose post has gone, or never had such a medium: it may go."""
    UNKNOWN = "unknown"
    """There is no object, or no ledger entry beside a post that has the medium. What is there is
    left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestService:
    ledger: Ledger
    posts: Posts
    blobs: Blobs
    bucket: UploadBucket
    intake: Intake
    shares: Shares
    bulk: Queue[IngestUpload]
    render: Lanes[RenderPhoto]
    transcode: Lanes[TranscodeVideo]
    publish: Queue[PublishMessage]
    clock: Clock
    ids: Ids

    def ingest(self, landed: IngestUpload) -> IngestOutcome:
        """Check an upload against its declaration, store its content once, refer to it.

        Storage events come in one queue whose they are. So what a user sends beyond their share is
        only handed on here, before anything is read: that takes milliseconds.
        """
        if landed.bulk or self._in_share(landed.post_id.author_id, UPLOAD_CHARGE):
            return self._take_in(landed)
        self.bulk.send([replace(landed, bulk=True)])
        return IngestOutcome.HANDED_ON

    def _take_in(self, landed: IngestUpload) -> IngestOutcome:
        post_id, media_id = landed.post_id, landed.media_id
        if not self._is_wanted(landed):
            return self._abandon(landed)
        upload = self.ledger.get(post_id.author_id, media_id)
        if upload is None:
            return IngestOutcome.UNKNOWN
        if upload.medium.state is MediaState.READY:
            self.bucket.release(post_id, media_id)
            return IngestOutcome.REPEATED
        arrival = self.bucket.inspect(post_id, media_id, MAGIC_BYTES)
        if arrival is None:
            return IngestOutcome.UNKNOWN
        failure = upload.medium.failure or mismatch(upload.medium, arrival)
        if failure:
            self._refuse(upload, failure)
            return IngestOutcome.REFUSED
        return self._claim(upload, arrival, landed.bulk)

    def _in_share(self, user_id: str, charge: Charge) -> bool:
        return self.shares.take(user_id, charge, self.clock.now())

    def _claim(self, upload: Upload, arrival: Arrival, bulk: bool) -> IngestOutcome:
        post_id, media_id = upload.post_id, upload.medium.media_id
        # First, as from here on it takes another time whether the content is known. And from here
        # on its owner does not crop it in another way.
        now = self.clock.now()
        current = self.ledger.mark_processing(post_id.author_id, media_id, now)
        upload = upload if current is None else current
        medium = upload.medium
        self.posts.mark_processing(post_id)
        new_blob_id = self.ids.timeless()
        blob = self.blobs.claim(
            medium.stored_as, new_blob_id, medium.content_type, arrival.size, medium.crop
        )
        # A row that says a content is stored is not believed: the object must be there now.
        if self.intake.holds(blob):
            self.intake.discard(post_id, media_id, arrival.version)
        else:
            self.intake.adopt(blob, post_id, media_id, arrival.version)
        # Known content takes the same way: who waits for less would know that it was known.
        self.blobs.refer_once_rendered(upload.reference, blob.blob_id)
        landed = IngestUpload(post_id, media_id)
        if not self._is_wanted(landed):
            # Its post has expired meanwhile, or its owner has removed it from the post, and the
            # collector may have been there before the reference.
            return self._abandon(landed)
        self._order(blob, arrival, upload, bulk)
        self.bucket.release(post_id, media_id)
        return IngestOutcome.CLAIMED

    def _is_wanted(self, landed: IngestUpload) -> bool:
        """Whether there is a post that has the medium."""
        post = self.posts.get(landed.post_id)
        return post is not None and landed.media_id in {m.media_id for m in post.all_media}

    def _abandon(self, landed: IngestUpload) -> IngestOutcome:
        """Leave nothing behind of an upload that belongs to no post: neither the bytes nor a
        reference, which a run that died may have made just after the collector."""
        post_id, media_id = landed.post_id, landed.media_id
        arrival = self.bucket.inspect(post_id, media_id, MAGIC_BYTES)
        if arrival is not None:
            # The ledger, which knew whether it was cropped, may have forgotten it.
            for name in content_names(arrival.sha256, media_id):
                release(self.blobs, Reference(name, post_id, media_id), self.clock.now())
        self.bucket.abandon(post_id, media_id)
        return IngestOutcome.ABANDONED

    def _order(self, blob: Blob, arrival: Arrival, upload: Upload, bulk: bool) -> None:
        """Tell a renderer, by the queue that the upload came by. Transcoding has a share of its
        own, by the time that it takes."""
        author_id = upload.post_id.author_id
        reference = upload.reference
        if not is_moving(blob.content_type, arrival.magic):
            render = RenderPhoto(blob.sha256, blob.blob_id, reference)
            self.render.pick(bulk=bulk).send([render])
            return
        bulk = bulk or not self._in_share(author_id, transcoding_charge(upload.medium))
        transcode = TranscodeVideo(blob.sha256, blob.blob_id, reference)
        self.transcode.pick(bulk=bulk).send([transcode])

    def _refuse(self, upload: Upload, failure: Failure) -> None:
        post_id, media_id = upload.post_id, upload.medium.media_id
        self.ledger.mark_failed(post_id.author_id, media_id, failure)
        self.publish.send([PublishPost(post_id)])
        self.bucket.refuse(post_id, media_id)


def mismatch(declared: Medium, arrival: Arrival) -> Failure | None:
    """The difference between the bytes and their declaration; None if there is none."""
    if arrival.size != declared.size:
        return Failure(
            "bytes_mismatch",
            f"The file has {arrival.size:,} bytes, but {declared.size:,} were declared.",
        )
    if arrival.sha256 != declared.sha256:
        return Failure(
            "sha256_mismatch",
            "The file is not the one whose SHA-256 was declared; it may have been damaged on its"
            " way. Please post it again.",
        )
    magic = arrival.magic[:SNIFF_BYTES]
    actual = sniff(magic) or sniff_video(magic)
    if actual is None:
        return Failure(
            "unsupported_type", "The file is not a photo or video of a kind that is accepted here."
        )
    if not is_as_declared(declared.content_type, actual):
        return Failure(
            "content_type_mismatch",
            f"The file is {actual}, but {declared.content_type} was declared.",
        )
    return None

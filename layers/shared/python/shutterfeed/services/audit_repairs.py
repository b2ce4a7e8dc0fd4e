"""The repairs of the audit. Each looks again first, as what was read may have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, MediaState, Reference, Upload
from shutterfeed.domain.messages import (
    CollectMedia,
    CollectMessage,
    RenderPhoto,
    TranscodeVideo,
)
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.videos import may_move
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.uploads import Intake, Ledger, UploadBucket
from shutterfeed.services.mismatches import Mismatch

UNREFERRED: Final = (PostState.PENDING, PostState.PROCESSING, PostState.FAILED)
"""Posts in these states may have media without a reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRepairs:
    blobs: Blobs
    posts: Posts
    ledger: Ledger
    bucket: UploadBucket
    intake: Intake
    render: Queue[RenderPhoto]
    transcode: Queue[TranscodeVideo]
    collect: Queue[CollectMessage]

    def of(self, kind: Mismatch, sha256: str, subject: str) -> bool:
        """Mend a mismatch of any kind but `OBJECT_WITHOUT_ROW`. True if something was changed."""
        match kind:
            case Mismatch.MISSING_RENDITION:
                return self._render(sha256, subject)
            case Mismatch.MEDIUM_WITHOUT_REFERENCE:
                return self._refer(Reference(sha256, *medium_of(subject)))
            case Mismatch.ENTRY_WITHOUT_POST:
                return self._release(Reference(sha256, *medium_of(subject)))
            case Mismatch.UPLOAD_WITHOUT_ENTRY:
                return self._abandon(*medium_of(subject))
            case Mismatch.UPLOAD_KEPT:
                return self._let_go(*medium_of(subject))
        return False

    def restore(self, blob: Blob) -> bool:
        """Put back the row of an original that a post shows."""
        if self.blobs.get(blob.sha256) is not None or not self.intake.holds(blob):
            return False
        self.blobs.restore(blob)
        self._order(blob)
        return True

    def _render(self, sha256: str, blob_id: str) -> bool:
        blob = self.blobs.get(sha256)
        if blob is None or blob.blob_id != blob_id or not self.intake.holds(blob):
            return False
        if not self.blobs.reopen(blob):
            return False
        self._order(blob)
        return True

    def _order(self, blob: Blob) -> None:
        if may_move(blob.content_type):
            self.transcode.send([TranscodeVideo(blob.sha256, blob.blob_id)])
        else:
            self.render.send([RenderPhoto(blob.sha256, blob.blob_id)])

    def _refer(self, reference: Reference) -> bool:
        post = self.posts.get(reference.post_id)
        if post is None or post.state in UNREFERRED:
            return False
        self.blobs.refer(reference)
        return True

    def _release(self, reference: Reference) -> bool:
        if self.posts.get(reference.post_id) is not None:
            return False
        self.collect.send([CollectMedia((reference,))])
        return True

    def _abandon(self, post_id: PostId, media_id: str) -> bool:
        post = self.posts.get(post_id)
        if post is not None and media_id in {medium.media_id for medium in post.all_media}:
            return False
        self.bucket.abandon(post_id, media_id)
        return True

    def _let_go(self, post_id: PostId, media_id: str) -> bool:
        upload = self.ledger.get(post_id.author_id, media_id)
        if upload is None:
            return False
        if upload.medium.state is MediaState.FAILED:
            self.bucket.refuse(post_id, media_id)
            return True
        if upload.medium.state is not MediaState.READY or not self._is_stored(upload):
            return False
        self.bucket.release(post_id, media_id)
        return True

    def _is_stored(self, upload: Upload) -> bool:
        blob = self.blobs.get(upload.medium.stored_as)
        return blob is not None and self.intake.holds(blob)


def medium_of(subject: str) -> tuple[PostId, str]:
    """The post and medium that a subject of the form `<post>#<medium>` names."""
    post_id, _, media_id = subject.partition("#")
    return PostId.parse(post_id), media_id

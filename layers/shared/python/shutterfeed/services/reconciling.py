"""Finds posts that stand still and sets them moving again: the work of `reconcile`.

An event may be lost, a function may die, a message may outlive its queue. What is stored says
what should happen next, so the same message goes into the same queue once more; nothing is decided
here that the workers would not decide again. What is sent again goes by the bulk queues: it may be
much, and it is late already. Two changes of state are made here: a ledger entry
whose bytes are there is processing, and one whose bytes never came fails for good, once no link for
it can be valid any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import (
    ARRIVAL_GRACE,
    NEVER_ARRIVED,
    Blob,
    MediaState,
    Reference,
    Upload,
)
from shutterfeed.domain.messages import (
    IngestUpload,
    PublishMedium,
    PublishMessage,
    PublishPost,
    RenderPhoto,
    ScreenMedium,
    ScreenMessage,
    TranscodeVideo,
)
from shutterfeed.domain.posts import OPEN_SHARDS, Post, PostState
from shutterfeed.domain.retention import GIVE_UP_AFTER
from shutterfeed.domain.screening import Screened
from shutterfeed.domain.videos import TRANSCODING_PATIENCE, may_move
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import OpenPosts, Posts
from shutterfeed.ports.queues import WatchedQueue
from shutterfeed.ports.system import Clock
from shutterfeed.ports.uploads import Intake, Ledger, UploadBucket

M = TypeVar("M")

PER_SHARD: Final = 125
"""The number of posts that a run looks at in one shard: 2,000 in all. The next run goes on behind
them."""
MAX_BACKLOG: Final = 1_000
"""A queue with more messages than this is late, not standing still: more would not help it."""


class Finding(StrEnum):
    """The cause for which a post stands still, and what was done about it."""

    LANDED = "landed"
    """The bytes are in the uploads bucket, but nothing was made of them: told `dedup_hash`."""
    RENDER = "render"
    """The content is stored without renditions: told the renderer, or the transcoder."""
    COMPLETE = "complete"
    """The content is ready or has failed, and the medium does not know: told `publish`, or `screen`
    before it if contents are screened."""
    CONCLUDE = "conclude"
    """Every medium is final, or one has failed, and the post is not: told `publish`."""
    NEVER_ARRIVED = "never_arrived"
    """No bytes came, and none can come any more: failed."""
    LOST = "lost"
    """Neither upload nor original is there. Only a person can help."""
    DEFERRED = "deferred"
    """Its queue has a backlog, which must go first."""


@dataclass(slots=True)
class Reconciliation:
    """The findings of one run."""

    looked_at: int = 0
    findings: Counter[Finding] = field(default_factory=Counter)
    oldest: timedelta | None = None
    """The age of the oldest post that stood still through nobody's fault but ours."""
    failures: list[str] = field(default_factory=list)
    """The posts that could not be looked at, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilingService:
    open_posts: OpenPosts
    posts: Posts
    ledger: Ledger
    blobs: Blobs
    bucket: UploadBucket
    intake: Intake
    ingest: WatchedQueue[IngestUpload]
    render: WatchedQueue[RenderPhoto]
    transcode: WatchedQueue[TranscodeVideo]
    publish: WatchedQueue[PublishMessage]
    screen: WatchedQueue[ScreenMessage]
    screened: Screened
    """What the deployment screens: a content before its medium is published."""
    clock: Clock

    def reconcile(self, stands_still_after: timedelta) -> Reconciliation:
        """Look at a bounded number of posts that were created longer ago than that.

        Running twice, or two at once, only sends a message twice.
        """
        before = self.clock.now() - stands_still_after
        result = Reconciliation()
        started_from = self.open_posts.checkpoints()
        checkpoints: dict[int, str] = {}
        for shard in range(OPEN_SHARDS):
            page = self.open_posts.page(shard, before, started_from.get(shard), PER_SHARD)
            for post_id in page.items:
                self._look(post_id, result)
            if page.next_position is not None:
                checkpoints[shard] = page.next_position
        if checkpoints != started_from:
            self.open_posts.keep_checkpoints(checkpoints)
        return result

    def _look(self, post_id: PostId, result: Reconciliation) -> None:
        result.looked_at += 1
        try:
            post = self.posts.get(post_id)
            if post is None or not post.awaits_media:
                return
            findings = list(self._move(post))
        except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
            result.failures.append(f"{post_id}: {error!r}")
            return
        result.findings.update(findings)
        if set(findings) - {Finding.NEVER_ARRIVED}:
            age = self.clock.now() - post.created_at
            result.oldest = max(result.oldest or age, age)

    def _move(self, post: Post) -> Iterator[Finding]:
        """One step for every medium that can take one, also beside a medium that failed; the
        post's own when all are final, or one fails it."""
        uploads = self.ledger.of_post(post)
        seen = _awaited(post).with_uploads(uploads)
        fails = seen.state is PostState.FAILED and post.state is not PostState.FAILED
        if fails or all(medium.is_final for medium in seen.media):
            yield self._send(self.publish, PublishPost(post.id), Finding.CONCLUDE)
        for medium in seen.media:
            upload = uploads.get(medium.media_id) or Upload(post.id, medium, post.created_at)
            if medium.state is MediaState.AWAITING:
                yield from self._awaited(upload, self.clock.now())
            elif medium.state is MediaState.PROCESSING:
                yield from self._processing(upload, self.clock.now())

    def _awaited(self, upload: Upload, now: datetime) -> Iterator[Finding]:
        post_id, media_id = upload.post_id, upload.medium.media_id
        if self.bucket.holds(post_id, media_id):
            # Told before anything is made of it: however long that takes, nobody says that it did
            # not arrive, and the post does not expire.
            self.ledger.mark_processing(post_id.author_id, media_id, now)
            self.posts.mark_processing(post_id)
            yield self._send(
                self.ingest, IngestUpload(post_id, media_id, bulk=True), Finding.LANDED
            )
        elif now > _last_arrival(upload):
            self.ledger.mark_failed(post_id.author_id, media_id, NEVER_ARRIVED)
            self.publish.send([PublishPost(post_id)])
            yield Finding.NEVER_ARRIVED

    def _processing(self, upload: Upload, now: datetime) -> Iterator[Finding]:
        post_id, media_id = upload.post_id, upload.medium.media_id
        reference = upload.reference
        blob = self.blobs.get(reference.sha256)
        if blob is not None and self.blobs.is_referred_to_by(reference):
            if blob.is_final and not self.blobs.awaits_rendering(reference):
                yield self._complete(reference)
                return
            if may_move(blob.content_type) and not _overdue(upload, now):
                return
            if self.intake.holds(blob):
                yield self._order(upload, blob, now)
                return
        # Row, reference or original is missing: the upload puts all of them back.
        if self.bucket.holds(post_id, media_id):
            yield self._send(
                self.ingest, IngestUpload(post_id, media_id, bulk=True), Finding.LANDED
            )
        else:
            yield Finding.LOST

    def _complete(self, reference: Reference) -> Finding:
        if self.screened.contents:
            return self._send(self.screen, ScreenMedium(reference), Finding.COMPLETE)
        return self._send(self.publish, PublishMedium(reference), Finding.COMPLETE)

    def _order(self, upload: Upload, blob: Blob, now: datetime) -> Finding:
        author_id, media_id = upload.post_id.author_id, upload.medium.media_id
        reference = upload.reference
        if not may_move(blob.content_type):
            order = RenderPhoto(blob.sha256, blob.blob_id, reference)
            return self._send(self.render, order, Finding.RENDER)
        transcoding = TranscodeVideo(blob.sha256, blob.blob_id, reference)
        finding = self._send(self.transcode, transcoding, Finding.RENDER)
        if finding is Finding.RENDER:
            self.ledger.mark_ordered(author_id, media_id, now)
        return finding

    def _send(self, queue: WatchedQueue[M], message: M, finding: Finding) -> Finding:
        if queue.backlog() > MAX_BACKLOG:
            return Finding.DEFERRED
        queue.send([message])
        return finding


def _awaited(post: Post) -> Post:
    """The post with the media that it waits for: those of another album, if it is published."""
    if post.state is not PostState.PUBLISHED:
        return post
    return replace(post, media=tuple(one.medium for one in post.coming), alt_texts=())


def _last_arrival(upload: Upload) -> datetime:
    """When the last bytes may come."""
    return max(upload.created_at + GIVE_UP_AFTER, upload.link_expires_at + ARRIVAL_GRACE)


def _overdue(upload: Upload, now: datetime) -> bool:
    """Whether the transcoder's message must be lost. Another one too soon would have the same
    video transcoded twice at once, which takes minutes of a large function."""
    return now > (upload.ordered_at or upload.created_at) + TRANSCODING_PATIENCE

"""The publish gate: when every medium of a post is ready, one write publishes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, MediaState, Purpose, Reference
from shutterfeed.domain.messages import ConcludePost, PublishMessage, SettleBlob, SettleReference
from shutterfeed.domain.posts import UNPUBLISHED, PostState
from shutterfeed.ports import Avatars, Blobs, Clock, Ids, Ledger, Posts

_PAGE = 100


@dataclass(frozen=True, slots=True)
class PublishingService:
    ledger: Ledger
    posts: Posts
    blobs: Blobs
    avatars: Avatars
    clock: Clock
    ids: Ids

    def settle(self, message: PublishMessage) -> list[PostState]:
        """Carry a blob's outcome to the media that refer to it, and conclude their posts.

        The new states of those posts that it changed.
        """
        if isinstance(message, ConcludePost):
            state = self.conclude(message.post_id)
            return [] if state is None else [state]
        states = []
        for reference in self._references(message):
            blob = self.blobs.get(reference.sha256)
            # Of an unsettled blob there will be another message when it settles; of a reference
            # that waits for its rendering, when that is done.
            if blob is not None and blob.settled and not self.blobs.awaits_rendering(reference):
                self._settle(blob, reference)
                state = self.conclude(reference.post_id)
                if state is not None:
                    states.append(state)
        return states

    def conclude(self, post_id: PostId) -> PostState | None:
        """Publish the post if all its media are ready, fail it if one has failed. A hidden post's
        photo becomes the avatar instead.

        Two media that settle at once both come here, each after writing its own ledger entry, so
        that the later one sees both. The post's new state; None where nothing changed.
        """
        post = self.posts.get(post_id)
        if post is None or post.state not in UNPUBLISHED:
            return None
        now = self.clock.now()
        progress = post.with_uploads(self.ledger.of_post(post)).media
        media = tuple(medium.for_viewers() for medium in progress)
        states = {medium.state for medium in media}
        if MediaState.FAILED in states and self.posts.fail(post_id, media, now):
            return PostState.FAILED
        if states != {MediaState.READY}:
            return None
        if post.purpose is Purpose.AVATAR:
            return self.avatars.show(post_id, media[0], now)
        if self.posts.publish(post_id, media, self.ids.new(now), now):
            return PostState.PUBLISHED
        return None

    def _references(self, message: SettleReference | SettleBlob) -> Iterator[Reference]:
        if isinstance(message, SettleReference):
            yield message.reference
            return
        after = None
        while True:
            page = self.blobs.references(message.sha256, after, _PAGE)
            yield from page.items
            after = page.next_position
            if after is None:
                return

    def _settle(self, blob: Blob, reference: Reference) -> None:
        author_id, media_id = reference.post_id.author_id, reference.media_id
        if blob.picture is not None:
            self.ledger.mark_ready(author_id, media_id, blob.picture)
        elif blob.failure is not None:
            self.ledger.mark_failed(author_id, media_id, blob.failure, self.clock.now())
        else:
            raise ValueError(f"blob {blob.blob_id} is {blob.state} without picture or failure")

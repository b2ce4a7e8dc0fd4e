"""The publish gate: when every medium of a post is ready, and its time has come, one write
publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.drafts import settled
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.explore import Contender
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import (
    Blob,
    MediaState,
    Medium,
    Purpose,
    Reference,
)
from shutterfeed.domain.messages import PublishMedium, PublishMessage, PublishPost
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.ranking import rank
from shutterfeed.domain.rearranging import concluded
from shutterfeed.domain.scheduling import HELD_FOR, LOOK_AHEAD, to_seconds
from shutterfeed.domain.suggestions import Nomination
from shutterfeed.ports.explore import Contenders
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import Albums, Avatars, Drafts, Posts, ScheduledPosts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import DelayingQueue
from shutterfeed.ports.suggestions import Nominations
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.collection import release
from shutterfeed.services.due import wait_for
from shutterfeed.services.people import PeopleService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingService:
    ledger: Ledger
    posts: Posts
    scheduled: ScheduledPosts
    albums: Albums
    drafts: Drafts
    profiles: Profiles
    people: PeopleService
    blobs: Blobs
    avatars: Avatars
    nominations: Nominations
    later: DelayingQueue[PublishMessage]
    """The gate's own queue."""
    contenders: Contenders
    clock: Clock
    ids: Ids

    def complete(self, message: PublishMedium | PublishPost) -> PostState | None:
        """Carry a blob's outcome to the medium that refers to it, and conclude the post.

        Returns the post's new state; None if nothing changed.
        """
        if isinstance(message, PublishPost):
            return self.conclude(message.post_id)
        reference = message.reference
        blob = self.blobs.get(reference.sha256)
        if blob is None or not blob.is_final or self.blobs.awaits_rendering(reference):
            # There will be another message when its rendering is done.
            return None
        self._complete_medium(blob, reference)
        return self.conclude(reference.post_id)

    def conclude(self, post_id: PostId) -> PostState | None:
        """Publish the post if all its media are ready, fail it if one has failed. A hidden post's
        photo becomes the avatar instead. A failed post is told of its other media. A post whose
        time has not come is scheduled, and a draft waits for its author.

        Two media that complete at once both come here, each after writing its own ledger entry, so
        that the later one sees both. Returns the post's new state; None if nothing changed.
        """
        post = self.posts.get(post_id)
        if post is not None and post.state is PostState.SCHEDULED:
            return self._publish_scheduled(post)
        if post is not None and post.state is PostState.PUBLISHED:
            return self._conclude_album(post)
        if post is not None and post.is_draft:
            return self._conclude_draft(post)
        if post is None or not post.awaits_media:
            return None
        progress = post.with_uploads(self.ledger.of_post(post)).media
        media = tuple(medium.for_viewers() for medium in progress)
        states = {medium.state for medium in media}
        if MediaState.FAILED in states:
            return self._fail(post, media)
        return self._publish(post, media) if states == {MediaState.READY} else None

    def _fail(self, post: Post, media: tuple[Medium, ...]) -> PostState | None:
        told = post.state is PostState.FAILED and media == post.media
        if not told and self.posts.fail(post.id, media, self.clock.now()):
            return PostState.FAILED
        return None

    def _publish(self, post: Post, media: tuple[Medium, ...]) -> PostState | None:
        now = self.clock.now()
        if post.purpose is Purpose.AVATAR:
            return self.avatars.show(post.id, media[0], now)
        if not post.is_due(now) or self._is_away(post):
            return self._schedule(post, media)
        return self._publish_now(post, media, now)

    def _publish_now(
        self, post: Post, media: tuple[Medium, ...], now: datetime
    ) -> PostState | None:
        # There may be weeks between writing and publishing, in which people change their minds.
        without = self.people.not_to_be_named(post)
        if self.posts.publish(post.id, media, self.ids.new(now), now, without=without):
            # If these are lost, so is one nomination of many, and a contender without likes.
            self.nominations.nominate(Nomination.of_active(post.author_id, now))
            self.contenders.nominate(Contender(post.id, rank(now, 0), now))
            return PostState.PUBLISHED
        return None

    def _conclude_draft(self, post: Post) -> PostState | None:
        """Let a draft wait for its author once all of it is ready, or tell it what has failed."""
        for _ in range(_ATTEMPTS):
            if not post.awaits_media:
                return None
            after = settled(post, self.ledger.of_post(post))
            if after == post:
                return None
            if self.drafts.write(post, after, self.clock.now()):
                return after.state
            current = self.posts.get(post.id)
            if current is None or not current.is_draft:
                # Its author has posted it, or it is gone: the record of that comes here too.
                return None
            post = current
        raise Busy

    def _conclude_album(self, post: Post) -> PostState | None:
        """Show the album of a published post that waits, if all of it is ready, and let go of what
        was removed long ago."""
        for _ in range(_ATTEMPTS):
            uploads = self.ledger.of_post(post) if post.coming else {}
            now = self.clock.now()
            after = concluded(post, uploads, now)
            if after == post:
                return None
            if self.albums.rearrange(post, after, now):
                return PostState.PUBLISHED
            current = self.posts.get(post.id)
            if current is None or current.state is not PostState.PUBLISHED:
                return None
            post = current
        raise Busy

    def _schedule(self, post: Post, media: tuple[Medium, ...]) -> PostState | None:
        if not self.scheduled.schedule(post, media):
            # Its author has moved it, or it is gone: the record of that comes here too.
            return None
        self._remind(post)
        return PostState.SCHEDULED

    def _publish_scheduled(self, post: Post) -> PostState | None:
        now = self.clock.now()
        if not post.is_due(now):
            self._remind(post)
            return None
        if self._is_away(post):
            self.scheduled.hold(post, to_seconds(now + HELD_FOR))
            return None
        return self._publish_now(post, post.media, now)

    def _is_away(self, post: Post) -> bool:
        """Whether the time of a post has no effect now, as its author's account is closed or
        suspended."""
        if post.publish_at is None:
            return False
        author = self.profiles.get(post.author_id)
        return author is None or author.is_closed or author.suspension is not None

    def _remind(self, post: Post) -> None:
        """Have a post published at its time that comes before the list of scheduled posts is looked
        at next. If this message is lost, it is published when that is looked at."""
        now = self.clock.now()
        if post.publish_at is not None and post.publish_at <= now + LOOK_AHEAD:
            self.later.send_later([PublishPost(post.id)], wait_for(post.publish_at, now))

    def _complete_medium(self, blob: Blob, reference: Reference) -> None:
        author_id, media_id = reference.post_id.author_id, reference.media_id
        if blob.picture is not None:
            self.ledger.mark_ready(author_id, media_id, blob.picture)
        elif blob.failure is not None:
            self.ledger.mark_failed(author_id, media_id, blob.failure)
            if blob.failure.is_no_picture:
                # Its owner has been told; nobody needs the bytes any more.
                release(self.blobs, reference, self.clock.now())
        else:
            raise ValueError(f"blob {blob.blob_id} is {blob.state} without picture or failure")

"""Collection of erased posts, and of what people have left at posts that are gone for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shutterfeed.domain.erasures import Erasable
from shutterfeed.domain.messages import (
    CollectComments,
    CollectLikes,
    CollectMessage,
    RemovePost,
)
from shutterfeed.domain.posts import ERASED_GRACE
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.erasures import ErasureList
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.queues import DelayingQueue
from shutterfeed.ports.system import Clock
from shutterfeed.services.collection import CollectionService, Removed

AT_ONCE: Final = 1_000
"""The number of likes, or of comments, that one message removes, in some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Everything that `collect` does."""

    media: CollectionService
    likes: Likes
    comments: Comments
    posts: Posts
    erasures: ErasureList
    steps: DelayingQueue[CollectMessage]
    clock: Clock

    def collect(self, message: CollectMessage) -> Removed | None:
        """Carry out one message; repeating it is harmless. Returns what was removed for good."""
        match message:
            case RemovePost(post_id, erased_at):
                wait = erased_at + ERASED_GRACE - self.clock.now()
                if wait > timedelta():
                    self.steps.send_later([message], wait)
                else:
                    # A table that is restored to an earlier moment has the post again.
                    self.erasures.note(Erasable.POST, str(post_id), erased_at)
                    self.posts.remove(post_id)
            case CollectLikes(post_id):
                if self.likes.forget(post_id, AT_ONCE):
                    self.steps.send([message])
            case CollectComments(post_id):
                if self.comments.forget(post_id, AT_ONCE):
                    self.steps.send([message])
            case _:
                return self.media.collect(message)
        return None

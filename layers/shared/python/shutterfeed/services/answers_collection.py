"""Collection of what people have left at posts that are gone for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.messages import CollectComments, CollectLikes, CollectMessage
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.queues import Queue
from shutterfeed.services.collection import CollectionService

AT_ONCE: Final = 1_000
"""The number of likes, or of comments, that one message removes, in some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Everything that `collect` does."""

    media: CollectionService
    likes: Likes
    comments: Comments
    steps: Queue[CollectMessage]

    def collect(self, message: CollectMessage) -> None:
        """Carry out one message; repeating it is harmless."""
        match message:
            case CollectLikes(post_id):
                if self.likes.forget(post_id, AT_ONCE):
                    self.steps.send([message])
            case CollectComments(post_id):
                if self.comments.forget(post_id, AT_ONCE):
                    self.steps.send([message])
            case _:
                self.media.collect(message)

"""From a change of the metadata table to the queues of those who act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from shutterfeed.domain.changes import Change, Work, work_for
from shutterfeed.domain.messages import (
    CollectMessage,
    ConcludePost,
    Cross,
    FanOut,
    FanOutMessage,
    FeedChunk,
    FeedMessage,
    Followed,
    IndexPost,
    IndexUser,
    PrepareFeed,
    PublishMessage,
    ReleaseMedia,
    RemoveBlob,
    SearchMessage,
    SettleReference,
    Unfollowed,
)
from shutterfeed.ports.queues import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRouter:
    """The stream does nothing but hand work to queues, whose retries block nobody else."""

    publish: Queue[PublishMessage]
    fan_out: Queue[FanOutMessage]
    feed: Queue[FeedMessage]
    collect: Queue[CollectMessage]
    search: Queue[SearchMessage]

    def route(self, change: Change) -> int:
        """Send what follows from a change; the number of messages."""
        work = list(work_for(change))
        for message in work:
            self._send(message)
        return len(work)

    def _send(self, message: Work) -> None:
        match message:
            case SettleReference() | ConcludePost():
                self.publish.send([message])
            case FanOut() | Cross():
                self.fan_out.send([message])
            case FeedChunk() | Followed() | Unfollowed() | PrepareFeed():
                self.feed.send([message])
            case ReleaseMedia() | RemoveBlob():
                self.collect.send([message])
            case IndexPost() | IndexUser():
                self.search.send([message])
            case _:
                assert_never(message)

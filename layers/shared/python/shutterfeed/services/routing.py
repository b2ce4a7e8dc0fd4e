"""From a change of the metadata table to the queues of those who act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from shutterfeed.domain.changes import Change, Work, work_for
from shutterfeed.domain.messages import (
    Backfill,
    CollectMessage,
    ConcludePost,
    FanOut,
    FeedChunk,
    FeedMessage,
    IndexPost,
    IndexUser,
    Prune,
    PublishMessage,
    ReleaseMedia,
    RemoveBlob,
    SearchMessage,
    SettleBlob,
    SettleReference,
)
from shutterfeed.ports import Queue


@dataclass(frozen=True, slots=True)
class ChangeRouter:
    """The stream does nothing but hand work to queues, whose retries block nobody else."""

    publish: Queue[PublishMessage]
    fan_out: Queue[FanOut]
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
            case SettleReference() | SettleBlob() | ConcludePost():
                self.publish.send([message])
            case FanOut():
                self.fan_out.send([message])
            case FeedChunk() | Backfill() | Prune():
                self.feed.send([message])
            case ReleaseMedia() | RemoveBlob():
                self.collect.send([message])
            case IndexPost() | IndexUser():
                self.search.send([message])
            case _:
                assert_never(message)

"""Messages on queues as JSON: `{"kind": "<class>", "message": {...}}`, one codec per queue."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

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
    RenderPhoto,
    SearchMessage,
    SettleReference,
    TranscodeVideo,
    Unfollowed,
)

M = TypeVar("M")


class UnknownMessage(ValueError):
    """The text is not a message that its queue carries."""


class _Envelope(msgspec.Struct):
    kind: str
    message: msgspec.Raw


class Codec(Generic[M]):
    """The texts of one queue's messages, which are instances of the given classes."""

    def __init__(self, *kinds: type[Any]) -> None:
        self._kinds = {kind.__name__: kind for kind in kinds}

    def encode(self, message: M) -> str:
        return msgspec.json.encode({"kind": type(message).__name__, "message": message}).decode()

    def decode(self, text: str) -> M:
        """The message in a text. Raises `UnknownMessage`."""
        try:
            envelope = msgspec.json.decode(text, type=_Envelope)
            message: M = msgspec.json.decode(envelope.message, type=self._kinds[envelope.kind])
        except (msgspec.MsgspecError, KeyError) as error:
            raise UnknownMessage(text[:200]) from error
        return message


RENDER_PHOTO = Codec[RenderPhoto](RenderPhoto)
TRANSCODE_VIDEO = Codec[TranscodeVideo](TranscodeVideo)
PUBLISH = Codec[PublishMessage](SettleReference, ConcludePost)
FAN_OUT = Codec[FanOutMessage](FanOut, Cross)
FEED = Codec[FeedMessage](FeedChunk, Followed, Unfollowed, PrepareFeed)
COLLECT = Codec[CollectMessage](ReleaseMedia, RemoveBlob)
SEARCH = Codec[SearchMessage](IndexPost, IndexUser)

"""Makes clip and poster of stored videos, and marks the blob ready, or failed with the reason."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.transcode import service
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import TranscodeVideo
from shutterfeed.runtime import lane_worker, preload

MESSAGES = Codec[TranscodeVideo]("transcode")


def transcode(body: str, bulk: bool) -> Iterator[BlobState | None]:
    yield service(bulk=bulk).transcode(MESSAGES.decode(body))


handler = lane_worker(transcode)
preload(lambda: service(bulk=False))

"""Makes the edge deny media and blobs, or show them again, a batch of messages at a time."""

from collections.abc import Sequence

from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.bootstrap.deny import service
from shutterfeed.domain.messages import DenyOrAllow
from shutterfeed.runtime import Handled, batch_worker, preload

MESSAGES = Codec[DenyOrAllow]("deny")


def deny(bodies: Sequence[str]) -> Handled:
    failures: dict[int, Exception] = {}
    ids: dict[int, str] = {}
    for index, body in enumerate(bodies):
        try:
            ids[index] = MESSAGES.decode(body).denied_id
        except UnknownMessage as error:
            failures[index] = error
    try:
        service().check(sorted(set(ids.values())))
    except Exception as error:  # noqa: BLE001 - told to the queue, for each message that failed
        failures |= dict.fromkeys(ids, error)
    return Handled(failures, {"checked": len(set(ids.values()))})


handler = batch_worker(deny)
preload(service)

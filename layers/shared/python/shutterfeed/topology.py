"""The table of workers: which queue each reads, the kinds of message it takes, and its limits.

It has only constants. Codecs, router, queues, triggers, dashboard, `make redrive` and the tests'
worlds are made from this table. The workers' rights are not: `infra/access.py` writes them out.

Each step has one word, which names its queue, its settings (`<WORD>_QUEUE_URL`), its function, its
messages and its service; only the functions `dedup_hash` and `thumbnail` have other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S

VISIBILITY_PER_TIMEOUT: Final = 6
"""AWS advises six times the function's timeout, so that a throttled poller does not hand a message
to a second function while the first still works on it."""

LEAST_RECEIVES: Final = 6
"""Five times it may be throttled, or fail, and there is one more attempt."""
THROTTLED_FOR_S: Final = HOUR_S
"""How long an account may be too busy for a message before it counts as one that fails. While no
execution is free, Lambda holds a message until its visibility times out, and counts that as one
attempt."""

MESSAGE_RETENTION_S: Final = 4 * DAY_S
DEAD_LETTER_RETENTION_S: Final = 14 * DAY_S

ROUTER: Final = "route_changes"
"""The function that reads the metadata table's stream, and fills the queues."""
STREAM_BATCH: Final = 100
"""The number of changes that the router gets in one batch."""
STREAM_PARALLELIZATION: Final = 10
"""The number of batches of one shard that are routed at the same time. Changes of one item stay in
their order."""
STREAM_RETRIES: Final = 10
STREAM_DEAD_LETTERS: Final = "stream-dlq"

BULK_ENDING: Final = "-bulk"
"""The ending of a bulk queue's name."""

_DELIVERY_DEAD_LETTERS: Final = "feed-delivery-dlq"
"""The queue of dead letters that several workers share. Each queue of dead letters has an alarm,
of which an account has ten free."""


class UnknownKind(LookupError):
    """No worker accepts messages of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"No worker takes messages of the kind {kind!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A function that is triggered by a queue."""

    step: str
    """The word of its step."""
    kinds: tuple[str, ...]
    """The messages that it accepts, by the names of their classes in `domain/messages.py`."""
    timeout_s: int
    batch: int
    """The number of messages in a batch. A worker that holds a large object in memory gets one."""
    concurrency: int
    """The number of executions that its queue may start; `worker_concurrency` overrides it."""
    bulk: int | None = None
    """The number of executions that its bulk queue may start; None if it has no bulk queue."""
    dead_letters: str
    delay_s: int = 0
    """How long its messages wait in the queue before they are received."""
    is_optional: bool = False
    """Whether a deployment may do without it. Then its queue stays empty, and nobody polls it."""
    named: str | None = None
    """The name of its function, if that is not the step's word."""

    @property
    def function(self) -> str:
        return self.named or self.step

    @property
    def queue(self) -> str:
        """The name of its first queue."""
        return self.lanes[0].queue

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Its queues, the first one first."""
        first = Lane(self, self.step, self.function, self.concurrency)
        if self.bulk is None:
            return (first,)
        return first, Lane(self, f"{self.step}_bulk", f"{self.function}_bulk", self.bulk)

    @property
    def visibility_s(self) -> int:
        """How long a message that was received stays hidden from others."""
        return VISIBILITY_PER_TIMEOUT * self.timeout_s

    @property
    def receives(self) -> int:
        """How often a message is received before it is a dead letter."""
        return max(LEAST_RECEIVES, ceil(THROTTLED_FOR_S / self.visibility_s))


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue of a worker. The steps that process uploads have two: the first one, and the bulk
    queue for what a user sends beyond their share of the first."""

    worker: Worker
    name: str
    """The step's word, for the bulk queue with the ending `_bulk`."""
    setting: str
    """The name by which `worker_concurrency` overrides its concurrency."""
    concurrency: int

    @property
    def queue(self) -> str:
        return self.name.replace("_", "-")

    @property
    def queue_variable(self) -> str:
        """The environment variable that tells senders the queue's address."""
        return f"{self.name.upper()}_QUEUE_URL"


WORKERS: Final = (
    Worker(
        step="ingest",
        named="dedup_hash",
        kinds=("IngestUpload",),
        timeout_s=60,
        batch=1,
        concurrency=40,
        bulk=10,
        dead_letters="ingest-dlq",
    ),
    Worker(
        step="render",
        named="thumbnail",
        kinds=("RenderPhoto", "RenderZoom"),
        timeout_s=60,
        batch=1,
        concurrency=35,
        bulk=15,
        dead_letters="render-dlq",
    ),
    Worker(
        step="transcode",
        kinds=("TranscodeVideo",),
        timeout_s=900,
        batch=1,
        concurrency=12,
        bulk=8,
        dead_letters="transcode-dlq",
    ),
    Worker(
        step="publish",
        kinds=("PublishMedium", "PublishPost", "MarkCopies"),
        timeout_s=30,
        batch=10,
        concurrency=50,
        dead_letters="publish-dlq",
    ),
    Worker(
        step="fan_out",
        kinds=("FanOut", "MigrateReaders", "AcceptRequests", "BringTagged"),
        timeout_s=60,
        batch=1,
        # Many posts that are scheduled for one minute are in the feeds within the next one.
        concurrency=25,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="deliver",
        kinds=(
            *("DeliverEntry", "Followed", "Unfollowed", "PrepareFeed", "FindAcquaintances"),
            *("CountLikes", "ListAppearances"),
        ),
        timeout_s=60,
        batch=10,
        concurrency=100,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="collect",
        kinds=("RemovePost", "CollectMedia", "CollectBlob", "CollectLikes", "CollectComments"),
        timeout_s=60,
        batch=10,
        concurrency=5,
        dead_letters="collect-dlq",
    ),
    Worker(
        step="deny",
        kinds=("DenyOrAllow",),
        timeout_s=60,
        batch=10,
        # Each changes the same store on the condition that no other has changed it meanwhile.
        concurrency=2,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="index",
        kinds=("IndexPost", "IndexUser", "IndexAuthor"),
        timeout_s=60,
        batch=10,
        concurrency=20,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="notify",
        kinds=("Notify", "ReleaseReplies", "TellCase"),
        timeout_s=60,
        batch=10,
        concurrency=20,
        # What is undone within that time is told to nobody.
        delay_s=5,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="push",
        kinds=("PushNotice",),
        timeout_s=60,
        # A push service may take seconds to answer, or none.
        batch=5,
        concurrency=20,
        # By then the notice has appeared in the list to which the push leads.
        delay_s=3,
        is_optional=True,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
    Worker(
        step="erase",
        kinds=("EraseAccount", "EndSignIns"),
        timeout_s=60,
        batch=1,
        # An account takes minutes, and nobody waits for it.
        concurrency=2,
        dead_letters="collect-dlq",
    ),
    Worker(
        step="screen",
        kinds=("ScreenMedium", "ScreenPost", "ScreenComment", "ScreenUser"),
        # The first message of a container waits until long lists are read.
        timeout_s=120,
        # Each content may wait a second for a classifier.
        batch=5,
        concurrency=20,
        is_optional=True,
        # What waits here is not published, as with those of `publish`.
        dead_letters="publish-dlq",
    ),
    Worker(
        step="export",
        kinds=("ExportData", "TellExport", "DiscardExport"),
        timeout_s=900,
        # A part of an export takes minutes.
        batch=1,
        concurrency=5,
        dead_letters=_DELIVERY_DEAD_LETTERS,
    ),
)

TENANTS: Final[Mapping[str, str]] = {
    "IngestUpload": "post_id.author_id",
    "RenderPhoto": "reference.post_id.author_id",
    "RenderZoom": "viewer_id",
    "TranscodeVideo": "reference.post_id.author_id",
    "FanOut": "entry.post_id.author_id",
    "MigrateReaders": "author_id",
    "AcceptRequests": "user_id",
    "DeliverEntry": "entry.post_id.author_id",
    "Followed": "follower_id",
    "Unfollowed": "follower_id",
    "PrepareFeed": "reader_id",
    "FindAcquaintances": "reader_id",
    "Notify": "act.owner_id",
    "ReleaseReplies": "root_id.post_id.author_id",
    "TellCase": "owner_id",
    "PushNotice": "notice.owner_id",
    "CountLikes": "post_id.author_id",
    "ListAppearances": "post_id.author_id",
    "EraseAccount": "user_id",
    "EndSignIns": "user_id",
    "ScreenMedium": "reference.post_id.author_id",
    "ScreenPost": "post_id.author_id",
    "ScreenComment": "comment_id.post_id.author_id",
    "ScreenUser": "user_id",
}
"""The field of a message that holds the user for whom the work is done, by the message's kind. SQS
gets it as the message's group: on a queue where one user has many messages in work, it delivers
those of others first. A worker whose messages are not here does without groups, which cost a
quarter more a request: its messages take milliseconds, or, like `IndexAuthor`, are the only one of
their user. `BringTagged` is work for no single user."""

LANES: Final = tuple(lane for worker in WORKERS for lane in worker.lanes)
"""All queues that trigger workers."""

_BY_STEP: Final = {worker.step: worker for worker in WORKERS}
_BY_LANE: Final = {lane.name: lane for lane in LANES}
_BY_KIND: Final = {kind: worker for worker in WORKERS for kind in worker.kinds}


def worker(step: str) -> Worker:
    """The worker of a step."""
    return _BY_STEP[step]


def lane(name: str) -> Lane:
    """A queue by its name: a step's word, for a bulk queue with the ending `_bulk`."""
    return _BY_LANE[name]


def home_of(kind: str) -> Worker:
    """The worker that accepts messages of a kind. Raises `UnknownKind`."""
    if kind not in _BY_KIND:
        raise UnknownKind(kind)
    return _BY_KIND[kind]


def dead_letter_queues() -> tuple[str, ...]:
    """The names of all queues of dead letters, the stream's last."""
    return (*dict.fromkeys(worker.dead_letters for worker in WORKERS), STREAM_DEAD_LETTERS)

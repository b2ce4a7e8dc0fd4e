"""The queues between the functions, and the dead-letter queues of messages that always failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import allow
from infra.settings import Settings

DEAD_LETTER_RETENTION: Final = Duration.days(14)

# AWS advises six times the function's timeout, so that a throttled poller does not hand a message
# to a second function while the first still works on it.
VISIBILITY_PER_TIMEOUT: Final = 6

# A message goes to the dead letters after it was received this often. A message that was not even
# tried counts too: while an account has no free execution, Lambda holds the message until its
# visibility times out.
LEAST_RECEIVES: Final = 5
THROTTLED_FOR: Final = Duration.hours(1)
"""How long an account may be too busy for a message before the message counts as failed."""


class Queues(Construct):
    """All queues. `timeouts` maps each consumer to its function's timeout in seconds."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, timeouts: dict[str, int]
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._timeouts = timeouts
        self._dead_letters_by_name: dict[str, sqs.Queue] = {}
        self.uploads_dlq = self._dead_letters("uploads-dlq")
        self.images_dlq = self._dead_letters("images-dlq")
        self.videos_dlq = self._dead_letters("videos-dlq")
        self.publish_dlq = self._dead_letters("publish-dlq")
        # Fan-out, feed writing and indexing bring a post to those who may see it, watched by one
        # alarm: an account's first ten alarms are free, and there are eleven.
        self.feed_delivery_dlq = self._dead_letters("feed-delivery-dlq")
        self.collect_dlq = self._dead_letters("collect-dlq")
        self.stream_dlq = self._dead_letters("stream-dlq")

        self.uploads = self._queue("uploads", "dedup_hash", self.uploads_dlq)
        self.images = self._queue("images", "thumbnail", self.images_dlq)
        self.videos = self._queue("videos", "transcode", self.videos_dlq)
        self.publish = self._queue("publish", "publish", self.publish_dlq)
        self.fan_out = self._queue("fan-out", "fan_out", self.feed_delivery_dlq)
        self.feed = self._queue("feed", "feed_writer", self.feed_delivery_dlq)
        self.collect = self._queue("collect", "collect", self.collect_dlq)
        self.search = self._queue("search", "index_search", self.feed_delivery_dlq)

    def dead_letters(self) -> Mapping[str, sqs.Queue]:
        """The dead-letter queues by name, without the stack's prefix."""
        return self._dead_letters_by_name

    def working(self) -> Iterator[sqs.Queue]:
        yield self.uploads
        yield self.images
        yield self.videos
        yield self.publish
        yield self.fan_out
        yield self.feed
        yield self.collect
        yield self.search

    def _queue(self, name: str, consumer: str, dead_letters: sqs.Queue) -> sqs.Queue:
        visible_after = VISIBILITY_PER_TIMEOUT * self._timeouts[consumer]
        receives = max(LEAST_RECEIVES, ceil(THROTTLED_FOR.to_seconds() / visible_after))
        return self._create(
            name,
            visibility_timeout=Duration.seconds(visible_after),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=receives),
        )

    def _dead_letters(self, name: str) -> sqs.Queue:
        queue = self._create(name, retention_period=DEAD_LETTER_RETENTION)
        self._dead_letters_by_name[name] = queue
        allow(queue, "SQS3", "It is a dead-letter queue itself; an alarm watches it.")
        return queue

    def _create(
        self,
        name: str,
        *,
        retention_period: Duration,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "".join(part.capitalize() for part in name.split("-")),
            queue_name=f"{self._settings.prefix}-{name}",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=self._settings.tls_only,
            retention_period=retention_period,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )
        if not self._settings.tls_only:
            allow(queue, "SQS4", "The local cloud speaks plain HTTP, on loopback only.")
        return queue

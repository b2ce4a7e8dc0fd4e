"""The queues between the functions, and the dead-letter queues of messages that always failed."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import allow
from infra.settings import Settings
from shutterfeed import topology


class Queues(Construct):
    """The queues of the workers, by their names in `topology.py`, and the dead-letter queues."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._dead_letters = {
            name: self._dead_letter_queue(name) for name in topology.dead_letter_queues()
        }
        self.stream_dlq = self._dead_letters[topology.STREAM_DEAD_LETTERS]
        self._by_lane = {lane.name: self._queue(lane) for lane in topology.LANES}

    def __getitem__(self, lane: str) -> sqs.Queue:
        return self._by_lane[lane]

    def dead_letters(self) -> Mapping[str, sqs.Queue]:
        """The dead-letter queues by name, without the stack's prefix."""
        return self._dead_letters

    def _queue(self, lane: topology.Lane) -> sqs.Queue:
        worker = lane.worker
        return self._create(
            lane.queue,
            retention_period=Duration.seconds(topology.MESSAGE_RETENTION_S),
            visibility_timeout=Duration.seconds(worker.visibility_s),
            delivery_delay=Duration.seconds(worker.delay_s) if worker.delay_s else None,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self._dead_letters[worker.dead_letters], max_receive_count=worker.receives
            ),
        )

    def _dead_letter_queue(self, name: str) -> sqs.Queue:
        queue = self._create(
            name, retention_period=Duration.seconds(topology.DEAD_LETTER_RETENTION_S)
        )
        allow(queue, "SQS3", "It is a dead-letter queue itself; an alarm watches it.")
        return queue

    def _create(
        self,
        name: str,
        *,
        retention_period: Duration,
        visibility_timeout: Duration | None = None,
        delivery_delay: Duration | None = None,
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
            delivery_delay=delivery_delay,
            dead_letter_queue=dead_letter_queue,
        )
        if not self._settings.tls_only:
            allow(queue, "SQS4", "The local cloud speaks plain HTTP, on loopback only.")
        return queue

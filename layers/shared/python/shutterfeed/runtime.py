"""What every function shares: start-up, one log line per invocation, failures record by record."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.typing import LambdaContext

Event = dict[str, Any]
Answer = Mapping[str, Any]
Handler = Callable[[Event, LambdaContext], Answer]
RecordHandler = Callable[[Any], object]

logger = Logger()
metrics = Metrics()


def preload(factory: Callable[[], object]) -> None:
    """Build a service while the function starts: that runs at full CPU, a request may not.

    What is there then stays for the container's lifetime, and garbage collection is told not to
    look through it: that took 80 ms of about every hundredth request.

    Elsewhere than in a function nothing is built, so that a handler can be imported without its
    environment.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        factory()
        gc.freeze()


def count_cache_failure(error: Exception) -> None:
    """The request goes on without the shared cache; who operates it should know."""
    logger.warning("cache failure", error=f"{type(error).__name__}: {error}")
    metrics.add_metric("HeadCacheFailures", MetricUnit.Count, 1)
    metrics.flush_metrics()


def queue_worker(act: Callable[[str], Iterable[object]]) -> Handler:
    """A handler for SQS: `act` is given each message's body, and gives the outcomes to log.

    A message for which it raises is reported as failed, and delivered again; the others are not.
    """
    return _worker(EventType.SQS, lambda record: act(record.body))


def batch_worker(act: Callable[[Sequence[str]], Mapping[int, Exception]]) -> Handler:
    """A handler for SQS that acts on a whole batch at once: `act` is given the bodies, and gives
    those that failed, by their place, and why."""

    def handler(event: Event, context: LambdaContext) -> Answer:
        logger.set_correlation_id(context.aws_request_id)
        records = event["Records"]
        failures = act([record["body"] for record in records])
        _report(
            len(records),
            {},
            [repr(error) for error in failures.values()],
            next(iter(failures.values()), None),
        )
        ids = [{"itemIdentifier": records[place]["messageId"]} for place in sorted(failures)]
        return {"batchItemFailures": ids}

    return handler


def stream_worker(act: Callable[[Mapping[str, Any]], Iterable[object]]) -> Handler:
    """The same for a DynamoDB stream: `act` is given each record as the stream has it."""
    return _worker(EventType.DynamoDBStreams, lambda record: act(record.raw_event))


def _worker(kind: EventType, act: Callable[[Any], Iterable[object]]) -> Handler:
    def handler(event: Event, context: LambdaContext) -> Answer:
        outcomes: Counter[str] = Counter()

        def handle(record: Any) -> None:
            outcomes.update(map(str, act(record)))

        # Every failure is in the answer: raising when all fail would only hide which did.
        processor = BatchProcessor(event_type=kind, raise_on_entire_batch_failure=False)
        logger.set_correlation_id(context.aws_request_id)
        with processor(records=event["Records"], handler=handle):
            results = processor.process()
        failures = [str(result[1]) for result in results if result[0] == "fail"]
        first = processor.exceptions[0][1] if failures else None
        _report(len(results), outcomes, failures, first)
        return dict(processor.response())

    return handler


def _report(
    records: int,
    outcomes: Mapping[str, int],
    failures: list[str],
    first: BaseException | None,
) -> None:
    log = logger.error if failures else logger.info
    log(
        "batch",
        records=records,
        outcomes=dict(outcomes),
        failures=failures,
        # One traceback stands for all: what fails a batch is mostly one thing.
        exc_info=first,
    )
    if failures:
        metrics.add_metric("FailedRecords", MetricUnit.Count, len(failures))
        metrics.flush_metrics()

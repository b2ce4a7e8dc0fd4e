"""The code that all functions share: start-up, one log line per invocation, and reports of which
records failed."""

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
    """Build a service while the function starts: the start has a full CPU, a request may not.

    The objects that then exist stay for the container's lifetime, so garbage collection is told to
    skip them: looking through them took 80 ms in about every hundredth request.

    Outside a function nothing is built, so that a handler can be imported without its environment.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        factory()
        gc.freeze()


def count_cache_failure(error: Exception) -> None:
    """Log and count a failure of the shared cache, for operators; the request continues without
    it."""
    logger.warning("cache failure", error=f"{type(error).__name__}: {error}")
    metrics.add_metric("HeadCacheFailures", MetricUnit.Count, 1)
    metrics.flush_metrics()


def queue_worker(act: Callable[[str], Iterable[object]]) -> Handler:
    """A handler for SQS. `act` gets the body of each message and returns the outcomes to log.

    If `act` raises an error, only that message is reported as failed and delivered again.
    """
    return _worker(EventType.SQS, lambda record: act(record.body))


def batch_worker(act: Callable[[Sequence[str]], Mapping[int, Exception]]) -> Handler:
    """A handler for SQS that handles a whole batch at once. `act` gets the bodies and returns the
    errors of those that failed, by their index in the batch."""

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
    """A handler for a DynamoDB stream. `act` gets each record as the stream has it, and returns the
    outcomes to log."""
    return _worker(EventType.DynamoDBStreams, lambda record: act(record.raw_event))


def _worker(kind: EventType, act: Callable[[Any], Iterable[object]]) -> Handler:
    def handler(event: Event, context: LambdaContext) -> Answer:
        outcomes: Counter[str] = Counter()

        def handle(record: Any) -> None:
            outcomes.update(map(str, act(record)))

        # The answer names every failed record; an error for the whole batch would hide them.
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
        # One traceback is enough: the records of a batch mostly fail for the same reason.
        exc_info=first,
    )
    if failures:
        metrics.add_metric("FailedRecords", MetricUnit.Count, len(failures))
        metrics.flush_metrics()

"""The code that all functions share: start-up, one log line per invocation, and reports of which
records failed."""

from __future__ import annotations

import gc
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.typing import LambdaContext

from shutterfeed import topology

_LINK: Final = re.compile(r"(?P<host>https?://[^/\s\"'\\?#]+)[/?#][^\s\"'\\]*")
_TOKEN: Final = re.compile(r"eyJ[\w-]{4,}\.[\w.-]+")
"""A JWT: its header begins with `{"`, which these letters are in base64."""
_EMAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")

Event = dict[str, Any]
Record = Mapping[str, Any]
Answer = Mapping[str, Any]
Handler = Callable[[Event, LambdaContext], Answer]
RecordHandler = Callable[[Any], object]


class Redacted(LambdaPowertoolsFormatter):
    """Log lines without tokens, e-mail addresses, and links: of an address in the web only the host
    is left. They could come in with the text of an error."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def redacted(line: str) -> str:
    line = _LINK.sub(r"\g<host>/…", line)
    line = _TOKEN.sub("<token>", line)
    return _EMAIL.sub("<e-mail>", line)


logger = Logger(logger_formatter=Redacted())
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
    metrics.add_metric("RecentPostsCacheFailures", MetricUnit.Count, 1)
    metrics.flush_metrics()


def count_unsealed_decoder(reason: str) -> None:
    """Log and count, for operators, that decoders run without a filter of system calls, as the
    kernel takes none; their other limits hold."""
    logger.warning("decoder unsealed", reason=reason)
    metrics.add_metric("DecoderUnsealed", MetricUnit.Count, 1)
    metrics.flush_metrics()


def count_bad_list(name: str, wrong: str) -> None:
    """Log and count, for operators, that a list of theirs is missing or has lines that are no
    entries. What is good of it is used."""
    logger.warning("bad list", list=name, reason=wrong)
    metrics.add_metric("BadLists", MetricUnit.Count, 1)
    metrics.flush_metrics()


def note_finding(subject: str, detector: str, entry: str, does: str, note: str) -> None:
    """Log what a detector has found in a medium, post, comment or profile."""
    logger.info("found", subject=subject, detector=detector, entry=entry, does=does, note=note)


def queue_worker(act: Callable[[str], Iterable[object]]) -> Handler:
    """A handler for SQS. `act` gets the body of each message and returns the outcomes to log.

    If `act` raises an error, only that message is reported as failed and delivered again.
    """
    return _queue_worker(lambda record: act(record.body))


def lane_worker(act: Callable[[str, bool], Iterable[object]]) -> Handler:
    """A handler like `queue_worker`, for a step with a bulk queue: `act` is also told whether the
    message came by it."""
    return _queue_worker(lambda record: act(record.body, _is_bulk(record.event_source_arn)))


def _is_bulk(queue_arn: str) -> bool:
    return queue_arn.endswith(topology.BULK_ENDING)


def _queue_worker(act: Callable[[Any], Iterable[object]]) -> Handler:
    def handler(event: Event, context: LambdaContext) -> Answer:
        outcomes: Counter[str] = Counter()

        def handle(record: Any) -> None:
            outcomes.update(map(str, act(record)))

        # The answer names every failed record; an error for the whole batch would hide them.
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        logger.set_correlation_id(context.aws_request_id)
        with processor(records=event["Records"], handler=handle):
            results = processor.process()
        failures = [str(result[1]) for result in results if result[0] == "fail"]
        first = processor.exceptions[0][1] if failures else None
        _report(len(results), outcomes, failures, first)
        return dict(processor.response())

    return handler


@dataclass(frozen=True, slots=True)
class Handled:
    """The result of a batch."""

    failures: Mapping[int, Exception]
    """The errors of the records that are delivered again, by their indexes in the batch."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """The number of times that each outcome occurred, for the log."""


def batch_worker(act: Callable[[Sequence[str]], Handled]) -> Handler:
    """A handler for SQS that handles a whole batch at once. `act` gets the bodies."""
    return _batch_worker(
        lambda records: act([record["body"] for record in records]),
        lambda record: record["messageId"],
    )


def stream_worker(act: Callable[[Sequence[Record]], Handled]) -> Handler:
    """A handler for a DynamoDB stream. `act` gets the records as the stream has them.

    Lambda looks only at the first sequence number that is reported: that record and all later
    ones are delivered again.
    """
    return _batch_worker(act, lambda record: record["dynamodb"]["SequenceNumber"])


def _batch_worker(
    act: Callable[[Sequence[Record]], Handled], id_of: Callable[[Record], str]
) -> Handler:
    def handler(event: Event, context: LambdaContext) -> Answer:
        logger.set_correlation_id(context.aws_request_id)
        records = event["Records"]
        handled = act(records)
        failures = [handled.failures[index] for index in sorted(handled.failures)]
        _report(
            len(records),
            handled.outcomes,
            [repr(error) for error in failures],
            next(iter(failures), None),
        )
        ids = [id_of(records[index]) for index in sorted(handled.failures)]
        return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in ids]}

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

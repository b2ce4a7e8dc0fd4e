"""Finds unpublished posts that wait too long, and sends their messages again; then counts who is
popular, makes the list of posts to explore, lifts suspensions whose time is over, and notes the end
of the log of moderation where nobody can change it. On another schedule, every minute, sends the
messages of scheduled posts whose time comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shutterfeed.bootstrap.reconcile import reconciler
from shutterfeed.runtime import logger, metrics, preload
from shutterfeed.services.reconciling import Reconciliation


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Reconcile; if `only` is `due`, just send the messages of scheduled posts. An operator who
    invokes it may pass `after_minutes` instead of the setting."""
    logger.set_correlation_id(context.aws_request_id)
    composed = reconciler()
    if event.get("only") == "due":
        return {"sent": composed.due.send()}
    after = composed.stands_still_after
    if "after_minutes" in event:
        after = timedelta(minutes=event["after_minutes"])
    result = composed.service.reconcile(after)
    found = {str(finding): count for finding, count in result.findings.items()}
    log = logger.error if result.failures else logger.info
    log("reconciled", looked_at=result.looked_at, findings=found, failures=result.failures)
    _measure(result)
    if popular := composed.popular.update():
        logger.info("popular users counted", listed=popular)
    if explored := composed.explored.update():
        logger.info("list to explore made", listed=explored)
    if lifted := composed.suspensions.lift():
        logger.info("suspensions lifted", lifted=lifted)
    if sent := composed.due.send():
        # Also here, in case that the other schedule stands still.
        logger.info("messages of scheduled posts sent", sent=sent)
    if anchored := composed.moderation.anchor():
        logger.info("moderation log anchored", number=anchored)
    _measure_wait(composed.moderation.longest_wait())
    return {"looked_at": result.looked_at, "findings": found, "failures": len(result.failures)}


def _measure(result: Reconciliation) -> None:
    """Record metrics that have a value: CloudWatch bills a metric by the hours with values."""
    for finding, count in result.findings.items():
        name = "".join(part.capitalize() for part in finding.split("_"))
        metrics.add_metric(f"Reconciled{name}", MetricUnit.Count, count)
    if result.oldest is not None:
        seconds = result.oldest.total_seconds()
        metrics.add_metric("OldestOpenPost", MetricUnit.Seconds, seconds)
    if result.failures:
        metrics.add_metric("FailedRecords", MetricUnit.Count, len(result.failures))
    if metrics.metric_set:
        metrics.flush_metrics()


def _measure_wait(wait: timedelta | None) -> None:
    """Record for how long the oldest open case has waited; nothing if none does."""
    if wait is not None:
        metrics.add_metric("OldestOpenCase", MetricUnit.Seconds, wait.total_seconds())
        metrics.flush_metrics()


preload(reconciler)

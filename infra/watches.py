"""What an alarm is: `monitoring.py` and `more_alarms.py` say which ones there are."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch


@dataclass(frozen=True, slots=True)
class Watch:
    """An alarm's condition: `metric` at or above `threshold` for `periods` in a row."""

    name: str
    metric: cloudwatch.Metric
    threshold: float
    periods: int
    meaning: str
    """The alarm's meaning and what to do, for the person who is woken up."""
    patient: bool = False
    """Whether to ignore percentiles of few samples: one cold start an hour is not a slow feed."""

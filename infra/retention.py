"""How long logs are kept, and which resources stay when their stack is deleted."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from infra.context import SettingsError
from infra.settings import Settings

KEPT: Final = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""The resource stays when its stack is deleted, unless the stack could not even be created: a
leftover with a fixed name would make every later creation fail too."""


def data_removal(settings: Settings) -> RemovalPolicy:
    return KEPT if settings.is_production else RemovalPolicy.DESTROY


def retention(settings: Settings) -> logs.RetentionDays:
    """How long logs are kept. Raises `SettingsError` for a number of days that CloudWatch does not
    offer."""
    try:
        return _RETENTIONS[settings.log_retention_days]
    except KeyError:
        offered = ", ".join(map(str, _RETENTIONS))
        raise SettingsError(f"log_retention_days must be one of {offered}.") from None


_RETENTIONS: Final = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}

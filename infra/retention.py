"""How long logs are kept, and what is kept when its stack goes."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from infra.context import SettingsError
from infra.settings import Settings

KEPT: Final = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""Outlives its stack, unless the stack could not even be created: what a failed creation leaves
behind, under a name that is fixed, would let every later one fail as well."""


def data_removal(settings: Settings) -> RemovalPolicy:
    return KEPT if settings.is_production else RemovalPolicy.DESTROY


def retention(settings: Settings) -> logs.RetentionDays:
    """Raises `SettingsError` for a number CloudWatch does not offer."""
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

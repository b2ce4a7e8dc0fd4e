"""How long logs are kept."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_logs as logs

from infra.context import SettingsError
from infra.settings import Settings


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

"""The choices of a deployment about what operators see: alarms, budget, traces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from infra.context import Context, SettingsError

_ALL: Final = "all"
_ALARMS: Final = re.compile(f"basic|{_ALL}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    alarm_email: str | None
    """The e-mail address that gets the alarms; null if they only show in the console."""
    all_alarms: bool
    """Whether queues, throttles, concurrency and the sign-in have alarms too (`alarms=all`), which
    cost 0.10 USD a month each."""
    budget: int | None
    """The US dollars a month that the account's bill should stay below; null for no budget."""
    tracing: bool
    """Whether X-Ray records traces of the functions, at 5 USD a million above 100,000 a month."""

    @classmethod
    def from_context(cls, context: Context) -> WatchSettings:
        """Raises `SettingsError`."""
        email = context.optional_matching("alarm_email", _ADDRESS)
        budget = context.optional_number("budget")
        if budget is not None and budget < 1:
            raise SettingsError("Context value budget must be at least 1 US dollar a month.")
        if budget is not None and email is None:
            raise SettingsError("Context value budget needs an alarm_email to warn.")
        return cls(
            alarm_email=email,
            all_alarms=context.matching("alarms", _ALARMS) == _ALL,
            budget=budget,
            tracing=context.flag("tracing"),
        )

"""Moments and durations as people type them.

Every command loads this module, so it imports little.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Final

# Imported late: only some commands have moments.
if TYPE_CHECKING:
    from datetime import datetime, timedelta

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """The duration in a text like `7d`: minutes, hours, days or weeks. Raises
    `argparse.ArgumentTypeError`."""
    found = re.fullmatch(r"([1-9][0-9]{0,3})([mhdw])", text.strip().lower(), re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError("must be a number with m, h, d or w, for example 7d")
    from datetime import timedelta

    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_moment(text: str) -> datetime:
    """The moment in a text like `2027-05-04T12:00`, in local time if it names no time zone. Raises
    `argparse.ArgumentTypeError`."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        said = "must be a date or a moment, for example 2027-05-04 or 2027-05-04T12:00Z"
        raise argparse.ArgumentTypeError(said) from error

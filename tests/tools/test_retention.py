"""What `docs/retention.md` says of how long things are kept, held against the code."""

from __future__ import annotations

import pkgutil
import re
from datetime import timedelta
from importlib import import_module
from typing import Final

import pytest

from shutterfeed import domain
from tools import paths

_PAGE: Final = paths.ROOT / "docs" / "retention.md"
_TOLD: Final = re.compile(
    r"^\|[^|]*\|[^|]*\| (?P<time>[^|]*) \| `(?P<name>\w+\.\w+)` \|", re.MULTILINE
)
_TIME: Final = re.compile(r"(?P<number>\d+) (?P<unit>minute|hour|day)s?")
_KEEPING: Final = ("_RETENTION", "_COOLING_OFF", "_GRACE")
_UNTOLD: Final = frozenset(
    (
        "media.ARRIVAL_GRACE",  # how late a file may come, not how long it is kept
        "retention.ACQUAINTANCES_RETENTION",  # told with the popular users
    )
)


def _rows() -> list[tuple[str, str]]:
    return [(found["name"], found["time"]) for found in _TOLD.finditer(_PAGE.read_text())]


@pytest.mark.parametrize(("name", "time"), _rows())
def test_a_time_is_that_of_the_code(name: str, time: str) -> None:
    module, _, constant = name.partition(".")
    told = _TIME.fullmatch(time)
    assert told is not None, f"{time} is no time such as `30 days`"
    expected = timedelta(**{f"{told['unit']}s": int(told["number"])})
    assert getattr(import_module(f"shutterfeed.domain.{module}"), constant) == expected


def test_every_constant_is_told() -> None:
    kept = {
        f"{info.name}.{name}"
        for info in pkgutil.iter_modules(domain.__path__)
        for name, value in vars(import_module(f"shutterfeed.domain.{info.name}")).items()
        if isinstance(value, timedelta) and name.endswith(_KEEPING) and name.isupper()
    }
    # A module that uses another's constant has it, too.
    names = {name.partition(".")[2] for name, _ in _rows()} | {
        name.partition(".")[2] for name in _UNTOLD
    }
    assert {name.partition(".")[2] for name in kept} <= names

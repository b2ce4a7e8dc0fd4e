"""The browser that tests and benchmarks look at the web client with."""

from __future__ import annotations

import re
from pathlib import Path

import playwright

from tools import browser


def test_what_playwright_turns_off_stays_off() -> None:
    (driver,) = (Path(playwright.__file__).parent / "driver").rglob("coreBundle.js")
    listed = re.search(r"disabledFeatures = \[(.*?)\]\.filter", driver.read_text(), re.DOTALL)
    assert listed
    assert tuple(re.findall(r'^ *"(\w+)",?$', listed[1], re.MULTILINE)) == browser.PLAYWRIGHTS

"""The web client in a real browser, on the deployed local stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.browser.visitor import DESKTOP, Screen, Visitor, remembered
from tests.e2e.conftest import Deployment, Person
from tools import browser

Visit = Callable[..., Visitor]
_PATIENCE_MS = 90_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser.executable()
    if path is None:
        pytest.skip(f"none of these browsers is installed: {', '.join(browser.NAMES)}")
    expect.set_options(timeout=_PATIENCE_MS)
    with browser.chromium(path) as running:
        yield running


@pytest.fixture
def visit(chromium: Browser, stack: Deployment) -> Iterator[Visit]:
    """Opens the site in a browser context of its own, for somebody signed in or for nobody.

    At the end nobody's browser may have complained of anything that was not expected.
    """
    visitors: list[Visitor] = []
    contexts: list[BrowserContext] = []

    def visit(person: Person | None = None, screen: Screen = DESKTOP) -> Visitor:
        site = stack.outputs["SiteUrl"]
        context = chromium.new_context(
            **screen.options(),
            base_url=site,
            storage_state=remembered(site, person) if person else None,
        )
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        visitor = Visitor(context)
        visitors.append(visitor)
        return visitor

    yield visit
    complaints = [visitor.complaints() for visitor in visitors]
    for context in contexts:
        context.close()
    assert complaints == [[] for _ in visitors]

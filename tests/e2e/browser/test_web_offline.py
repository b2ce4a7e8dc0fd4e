"""The app without a network, and installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.visitor import PHONE
from tests.e2e.conftest import Person

_FAILED = r"net::ERR_INTERNET_DISCONNECTED"


def test_the_app_opens_without_a_network_and_can_be_installed(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person(), screen=replace(PHONE, has_worker=True)).open()
    somebody.expects(_FAILED)
    somebody.waits_until("navigator.serviceWorker.ready.then(() => true)")
    errors = somebody.context.new_cdp_session(somebody.page).send("Page.getInstallabilityErrors")
    # The local site has no certificate, and a context of a test is a private one.
    assert {e["errorId"] for e in errors["installabilityErrors"]} <= {"in-incognito"}

    somebody.context.set_offline(True)
    somebody.page.reload()
    expect(somebody.page.get_by_text("You are offline").first).to_be_visible()
    somebody.context.set_offline(False)
    expect(somebody.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()

"""Changing how one signs in, in the browser: the password first, then the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e.authenticator import code_for
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.visitor import DESKTOP, PHONE, REFRESH_KEY, Visitor
from tests.e2e.conftest import PASSWORD, Deployment, Person

ANOTHER_PASSWORD: Final = "Another-horse-8-battery"


def _prove(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Continue").click()


def test_a_second_factor_is_set_up_used_and_turned_off(
    visit: Visit, person: Callable[[], Person]
) -> None:
    someone = person()
    visitor = visit(someone, PHONE).open_settings()
    page = visitor.page
    page.get_by_role("link", name="Second factor").click()
    expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()
    assert visitor.overflow() == 0
    _prove(page)
    visitor.sees_text(f"You sign in with {someone.email}.")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img", name="QR code of the key")).to_be_visible()
    assert visitor.overflow() == 0
    key = page.locator(".secret-key").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_for(key))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("button", name="Turn it off")).to_be_visible()

    other = visit(None, DESKTOP).open("/sign-in")
    other.expects("400")
    other.sign_in(someone.email)
    code = other.page.get_by_label("Code from your authenticator app")
    code.fill("000000")
    other.page.get_by_role("button", name="Sign in").click()
    other.sees_text("The code is wrong.")
    assert other.overflow() == 0
    code.fill(code_for(key))
    other.page.get_by_role("button", name="Sign in").click()
    expect(other.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()

    page.reload()
    _prove(page)
    page.get_by_label("Code from your authenticator app").fill(code_for(key))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("button", name="Set it up")).to_be_visible()


def _wrong_password_is_told(visitor: Visitor) -> None:
    visitor.expects("400")
    _prove(visitor.page, "Wrong-password-1")
    visitor.sees_text("The e-mail address or the password is wrong.")


def test_a_new_password_takes_the_old_one_and_signs_all_devices_out(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    someone = person()
    visitor = visit(someone).open("/settings/security")
    page = visitor.page
    _wrong_password_is_told(visitor)
    _prove(page)
    # What the page asked for when it was opened has been answered, before its session ends.
    profile = page.get_by_role("link", name="Profile", exact=True)
    expect(profile).to_have_attribute("href", f"/u/{someone.handle}")
    page.get_by_label("New password", exact=True).fill(ANOTHER_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    visitor.sees_text("Your password is changed. Please sign in with it.")
    assert someone.api.send("GET", "/me").status_code == 401
    assert page.evaluate(f"localStorage.getItem({REFRESH_KEY!r})") is None
    assert stack.accounts.sign_in(someone.email, ANOTHER_PASSWORD).access


def test_a_new_address_takes_the_password(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    """Here it counts at once; AWS first mails a code to it."""
    someone = person()
    visitor = visit(someone).open("/settings/security")
    page = visitor.page
    _prove(page)
    page.get_by_label("New e-mail address").fill(f"new.{someone.email}")
    page.get_by_role("button", name="Change the address").click()
    visitor.sees_text(f"You sign in with new.{someone.email}.")
    assert stack.accounts.sign_in(f"new.{someone.email}", PASSWORD).access


def test_tabs_that_refresh_at_once_stay_signed_in(
    visit: Visit, person: Callable[[], Person]
) -> None:
    visitor = visit(person())
    tabs = [visitor.page, *(visitor.another_tab() for _ in range(2))]
    for tab in tabs:
        tab.goto("/", wait_until="commit")
    for tab in tabs:
        expect(tab.get_by_role("heading", name="Your feed is empty")).to_be_visible()

"""A post is reported, two moderators decide about it, its author appeals. An account is closed, and
its user comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import PASSWORD, Person, eventually, published

NARROW: Final = Screen(320, 640, "dark", is_phone=True)
_STATEMENT: Final = "Advertising: j, k, d and ? are only letters here."


def _is_readable(visitor: Visitor) -> None:
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)


def _press(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).click()


def _report(visitor: Visitor, caption: str) -> None:
    card = visitor.open().sees_post(caption)
    card.get_by_role("button", name="Post options").click()
    _press(visitor, "Report post")
    visitor.page.get_by_label("Spam or fraud").check()
    _is_readable(visitor)
    _press(visitor, "Report")
    visitor.sees_text("A moderator will look at it.")
    expect(card).to_be_hidden()
    _press(visitor, "Done")


def _label(moderator: Api, case_id: str) -> None:
    """What another moderator does meanwhile, about the case as it was reported."""
    path = f"/moderation/cases/{case_id}"
    body = {"kind": "label_sensitive", "rule": "spam", "statement": "", "version": 0}
    moderator.call("POST", f"{path}/actions", body=body)


def test_a_report_is_decided_by_keys_and_appealed(
    visit: Visit, person: Callable[[], Person], moderator: Callable[[], Person]
) -> None:
    ann, ben, cem, dan = person(), person(), moderator(), moderator()
    ben.api.follow(ann.handle)
    caption = f"Offer by {ann.handle}"
    post_id = ann.api.publish([Photo(landscape(81))], caption=caption)
    published(ann.api, post_id)
    reporter = visit(ben, NARROW)
    _report(reporter, caption)
    reporter.open("/settings/reports").sees_text("Waits for a moderator")

    desk = visit(cem).open_settings()
    page, keyboard = desk.page, desk.page.keyboard
    page.get_by_role("link", name="Moderation").click()
    row = page.get_by_role("link", name=f"Post by @{ann.handle}")
    expect(row).to_be_visible()
    _is_readable(desk)
    # What is for others' cases may stand before it.
    for _ in range(20):
        keyboard.press("j")
        if f"@{ann.handle}:" in desk.focused():
            break
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    expect(page.locator(".evidence img")).to_have_count(0)
    keyboard.press("b")
    picture = page.locator(".evidence img")
    eventually(lambda: picture.evaluate("(image) => image.naturalWidth"), until=bool)
    _is_readable(desk)

    keyboard.press("h")
    expect(page.get_by_label("What the author is told")).to_be_focused()
    keyboard.type(_STATEMENT)
    _label(dan.api, f"post-{post_id}")
    desk.expects("status of 409")
    keyboard.press("Control+Enter")
    desk.sees_text("Another moderator was first")
    expect(page.get_by_label("What the author is told")).to_have_value(_STATEMENT)
    _is_readable(desk)
    keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo: Post hidden")).to_be_visible()
    reporter.open("/settings/reports").sees_text("Something was done about it")

    eventually(lambda: _told(ann), until=bool)
    author = visit(ann, NARROW).open("/activity")
    author.page.get_by_role("link", name="A moderator has decided about something of yours").click()
    author.sees_text(_STATEMENT)
    _is_readable(author)
    _press(author, "Appeal: Your post was hidden from everybody")
    author.page.get_by_label("Why is the decision wrong?").fill("It is a lighthouse.")
    _press(author, "Send the appeal")
    author.sees_text("Another moderator will look at your appeal.")


def _told(author: Person) -> bool:
    notices = author.api.call("GET", "/me/activity")["items"]
    return any(notice["kind"] == "statement" for notice in notices)


def test_an_account_is_closed_with_the_password_and_reopened(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    visitor = visit(ann, NARROW)
    visitor.expects("status of 403")
    # What the page asks for when it is opened is answered before its session ends.
    with visitor.page.expect_response("**/api/me/activity/count"):
        visitor.open("/settings/close")
    profile = visitor.page.get_by_role("link", name="Profile", exact=True)
    expect(profile).to_have_attribute("href", f"/u/{ann.handle}")
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    _press(visitor, "Close my account")
    visitor.sees_text("Your account is closed. Until")
    assert ben.api.send("GET", f"/users/{ann.handle}").status_code == 404
    # All sessions that began in the second of closing have ended.
    visitor.page.wait_for_timeout(1_000)
    visitor.sign_in(ann.email)
    expect(visitor.page.get_by_role("heading", name="Your account is closed")).to_be_visible()
    visitor.sees_text("you can come back")
    _is_readable(visitor)
    _press(visitor, "Come back")
    expect(visitor.page.get_by_role("navigation", name="Main")).to_be_visible()
    assert ben.api.send("GET", f"/users/{ann.handle}").status_code == 200

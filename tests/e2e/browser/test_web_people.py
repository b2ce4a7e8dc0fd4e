"""Two people, two browsers, and what one of them does not want the other to see: private accounts,
blocks and mutes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import Person, eventually, published

NARROW = Screen(320, 640, "dark", is_phone=True)
_SWITCH = "Only people whom I accept see my posts"
_HIDDEN_FROM_STRANGERS = r"status of 404 \(Not Found\) \(http://[^/]+/u/"
"""The page itself is answered as for nobody: it does not know who opens it."""


def _posted(author: Person, seed: int, caption: str) -> None:
    published(author.api, author.api.publish([Photo(landscape(seed))], caption=caption))


def _answer(visitor: Visitor, title: str, name: str) -> None:
    """Answer what a dialog asks."""
    dialog = visitor.page.get_by_role("dialog", name=title)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_be_hidden()


def _sees_heading(visitor: Visitor, name: str) -> None:
    expect(visitor.page.get_by_role("heading", name=name)).to_be_visible()


def _sees_button(visitor: Visitor, name: str) -> None:
    expect(visitor.page.get_by_role("button", name=name, exact=True)).to_be_visible()


def _press(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).click()


def _is_readable(visitor: Visitor) -> None:
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)


def test_a_private_account_is_asked_lets_in_and_removes(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    caption = f"For friends of {ann.handle}"
    _posted(ann, 51, caption)
    owner = visit(ann, NARROW).open("/settings/privacy")
    owner.page.get_by_role("switch", name=_SWITCH).check()
    owner.sees_text("Your account is private now.")
    _is_readable(owner)

    reader = visit(ben, NARROW)
    reader.expects(_HIDDEN_FROM_STRANGERS)
    reader.expects("status of 403")  # its posts are asked for together with the profile
    reader.open(f"/u/{ann.handle}")
    _sees_heading(reader, "This account is private")
    expect(reader.page.get_by_role("link", name="followers")).to_have_count(0)
    expect(reader.page.locator(".grid")).to_have_count(0)
    _press(reader, f"Follow @{ann.handle}")
    _sees_button(reader, f"Requested @{ann.handle}")
    reader.sees_text("You have asked to follow it.")
    _is_readable(reader)

    owner.open()
    owner.page.get_by_role("link", name="Profile 1 follow request").click()
    owner.page.get_by_role("link", name="1 follow request", exact=True).click()
    _sees_heading(owner, "Follow requests")
    _sees_button(owner, f"Decline @{ben.handle}")
    _is_readable(owner)
    _press(owner, f"Accept @{ben.handle}")
    owner.sees_text(f"@{ben.handle} follows you now.")
    owner.sees_text("Follows you")
    expect(owner.page.get_by_role("link", name="Profile", exact=True)).to_be_visible()

    reader.open(f"/u/{ann.handle}")
    _sees_button(reader, f"Following @{ann.handle}")
    expect(reader.page.get_by_role("link", name=caption).locator("img")).to_be_visible()
    reader.open().sees_post(caption)

    owner.open(f"/u/{ann.handle}/followers")
    _press(owner, f"Remove @{ben.handle}")
    _answer(owner, f"Remove @{ben.handle}?", "Remove")
    owner.sees_text("Removed")
    reader.open(f"/u/{ann.handle}")
    _sees_heading(reader, "This account is private")
    reader.open()
    _sees_heading(reader, "Your feed is empty")


def test_a_request_is_withdrawn_or_declined(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    ann.api.edit_me(private=True)
    reader, owner = visit(ben), visit(ann)
    reader.expects(_HIDDEN_FROM_STRANGERS)
    reader.expects("status of 403")
    reader.open(f"/u/{ann.handle}")
    _press(reader, f"Follow @{ann.handle}")
    _press(reader, f"Requested @{ann.handle}")
    _answer(reader, "Withdraw your request?", "Withdraw")
    _sees_button(reader, f"Follow @{ann.handle}")
    owner.open("/requests")
    _sees_heading(owner, "Nobody is waiting")

    _press(reader, f"Follow @{ann.handle}")
    _sees_button(reader, f"Requested @{ann.handle}")
    eventually(lambda: ann.api.me()["requests"], until=lambda number: number == 1)
    owner.open("/requests")
    _press(owner, f"Decline @{ben.handle}")
    owner.sees_text("They are not told, and may ask again.")
    expect(owner.page.get_by_role("link", name="Profile", exact=True)).to_be_visible()
    reader.open(f"/u/{ann.handle}")
    _sees_button(reader, f"Follow @{ann.handle}")


def test_becoming_public_is_asked_about_and_lets_everybody_in(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    ann.api.edit_me(private=True)
    ben.api.follow(ann.handle)
    owner = visit(ann, NARROW).open("/settings/privacy")
    switch = owner.page.get_by_role("switch", name=_SWITCH)
    expect(switch).to_be_checked()
    switch.click()
    dialog = owner.page.get_by_role("dialog", name="Make your account public?")
    expect(dialog).to_contain_text("The person who has asked to follow you is accepted.")
    _is_readable(owner)
    _answer(owner, "Make your account public?", "Keep it private")
    expect(switch).to_be_checked()
    assert ann.api.me()["private"]

    switch.click()
    _answer(owner, "Make your account public?", "Make it public")
    owner.sees_text("Your account is public now.")
    expect(switch).not_to_be_checked()
    eventually(lambda: ben.api.user(ann.handle)["followed_by_me"], until=bool)


def test_a_block_empties_both_screens(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    for one, other in ((ann, ben), (ben, ann)):
        one.api.follow(other.handle)
    _posted(ann, 52, "Of Ann")
    _posted(ben, 53, "Of Ben")
    blocking, blocked = visit(ann, NARROW).open(), visit(ben).open()
    blocked.sees_post("Of Ann")
    card = blocking.sees_post("Of Ben")

    card.get_by_role("button", name="Post options").click()
    _press(blocking, f"Block @{ben.handle}")
    _is_readable(blocking)
    _answer(blocking, f"Block @{ben.handle}?", "Block")
    expect(card).to_be_hidden()
    expect(blocking.card("Of Ann")).to_be_visible()
    blocking.sees_text(f"@{ben.handle} is blocked.")

    # Theirs is open: it hears of it with the next look, without being loaded again.
    blocked.go("Home")
    expect(blocked.card("Of Ann")).to_be_hidden()
    expect(blocked.card("Of Ben")).to_be_visible()

    # Each to the other: no posts, no profile, nobody in a list.
    for visitor, hidden, own in ((blocked, ann, "Of Ben"), (blocking, ben, "Of Ann")):
        visitor.expects("status of 404")
        visitor.open().sees_post(own)
        expect(visitor.page.get_by_role("feed").get_by_role("article")).to_have_count(1)
        visitor.open(f"/u/{hidden.handle}")
        _sees_heading(visitor, f"Nobody is called @{hidden.handle}")
    blocked.open(f"/u/{ben.handle}/followers")
    _sees_heading(blocked, "No followers yet")

    blocking.open("/settings/blocked")
    _is_readable(blocking)
    _press(blocking, f"Unblock @{ben.handle}")
    blocking.sees_text("You do not follow each other.")
    blocking.open(f"/u/{ben.handle}")
    _sees_button(blocking, f"Follow @{ben.handle}")
    blocking.open("/settings/blocked")
    _sees_heading(blocking, "You have blocked nobody")


def test_a_block_from_a_profile_is_undone(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    ben.api.follow(ann.handle)
    visitor = visit(ann, NARROW).open(f"/u/{ben.handle}")
    visitor.sees_text("Follows you")
    _press(visitor, f"Options for @{ben.handle}")
    _is_readable(visitor)
    _press(visitor, f"Block @{ben.handle}")
    _answer(visitor, f"Block @{ben.handle}?", "Block")
    _sees_heading(visitor, f"You have blocked @{ben.handle}")
    _is_readable(visitor)
    visitor.page.get_by_role("main").get_by_role("button", name="Unblock").click()
    _sees_button(visitor, f"Follow @{ben.handle}")
    expect(visitor.page.get_by_text("Follows you")).to_have_count(0)


def test_a_muted_person_is_out_of_the_feed_alone(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    ann.api.follow(ben.handle)
    _posted(ben, 54, "Every day")
    visitor = visit(ann, NARROW).open()
    card = visitor.sees_post("Every day")
    card.get_by_role("button", name="Post options").click()
    _press(visitor, f"Mute @{ben.handle}")
    _is_readable(visitor)
    visitor.page.get_by_role("button", name="For a week").click()
    _sees_heading(visitor, "Your feed is empty")
    _press(visitor, "Undo")
    visitor.sees_post("Every day")

    visitor.open(f"/u/{ben.handle}")
    _press(visitor, f"Options for @{ben.handle}")
    _press(visitor, f"Mute @{ben.handle}")
    visitor.page.get_by_role("button", name="Until I unmute them").click()
    expect(visitor.page.get_by_text("Muted", exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("link", name="Every day")).to_be_visible()
    eventually(lambda: ann.api.call("GET", "/me/mutes")["items"], until=bool)
    visitor.open()
    _sees_heading(visitor, "Your feed is empty")

    visitor.open("/settings/muted")
    visitor.sees_text("Until you unmute them")
    _is_readable(visitor)
    _press(visitor, f"Unmute @{ben.handle}")
    visitor.sees_text(f"@{ben.handle} is not muted any more.")
    visitor.open().sees_post("Every day")


def test_blocking_works_without_a_mouse(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    visitor = visit(ann).open(f"/u/{ben.handle}")
    keyboard = visitor.page.keyboard
    visitor.tab_to(f"Options for @{ben.handle}")
    keyboard.press("Enter")
    visitor.tab_to(f"Block @{ben.handle}")
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("dialog", name=f"Block @{ben.handle}?")).to_be_visible()
    visitor.tab_to("Block")
    keyboard.press("Enter")
    _sees_heading(visitor, f"You have blocked @{ben.handle}")

"""People whom one may like to follow: where the feed is empty or ends, and before one searches."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen
from tests.e2e.conftest import Person, eventually, published

NARROW = Screen(390, 844, is_phone=True)


def test_whom_those_follow_whom_one_follows_is_suggested(
    visit: Visit, person: Callable[[], Person]
) -> None:
    reader, friend, other = person(), person(), person()
    published(friend.api, friend.api.publish([Photo(landscape(91))], caption="All there is"))
    friend.api.follow(other.handle)
    reader.api.follow(friend.handle)

    def suggested() -> list[tuple[str, str]]:
        people = reader.api.suggestions(20)["items"]
        return [(user["handle"], user["reason"]) for user in people]

    # Until then they may be popular.
    eventually(suggested, until=lambda found: (other.handle, "acquaintance") in found)
    visitor = visit(reader, NARROW).open("/search")
    people = visitor.page.get_by_role("region", name="People you may like")
    row = people.get_by_role("listitem").filter(has_text=f"@{other.handle}")
    expect(row).to_contain_text("Followed by people you follow")
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)

    visitor.go("Home")
    visitor.sees_post("All there is")
    visitor.page.keyboard.press("End")
    row.get_by_role("button", name=f"Follow @{other.handle}").click()
    # The row stays: it can be taken back.
    expect(row.get_by_role("button", name=f"Following @{other.handle}")).to_be_visible()
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    eventually(lambda: reader.api.user(other.handle)["followed_by_me"], until=bool)

    visitor.open("/search")
    expect(visitor.page.get_by_role("heading", name="Find people and pictures")).to_be_visible()
    visitor.page.wait_for_load_state("networkidle")
    expect(row).to_have_count(0)


def test_whoever_is_blocked_leaves_the_suggestions_at_once(
    visit: Visit, person: Callable[[], Person]
) -> None:
    reader, friend, other = person(), person(), person()
    friend.api.follow(other.handle)
    reader.api.follow(friend.handle)

    def suggested() -> list[str]:
        return [user["handle"] for user in reader.api.suggestions(20)["items"]]

    eventually(suggested, until=lambda handles: other.handle in handles)
    # A feed that is empty.
    visitor = visit(reader).open()
    expect(visitor.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    people = visitor.page.get_by_role("region", name="People you may like")
    row = people.get_by_role("listitem").filter(has_text=f"@{other.handle}")
    row.get_by_role("link").first.click()
    visitor.page.get_by_role("button", name=f"Options for @{other.handle}").click()
    visitor.page.get_by_role("button", name=f"Block @{other.handle}").click()
    dialog = visitor.page.get_by_role("dialog", name=f"Block @{other.handle}?")
    dialog.get_by_role("button", name="Block", exact=True).click()
    expect(dialog).to_be_hidden()
    visitor.page.go_back()
    expect(visitor.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    expect(row).to_have_count(0)

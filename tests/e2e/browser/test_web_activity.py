"""What others have done is told: in groups, with a number beside the bell that agrees with them."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import Person, eventually, published

_NARROW = Screen(320, 640, "dark", is_phone=True)


def _posted(author: Person, seed: int, caption: str) -> str:
    post_id = author.api.publish([Photo(landscape(seed))], caption=caption)
    published(author.api, post_id)
    return post_id


def _counted(person: Person, wanted: int) -> None:
    """Wait until so many notices are new for somebody."""
    eventually(
        lambda: person.api.call("GET", "/me/activity/count")["count"],
        until=lambda found: found == wanted,
    )


def _link(visitor: Visitor, name: str) -> Locator:
    navigation = visitor.page.get_by_role("navigation", name="Main")
    return navigation.get_by_role("link", name=name, exact=True)


def _notices(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("main").locator(".notice-row")


def test_two_likes_are_one_notice_with_both_names_and_the_number_agrees(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben, cem = person(), person(), person()
    post_id = _posted(ann, 751, "Liked by two")
    for one in (ben, cem):
        one.api.call("PUT", f"/posts/{post_id}/like")
    ben.api.call(
        "POST",
        f"/posts/{post_id}/comments",
        body={"text": "I like it"},
        headers={"Idempotency-Key": "i-like-it"},
    )
    _counted(ann, 2)
    owner = visit(ann, _NARROW).open()
    _link(owner, "Activity 2 new").click()
    expect(_notices(owner)).to_have_count(2)
    likes = _notices(owner).filter(has_text="liked your post")
    for one in (ben, cem):
        expect(likes).to_contain_text(f"@{one.handle}")
    expect(likes.locator("img")).to_be_visible()
    assert (owner.accessibility(), owner.overflow()) == ([], 0)
    expect(_link(owner, "Activity")).to_be_visible()  # they are seen
    _counted(ann, 0)

    _notices(owner).filter(has_text="commented").get_by_role("link").click()
    owner.page.wait_for_url(re.compile(rf"/p/{post_id}\?comment="))
    linked = owner.page.get_by_role("list", name="The comment that you came for")
    expect(linked).to_contain_text("I like it")
    owner.page.wait_for_load_state("networkidle")
    expect(owner.page.get_by_text("I like it", exact=True)).to_have_count(1)  # not listed again


def test_what_is_taken_back_leaves_no_notice(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 752, "Second thoughts")
    reader = visit(ben).open(f"/p/{post_id}")
    reader.page.get_by_label("Add a comment").fill("First thought")
    reader.page.get_by_role("button", name="Post comment").click()
    like = reader.page.get_by_role("main").get_by_role("button", name="Like", exact=True)
    like.click()
    _counted(ann, 2)
    owner = visit(ann).open()
    expect(_link(owner, "Activity 2 new")).to_be_visible()

    options = reader.page.get_by_role("button", name=f"Options for the comment by @{ben.handle}")
    options.click()
    reader.page.get_by_role("button", name="Delete", exact=True).click()
    reader.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    reader.sees_text("Comment deleted.")
    like.click()
    _counted(ann, 0)
    owner.open()
    expect(_link(owner, "Activity")).to_be_visible()
    _link(owner, "Activity").click()
    expect(owner.page.get_by_role("heading", name="Nothing has happened yet")).to_be_visible()


def test_what_one_hears_of_is_chosen(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 753, "Quietly")
    owner = visit(ann, _NARROW).open("/settings/answers")
    choice = owner.page.get_by_label("Likes", exact=True)
    choice.select_option(label="Nobody")
    owner.sees_text("Setting saved.")
    expect(choice).to_have_value("nobody")
    assert (owner.accessibility(), owner.overflow()) == ([], 0)
    ben.api.call("PUT", f"/posts/{post_id}/like")
    ben.api.follow(ann.handle)
    _counted(ann, 1)
    owner.open("/activity")
    expect(_notices(owner)).to_have_count(1)
    expect(_notices(owner)).to_contain_text("started to follow you")
    expect(owner.page.get_by_role("button", name=f"Follow @{ben.handle}")).to_be_visible()


def test_a_hashtag_is_followed_and_says_so_in_the_feed(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    tag = f"tag{ann.handle}"
    reader = visit(ben).open(f"/tags/{tag}")
    reader.page.get_by_role("button", name=f"Follow #{tag}").click()
    expect(reader.page.get_by_role("button", name=f"Following #{tag}")).to_be_visible()
    _posted(ann, 754, f"For those who follow #{tag}")
    eventually(lambda: ben.api.feed()["items"], until=bool)
    card = reader.open().sees_post("For those who follow")
    expect(card.get_by_role("link", name=f"You follow #{tag}")).to_be_visible()
    reader.open("/settings/hashtags")
    reader.page.get_by_role("button", name=f"Following #{tag}").click()
    expect(reader.page.get_by_role("button", name=f"Follow #{tag}")).to_be_visible()

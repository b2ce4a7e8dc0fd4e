"""What the web client shows to people who are not signed in: what is public, and a way to join."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import DESKTOP, Screen, Visitor, expired
from tests.e2e.conftest import Person, eventually, published

NARROW = Screen(390, 844, is_phone=True)


@pytest.fixture
def author(person: Callable[[], Person]) -> Person:
    author = person()
    author.api.edit_me(display_name="Ada of the Lake")
    return author


def _posted(author: Person, seed: int, caption: str, place: str | None = None) -> str:
    where = None if place is None else {"name": place}
    post_id = author.api.publish([Photo(landscape(seed))], caption=caption, place=where)
    published(author.api, post_id)
    return post_id


def _is_readable(visitor: Visitor) -> None:
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)


@pytest.mark.parametrize("screen", [NARROW, DESKTOP], ids=["phone", "desktop"])
def test_a_stranger_sees_the_picture_first_and_then_a_way_to_join(
    visit: Visit, author: Person, screen: Screen
) -> None:
    tag = f"of_{author.handle}"
    place = f"Pier {author.handle}"
    post_id = _posted(author, 81, f"Shared with all #{tag}", place)
    listed = f"/public/hashtags/{tag}/posts"
    eventually(lambda: author.api.call("GET", listed)["items"], until=bool)
    stranger = visit(None, screen).open(f"/p/{post_id}")
    page = stranger.page
    expect(page.locator("img.picture")).to_be_in_viewport()
    join = page.get_by_role("complementary", name="Join Shutterfeed")
    expect(join.get_by_role("link", name="Create an account")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Post options")).to_have_count(0)
    _is_readable(stranger)

    page.get_by_role("link", name="Ada of the Lake").first.click()
    expect(page).to_have_url(re.compile(f"/u/{author.handle}$"))
    expect(page.locator(".tile img.picture")).to_be_visible()
    expect(page.get_by_role("link", name="followers")).to_have_count(0)
    _is_readable(stranger)

    page.go_back()
    page.get_by_role("link", name=f"#{tag}", exact=True).click()
    expect(page.get_by_role("heading", name=f"#{tag}")).to_be_visible()
    expect(page.locator(".tile img.picture")).to_be_visible()
    _is_readable(stranger)

    page.go_back()
    page.get_by_role("link", name=place).first.click()
    expect(page.get_by_role("heading", name=place)).to_be_visible()
    expect(page.locator(".tile img.picture")).to_be_visible()
    page.get_by_role("link", name="Best").click()
    expect(page.locator(".tile img.picture")).to_be_visible()
    _is_readable(stranger)

    page.get_by_role("link", name="Explore").click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page.locator(".tile img.picture").first).to_be_visible()
    _is_readable(stranger)
    join.get_by_role("link", name="Sign in").click()
    stranger.sign_in(author.email)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page).to_have_url(re.compile("/explore$"))


def test_a_sensitive_post_is_covered_for_strangers_too(visit: Visit, author: Person) -> None:
    post_id = _posted(author, 82, "Look twice")
    author.api.edit_post(post_id, {"sensitive": True})
    stranger = visit(None, NARROW)
    asked: list[str] = []
    stranger.page.on("request", lambda one: asked.append(one.url) if "/media/" in one.url else None)
    stranger.open(f"/p/{post_id}")
    stranger.tab_to("Show sensitive: Photo by Ada of the Lake")
    assert asked == []
    stranger.page.keyboard.press("Enter")
    expect(stranger.page.locator("img.picture")).to_be_visible()


def test_who_does_not_want_a_public_page_is_not_there_for_strangers(
    visit: Visit, author: Person, person: Callable[[], Person]
) -> None:
    post_id = _posted(author, 83, "For those who are in")
    owner = visit(author, NARROW).open("/settings/privacy")
    switch = owner.page.get_by_role("switch", name="Everybody may see my page")
    expect(switch).to_be_checked()
    switch.uncheck()
    owner.sees_text("Within a minute, your page is only for people who are signed in.")
    _is_readable(owner)
    assert author.api.me()["public_page"] is False

    stranger = visit(None, NARROW)
    stranger.expects("status of 404")
    for path, what in ((f"/u/{author.handle}", "profile"), (f"/p/{post_id}", "post")):
        stranger.open(path)
        title = f"There is no such {what} that everybody may see"
        expect(stranger.page.get_by_role("heading", name=title)).to_be_visible()
        _is_readable(stranger)
    # Whoever signs in then sees it.
    stranger.page.get_by_role("link", name="Sign in").click()
    stranger.sign_in(person().email)
    stranger.sees_text("For those who are in")
    expect(stranger.page).to_have_url(re.compile(f"/p/{post_id}$"))


def test_a_strangers_pictures_renew_their_links(visit: Visit, author: Person) -> None:
    """A public page that was open for days."""
    _posted(author, 84, "From the day before yesterday")
    stranger = visit(None, NARROW)
    stranger.expects("status of 403")
    page, read = stranger.page, []

    page.route(re.compile(r"/api/public/users/.*/posts"), expired)
    page.on("request", lambda one: read.append(one.url) if "/public/posts/" in one.url else None)
    stranger.open(f"/u/{author.handle}")
    picture = page.locator(".tile img.picture")
    expect(picture).to_be_visible()
    eventually(lambda: picture.evaluate("(image) => image.naturalWidth"), lambda width: width > 0)
    assert len(read) == 1

"""Going back, and taking back: dialogs, addresses, deleted posts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import PHONE
from tests.e2e.conftest import Person, eventually, published


@pytest.fixture(scope="module")
def owner(person: Callable[[], Person]) -> Person:
    """Somebody with more posts than a screen holds."""
    owner = person()
    for number in range(4):
        photo = Photo(landscape(200 + number))
        published(owner.api, owner.api.publish([photo], caption=f"Number {number}"))
    return owner


def _top(card: Locator) -> float:
    """Where it is on the screen. How far the page is scrolled says less: it changes, too, with what
    comes above, while everything that one sees stays in its place."""
    y: float = card.evaluate("(card) => card.getBoundingClientRect().y")
    return y


def _is_back(card: Locator, place: float) -> None:
    eventually(lambda: abs(_top(card) - place) < 2, until=bool)


def test_back_closes_what_is_open_and_only_then_leaves_the_page(
    visit: Visit, owner: Person
) -> None:
    somebody = visit(owner, PHONE).open("/search")
    page = somebody.page
    somebody.go("Home")
    somebody.sees_post("Number 1")
    card = somebody.card("Number 1")
    card.get_by_role("button", name="Post options").click()
    menu = page.get_by_role("dialog", name="Post options")
    expect(menu).to_be_visible()
    place = _top(card)
    page.go_back()
    expect(menu).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/$"))
    _is_back(card, place)

    # A dialog that takes the place of another.
    somebody.card("Number 1").get_by_role("button", name="Post options").click()
    menu.get_by_role("button", name="Edit post").click()
    edit = page.get_by_role("dialog", name="Edit post")
    expect(edit).to_be_visible()
    page.go_back()
    expect(edit).to_be_hidden()
    expect(menu).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/$"))

    # What was written is kept.
    dialog = somebody.choose_files(samples.photo(31))
    dialog.get_by_label("Caption").fill("Half a sentence")
    page.go_back()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/$"))
    page.get_by_role("button", name="New post").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Half a sentence")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    # Closed by themselves they leave nothing to go back over.
    somebody.waits_until("!history.state.layers")
    page.go_back()
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()


def test_a_page_that_a_dialog_leads_to_takes_its_place(visit: Visit, owner: Person) -> None:
    somebody = visit(owner).open()
    page = somebody.page
    somebody.card("Number 3").get_by_role("button", name="Post options").click()
    page.get_by_role("link", name="Go to post").click()
    expect(page).to_have_url(re.compile("/p/"))
    page.go_back()
    somebody.sees_post("Number 3")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_undoing_a_deletion_puts_the_post_back_where_it_was(visit: Visit, owner: Person) -> None:
    somebody = visit(owner, PHONE).open()
    page = somebody.page
    somebody.sees_post("Number 3")
    cards = page.get_by_role("feed").get_by_role("article")
    expect(cards).to_have_count(4)
    before = cards.all_inner_texts()
    # Between two others, in the middle of the list.
    second = somebody.card("Number 2")
    second.scroll_into_view_if_needed()
    page.evaluate("window.scrollBy({top: 40, behavior: 'instant'})")
    second.get_by_role("button", name="Post options").click()
    page.get_by_role("button", name="Delete post").click()
    delete = page.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_visible()
    place = _top(second)
    delete.click()
    expect(cards).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(4)
    assert [_words(text) for text in cards.all_inner_texts()] == [_words(text) for text in before]
    _is_back(second, place)
    expect(second).to_be_in_viewport()


def test_a_post_restored_later_goes_where_it_was(visit: Visit, owner: Person) -> None:
    """The list does not hold it after a reload."""
    somebody = visit(owner).open()
    page = somebody.page
    post_id = next(
        post["id"] for post in owner.api.feed()["items"] if post["caption"] == "Number 1"
    )
    owner.api.call("DELETE", f"/posts/{post_id}")
    somebody.open()
    cards = page.get_by_role("feed").get_by_role("article")
    expect(cards).to_have_count(3)
    somebody.go("Profile")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Recently deleted").click()
    page.get_by_role("button", name="Restore Number 1").click()
    expect(page.get_by_text("Post restored.")).to_be_visible()
    somebody.go("Home")
    expect(cards).to_have_count(4)
    captions = [text.split("\n")[-1] for text in cards.all_inner_texts()]
    assert captions == ["Number 3", "Number 2", "Number 1", "Number 0"]


def _words(text: str) -> str:
    """Without how long ago it was."""
    return re.sub(r"\b(now|\d+ (min|h))\b", "", text)


@pytest.mark.parametrize("path", ["//host/x", "//example.com", "///", "/u//x//y"])
def test_an_address_like_another_sites_is_a_page_of_this_one(
    visit: Visit, owner: Person, path: str
) -> None:
    somebody = visit(owner)
    page = somebody.page
    somebody.open()
    page.goto(page.url.rstrip("/") + path)
    home = page.get_by_role("link", name="Go home")
    feed = page.get_by_role("feed")
    expect(home.or_(feed).first).to_be_visible()
    if path != "///":
        home.click()
        somebody.sees_post("Number 3")


def test_so_it_is_for_those_who_have_to_sign_in_first(visit: Visit, owner: Person) -> None:
    somebody = visit()
    page = somebody.page
    somebody.open()
    page.goto(page.url.rstrip("/") + "//host/x")
    somebody.sign_in(owner.email)
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    assert page.evaluate("location.pathname") == "/host/x"

"""The app in other languages: chosen or the browser's own, from right to left, with long words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import Person, published

_PHONE = Screen(390, 844, is_phone=True)
_NARROW = Screen(320, 640, is_phone=True, locale="de-AT")
_ARABIC = "العربية"
_SETTINGS = "الإعدادات"
_MAIN = "القائمة الرئيسية"
_NO_COMMENTS = "لا تعليقات بعد."
_TWO_POSTS = "منشوران"


@pytest.fixture(scope="module")
def author(person: Callable[[], Person]) -> Person:
    """Somebody with an album and a photo, in a collection."""
    author = person()
    photos = [Photo(landscape(701)), Photo(landscape(702))]
    album = published(author.api, author.api.publish(photos, caption="The lake #hills"))
    photo = published(author.api, author.api.publish([Photo(landscape(703))], caption="The hill"))
    collection = author.api.create_collection("Hills")
    for post in (album, photo):
        author.api.add_to_collection(collection["id"], post["id"])
    return author


def _paths(author: Person) -> list[str]:
    post_id = author.api.feed()["items"][0]["id"]
    return [
        "/",
        f"/p/{post_id}",
        f"/u/{author.handle}",
        "/explore",
        "/activity",
        "/settings",
        "/settings/privacy",
        "/settings/answers",
        "/settings/export",
        "/uploads",
        "/saved",
    ]


def _centre(page: Page, name: str) -> float:
    box = page.get_by_role("navigation", name=_MAIN).get_by_text(name, exact=True).bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def _wide(somebody: Visitor, author: Person, *widths: int) -> dict[tuple[str, int], int]:
    """By page and width, by how much a page is wider than the screen."""
    found = {}
    for path in _paths(author):
        somebody.open(path)
        somebody.page.wait_for_load_state("networkidle")
        for width in widths:
            somebody.turn_into(Screen(width, 740, is_phone=True))
            found[path, width] = somebody.overflow()
    return {where: pixels for where, pixels in found.items() if pixels > 0}


def test_a_language_is_chosen_that_is_written_from_right_to_left(
    visit: Visit, author: Person
) -> None:
    somebody = visit(author, _PHONE).open_settings()
    page = somebody.page
    page.get_by_label("Language").select_option(label=_ARABIC)
    expect(page.get_by_role("heading", name=_SETTINGS)).to_be_visible()
    root = page.locator("html")
    expect(root).to_have_attribute("dir", "rtl")
    expect(root).to_have_attribute("lang", "ar")
    # The first item is where one begins to read.
    assert _centre(page, "الرئيسية") > _centre(page, "استكشاف") > _centre(page, "الملف")

    somebody.open(f"/p/{author.api.feed()['items'][0]['id']}")
    expect(page.get_by_text(_NO_COMMENTS)).to_be_visible()
    assert somebody.accessibility() == []
    # One of the six forms that a number has.
    somebody.open("/saved")
    expect(page.get_by_role("link", name=re.compile("^Hills"))).to_contain_text(_TWO_POSTS)
    assert _wide(somebody, author, 390, 320) == {}


def test_the_browsers_own_language_is_there_at_first_sight(visit: Visit, author: Person) -> None:
    """Nothing is shown in English before it, and its long words leave the page as wide as it is."""
    somebody = visit(author, _NARROW)
    page = somebody.page
    page.add_init_script(
        """new MutationObserver(() => {
             const text = document.getElementById("app")?.textContent ?? "";
             if (/Home|Explore|Activity/.test(text)) window.wasEnglish = true;
           }).observe(document, {childList: true, subtree: true})"""
    )
    somebody.open()
    somebody.sees_post("The hill")
    expect(page.get_by_role("link", name="Entdecken")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("window.wasEnglish") is None
    assert _wide(somebody, author, 320) == {}


def test_without_its_messages_a_page_is_in_english(visit: Visit) -> None:
    nobody = visit(screen=_NARROW)
    nobody.expects("Failed to load resource")
    nobody.page.route("**/assets/de-*.json", lambda route: route.fulfill(status=404))
    nobody.open("/sign-in")
    expect(nobody.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(nobody.page.locator("html")).to_have_attribute("lang", "en")

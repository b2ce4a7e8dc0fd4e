"""Exploring in a browser: the grid, recent searches, the pages of hashtags and places, and naming a
place."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen
from tests.e2e.conftest import Person, eventually, published
from tests.pictures import jpeg

PHONE = Screen(390, 844, is_phone=True)


def test_one_explores_searches_and_comes_to_hashtags_and_places(
    visit: Visit, person: Callable[[], Person]
) -> None:
    author, reader = person(), person()
    name, tag = f"Pier {author.handle}", f"tag{author.handle}"
    for number, seed in enumerate((931, 932)):
        post = author.api.publish(
            [Photo(landscape(seed))], caption=f"{tag} {number} #{tag}", place={"name": name}
        )
        published(author.api, post)
    counted = f"/hashtags/{tag}"
    eventually(lambda: reader.api.call("GET", counted)["posts"], until=lambda posts: posts == 2)
    # The hashtag is counted on its own. The browser asks for suggestions once.
    counted = f"/places/{quote(name)}"
    eventually(lambda: reader.api.call("GET", counted)["posts"], until=lambda posts: posts == 2)
    asked = {"q": name}
    eventually(lambda: reader.api.call("GET", "/search/suggest", query=asked)["items"], until=bool)
    visitor = visit(reader, PHONE).open("/explore")
    page = visitor.page
    search = page.get_by_role("combobox", name="Search")
    search.fill(name)
    page.get_by_role("option").filter(has_text=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("2 posts")).to_be_visible()
    expect(page.locator("main img.picture")).to_have_count(2)
    page.get_by_role("link", name="Best").click()
    expect(page).to_have_url(re.compile("order=best$"))
    expect(page.locator("main img.picture")).to_have_count(2)
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)

    visitor.go("Explore")
    recent = page.get_by_role("region", name="Recent searches")
    expect(recent.get_by_role("link", name=name)).to_be_visible()
    search.fill(f"#{tag}")
    search.press("Enter")
    visitor.go("Explore")
    expect(recent.get_by_role("listitem")).to_have_text([f"#{tag}", name])
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    page.reload()
    recent.get_by_role("button", name="Clear").click()
    expect(recent).to_have_count(0)


def test_a_place_is_chosen_by_its_name_or_by_what_the_photo_says(
    visit: Visit, person: Callable[[], Person]
) -> None:
    author = person()
    name = f"Quay {author.handle}"
    photo = [Photo(landscape(933))]
    published(author.api, author.api.publish(photo, caption="First", place={"name": name}))
    published(author.api, author.api.publish([Photo(landscape(934))], caption="Second"))
    visitor = visit(author).open()
    visitor.sees_post("Second").get_by_role("button", name="Post options").click()
    page = visitor.page
    page.get_by_role("button", name="Edit post").click()
    dialog = page.get_by_role("dialog", name="Edit post")
    field = dialog.get_by_role("combobox", name="Place")
    field.fill("quay")
    option = dialog.get_by_role("option").filter(has_text=name)
    expect(option).to_contain_text("Used before")
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value(name)
    assert visitor.accessibility() == []
    dialog.get_by_role("button", name="Save").click()
    visitor.sees_text("Changes saved.")
    visitor.open().sees_post("Second").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/api/places?" in one.url else None)
    visitor.choose_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640, 480, gps=True)}
    )
    field = page.get_by_role("dialog", name="New post").get_by_role("combobox", name="Place")
    offer = page.get_by_role("button", name="Use the photo's location")
    expect(offer).to_be_visible()
    assert not any("near=" in url for url in asked), "it is offered and not assumed"
    with page.expect_request(re.compile(r"/api/places\?near=52\.52(%2C|,)13\.405$")):
        offer.click()
    visitor.sees_text("People will see about where the photo was taken.")
    expect(field).to_be_focused()
    assert visitor.accessibility() == []

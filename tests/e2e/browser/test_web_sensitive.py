"""Posts that their authors have marked as sensitive, before those who look and those who listen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import Person, eventually, published

NARROW = Screen(390, 844, is_phone=True)
_MARK = "Sensitive: blur until someone chooses to look"
_SETTING = "Blur posts that are marked as sensitive"


@pytest.fixture
def pair(person: Callable[[], Person]) -> tuple[Person, Person]:
    """An author, and somebody who follows them."""
    author, reader = person(), person()
    reader.api.follow(author.handle)
    return author, reader


def _posted(author: Person, seed: int, caption: str) -> str:
    post_id = author.api.publish([Photo(landscape(seed))], caption=caption)
    published(author.api, post_id)
    author.api.edit_post(post_id, {"sensitive": True})
    return post_id


def _fetched(visitor: Visitor, author: Person, post_id: str) -> list[str]:
    """The files of a post that the page asks for, from now on: beside them it may show the pictures
    of people whom one may like to follow."""
    asked: list[str] = []
    medium = author.api.post(post_id)["media"][0]["id"]
    visitor.page.on("request", lambda one: asked.append(one.url) if medium in one.url else None)
    return asked


def _is_readable(visitor: Visitor) -> None:
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)


def test_a_post_is_marked_when_it_is_made_and_unmarked_later(
    visit: Visit, pair: tuple[Person, Person]
) -> None:
    author, reader = pair
    visitor = visit(author, NARROW).open()
    dialog = visitor.choose_files(samples.photo(71))
    dialog.get_by_label("Caption").fill("After the fall")
    dialog.get_by_role("switch", name=_MARK).check()
    # Who is in it is named where one presses, and moved by keys.
    dialog.get_by_role("button", name="Tag people").click()
    dialog.locator(".people-picture").click(position={"x": 20, "y": 20})
    expect(dialog.get_by_label("Handle")).to_be_focused()
    visitor.page.keyboard.type(f"@{author.handle}")
    visitor.page.keyboard.press("Enter")
    dialog.get_by_role("button", name=f"@{author.handle}: arrow keys").press("ArrowLeft")
    _is_readable(visitor)
    dialog.get_by_role("button", name="Post", exact=True).click()
    # Its author sees it as it is, with a flag.
    card = visitor.sees_post("After the fall")
    expect(card.locator("header")).to_contain_text("Sensitive")
    expect(card.get_by_role("button", name=re.compile("^Show"))).to_have_count(0)
    (post,) = author.api.feed()["items"]
    assert post["sensitive"] is True
    (named,) = post["media"][0]["people"]
    assert (named["user"]["handle"], named["x"]) == (author.handle, pytest.approx(0.05, abs=0.05))
    assert named["y"] == pytest.approx(0.1, abs=0.1)

    card.get_by_role("button", name="Post options").click()
    visitor.page.get_by_role("button", name="Edit post").click()
    editing = visitor.page.get_by_role("dialog", name="Edit post")
    expect(editing.get_by_role("switch", name=_MARK)).to_be_checked()
    editing.get_by_role("switch", name=_MARK).uncheck()
    editing.get_by_role("button", name="Save").click()
    expect(editing).to_be_hidden()
    expect(card.locator("header")).not_to_contain_text("Sensitive")
    visit(reader).open().sees_post("After the fall")
    assert author.api.post(post["id"])["sensitive"] is False


def test_nothing_of_it_is_fetched_before_one_chooses_to_look(
    visit: Visit, pair: tuple[Person, Person]
) -> None:
    author, reader = pair
    post_id = _posted(author, 72, "Not for everybody #look72")
    show, hide = (f"{verb} sensitive: Photo by @{author.handle}" for verb in ("Show", "Hide"))
    visitor = visit(reader, NARROW)
    asked = _fetched(visitor, author, post_id)
    tagged = "/hashtags/look72/posts"
    eventually(lambda: reader.api.call("GET", tagged)["items"], until=bool)
    found = "/search?q=look72&type=posts"
    for path in ("/", f"/u/{author.handle}", f"/p/{post_id}", "/tags/look72", found):
        visitor.open(path)
        button = visitor.page.get_by_role("button", name=show, exact=True)
        expect(button).to_be_visible()
        visitor.page.wait_for_load_state("networkidle")
        expect(visitor.page.locator("img.picture")).to_have_count(0)
        assert asked == [], path
        _is_readable(visitor)

    # The one button keeps the focus: it hides again what it has shown.
    visitor.open()
    visitor.tab_to(show)
    visitor.page.keyboard.press("Enter")
    picture = visitor.card("Not for everybody").locator("img.picture")
    expect(picture).to_be_visible()
    visitor.waits_until("document.querySelector('img.picture').naturalWidth > 0")
    assert asked != []
    assert visitor.focused() == hide
    _is_readable(visitor)
    # It is open wherever it is shown, until the page is loaded again.
    visitor.page.get_by_role("link", name=f"@{author.handle}", exact=True).first.click()
    expect(visitor.page.locator(".tile img.picture")).to_be_visible()
    _is_readable(visitor)
    visitor.page.get_by_role("button", name=hide, exact=True).click()
    expect(visitor.page.locator("img.picture")).to_have_count(0)


def test_an_album_is_covered_as_a_whole(visit: Visit, pair: tuple[Person, Person]) -> None:
    author, reader = pair
    album = [Photo(landscape(seed)) for seed in (73, 74)]
    post_id = author.api.publish(album, caption="Two of them")
    published(author.api, post_id)
    author.api.edit_post(post_id, {"sensitive": True})
    visitor = visit(reader).open()
    show = f"Show sensitive: Album of 2 by @{author.handle}"
    visitor.page.get_by_role("button", name=show, exact=True).click()
    expect(visitor.page.get_by_role("group", name="Album of 2")).to_be_visible()


def test_whoever_wants_to_see_all_is_asked_no_more(
    visit: Visit, pair: tuple[Person, Person]
) -> None:
    author, reader = pair
    _posted(author, 75, "As it is")
    visitor = visit(reader, NARROW).open("/settings/privacy")
    switch = visitor.page.get_by_role("switch", name=_SETTING)
    expect(switch).to_be_checked()
    switch.uncheck()
    visitor.sees_text("Sensitive posts are shown now.")
    _is_readable(visitor)
    assert reader.api.me()["sensitive"] == "show"
    visitor.go("Home")
    card = visitor.sees_post("As it is")
    expect(card.get_by_role("button", name=re.compile("^(Show|Hide)"))).to_have_count(0)
    expect(card.locator("header")).to_contain_text("Sensitive")

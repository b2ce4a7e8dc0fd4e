"""What one changes afterwards, or by hand: a post's words and place, the order of an album, a
forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import PHONE
from tests.e2e.conftest import Person, eventually, published
from tools.cloud import LOCAL_RESET_CODE

NEW_PASSWORD = "Another-horse-8-battery"


def test_caption_description_and_place_are_changed(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(91))], caption="Before"))
    somebody = visit(owner).open()
    somebody.sees_post("Before").get_by_role("button", name="Post options").click()
    page = somebody.page
    page.get_by_role("button", name="Edit post").click()
    dialog = page.get_by_role("dialog", name="Edit post")
    dialog.get_by_label("Caption").fill("After")
    dialog.get_by_label(re.compile("^Description of photo")).fill("Hills under a low sun")
    dialog.get_by_role("combobox", name="Place").fill("Old pier")
    dialog.get_by_role("button", name="Save").click()
    somebody.sees_text("Changes saved.")

    card = somebody.open().sees_post("After")
    expect(card.get_by_text("Old pier")).to_be_visible()
    expect(card.get_by_role("img", name="Hills under a low sun")).to_be_visible()


def test_photos_of_a_post_are_put_in_order_removed_and_added(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    photos = [Photo(landscape(number)) for number in (92, 93)]
    post_id = published(owner.api, owner.api.publish(photos, caption="Two"))["id"]
    one, two = (medium["id"] for medium in owner.api.post(post_id)["media"])
    somebody = visit(owner).open()
    page = somebody.page
    dialog = page.get_by_role("dialog", name="Photos and videos")

    def change(*buttons: str) -> None:
        somebody.sees_post("Two").get_by_role("button", name="Post options").click()
        page.get_by_role("button", name="Edit post").click()
        page.get_by_role("button", name="Change photos and videos").click()
        for name in buttons:
            dialog.get_by_role("button", name=name).click()

    def shown() -> list[str]:
        return [medium["id"] for medium in owner.api.post(post_id)["media"]]

    change("Move number 1 back", "Save")
    somebody.sees_text("Changes saved.")
    assert shown() == [two, one]
    page.get_by_role("button", name="Undo").click()
    eventually(shown, lambda ids: ids == [one, two])
    somebody.open()
    change("Remove number 1", "Save")
    somebody.sees_text("Changes saved.")
    assert shown() == [two]
    somebody.open()
    change("Put back number 1")
    dialog.locator("input[type=file]").set_input_files([samples.photo(94)])
    dialog.get_by_role("button", name="Save").click()
    somebody.sees_text("The new files are shown once they are ready.")
    album = eventually(shown, lambda ids: len(ids) == 3)
    assert album[:2] == [two, one]


def test_files_are_put_in_order_by_dragging(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open()
    names = ("one.jpg", "two.jpg", "three.jpg")
    dialog = somebody.choose_files(
        *(samples.photo(number, name) for number, name in enumerate(names, start=101))
    )
    rows = dialog.get_by_role("listitem")
    rows.filter(has_text="three.jpg").drag_to(rows.filter(has_text="one.jpg"))
    expect(rows.first).to_contain_text("three.jpg")
    assert [_name(text) for text in rows.all_inner_texts()] == ["three.jpg", "one.jpg", "two.jpg"]


def _name(text: str) -> str:
    found = re.search(r"\w+\.jpg", text)
    assert found, text
    return found[0]


def test_an_album_is_looked_through_by_arrows_keys_and_swipes(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    photos = [Photo(landscape(number)) for number in (111, 112, 113)]
    published(owner.api, owner.api.publish(photos, caption="Three of a day"))

    at_a_desk = visit(owner).open()
    album = at_a_desk.sees_post("Three of a day").get_by_role("group", name="Album of 3")
    album.get_by_role("button", name="Next").click()
    expect(album.get_by_role("list", name="2 of 3")).to_be_visible()
    album.get_by_role("list").press("End")
    expect(album.get_by_role("list", name="3 of 3")).to_be_visible()
    expect(album.get_by_role("button", name="Next")).to_have_count(0)

    on_a_phone = visit(owner, PHONE).open()
    album = on_a_phone.sees_post("Three of a day").get_by_role("group", name="Album of 3")
    on_a_phone.swipe_left(album)
    expect(album.get_by_role("list", name="2 of 3")).to_be_visible()


def test_a_forgotten_password_is_replaced(visit: Visit, person: Callable[[], Person]) -> None:
    owner = person()
    nobody = visit().open()
    page = nobody.page
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_label("E-mail").fill(owner.email)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code").fill(LOCAL_RESET_CODE)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

"""Two people, two browsers: sign up, post, follow, search, and all that follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import cast

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import DESKTOP, PHONE, Visitor
from tests.e2e.conftest import PASSWORD, Person, eventually, published
from tests.pictures import SHARED_DATA, needs_shared_data

_numbers = count(1)


def _new_name(somebody: Person) -> str:
    """A handle that nobody has: made from that of somebody new."""
    return f"web_{somebody.handle}_{next(_numbers)}"


@pytest.mark.slow
def test_from_signing_up_to_each_others_feeds(visit: Visit, person: Callable[[], Person]) -> None:
    ada, ben = visit(screen=PHONE).open(), visit(screen=DESKTOP).open()
    somebody = person()
    handle, other = _new_name(somebody), _new_name(somebody)
    _is_welcomed(ada, handle, "Ada of the Lake")
    ben.create_account(f"{other}@example.com")
    ben.confirm()
    ben.sees_text("Your e-mail is confirmed.")
    ben.skip_welcome()
    _is_asked_for_a_handle_once_more(ben)

    _edit_profile(ada)
    ada.go("Home")
    caption = f"First light of {handle}"
    ada.post(samples.photo(), samples.heic(), samples.clip(), caption=caption)
    expect(ada.page.get_by_role("region", name="Your posts in progress")).to_be_visible()
    card = ada.sees_post(caption)
    expect(card.get_by_role("group", name="Album of 3")).to_be_visible()
    expect(ada.page.get_by_role("region", name="Your posts in progress")).to_be_hidden()

    # The index hears of a new name a moment later. Until then, what is like it is suggested.
    asked = f"/search/suggest?q={handle}"
    eventually(
        lambda: [item["text"] for item in somebody.api.call("GET", asked)["items"]],
        until=lambda suggested: handle in suggested,
    )
    _find(ben, handle)
    expect(ben.page.get_by_role("heading", name="Ada of the Lake")).to_be_attached()
    ben.page.get_by_role("button", name=f"Follow @{handle}").click()
    expect(ben.page.get_by_role("button", name=f"Following @{handle}")).to_be_visible()
    expect(ben.page.get_by_role("link", name="1 follower")).to_be_visible()
    ben.go("Home")
    _video_is_looked_at(ben, ben.sees_post(caption))

    _second_post_is_announced(ada, ben, f"And again {handle}")
    assert [ada.overflow(), ben.overflow()] == [0, 0]


def _is_welcomed(visitor: Visitor, handle: str, name: str) -> None:
    """From signing up to the feed, with a reload wherever one may go to one's mail and back."""
    page = visitor.page
    visitor.create_account(f"{handle}@example.com")
    page.reload()
    visitor.sees_text(f"A code was sent to {handle}@example.com.")
    expect(page.get_by_role("button", name="Send a new one in")).to_be_visible()
    visitor.confirm()
    visitor.sees_text("Your e-mail is confirmed. Sign in to go on.")
    expect(page.get_by_label("E-mail")).to_have_value(f"{handle}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Welcome to Shutterfeed")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(name)
    field = page.get_by_label("Handle")
    expect(field).to_have_value("ada.of.the.lake")
    visitor.expects("400")
    field.fill("admin")
    expect(field).to_have_attribute("aria-invalid", "true")
    visitor.sees_text("This handle is reserved.")
    field.fill(handle)
    visitor.sees_text(f"@{handle} is free.")
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Add a picture")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Add a picture")).to_be_visible()
    page.get_by_label("Choose a picture").set_input_files(samples.photo(11))
    expect(page.get_by_text("Your picture is changed.")).to_be_visible(timeout=300_000)
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Follow a few people")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Your feed is empty")).to_be_visible()


def _is_asked_for_a_handle_once_more(visitor: Visitor) -> None:
    page = visitor.page
    post = page.get_by_role("dialog", name="New post")
    asked = page.get_by_role("dialog", name="Who is this from?")
    page.get_by_role("button", name="New post").click()
    expect(asked).to_be_visible()
    assert (visitor.accessibility(), visitor.overflow()) == ([], 0)
    asked.get_by_role("button", name="Not now").click()
    expect(post).to_be_visible()
    visitor.dismiss(post)
    page.get_by_role("button", name="New post").click()
    expect(post).to_be_visible()
    expect(asked).to_have_count(0)
    visitor.dismiss(post)


def _edit_profile(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("Profile")
    expect(page.get_by_role("heading", name="No posts yet")).to_be_visible()
    page.get_by_role("link", name="Edit profile").click()
    page.get_by_label("About you").fill("Mornings, mostly. #lakes")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="#lakes")).to_be_visible()


def _find(visitor: Visitor, handle: str) -> None:
    """Find somebody by search and its suggestions."""
    page = visitor.page
    visitor.go("Explore")
    page.get_by_role("combobox", name="Search").press_sequentially(handle)
    suggestions = page.get_by_role("listbox", name="Suggestions")
    suggestions.get_by_role("option", name=re.compile(handle)).first.click()
    page.wait_for_url(f"**/u/{handle}")


def _video_is_looked_at(visitor: Visitor, card: Locator) -> None:
    """In the viewer it has the browser's own controls: to scrub, for the sound, for full screen."""
    card.get_by_role("button", name="Look closer: Video 3 of 3").focus()
    visitor.page.keyboard.press("Enter")
    viewer = visitor.page.get_by_role("dialog")
    expect(viewer.locator("video[controls]")).to_be_visible()
    visitor.page.keyboard.press("ArrowLeft")
    expect(viewer).to_have_accessible_name(re.compile("^Photo 2 of 3"))
    visitor.dismiss(viewer)


def _second_post_is_announced(author: Visitor, reader: Visitor, caption: str) -> None:
    """Readers are told, and keep their place until they ask."""
    author.post(samples.photo(7), caption=caption)
    author.sees_post(caption)
    news = reader.page.get_by_role("button", name="1 new post")
    expect(news).to_be_visible(timeout=300_000)
    expect(reader.card(caption)).to_be_hidden()
    news.click()
    reader.sees_post(caption)


@needs_shared_data
def test_what_phones_really_make_is_posted(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open()
    files = [
        {"name": path.name, "mimeType": kind, "buffer": path.read_bytes()}
        for path, kind in (
            (SHARED_DATA / "photos/heic/IMG_5195.HEIC", ""),
            (SHARED_DATA / "photos/phones/HMD_Nokia_8.3_5G.jpg", "image/jpeg"),
            (SHARED_DATA / "videos/realshort.mp4", "video/mp4"),
        )
    ]
    somebody.post(*cast("list[FilePayload]", files), caption="From real phones")
    card = somebody.sees_post("From real phones")
    expect(card.get_by_role("group", name="Album of 3")).to_be_visible()


# Whoever asks from outside misses what is shown between two questions.
_KEEP_SHARES = """() => {
  window.shares = [];
  const keep = () => {
    for (const bar of document.querySelectorAll('.pending progress[aria-label^="Sending"]')) {
      window.shares.push(bar.value / bar.max);
    }
  };
  const changes = { subtree: true, childList: true, attributeFilter: ["value"] };
  new MutationObserver(keep).observe(document.body, changes);
}"""


def test_the_progress_of_files_is_seen(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open()
    expect(somebody.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    somebody.network(up=400)
    somebody.page.evaluate(_KEEP_SHARES)
    somebody.post(samples.photo(), samples.heavy_photo(), caption="Slowly, from a phone")
    # Elsewhere, each file is told of in a corner.
    somebody.go("Explore")
    tray = somebody.page.get_by_role("region", name="Uploads in progress")
    expect(tray.get_by_role("progressbar", name="heavy.jpg")).to_be_visible()
    somebody.go("Home")
    somebody.sees_post("Slowly, from a phone")
    seen = somebody.page.evaluate("window.shares")
    assert seen == sorted(seen)
    assert len({share for share in seen if 0 < share < 1}) >= 3


def test_the_avatar_is_changed_and_shown_to_others(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner, other = person(), person()
    somebody = visit(owner).open("/settings/profile")
    page = somebody.page
    page.get_by_label("Choose a picture").set_input_files(samples.photo(11))
    expect(page.get_by_text("Your picture is changed.")).to_be_visible(timeout=300_000)
    viewer = visit(other).open(f"/u/{owner.handle}")
    picture = viewer.page.locator("main img[src*='/media/']").first
    expect(picture).to_be_visible()
    page.get_by_role("button", name="Remove picture").click()
    expect(page.get_by_text("Your picture is removed.")).to_be_visible()


def test_a_deleted_post_is_brought_back(visit: Visit, person: Callable[[], Person]) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(21))], caption="Here to stay"))
    somebody = visit(owner).open()
    card = somebody.sees_post("Here to stay")
    _delete(somebody, card)
    expect(card).to_be_hidden()
    somebody.page.get_by_role("button", name="Undo").click()
    somebody.sees_post("Here to stay")

    # Later, too, from the list of what was deleted.
    _delete(somebody, card)
    expect(card).to_be_hidden()
    somebody.open("/deleted")
    somebody.page.get_by_role("button", name="Restore Here to stay").click()
    expect(somebody.page.get_by_role("link", name="View")).to_be_visible()
    somebody.open()
    somebody.sees_post("Here to stay")


def _delete(visitor: Visitor, card: Locator) -> None:
    card.get_by_role("button", name="Post options").click()
    visitor.page.get_by_role("button", name="Delete post").click()
    visitor.page.get_by_role("dialog", name="Delete this post?").get_by_role(
        "button", name="Delete", exact=True
    ).click()


def test_a_file_that_is_no_picture_says_why_and_stops_nothing(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    hint = somebody.page.get_by_text("Descriptions are read aloud")
    dialog = somebody.choose_files(samples.NOT_A_PHOTO)
    refusal = dialog.get_by_role("alert").filter(has_text="This file cannot be posted")
    expect(refusal).to_be_visible()
    expect(hint).to_have_count(0)  # there is nothing to describe
    dialog.get_by_label("Add more").set_input_files([samples.photo(31)])
    expect(hint).to_be_visible()
    expect(dialog.get_by_role("alert").filter(has_text=re.compile(r"\w"))).not_to_have_count(0)
    dialog.get_by_role("button", name="Remove notes.txt").click()
    dialog.get_by_label("Caption").fill("Only the picture")
    dialog.get_by_role("button", name="Post", exact=True).click()
    somebody.sees_post("Only the picture")


def test_another_copy_of_a_link_shows_the_post(visit: Visit, person: Callable[[], Person]) -> None:
    owner, other = person(), person()
    post_id = owner.api.publish([Photo(landscape(41))], caption="Shared with you")
    published(owner.api, post_id)
    somebody = visit(other).open(f"/p/{post_id}")
    somebody.sees_text("Shared with you")
    # Whoever is not signed in sees it too, and comes back to it after signing in.
    nobody = visit().open(f"/p/{post_id}")
    nobody.sees_text("Shared with you")
    nobody.page.get_by_role("link", name="Sign in").click()
    nobody.sign_in(other.email)
    expect(nobody.page.get_by_role("navigation", name="Main")).to_be_visible()
    nobody.sees_text("Shared with you")
    expect(nobody.page).to_have_url(re.compile(f"/p/{post_id}$"))

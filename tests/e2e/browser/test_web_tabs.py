"""Two tabs of one browser, and a browser that has no room left."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.visitor import PHONE
from tests.e2e.conftest import Person

_STORAGE = re.compile(r"-uploads-\d+")
# Down to the last character.
_FILL = """() => {
  for (let size = 2 ** 22; size >= 1; size /= 2) {
    const filler = "x".repeat(size);
    try { for (;;) localStorage.setItem(`filler ${localStorage.length}`, filler); } catch {}
  }
}"""


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The address of a server that takes connections and never reads from them. A request that is
    only held back by the test would still be sent when its page is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield "http://{}:{}/".format(*server.getsockname())


def test_what_another_tab_sends_is_not_interrupted_until_that_tab_is_closed(
    visit: Visit, person: Callable[[], Person], nowhere: str
) -> None:
    somebody = visit(person(), PHONE).open()
    second = somebody.another_tab()
    second.goto("/")
    expect(second.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    somebody.page.route(_STORAGE, lambda route: route.continue_(url=nowhere))
    file = samples.heavy_photo()
    somebody.post(file, caption="Half way")
    expect(somebody.page.get_by_text(re.compile("^Sending"))).to_be_visible()

    # It hears of it without being loaded again.
    own = second.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Being sent in another tab")).to_be_visible()
    expect(own.get_by_text("Half way")).to_be_visible()
    expect(own.get_by_role("button", name="Discard")).to_have_count(0)
    row = second.get_by_role("listitem").filter(has_text="heavy.jpg")
    for _ in range(2):  # and after a reload
        second.goto("/uploads")
        expect(row.get_by_text("Being sent in another tab")).to_be_visible()
        expect(row.get_by_text("Choose the file again")).to_have_count(0)
    # Nor is the same file called interrupted where it is chosen for another post.
    second.get_by_role("button", name="New post").click()
    dialog = second.get_by_role("dialog", name="New post")
    dialog.get_by_label(re.compile("Choose photos and videos")).set_input_files(file)
    expect(dialog.get_by_text("This file is being sent in another tab already.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Continue it")).to_have_count(0)
    dialog.get_by_role("button", name=re.compile("Remove")).click()
    second.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    third = somebody.another_tab()
    third.goto("/uploads")
    elsewhere = third.get_by_role("listitem").filter(has_text="heavy.jpg")
    expect(elsewhere.get_by_text("Being sent in another tab")).to_be_visible()

    somebody.page.close()
    # Now one of the others sends it, from what the browser keeps.
    expect(row.get_by_text("Ready")).to_be_visible(timeout=60_000)
    expect(elsewhere.get_by_text("Ready")).to_be_visible(timeout=60_000)


def test_a_file_is_sent_although_the_browser_has_no_room_to_remember_it(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    expect(somebody.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    somebody.page.evaluate(_FILL)
    somebody.post(samples.photo(27), caption="No room")
    somebody.sees_post("No room")
    somebody.go_to_uploads()
    row = somebody.page.get_by_role("listitem").filter(has_text="lake.jpg")
    expect(row.get_by_text("Ready")).to_be_visible()

"""What is said of files on their way: sent, interrupted, refused by the storage."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.visitor import PHONE
from tests.e2e.conftest import Person, published
from tools.pictures import landscape

_STORAGE = re.compile(r"-uploads-\d+")
_UNREACHED = r"net::ERR_"
_REFUSED_BY_STORAGE = r"status of (400|307|403)"


# As before the storage's event: no file has arrived.
_HIDE_ARRIVALS = """
window.isHiding = true;
const fetch_ = window.fetch;
window.fetch = async (url, init) => {
  const answer = await fetch_(url, init);
  if (!window.isHiding || !/^\\/api\\/(posts\\/|me\\/uploads)/.test(url)) return answer;
  const body = await answer.json();
  if (body.media) body.state = "pending";
  const waits = {state: "awaiting", renditions: [], thumbnail: null};
  for (const medium of body.media ?? []) Object.assign(medium, waits);
  for (const upload of body.items ?? []) Object.assign(upload, waits);
  return new Response(JSON.stringify(body), answer);
};
"""


def test_what_was_sent_is_received_until_the_storage_tells_of_it(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person())
    page = somebody.page
    page.add_init_script(_HIDE_ARRIVALS)
    somebody.open()
    somebody.post(samples.photo(21), caption="On its way")
    expect(page.get_by_text("Received, being prepared")).to_be_visible()
    # The tray of what is being sent goes some seconds later; then, too.
    tray = page.get_by_role("region", name="Uploads in progress")
    expect(tray).to_have_count(0)
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Received, being prepared")).to_be_visible()
    expect(own.get_by_text("On its way")).to_be_visible()
    expect(own.get_by_role("button", name="Delete")).to_have_count(0)
    expect(own.get_by_text("interrupted")).to_have_count(0)

    row = page.get_by_role("listitem").filter(has_text="lake.jpg")
    for _ in range(2):  # and after a reload
        somebody.open("/uploads")
        expect(row.get_by_text("Received, being prepared")).to_be_visible()
        expect(row.locator("img")).to_be_visible()
        expect(row.get_by_text("Choose the file again")).to_have_count(0)

    # What has become of it is seen without a reload.
    page.evaluate("window.isHiding = false")
    expect(row.get_by_text("Ready")).to_be_visible(timeout=60_000)
    expect(row.get_by_role("link", name="View post")).to_be_visible()


def test_what_came_out_while_one_was_elsewhere_is_on_top_of_the_feed(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(25))], caption="The first"))
    somebody = visit(owner).open()
    page = somebody.page
    somebody.sees_post("The first")
    somebody.post(samples.photo(26), caption="The second")
    somebody.go_to_uploads()
    expect(page.get_by_text("Your post is published.")).to_be_visible()
    somebody.go("Home")
    posts = page.get_by_role("feed").get_by_role("article")
    expect(posts).to_have_count(2)
    expect(posts.first).to_contain_text("The second")


def test_what_was_interrupted_is_recognised_and_goes_on(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person(), PHONE).open()
    page = somebody.page
    somebody.expects(_UNREACHED)
    page.on("dialog", lambda dialog: dialog.accept())  # leaving while files are sent
    file = samples.heavy_photo()
    page.route(_STORAGE, lambda route: route.abort("connectionreset"))
    somebody.post(file, caption="Cut off")
    expect(page.get_by_text("Uploading your post")).to_be_visible()
    somebody.open()
    page.unroute_all()
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("The upload was interrupted")).to_be_visible()
    remedy = own.get_by_role("link", name="Choose the file again")
    expect(remedy).to_be_in_viewport(ratio=1)
    assert somebody.overflow() == 0
    remedy.click()

    row = page.get_by_role("listitem").filter(has_text="heavy.jpg")
    expect(row.get_by_text("Interrupted")).to_be_visible()
    expect(row.locator("img")).to_be_visible()
    expect(row.get_by_text("Choose the file again to continue")).to_be_in_viewport(ratio=1)
    row.get_by_label("Choose the file again to continue").set_input_files(file)
    expect(row.get_by_text("Ready")).to_be_visible(timeout=60_000)


def test_a_post_with_a_bad_file_is_published_without_it_or_with_another(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person(), PHONE).open()
    page = somebody.page
    good, other = samples.photo(27), samples.photo(28)
    bad = FilePayload(name="cut.jpg", mimeType="image/jpeg", buffer=other["buffer"][:300])
    own = page.get_by_role("region", name="Your posts in progress")

    somebody.post(good, bad, caption="Without it")
    expect(own.get_by_text("Your post could not be published")).to_be_visible(timeout=60_000)
    expect(own.get_by_text("File 2: ")).to_be_visible()
    assert somebody.overflow() == 0
    own.get_by_role("button", name="Publish without it").click()
    expect(somebody.sees_post("Without it")).to_be_visible()

    somebody.post(bad, good, caption="With another")
    expect(own.get_by_text("File 1: ")).to_be_visible(timeout=60_000)
    own.get_by_label("Choose another file in place of File 1").set_input_files([other])
    expect(somebody.sees_post("With another")).to_be_visible()
    expect(own).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "EntityTooLarge"), (307, "TemporaryRedirect"), (403, "AccessDenied")]
)
def test_a_refusal_of_the_storage_is_told_at_once(
    visit: Visit, person: Callable[[], Person], status: int, code: str
) -> None:
    somebody = visit(person()).open()
    page = somebody.page
    somebody.expects(_REFUSED_BY_STORAGE)
    tried = []

    def refuse(route: Route) -> None:
        tried.append(route.request.method)
        route.fulfill(
            status=status,
            headers={"Access-Control-Allow-Origin": "*"},
            content_type="application/xml",
            body=f"<Error><Code>{code}</Code><Message>No.</Message></Error>",
        )

    page.route(_STORAGE, refuse)
    somebody.post(samples.photo(22), caption="Refused")
    tray = page.get_by_role("region", name="Uploads in progress")
    expect(tray.get_by_text(f"{code} ({status})")).to_be_visible()
    expect(tray.get_by_role("button", name="Retry lake.jpg")).to_be_visible()
    # An old link is refused with 403: it is renewed, once.
    assert tried.count("POST") == (2 if status == 403 else 1)


def test_a_storage_that_cannot_be_reached_is_told_from_a_network_that_is_down(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    somebody.expects(_UNREACHED)
    somebody.page.route(_STORAGE, lambda route: route.abort("failed"))
    somebody.post(samples.photo(23), caption="Unreached")
    tray = somebody.page.get_by_role("region", name="Uploads in progress")
    expect(tray.get_by_text("its storage for files cannot")).to_be_visible(timeout=60_000)


def test_the_names_of_files_go_with_who_sent_them(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    somebody.post(samples.photo(24, "secret-plan.jpg"), caption="Mine")
    somebody.sees_post("Mine")
    kept = "JSON.stringify({...localStorage})"
    assert "secret-plan" in json.dumps(somebody.page.evaluate(kept))
    somebody.open_settings()
    somebody.page.get_by_role("button", name="Sign out").click()
    expect(somebody.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "secret-plan" not in json.dumps(somebody.page.evaluate(kept))


def test_a_file_from_another_device_is_called_by_its_posts_caption(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    for number in range(2):
        photo = Photo(landscape(30 + number))
        published(owner.api, owner.api.publish([photo], caption=f"From elsewhere {number}"))
    somebody = visit(owner)
    asked: list[str] = []
    somebody.page.on("request", lambda request: asked.append(request.url))
    somebody.open("/uploads")
    rows = somebody.page.get_by_role("main").get_by_role("listitem")
    expect(rows).to_contain_text(["From elsewhere 1", "From elsewhere 0"])
    # One request tells of all of them.
    assert len([url for url in asked if "/posts" in url]) == 1

"""What is said of files on their way: sent, interrupted, refused by the storage."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import PHONE, Visitor
from tests.e2e.conftest import Person, eventually, published

_SENDING = re.compile("^Sending")
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


_IS_SENDING = """navigator.locks.query().then(
  ({held}) => held.some(({name}) => name.startsWith("shutterfeed.sending")))"""


def test_what_was_sent_is_received_until_the_storage_tells_of_it(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person())
    page = somebody.page
    page.add_init_script(_HIDE_ARRIVALS)
    somebody.open()
    somebody.post(samples.photo(21), caption="On its way")
    expect(page.get_by_text("Received, being prepared")).to_be_visible()
    # This tab lets go of it some seconds later; then, too.
    eventually(lambda: page.evaluate(_IS_SENDING), lambda is_sending: not is_sending)
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Received, being prepared")).to_be_visible()
    expect(own.get_by_text("On its way")).to_be_visible()
    expect(own.get_by_role("button", name="Discard")).to_have_count(0)
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


# So that nothing is sent before it is posted.
_SAVES_DATA = """
Object.defineProperty(navigator, "connection", { value: { saveData: true } });
"""
# As in private windows of some browsers.
_KEEP_NOTHING = """
indexedDB.open = () => { throw new DOMException("Not here.", "SecurityError"); };
"""


def test_what_was_interrupted_is_recognised_and_goes_on(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person(), PHONE)
    page = somebody.page
    page.add_init_script(_KEEP_NOTHING)
    page.add_init_script(_SAVES_DATA)
    somebody.expects(_UNREACHED)
    somebody.expects("This browser keeps nothing")
    somebody.open()
    page.on("dialog", lambda dialog: dialog.accept())  # leaving while files are sent
    file = samples.heavy_photo()
    page.route(_STORAGE, lambda route: route.abort("connectionreset"))
    # It is seen at once. A browser that keeps nothing knows it later only if the service has it.
    with page.expect_response("**/api/posts"):
        somebody.post(file, caption="Cut off")
    expect(page.get_by_text(_SENDING)).to_be_visible()
    somebody.open()
    page.unroute_all()
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("The upload was interrupted")).to_be_visible()
    remedy = own.get_by_label("Choose the files again")
    assert somebody.overflow() == 0
    # Any files are taken: the one that is missed is found by what is in it.
    remedy.set_input_files([samples.photo(29)])
    expect(page.get_by_text("None of these files is missed")).to_be_visible()
    renamed: FilePayload = {**file, "name": "renamed.jpg"}
    remedy.set_input_files([samples.photo(29), renamed])
    somebody.sees_post("Cut off")
    expect(own).to_have_count(0)


def test_what_is_cut_off_by_a_reload_goes_on_by_itself(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    page = somebody.page
    somebody.expects(_UNREACHED)
    page.route(_STORAGE, lambda route: route.abort("connectionreset"))
    somebody.post(samples.heavy_photo(4), caption="Whatever happens")
    expect(page.get_by_text(_SENDING)).to_be_visible()
    _is_kept(somebody, "posts", "postId")
    somebody.open()
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Whatever happens")).to_be_visible()
    expect(own.get_by_text("interrupted")).to_have_count(0)
    page.unroute_all()
    somebody.sees_post("Whatever happens")
    expect(own).to_have_count(0)
    # Nothing is left of it in the browser.
    _holds(somebody, "posts", 0)
    _holds(somebody, "files", 0)


def test_a_draft_survives_a_reload_is_sent_ahead_and_is_seen_as_posted_before_the_service_answers(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    somebody = visit(owner).open()
    page = somebody.page
    expect(page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    # A picture that is pasted opens the dialog.
    page.evaluate(_PASTE, base64.b64encode(samples.photo(33)["buffer"]).decode())
    dialog = page.get_by_role("dialog", name="New post")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_label("Caption").fill("Half a sentence")
    dialog.get_by_label("Add more").set_input_files([samples.heic(), samples.NOT_A_PHOTO])
    dialog.get_by_label("Description of IMG_0001.HEIC").fill("A phone's picture")
    expect(dialog.get_by_text("notes.txt is left out")).to_be_visible()
    _crop_to_a_square(somebody, dialog, "pasted.jpg")
    _holds(somebody, "files", 2)
    _draft_in_another_tab(somebody)
    _is_kept(somebody, "draft", "A phone's picture")

    somebody.open()
    page.get_by_role("button", name="New post").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Half a sentence")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Half a sentence")
    dialog.get_by_role("button", name="pasted.jpg", exact=True).press("Alt+ArrowRight")
    rows = dialog.get_by_role("listitem")
    expect(rows).to_have_text([re.compile("HEIC"), re.compile("pasted")])

    # All of it is sent while one still writes, and nobody is shown a post.
    somebody.has_sent("pasted.jpg", "IMG_0001.HEIC")
    assert {one["caption"] for one in owner.api.items("/me/drafts")} == {""}

    # The service does not answer; the post is there all the same.
    asked: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/api/posts/*/draft", hold)
    page.on("request", lambda one: sent.append(one.url) if _STORAGE.search(one.url) else None)
    dialog.get_by_role("button", name="Post", exact=True).click()
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Half a sentence")).to_be_visible()
    expect(own.get_by_text("Sending, 0 %")).to_be_visible()
    assert somebody.accessibility() == []
    eventually(lambda: len(asked), lambda count: count == 1)
    asked[0].continue_()
    card = somebody.sees_post("Half a sentence")
    expect(card.get_by_role("group", name="Album of 2")).to_be_visible()
    assert sent == [], "nothing was left to be sent"
    _, pasted = owner.api.call("GET", "/feed")["items"][0]["media"]
    assert abs(pasted["width"] - pasted["height"]) < 2, "it was cropped before the reload"
    assert pasted["crop"]["width"] < 1

    page.unroute_all()
    _draft_of_another_device(somebody, owner)
    _sign_out_without_a_trace(somebody)


def _draft_of_another_device(somebody: Visitor, owner: Person) -> None:
    """A draft is put aside, discarded and brought back, and posted where none of it is kept."""
    page = somebody.page
    dialog = somebody.choose_files(samples.photo(35, "sea.jpg"))
    dialog.get_by_label("Caption").fill("Begun on the phone")
    somebody.has_sent("sea.jpg")
    dialog.get_by_role("button", name="Save as draft").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="View").click()
    expect(page.get_by_role("heading", name="Drafts")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Begun on the phone")
    expect(row.get_by_text(re.compile("Kept until"))).to_be_visible()
    assert [one["caption"] for one in owner.api.items("/me/drafts")] == ["Begun on the phone"]
    row.get_by_role("button", name="Discard").click()
    expect(row.get_by_role("button")).to_have_count(0)
    eventually(lambda: len([*owner.api.items("/me/drafts")]), lambda count: count == 0)
    page.get_by_role("button", name="Undo").click()
    eventually(lambda: len([*owner.api.items("/me/drafts")]), lambda count: count == 1)
    expect(row.get_by_text(re.compile("Kept until"))).to_be_visible()
    row.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Begun on the phone")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_role("button", name="Save as draft").click()
    expect(dialog).to_be_hidden()
    expect(row.get_by_role("button", name="Continue")).to_be_enabled()
    # As on a device that has nothing of it.
    page.evaluate(_FORGET_DRAFTS)
    somebody.open()
    page.get_by_role("button", name="New post").click()
    page.get_by_role("button", name="Begun on the phone").click()
    expect(dialog.get_by_label("Caption")).to_have_value("Begun on the phone")
    shown = dialog.get_by_role("group", name="Preview, 1 of 1").locator("img")
    eventually(lambda: shown.evaluate("(picture) => picture.naturalWidth"), until=bool)
    assert somebody.accessibility() == []
    dialog.get_by_label("Caption").fill("Posted at the desk")
    dialog.get_by_role("button", name="Post", exact=True).click()
    somebody.sees_post("Posted at the desk")
    assert [*owner.api.items("/me/drafts")] == []


def _sign_out_without_a_trace(somebody: Visitor) -> None:
    """Nothing of the draft is left for the next one before this screen."""
    page = somebody.page
    somebody.open_settings()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    databases = "indexedDB.databases().then((all) => all.map(({name}) => name))"
    eventually(lambda: page.evaluate(databases), lambda names: names == [])


def _crop_to_a_square(somebody: Visitor, dialog: Locator, name: str) -> None:
    """Crop the first of two files of the post dialog, which then shows what is left."""
    dialog.get_by_role("button", name=name, exact=True).click()
    dialog.get_by_role("button", name=f"Crop {name}").click()
    crop = somebody.page.get_by_role("dialog", name=f"Crop {name}")
    crop.get_by_text("Square").click()
    crop.get_by_role("group", name="The part that is shown").press("Shift+ArrowLeft")
    assert somebody.accessibility() == []
    crop.get_by_role("button", name="Done").click()
    expect(crop).to_be_hidden()
    preview = dialog.get_by_role("group", name="Preview, 1 of 2").locator("img").first
    is_square = "(picture) => Math.abs(picture.naturalWidth - picture.naturalHeight) < 2"
    eventually(lambda: preview.evaluate(is_square), until=bool)


def _draft_in_another_tab(visitor: Visitor) -> None:
    """A second draft beside the first one, which is discarded again."""
    tab = visitor.another_tab()
    # What is being declared when the tab is closed would be left at the service.
    tab.add_init_script(_SAVES_DATA)
    tab.goto("/")
    tab.get_by_role("button", name="New post").click()
    dialog = tab.get_by_role("dialog", name="New post")
    dialog.get_by_label(re.compile("Choose photos")).set_input_files(samples.photo(34))
    dialog.get_by_label("Caption").fill("In the other tab")
    _is_kept(visitor, "draft", "In the other tab")
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_be_hidden()
    # A tab that is closed before it has forgotten the draft leaves it for the next post.
    eventually(
        lambda: visitor.page.evaluate(_READ_SHELF, "draft"),
        lambda kept: not any("In the other tab" in value for value in kept),
    )
    tab.close()


# What is pasted comes by the browser's own event, which no key of a test makes with a file in it.
_PASTE = """(content) => {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "pasted.jpg", {type: "image/jpeg"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData}));
}"""

_FORGET_DRAFTS = """async () => {
  const [found] = (await indexedDB.databases()).filter(({name}) => name.startsWith("shutterfeed."));
  const database = await new Promise((resolve) => {
    const request = indexedDB.open(found.name);
    request.onsuccess = () => resolve(request.result);
  });
  const shelves = database.transaction(["draft", "files"], "readwrite");
  shelves.objectStore("draft").clear();
  shelves.objectStore("files").clear();
  await new Promise((resolve) => { shelves.oncomplete = resolve; });
  database.close();
}"""

_READ_SHELF = """async (shelf) => {
  const [found] = (await indexedDB.databases()).filter(({name}) => name.startsWith("shutterfeed."));
  if (!found) return [];
  const database = await new Promise((resolve) => {
    const request = indexedDB.open(found.name);
    request.onsuccess = () => resolve(request.result);
  });
  const all = await new Promise((resolve) => {
    const request = database.transaction(shelf).objectStore(shelf).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  database.close();
  return all.map((value) => value instanceof File ? value.name : JSON.stringify(value));
}"""


def _is_kept(visitor: Visitor, shelf: str, text: str) -> None:
    """Return once the browser keeps something with this text."""
    eventually(
        lambda: visitor.page.evaluate(_READ_SHELF, shelf),
        lambda kept: any(text in value and f'{text}":null' not in value for value in kept),
    )


def _holds(visitor: Visitor, shelf: str, count: int) -> None:
    """Return once the browser keeps so many of them."""
    eventually(lambda: visitor.page.evaluate(_READ_SHELF, shelf), lambda kept: len(kept) == count)


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
    own.get_by_role("button", name="Post without it").click()
    expect(somebody.sees_post("Without it")).to_be_visible()

    somebody.post(bad, good, caption="With another")
    expect(own.get_by_text("File 1: ")).to_be_visible(timeout=60_000)
    own.get_by_label("Choose another file in place of file 1").set_input_files([other])
    expect(somebody.sees_post("With another")).to_be_visible()
    expect(own).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "EntityTooLarge"), (307, "TemporaryRedirect"), (403, "AccessDenied")]
)
def test_a_refusal_of_the_storage_is_told_at_once(
    visit: Visit, person: Callable[[], Person], status: int, code: str
) -> None:
    somebody = visit(person())
    page = somebody.page
    page.add_init_script(_SAVES_DATA)
    somebody.open()
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
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Not all of it was sent")).to_be_visible()
    expect(own.get_by_text(f"{code} ({status})")).to_be_visible()
    expect(own.get_by_role("button", name="Try again")).to_be_visible()
    # An old link is refused with 403: it is renewed, once.
    assert tried.count("POST") == (2 if status == 403 else 1)


def test_a_storage_that_cannot_be_reached_is_told_from_a_network_that_is_down(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    somebody.expects(_UNREACHED)
    somebody.page.route(_STORAGE, lambda route: route.abort("failed"))
    somebody.post(samples.photo(23), caption="Unreached")
    own = somebody.page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("its storage for files cannot")).to_be_visible(timeout=60_000)


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

"""Every screen, on a phone and on a desktop, in light and dark: for those who look, for those who
listen, and for those without a mouse."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, expect

from shutterfeed_cli.client.content import Photo
from tests import pictures
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.visitor import DESKTOP, PHONE, Scheme, Screen, Visitor
from tests.e2e.conftest import PASSWORD, Deployment, Person, eventually
from tools import demo, demo_data, paths
from tools.painting import scenes

SCREENSHOTS = paths.BUILD / "screenshots"
_MOST_BYTES = 300_000
_SHRUNK = 1 if os.environ.get("SHUTTERFEED_SCREENSHOTS") else 4
"""By how much photos are smaller than the demo's. To paint them as large takes eight seconds, which
only those need who look at the pictures of the documentation: `make screenshots` says so."""
Wrong = dict[tuple[str, Scheme], tuple[list[str], int]]
"""What axe-core finds on each screen in each of the colours, and by how many pixels the page is too
wide."""


@pytest.fixture(scope="module")
def maya(stack: Deployment) -> Person:
    """One of the people of the demo, who follows others and has posted."""
    demo.seed(stack.outputs, stack.endpoint, _SHRUNK)
    tokens = stack.accounts.sign_in("maya@example.com", demo_data.PASSWORD)
    person = Person("maya@example.com", "maya", tokens, stack.api.as_user(tokens.access))
    _schedule(person)
    return person


def _public_post(maya: Person) -> str:
    """The id of a post in her feed that is shown to people who are not signed in. The order of the
    feed is the one in which posts were published, which differs on a busy machine."""
    public = {person.handle for person in demo_data.PEOPLE if not person.private}
    posts = maya.api.feed()["items"]
    return str(next(post["id"] for post in posts if post["author"]["handle"] in public))


def _schedule(maya: Person) -> None:
    """Let a post wait for its time, whose file never comes."""
    publish_at = datetime.now(UTC) + timedelta(days=2)
    photo = Photo(pictures.jpeg(16, 16))
    draft = {
        "caption": "Fog over the harbour",
        "media": [photo.declaration()],
        "publish_at": f"{publish_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    maya.api.send_draft(draft, "scheduled")


def _screens(visitor: Visitor, maya: Person) -> Iterator[str]:
    """Leads the visitor from one to the next."""
    page = visitor.open().page
    expect(page.get_by_role("article").first.locator("img").first).to_be_visible()
    yield "feed"
    page.get_by_role("article").first.get_by_role("button", name="Look closer").first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog")
    expect(viewer.locator("img.picture").first).to_be_visible()
    yield "viewer"
    page.keyboard.press("i")
    expect(viewer.get_by_role("link", name=re.compile("^(Go to p|P)ost"))).to_be_visible()
    yield "viewer, about the picture"
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    page.get_by_role("article").first.get_by_role("button", name="Post options").click()
    expect(page.get_by_role("dialog", name="Post options")).to_be_visible()
    yield "post options"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New post").click()
    expect(page.get_by_role("dialog", name="New post")).to_be_visible()
    yield "post dialog, empty"
    page.keyboard.press("Escape")
    dialog = visitor.choose_files(samples.photo(4), samples.heic(), samples.NOT_A_PHOTO)
    expect(dialog.get_by_role("button", name="Post", exact=True)).to_be_visible()
    yield "post dialog"
    dialog.get_by_role("button", name="Crop lake.jpg").click()
    expect(page.get_by_role("group", name="The part that is shown")).to_be_visible()
    yield "crop"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    visitor.open()
    for path, heading in (
        ("/u/maya", "Maya Lindqvist"),
        ("/u/tomas", "Tomás Rivera"),
        ("/u/maya/followers", None),
        ("/welcome/people", "Follow a few people"),
        ("/settings", "Settings"),
        ("/settings/profile", "Edit profile"),
        ("/settings/security", "Sign-in and security"),
        ("/settings/sessions", "Sessions"),
        ("/settings/privacy", "Who sees your posts"),
        ("/settings/blocked", "Blocked people"),
        ("/settings/muted", "Muted people"),
        ("/settings/answers", "Comments and activity"),
        ("/settings/held", "Held comments"),
        ("/settings/hashtags", "Followed hashtags"),
        ("/settings/reports", "Your reports"),
        ("/settings/export", "Download your data"),
        ("/settings/close", "Close your account"),
        ("/requests", "Follow requests"),
        ("/activity", "Activity"),
        ("/drafts", "Drafts"),
        ("/saved", "Saved posts"),
        ("/liked", "Liked posts"),
        ("/tagged", "Posts you are tagged in"),
        ("/comments", "Your comments"),
        ("/explore", None),
        ("/search?q=maya", None),
        ("/search?q=maya&type=users", None),
        ("/search?q=sea&type=posts", None),
        ("/search?q=mount&type=hashtags", None),
        ("/tags/sea", "#sea"),
        ("/tags/sea?order=best", "#sea"),
        ("/places/M%C3%B6ja", "Möja"),
        ("/uploads", None),
        ("/scheduled", "Scheduled posts"),
        ("/deleted", "Recently deleted"),
        (f"/p/{_public_post(maya)}", None),
        (f"/p/{_public_post(maya)}/likes", "Likes"),
        ("/nowhere", None),
    ):
        visitor.follow(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if heading:
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        yield path
    visitor.follow("/scheduled")
    page.get_by_role("link", name="View").click()
    expect(page.get_by_text("It will be published on")).to_be_visible()
    yield "a scheduled post"
    page.get_by_role("link", name="Scheduled posts").click()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


@pytest.mark.slow
def test_every_screen_can_be_read_by_everybody(visit: Visit, maya: Person) -> None:
    visitor = visit(maya, PHONE)
    found = {name: _wrong(visitor) for name in _screens(visitor, maya)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) > 15


def test_so_can_those_before_one_is_signed_in(visit: Visit, maya: Person) -> None:
    visitor = visit(screen=PHONE)
    found = {}
    signing_in = ("/sign-in", "/sign-up", "/confirm", "/forgot-password")
    public = (f"/p/{_public_post(maya)}", "/u/maya", "/tags/sea")
    for path in (*signing_in, *public):
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        expect(visitor.page.get_by_role("heading", level=1)).to_have_count(1)
        found[path] = _wrong(visitor)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _wrong(visitor: Visitor) -> Wrong:
    """What is wrong with the page on a phone and on a desktop, in light and dark. It is loaded
    once, in one of the schemes, which is the other one each time: it has its size and its colours
    from style sheets alone."""
    first = visitor.scheme()
    second: Scheme = "dark" if first == "light" else "light"
    found: Wrong = {
        ("phone", first): (visitor.accessibility(), visitor.overflow()),
    }
    visitor.turn_into(DESKTOP)
    found["desktop", first] = (visitor.accessibility(), visitor.overflow())
    visitor.page.emulate_media(color_scheme=second)
    assert visitor.scheme() == second
    found["desktop", second] = (visitor.accessibility(colours_alone=True), visitor.overflow())
    visitor.turn_into(PHONE)
    found["phone", second] = (visitor.accessibility(colours_alone=True), visitor.overflow())
    return {where: wrong for where, wrong in found.items() if wrong != ([], 0)}


def test_what_cannot_be_read_is_found(visit: Visit) -> None:
    """Or the two tests above find nothing because they look at nothing."""
    visitor = visit().open("/sign-in")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    visitor.page.evaluate(
        """() => { const image = document.createElement("img");
             image.src = "/favicon.svg"; image.style.minWidth = "5000px";
             const faint = document.createElement("p");
             faint.textContent = "Faint"; faint.style.cssText = "color: #eee; background: #fff";
             document.querySelector("main").append(image, faint); }"""
    )
    found, of_colours = visitor.accessibility(), visitor.accessibility(colours_alone=True)
    assert {one.split(":")[0] for one in found} == {"image-alt", "color-contrast"}
    assert [one.split(":")[0] for one in of_colours] == ["color-contrast"]
    assert visitor.overflow() > 0


def test_all_of_it_works_without_a_mouse(visit: Visit, person: Callable[[], Person]) -> None:
    reader, author = person(), person()
    visitor = visit().open()
    keyboard = visitor.page.keyboard
    expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()
    visitor.tab_to("E-mail")
    keyboard.type(reader.email)
    visitor.tab_to("Password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()

    visitor.open()
    keyboard.press("Tab")
    assert visitor.focused() == "Skip to content"
    expect(visitor.page.get_by_role("link", name="Skip to content")).to_be_in_viewport()

    visitor.tab_to("New post")
    keyboard.press("Enter")
    dialog = visitor.page.get_by_role("dialog", name="New post")
    expect(dialog).to_be_visible()
    assert visitor.page.evaluate("document.activeElement.closest('dialog') !== null")
    visitor.dismiss(dialog)
    assert visitor.focused() == "New post"

    asked = f"/search/suggest?q={author.handle}"
    eventually(lambda: reader.api.call("GET", asked)["items"], until=bool)
    visitor.open("/search")
    # It has the focus by itself, where there is a mouse and so no keyboard on the screen.
    expect(visitor.page.get_by_role("combobox", name="Search")).to_be_focused()
    keyboard.type(f"@{author.handle}")
    # The suggestions for what was typed first may still be there, with others above this one.
    option = visitor.page.get_by_role("option").filter(has_text=re.compile(rf"@{author.handle}\b"))
    expect(option).to_be_visible()
    for _ in range(20):
        keyboard.press("ArrowDown")
        if option.get_attribute("aria-selected") == "true":
            break
    expect(option).to_have_attribute("aria-selected", "true")
    keyboard.press("Enter")
    visitor.page.wait_for_url(f"**/u/{author.handle}")
    visitor.tab_to(f"Follow @{author.handle}")
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("button", name=f"Following @{author.handle}")).to_be_visible()


def test_the_pictures_in_the_documentation_are_made(visit: Visit, maya: Person) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    desk = visit(maya, Screen(1280, 800)).open()
    _take(desk, "feed")
    dialog = desk.choose_files(_painted("calm", "skerries.jpg"), _painted("harbour", "ferry.jpg"))
    dialog.get_by_label("Caption").fill("The last ferry of the season. #archipelago")
    dialog.get_by_label("Description of skerries.jpg").fill("Low islands in evening light")
    _take(desk, "post")
    desk.dismiss(dialog)
    _take(desk.open("/u/tomas"), "profile")
    _take(desk.open("/search?q=sea"), "search")
    _take(visit(maya, Screen(390, 844, "dark", is_phone=True)).open(), "phone")


def _painted(scene: str, name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": scenes.photo(scene, 104, _SHRUNK)}


def _take(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.wait_for_load_state("networkidle")
    expect(page.locator("main img").first).to_be_visible()
    file = SCREENSHOTS / f"{name}.jpg"
    page.screenshot(path=file, type="jpeg", quality=80, scale="css")
    assert file.stat().st_size < _MOST_BYTES

"""Small screens, large text, rings around what has the focus; what is written, where it leads."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import product

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Locator, Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import DESKTOP, PHONE, Screen, Visitor
from tests.e2e.conftest import Person, eventually, published

_CAPTION = (
    "A long way up, and a longer one down, with everything one needs on a long day in the hills: "
    "bread, cheese, a map, a second map for when the first one is wet, and time. More of it at "
    "https://example.com/hills_(and_dales). Thanks {handle} #hills"
)
_BIO = "More: https://example.com, not http://example.org"
_NARROW = Screen(320, 640, is_phone=True)
_SIDEWAYS = Screen(740, 360, is_phone=True)
_TAP_WITH_THE_BUTTON = """new MutationObserver((_, observer) => {
  const look = document.querySelector(".look");
  if (look === null) return;
  observer.disconnect();
  look.parentElement.querySelector("img").click();
}).observe(document, {childList: true, subtree: true})"""


@pytest.fixture(scope="module")
def walker(person: Callable[[], Person]) -> Person:
    """Somebody with posts, a follower, and something to say."""
    walker, follower = person(), person()
    walker.api.edit_me(display_name="Wilhelmina Featherstonehaugh", bio=_BIO)
    caption = _CAPTION.format(handle=f"@{follower.handle}")
    published(walker.api, walker.api.publish([Photo(landscape(301))], caption=caption))
    album = [Photo(landscape(302)), Photo(samples.photo_to_enlarge(303))]
    published(walker.api, walker.api.publish(album, caption="Two of them #hills"))
    follower.api.follow(walker.handle)
    return walker


def _paths(walker: Person) -> list[str]:
    post_id = walker.api.feed()["items"][0]["id"]
    return [
        "/",
        f"/p/{post_id}",
        f"/u/{walker.handle}",
        f"/u/{walker.handle}/followers",
        f"/search?q={walker.handle}",
        "/uploads",
        "/settings",
        "/settings/profile",
        "/settings/privacy",
        "/settings/answers",
        "/activity",
        "/saved",
        "/tags/hills",
    ]


# The rings of what can have the focus, as far as something that scrolls or hides cuts them off.
_CUT_RINGS = """() => {
  const cut = [];
  const main = document.querySelector("dialog[open]") ?? document;
  const takers = "a[href], button, input, textarea, summary, ul[tabindex]";
  for (const element of main.querySelectorAll(takers)) {
    if (element.disabled || element.closest("[hidden]") || !element.checkVisibility()) continue;
    element.focus({focusVisible: true});
    if (document.activeElement !== element) continue;
    const shown = element.matches(".visually-hidden") ? element.closest("label") : element;
    const style = getComputedStyle(shown);
    const ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
    if (style.outlineStyle === "none" || ring <= 0) continue;
    boxes: for (const box of shown.getClientRects()) {
      const [left, right] = [box.left - ring, box.right + ring];
      const [top, bottom] = [box.top - ring, box.bottom + ring];
      const within = document.documentElement.clientWidth;
      let by = left < -0.5 || right > within + 0.5 ? "the screen" : null;
      let around = shown;
      while ((around = around.parentElement) && around !== document.body) {
        const {overflowX, overflowY, overflowClipMargin} = getComputedStyle(around);
        if (overflowX === "visible" && overflowY === "visible") continue;
        const edge = around.getBoundingClientRect();
        const more = overflowX === "clip" ? parseFloat(overflowClipMargin) || 0 : 0;
        // What scrolls shows the rest when it has been scrolled: but not beyond its ends.
        const scrolls = /auto|scroll/.test(overflowY);
        const atTop = !scrolls || around.scrollTop === 0;
        const atEnd = !scrolls || around.scrollTop + around.clientHeight >= around.scrollHeight - 1;
        if (box.bottom < edge.top || box.top > edge.bottom - 4) continue boxes; // not shown
        if (left < edge.left - more - 0.5 || right > edge.right + more + 0.5) by = around.className;
        if (atTop && top < edge.top - more - 0.5) by = around.className;
        if (atEnd && bottom > edge.bottom + more + 0.5) by = around.className;
        if (getComputedStyle(around).position === "fixed") break;
      }
      if (by) cut.push(`${element.ariaLabel || element.textContent || element.id}: cut by ${by}`);
    }
  }
  return cut;
}"""


def _cut_rings(visitor: Visitor) -> dict[str, list[str]]:
    """The rings that are cut off on the page as it is, on a phone or on a desktop."""
    cut = {}
    for name, screen in (("phone", PHONE), ("desktop", DESKTOP)):
        visitor.turn_into(screen)
        cut[name] = visitor.page.evaluate(_CUT_RINGS)
    return {name: rings for name, rings in cut.items() if rings}


def test_rings_around_what_has_the_focus_are_whole_in_dialogs(visit: Visit, walker: Person) -> None:
    somebody = visit(walker).open()
    page = somebody.page
    page.get_by_role("button", name="Post options").first.click()
    page.get_by_role("button", name="Edit post").click()
    found = {"edit": _cut_rings(somebody)}
    dialog = page.get_by_role("dialog")
    somebody.dismiss(dialog)
    page.get_by_role("button", name="Look closer").first.focus()
    page.keyboard.press("Enter")
    expect(dialog.locator("img.picture")).to_be_visible()
    found["viewer"] = _cut_rings(somebody)
    page.keyboard.press("i")
    found["viewer, about the picture"] = _cut_rings(somebody)
    somebody.dismiss(dialog)
    somebody.choose_files(samples.photo(311), samples.photo(312, "b.jpg"))
    found["compose"] = _cut_rings(somebody)
    assert {where: rings for where, rings in found.items() if rings} == {}


def test_a_ring_that_is_cut_is_found(visit: Visit, walker: Person) -> None:
    """Or the test above finds nothing because it looks at nothing."""
    somebody = visit(walker).open()
    somebody.sees_post("Two of them")
    somebody.page.evaluate(
        """() => { const head = document.querySelector(".card-names");
             head.style.overflow = "hidden"; }"""
    )
    assert any("card-names" in ring for ring in somebody.page.evaluate(_CUT_RINGS))


def test_a_ring_is_seen_on_all_sides_of_what_has_the_focus(visit: Visit, walker: Person) -> None:
    """Pictures of it show that: what a style says is not always what is drawn."""
    somebody = visit(walker, PHONE).open()
    card = somebody.sees_post("Two of them")
    somebody.page.wait_for_load_state("networkidle")
    named = {
        "a main page": somebody.page.get_by_role("link", name="Explore", exact=True),
        "a new post": somebody.page.get_by_role("button", name="New post"),
        "an author": card.get_by_role("link", name="Wilhelmina Featherstonehaugh").last,
        "a menu": card.get_by_role("button", name="Post options"),
        "an answer": card.get_by_role("button", name="Like", exact=True),
        "a hashtag": card.get_by_role("link", name="#hills"),
    }
    faint = {}
    for scheme in ("light", "dark"):
        somebody.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        for name, element in named.items():
            sides = _ring(element)
            if min(sides.values()) < _MOST_OF_A_SIDE:
                faint[scheme, name] = sides
    assert faint == {}


# Corners are round.
_MOST_OF_A_SIDE = 0.7
_AROUND = 6


def _ring(element: Locator) -> dict[str, float]:
    """How much of each side of an element changes its colours with the focus: 1 is all of it."""
    element.scroll_into_view_if_needed()
    element.evaluate("(element) => element.blur()")
    before = _pictured(element)
    element.evaluate("(element) => element.focus({focusVisible: true})")
    changed = ImageChops.difference(before, _pictured(element)).convert("L")
    mask = changed.point(lambda value: 255 if value > 40 else 0)
    width, height = mask.size
    deep = 2 * _AROUND
    strips = {
        "top": mask.crop((_AROUND, 0, width - _AROUND, deep)),
        "bottom": mask.crop((_AROUND, height - deep, width - _AROUND, height)),
        "left": mask.crop((0, _AROUND, deep, height - _AROUND)).transpose(_TURNED),
        "right": mask.crop((width - deep, _AROUND, width, height - _AROUND)).transpose(_TURNED),
    }
    return {
        side: sum(strip.crop((x, 0, x + 1, deep)).getbbox() is not None for x in range(strip.width))
        / strip.width
        for side, strip in strips.items()
    }


_TURNED = Image.Transpose.ROTATE_90


def _pictured(element: Locator) -> Image.Image:
    """An element and what is around it."""
    box = element.bounding_box()
    assert box is not None
    clip: FloatRect = {
        "x": box["x"] - _AROUND,
        "y": box["y"] - _AROUND,
        "width": box["width"] + 2 * _AROUND,
        "height": box["height"] + 2 * _AROUND,
    }
    shot = element.page.screenshot(clip=clip, scale="css", animations="disabled")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def test_nothing_is_wider_than_the_screen_and_rings_around_what_has_the_focus_are_whole(
    visit: Visit, walker: Person
) -> None:
    somebody = visit(walker, _NARROW)
    found = {}
    cut = {}
    for path in _paths(walker):
        somebody.open(path)
        somebody.page.wait_for_load_state("networkidle")
        for percent, screen in product((100, 200), (_NARROW, _SIDEWAYS)):
            somebody.turn_into(screen)
            _write(somebody, percent)
            found[path, percent, screen] = (somebody.overflow(), _broken_words(somebody))
        _write(somebody, 100)
        cut[path] = _cut_rings(somebody)
    assert {where: told for where, told in found.items() if told != (0, [])} == {}
    assert {path: rings for path, rings in cut.items() if rings} == {}


def _write(visitor: Visitor, percent: int) -> None:
    """Have the page's text in another size."""
    visitor.page.evaluate(
        "(size) => { document.documentElement.style.fontSize = size; }", f"{percent}%"
    )


def test_a_list_comes_even_if_what_stands_in_for_it_is_taller_than_the_screen(
    visit: Visit, walker: Person
) -> None:
    somebody = visit(walker, _SIDEWAYS).open(f"/u/{walker.handle}")
    expect(somebody.page.locator('a[href^="/p/"]')).to_have_count(2)


def _broken_words(visitor: Visitor) -> list[str]:
    """Buttons, tabs, states and people whose words are broken in the middle, or do not fit."""
    broken: list[str] = visitor.page.evaluate(
        """() => [...document.querySelectorAll(
            ".button, .tab, .badge, .nav-label, .row-title, .user-row .name, .profile-name bdi")]
          .filter((element) => element.checkVisibility())
          .filter((element) => {
            const text = document.createRange();
            const words = element.textContent.trim().split(/\\s+/).length;
            text.selectNodeContents(element);
            const lines = new Set([...text.getClientRects()].map(({top}) => Math.round(top / 8)));
            return element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
              || (!element.matches(".row-title") && lines.size > words + 1);
          })
          .map((element) => `${element.className}: ${element.textContent}`)"""
    )
    return broken


@pytest.mark.parametrize("percent", [100, 200])
def test_a_post_can_be_put_together_on_a_phone_on_its_side(
    visit: Visit, walker: Person, percent: int
) -> None:
    somebody = visit(walker, _SIDEWAYS).open()
    page = somebody.page
    _write(somebody, percent)
    page.get_by_role("button", name="New post").scroll_into_view_if_needed()
    dialog = somebody.choose_files(samples.photo(313))
    caption = dialog.get_by_label("Caption")
    caption.scroll_into_view_if_needed()
    caption.fill("On its side")
    for name in ("Post", "Discard", "Close"):
        expect(dialog.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    # What one writes is not under the buttons, and at least two lines of it are to be seen.
    box, actions = caption.bounding_box(), dialog.locator(".dialog-actions").bounding_box()
    assert box is not None
    assert actions is not None
    assert min(box["y"] + box["height"], actions["y"]) - max(box["y"], 0) >= 48
    somebody.turn_into(_NARROW)
    body = dialog.locator(".dialog-body")
    assert body.evaluate("(body) => body.scrollWidth - body.clientWidth") == 0
    somebody.turn_into(_SIDEWAYS)
    page.keyboard.press("Escape")
    for name in ("Home", "Explore", "Activity", "Profile"):
        link = page.get_by_role("navigation", name="Main").get_by_role("link", name=name)
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport(ratio=1)


def test_web_addresses_hashtags_and_handles_are_links(visit: Visit, walker: Person) -> None:
    somebody = visit(walker).open(f"/u/{walker.handle}")
    page = somebody.page
    expect(page.get_by_role("link", name="http://example.org")).to_have_count(0)
    bio = page.get_by_role("link", name="https://example.com")
    expect(bio).to_have_attribute("rel", "noopener noreferrer nofollow ugc")
    expect(bio).to_have_attribute("href", "https://example.com/")
    post_id = walker.api.feed()["items"][1]["id"]
    somebody.open(f"/p/{post_id}")
    link = page.get_by_role("link", name="https://example.com/hills_(and_dales)", exact=True)
    expect(link).to_have_attribute("target", "_blank")
    mention = page.locator(".caption").get_by_role("link", name="@person")
    expect(mention).to_have_attribute("href", re.compile("^/u/person"))
    page.get_by_role("link", name="#hills").click()
    expect(page.get_by_role("heading", name="#hills")).to_be_visible()


def test_dates_are_written_as_the_browser_has_them(visit: Visit, walker: Person) -> None:
    post_id = walker.api.feed()["items"][0]["id"]
    texts = []
    for locale in ("de-DE", "en-US", "ja-JP"):
        somebody = visit(walker, Screen(1280, 800, locale=locale)).open(f"/p/{post_id}")
        shown = somebody.page.locator(".facts dd").first
        texts.append(shown.inner_text())
        expected = somebody.page.evaluate(
            """(time) => new Date(time).toLocaleString(
                 undefined, {dateStyle: "long", timeStyle: "short"})""",
            walker.api.feed()["items"][0]["published_at"],
        )
        expect(shown).to_have_text(expected)
    assert len(set(texts)) == 3


def test_nobody_is_offered_to_follow_themselves_before_it_is_known_who_they_are(
    visit: Visit, walker: Person
) -> None:
    somebody = visit(walker)
    page = somebody.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/me", hold)
    with page.expect_request("**/api/me"):
        somebody.open(f"/u/{walker.handle}")
    expect(page.get_by_role("link", name="1 follower")).to_be_visible()
    expect(page.get_by_role("button", name="Follow @")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.get_by_role("link", name="Edit profile")).to_be_visible()
    expect(page.get_by_role("button", name="Follow @")).to_have_count(0)


def test_people_are_followed_from_every_list(
    visit: Visit, walker: Person, person: Callable[[], Person]
) -> None:
    reader = person()
    asked = f"/search?q={walker.handle}&type=users"
    eventually(lambda: reader.api.call("GET", asked)["users"], until=bool)
    somebody = visit(reader).open(asked)
    page = somebody.page
    page.get_by_role("button", name=f"Follow @{walker.handle}").click()
    following = page.get_by_role("button", name=f"Following @{walker.handle}")
    expect(following).to_be_visible()
    # It shows in other lists, after a reload too, and nobody is offered to follow themselves.
    somebody.open(f"/u/{reader.handle}/following")
    expect(following).to_be_visible()
    somebody.open(f"/u/{walker.handle}/followers")
    own = page.get_by_role("listitem").filter(has_text=f"@{reader.handle}")
    expect(own).to_be_visible()
    expect(own.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="Follow @")).to_have_count(1)
    # Taken back in one place, it is so in the others.
    somebody.open(f"/u/{reader.handle}/following")
    following.click()
    expect(page.get_by_role("button", name=f"Follow @{walker.handle}")).to_be_visible()
    page.get_by_role("link", name="Wilhelmina").click()
    expect(page.get_by_role("button", name=f"Follow @{walker.handle}")).to_be_visible()


def test_a_picture_that_is_tapped_as_its_button_comes_is_shown(
    visit: Visit, walker: Person
) -> None:
    """The picture itself hears a tap until its button is there, which hears it from then on."""
    somebody = visit(walker)
    somebody.page.add_init_script(_TAP_WITH_THE_BUTTON)
    somebody.open()
    expect(somebody.page.locator("dialog.viewer")).to_be_visible()


def test_a_picture_is_looked_at_closely_and_then_the_one_beside_it(
    visit: Visit, walker: Person
) -> None:
    somebody = visit(walker, PHONE).open(f"/u/{walker.handle}")
    page = somebody.page
    name = "Wilhelmina Featherstonehaugh"
    page.get_by_role("link", name=f"Photo by {name}: Two of them").click()
    viewer = page.get_by_role("dialog")
    _shows(viewer, f"Photo 1 of 2 by {name}")
    enlarge = viewer.get_by_role("button", name="Enlarge")
    whole = viewer.get_by_role("button", name="Show the whole picture")

    # What is enlarged has no gap at an edge, and goes back to where it fits.
    somebody.swipe_left(viewer.locator(".viewer-stage"))
    _shows(viewer, f"Photo 2 of 2 by {name}")
    with somebody.at_one_moment():
        for _ in range(2):
            viewer.locator(".viewer-stage").tap()
    expect(whole).to_be_visible()
    somebody.swipe_left(viewer.locator(".viewer-stage"))
    _shows(viewer, f"Photo 2 of 2 by {name}")
    _covers(viewer)
    # It becomes sharper than it was, in its place.
    sharper = viewer.locator(".viewer-sharper img")
    expect(sharper).to_be_visible(timeout=60_000)
    assert sharper.evaluate("image => image.naturalWidth") == 2048
    assert sharper.bounding_box() == viewer.locator("img.picture").bounding_box()
    page.keyboard.press("0")
    expect(enlarge).to_be_visible()
    page.mouse.move(180, 300)
    page.mouse.wheel(0, -400)
    expect(whole).to_be_visible()
    whole.click()
    expect(enlarge).to_be_visible()

    # On to the post beside it, which is the last one.
    page.keyboard.press("ArrowRight")
    _shows(viewer, f"Photo by {name}")
    expect(viewer.get_by_role("button", name="Next")).to_have_count(0)
    page.keyboard.press("i")
    expect(viewer.get_by_text("A long way up")).to_be_visible()
    like = viewer.get_by_role("button", name="Like", exact=True)
    page.keyboard.press("l")
    expect(like).to_have_attribute("aria-pressed", "true")

    # Back closes it, and leads to the post that one has come to.
    page.go_back()
    expect(viewer).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/u/{walker.handle}$"))
    eventually(lambda: somebody.focused().startswith(f"Photo by {name}: A long way up"), until=bool)


def _shows(viewer: Locator, name: str) -> None:
    expect(viewer).to_have_accessible_name(name)
    expect(viewer.locator("img.picture")).to_be_visible()


def _covers(viewer: Locator) -> None:
    """The enlarged picture reaches the edges of the stage, at least across."""
    stage, moved = (
        viewer.locator(name).bounding_box() for name in (".viewer-stage", ".viewer-moved")
    )
    assert stage is not None
    assert moved is not None
    assert moved["x"] <= stage["x"] + 1
    assert moved["x"] + moved["width"] >= stage["x"] + stage["width"] - 1

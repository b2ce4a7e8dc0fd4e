"""The Content-Security-Policy, in the browser that enforces it, and what is stored of it all."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import Screen, Visitor
from tests.e2e.conftest import Deployment, Person, published

_REPORTING_MS = 500
_REPORTS_ARE_AWAITED = 200
"""Times: a browser on a busy machine takes its time to tell."""


def test_no_script_of_a_strangers_runs(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open()
    expect(somebody.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    somebody.expects("policy violated|Content Security Policy|requires 'Trusted")
    outcome = somebody.page.evaluate(
        """async () => {
          const script = document.createElement("script");
          try { script.text = "window.inline = true"; document.head.append(script); } catch {}
          const image = document.createElement("img");
          image.src = "https://elsewhere.example/pixel.gif";
          document.body.append(image);
          let markup = "refused";
          try { document.createElement("div").innerHTML = "<b>x</b>"; markup = "taken"; } catch {}
          // Not in here, where what drives the browser may do more than the page.
          const evaluated = await new Promise((resolve) => setTimeout(() => {
            try { resolve(String(eval("1 + 1"))); } catch { resolve("refused"); }
          }));
          const style = document.createElement("style");
          style.textContent = "body { color: red }";
          document.head.append(style);
          const told = await fetch("https://elsewhere.example/")
            .then(() => "sent", () => "refused");
          return {inline: window.inline ?? false, markup, evaluated, told};
        }"""
    )
    assert outcome == {
        "inline": False,
        "markup": "refused",
        "evaluated": "refused",
        "told": "refused",
    }
    # The browser reports what it stops: elsewhere, silence means that nothing had to be stopped.
    directives = ("style-src-elem", "img-src", "connect-src", "require-trusted-types-for")
    expected = {f"policy violated: {directive}" for directive in directives}
    reports = ""
    for _ in range(_REPORTS_ARE_AWAITED):
        reports = "".join(somebody.heard())
        if all(report in reports for report in expected):
            break
        somebody.page.wait_for_timeout(_REPORTING_MS)
    assert {report for report in expected if report in reports} == expected


def test_the_feed_and_its_first_picture_are_asked_for_once_and_before_the_apps_code_is_there(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(92))], caption="Asked for early"))
    somebody = visit(owner).open()
    somebody.sees_post("Asked for early")  # and the access token is at hand
    asked: list[str] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    feed = somebody.page.url
    # A page that is left stays for a moment and may still ask for the parts it loads later.
    somebody.page.goto("about:blank")
    somebody.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    somebody.page.route(re.compile(r"/assets/.*\.js$"), hold)
    with somebody.page.expect_response(re.compile("/media/")):
        somebody.page.goto(feed, wait_until="commit")
    # The browser tells of each request in its own time.
    for _ in range(20):
        if held:
            break
        somebody.page.wait_for_timeout(_REPORTING_MS)
    assert len(held) == 1, asked  # all that the first screen needs is in one file
    assert asked.count("/api/feed") == 1
    held[0].continue_()
    somebody.sees_post("Asked for early")
    assert asked.count("/api/feed") == 1
    pictures = [path for path in asked if path.startswith("/media/")]
    assert len(pictures) == 1


def test_everything_comes_from_one_domain(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(91))], caption="From one place"))
    somebody = visit(owner)
    asked: list[str] = []
    somebody.page.on("request", lambda request: asked.append(request.url))
    somebody.open()
    somebody.sees_post("From one place")
    somebody.open(f"/u/{owner.handle}")
    expect(somebody.page.get_by_role("link", name="Edit profile")).to_be_visible()
    site = stack.outputs["SiteUrl"]
    others = {url for url in asked if not url.startswith((f"{site}/", "blob:", "data:"))}
    # Besides it there is only the sign-in.
    assert {urlsplit(url).netloc for url in others} <= {urlsplit(stack.endpoint).netloc}
    assert not [url for url in asked if "eyJ" in url]


def test_the_documentation_is_read_by_anybody_and_tried_by_who_is_signed_in(
    visit: Visit, person: Callable[[], Person]
) -> None:
    nobody = visit(screen=Screen(320, 640, "dark")).open("/docs")
    expect(nobody.page.get_by_role("heading", name="Shutterfeed API")).to_be_visible()
    expect(nobody.page.locator("[data-client]")).not_to_contain_text("<")
    _try(nobody, "GET /health")
    expect(_form(nobody, "GET /health").get_by_role("status")).to_contain_text('"ok"')
    nobody.page.get_by_text("Try GET /me", exact=True).click()
    expect(_form(nobody, "GET /me").get_by_role("button", name="Send")).to_be_disabled()
    assert (nobody.accessibility(), nobody.overflow()) == ([], 0)

    owner = person()
    somebody = visit(owner).open_settings()
    somebody.page.get_by_role("link", name="Documentation of the API").click()
    _try(somebody, "GET /me")
    told = _form(somebody, "GET /me").get_by_role("status")
    expect(told).to_contain_text("200")
    expect(told).to_contain_text(f'"handle": "{owner.handle}"')
    assert (somebody.accessibility(), somebody.overflow()) == ([], 0)


def _form(visitor: Visitor, operation: str) -> Locator:
    return visitor.page.get_by_role("form", name=operation, exact=True)


def _try(visitor: Visitor, operation: str) -> None:
    """Send the request of the form by the keyboard alone."""
    visitor.page.get_by_text(f"Try {operation}", exact=True).press("Enter")
    _form(visitor, operation).get_by_role("button", name="Send").press("Enter")

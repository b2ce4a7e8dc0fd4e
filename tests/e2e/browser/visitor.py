"""Somebody before a browser: what they see and do, and what their browser complains of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    FilePayload,
    Locator,
    Page,
    Route,
    StorageState,
    expect,
)

from shutterfeed_cli.client.http import request
from tests.e2e.browser import journeys
from tests.e2e.conftest import PASSWORD, Person, eventually
from tools import paths
from tools.cloud import LOCAL_CONFIRMATION_CODE

Scheme = Literal["light", "dark"]

_AXE: Final = paths.WEB / "node_modules" / "axe-core" / "axe.min.js"
_OF_COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""axe-core's rules of the category `color`, but for the one that asks for more than we do."""
# None of axe-core's rules that run reads style sheets, which it would all parse beforehand.
_LESS_WORK: Final = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
# A violation is told twice, by the browser's console and by this; one of them cannot be missed.
_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
});
"""
_BLOCKED: Final = "Service Worker registration blocked by Playwright"
"""What a browser says in which the site's worker shall not run: see `Screen.has_worker`."""
_MOST_TABS: Final = 80
_SWIPE_STEPS: Final = 20
REFRESH_KEY: Final = "shutterfeed.refresh"
ACCESS_KEY: Final = "shutterfeed.access"


@dataclass(frozen=True, slots=True)
class Screen:
    width: int
    height: int
    scheme: Scheme = "light"
    is_phone: bool = False
    locale: str = "en-GB"
    has_worker: bool = False
    """Whether the site's worker runs. Without it, tests see and answer every request themselves."""

    def options(self) -> dict[str, Any]:
        """What Playwright makes a context of."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.scheme,
            "has_touch": self.is_phone,
            "device_scale_factor": 2 if self.is_phone else 1,
            "locale": self.locale,
            "timezone_id": "UTC",
            "reduced_motion": "reduce",
            "service_workers": "allow" if self.has_worker else "block",
        }


def remembered(site: str, person: Person) -> StorageState:
    """What the browser of somebody who signed in before holds: no access token, which it renews."""
    token = {"name": REFRESH_KEY, "value": person.tokens.refresh}
    return cast("StorageState", {"origins": [{"origin": site, "localStorage": [token]}]})


DESKTOP: Final = Screen(1280, 800)
PHONE: Final = Screen(360, 740, is_phone=True)


@dataclass
class Visitor:
    """`page` is for what has no name here. Things are found as people find them, by role and
    label."""

    context: BrowserContext
    page: Page = field(init=False)
    _heard: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(_TELL_VIOLATIONS)
        self.page = self.another_tab()

    def another_tab(self) -> Page:
        """A further page of the same browser: whatever the site keeps, they share."""
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self._heard.append(f"uncaught: {error}"))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._heard.append(f"{message.type}: {message.text} ({message.location['url']})")

    def expects(self, pattern: str) -> None:
        """A complaint that is the point of a test."""
        self._expected.append(pattern)

    def heard(self) -> list[str]:
        """All complaints, expected or not."""
        return list(self._heard)

    def complaints(self) -> list[str]:
        expected = [*self._expected, _BLOCKED]
        return [
            text
            for text in self._heard
            if not any(re.search(pattern, text) for pattern in expected)
        ]

    # Where one is

    def open(self, path: str = "/") -> Visitor:
        try:
            self.page.goto(path)
        except Error as error:
            # A dialog that has just closed steps back in history, which may end what begins now.
            if "net::ERR_ABORTED" not in error.message:
                raise
            self.page.goto(path)
        return self

    def follow(self, path: str) -> None:
        """Go to a page of the site as by a link, without loading the site again. Returns once
        nothing has been asked of the network for a while."""
        journeys.follow(self.page, path)

    def open_settings(self) -> Visitor:
        """Open the settings, and wait until all of them are there: what is loaded moves the links
        below it, and a press on one of them would end elsewhere."""
        self.open("/settings")
        self.page.wait_for_load_state("networkidle")
        return self

    def go(self, name: str) -> None:
        """Go to a page by the main navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role(
            "link", name=name, exact=True
        ).click()

    def go_to_uploads(self) -> None:
        """Go to one's own uploads as people do, without loading the page again."""
        self.go("Profile")
        self.page.get_by_role("link", name="Settings").click()
        self.page.get_by_role("link", name="Your uploads").click()

    def sees_text(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    # What one does

    def create_account(self, email: str) -> None:
        """Sign up. What is asked for next is the code that was mailed."""
        page = self.page
        page.get_by_role("link", name="Create an account").click()
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()

    def confirm(self) -> None:
        """Type the code that was mailed, as it may be pasted."""
        code = f" {LOCAL_CONFIRMATION_CODE[:3]} {LOCAL_CONFIRMATION_CODE[3:]}"
        self.page.get_by_label("Code").fill(code)
        self.page.get_by_role("button", name="Confirm").click()

    def skip_welcome(self) -> None:
        """Leave the welcome of new users without doing anything there."""
        expect(self.page.get_by_role("heading", name="Welcome to Shutterfeed")).to_be_visible()
        self.page.get_by_role("button", name="Skip all").click()
        expect(self.page.get_by_role("heading", name="Your feed is empty")).to_be_visible()

    def sign_in(self, email: str) -> None:
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def choose_files(self, *files: FilePayload) -> Locator:
        """Opens the post dialog with these: names, types and contents. Returns the dialog."""
        self.page.get_by_role("button", name="New post").click()
        dialog = self.page.get_by_role("dialog", name="New post")
        dialog.get_by_label(re.compile("Choose photos and videos")).set_input_files(list(files))
        expect(dialog.get_by_role("listitem")).to_have_count(len(files))
        return dialog

    def dismiss(self, dialog: Locator) -> None:
        """Close a dialog with the keyboard. Returns when it has left nothing to go back over: until
        then the browser goes back by itself, which would abort going elsewhere."""
        self.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        self.waits_until("!history.state?.layers")

    def waits_until(self, condition: str) -> None:
        """Return once a condition in JavaScript holds in the page.

        The policy of our pages lets no text be evaluated. It does not hold for what the browser's
        tools evaluate, but it does for what they repeat within the page, as `wait_for_function`
        does if the condition does not hold at once.
        """
        eventually(lambda: self.page.evaluate(condition), until=bool)

    def post(self, *files: FilePayload, caption: str) -> None:
        """Posts them; returns when the uploads are on their way."""
        dialog = self.choose_files(*files)
        dialog.get_by_label("Caption").fill(caption)
        dialog.get_by_role("button", name="Post", exact=True).click()
        expect(dialog).to_be_hidden()

    def has_sent(self, *names: str) -> None:
        """Return once the files of the post dialog are sent, while one still writes."""
        dialog = self.page.get_by_role("dialog", name="New post")
        for name in names:
            sent = dialog.get_by_role("img", name=f"{name} is uploaded")
            expect(sent).to_be_visible(timeout=60_000)

    def card(self, caption: str) -> Locator:
        """A post of the feed."""
        return self.page.get_by_role("feed").get_by_role("article").filter(has_text=caption)

    def sees_post(self, caption: str) -> Locator:
        """The post is in the feed, and its picture is drawn."""
        card = self.card(caption)
        expect(card).to_be_visible(timeout=300_000)
        expect(card.locator("img.picture, .stage img, video").first).to_be_visible()
        return card

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """What is done within is done at the same moment for the page, however long it takes, and
        nothing passes that the page shows for a while only."""
        self.page.clock.install()
        self.page.clock.pause_at(self.page.evaluate("Date.now()"))
        yield
        self.page.clock.resume()

    def swipe_left(self, element: Locator) -> None:
        """Swipe with a finger, by two thirds of the element's width."""
        box = element.bounding_box()
        assert box
        tools = self.context.new_cdp_session(self.page)
        y = box["y"] + box["height"] / 2
        for step in range(_SWIPE_STEPS + 1):
            x = box["x"] + box["width"] * (5 / 6 - 2 / 3 * step / _SWIPE_STEPS)
            kind = "touchMove" if step else "touchStart"
            tools.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    # What one does without a mouse

    def tab_to(self, name: str) -> None:
        """Press Tab until what has this name has the focus. It may still have to appear."""
        named = self.page.get_by_label(name, exact=True)
        for role in ("button", "link"):
            named = named.or_(self.page.get_by_role(role, name=name, exact=True))
        expect(named.first).to_be_visible()
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"{name} cannot be reached with the keyboard")

    def focused(self) -> str:
        """The name of what has the focus; empty where nothing has it."""
        name: str = self.page.evaluate(
            """() => { const at = document.activeElement;
                 if (at === null || at === document.body) return "";
                 return at.ariaLabel || at.labels?.[0]?.textContent || at.textContent; }"""
        )
        return name.strip()

    # What one cannot see

    def accessibility(self, *, colours_alone: bool = False) -> list[str]:
        """What axe-core finds on the page as it is: rule, and the selectors of the elements.
        `colours_alone` is for a page that was looked at before, in other colours."""
        # Not with every page: it is half a megabyte, which few of them need. What the browser is
        # told to run is no part of the page, whose policy has no say in it.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE.read_text())
            self.page.evaluate("axe.configure({noHtml: true})")
        rules = {"runOnly": {"type": "rule", "values": _OF_COLOURS}} if colours_alone else {}
        found = self.page.evaluate(
            """async (options) => (await axe.run(document, options)).violations.map(
                 ({id, nodes}) => `${id}: ${nodes.map(({target}) => target).join(" | ")}`)""",
            {**_LESS_WORK, **rules},
        )
        return [str(violation)[:600] for violation in found]

    def turn_into(self, screen: Screen) -> None:
        """Make this page's screen another one, without loading the page again."""
        self.page.set_viewport_size({"width": screen.width, "height": screen.height})
        tools = self.context.new_cdp_session(self.page)
        tools.send("Emulation.setTouchEmulationEnabled", {"enabled": screen.is_phone})
        tools.detach()

    def overflow(self) -> int:
        """The number of pixels by which the page is wider than the screen."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width

    def scheme(self) -> Scheme:
        """Whether the page is drawn light or dark."""
        dark: bool = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        return "dark" if dark else "light"

    def session(self) -> dict[str, Any]:
        """The access token as the page keeps it."""
        stored = self.page.evaluate("(key) => sessionStorage.getItem(key)", ACCESS_KEY)
        held: dict[str, Any] = json.loads(stored)
        return held

    def network(self, *, up: float = -1, down: float = -1, latency: float = 0) -> None:
        """Throttle this page: kilobytes a second, milliseconds. Without arguments: no more."""
        tools = self.context.new_cdp_session(self.page)
        tools.send("Network.enable")
        tools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": latency,
                "downloadThroughput": down * 1024 if down > 0 else -1,
                "uploadThroughput": up * 1024 if up > 0 else -1,
            },
        )


def expired(route: Route) -> None:
    """Answer as the API does, but with links to media that expired long ago."""
    # Asked from here: the browser's driver does not know names below "localhost".
    sent = {name: value for name, value in route.request.headers.items() if name == "authorization"}
    answer = request("GET", route.request.url, headers=sent)
    body = re.sub(r"&e=\d+", "&e=1000000000", answer.text)
    route.fulfill(content_type="application/json", body=body)

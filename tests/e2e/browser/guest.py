"""Somebody before a browser that speaks only the W3C's protocols: fewer words than a `Visitor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.browser.drivers import Driver
from tests.e2e.browser.line import Line
from tests.e2e.conftest import PASSWORD, eventually
from tools.cloud import LOCAL_CONFIRMATION_CODE

_ROLES: Final = {
    "button": "button, [role=button]",
    "link": "a[href]",
    "field": "input, textarea",
    "heading": "h1, h2, h3",
    "option": "[role=option] .suggestion-text",
    "picture": "[role=feed] .stage img, [role=feed] .slide img",
}
_FIND: Final = """(selector, name, isWhole) => {
  const text = (element) => element?.textContent.replace(/\\s+/g, " ").trim() ?? "";
  const named = (element) =>
    element.getAttribute("aria-label") ??
    (element.matches("img") ? element.alt : null) ??
    ([...(element.labels ?? [])].map(text).join(" ") || text(element));
  for (const element of document.querySelectorAll(selector)) {
    const isIt = isWhole ? named(element) === name : named(element).startsWith(name);
    if (!isIt || !element.checkVisibility()) continue;
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
    const top = document.elementFromPoint(x, y);
    if (element.contains(top) || top?.contains(element)) return { x, y };
  }
  return null;
}"""
_PRESS: Final = (
    {"type": "pointerDown", "button": 0},
    {"type": "pointerUp", "button": 0},
)
_PICTURES: Final = """(caption) =>
  [...document.querySelectorAll("[role=feed] article")]
    .filter((card) => card.textContent.includes(caption))
    .flatMap((card) => [...card.querySelectorAll(".stage img")])
    .filter((image) => image.complete && image.naturalWidth > 0).length"""
_ONCE_LOADED: Final = "(...given) => document.body && (FUNCTION)(...given)"
ESCAPE: Final = "\ue00c"
PHONE: Final = (390, 844)
DESKTOP: Final = (1280, 900)
# Bytes that are sent never arrive, until the page is loaded again.
_HOLD_FILES: Final = "() => { XMLHttpRequest.prototype.send = () => undefined; }"
# The site's worker is ready, which has what the app needs without a network from the next page on.
_HAS_WORKER: Final = "() => navigator.serviceWorker.ready.then(() => true)"
_TOO_WIDE: Final = """() =>
  document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass(frozen=True, slots=True)
class Guest:
    """Finds things by role and name, as people do, and waits for them."""

    driver: Driver
    site: str
    line: Line
    """The browser's only way to the network."""

    def open(self, path: str = "/") -> None:
        self.driver.open(self.site + path)

    def turn_into(self, screen: tuple[int, int]) -> None:
        """Make this a window of another size, without loading the page again."""
        self.driver.resize(*screen)

    def fits(self) -> None:
        """Nothing is wider than the window."""
        assert self.driver.run(_TOO_WIDE) == 0

    def until(self, function: str, *arguments: str | bool) -> Any:
        """What a function returns in the page, once that is something. A page that is being loaded,
        maybe again by itself, is waited for."""
        asked = _ONCE_LOADED.replace("FUNCTION", function)
        try:
            return eventually(lambda: self.driver.run(asked, *arguments), until=bool)
        except pytest.fail.Exception as failure:
            shown = self.driver.run("() => document.body?.innerText")
            raise AssertionError(f"{arguments} is not there. The page says: {shown}") from failure

    def sees(self, role: str, name: str, *, is_whole: bool = False) -> tuple[int, int]:
        """The middle of the first thing with this role whose name is this or, unless `is_whole`,
        begins so, once it is there."""
        found = self.until(_FIND, _ROLES[role], name, is_whole)
        return found["x"], found["y"]

    def sees_text(self, text: str) -> None:
        self.until("(text) => document.body.innerText.includes(text)", text)

    def sees_post(self, caption: str) -> None:
        """The post is in the feed, and a picture of it is drawn."""
        self.until(_PICTURES, caption)

    def press(self, role: str, name: str, *, is_whole: bool = False) -> None:
        seen: list[tuple[int, int]] = []

        def is_still() -> bool:
            seen.append(self.sees(role, name, is_whole=is_whole))
            return seen[-2:] == [seen[-1]] * 2

        # What still moves would be missed, and something else pressed in its place.
        eventually(is_still, until=bool)
        x, y = seen[-1]
        move = {"type": "pointerMove", "x": x, "y": y, "duration": 0}
        pointer = {"pointerType": "mouse"}
        actions = [move, *_PRESS]
        self.driver.act(
            {"type": "pointer", "id": "mouse", "parameters": pointer, "actions": actions}
        )

    def type(self, keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.driver.act({"type": "key", "id": "keyboard", "actions": actions})

    def write(self, field: str, text: str) -> None:
        self.press("field", field)
        self.type(text)

    # What one does

    def sign_up(self, email: str) -> None:
        self.press("link", "Create an account")
        self.write("E-mail", email)
        self.write("Password", PASSWORD)
        self.press("button", "Create account")
        self.sees("heading", "Confirm your e-mail address")
        self.write("Code", LOCAL_CONFIRMATION_CODE)
        self.press("button", "Confirm")

    def post(self, files: Sequence[Path], caption: str) -> None:
        """Post as somebody who has kept the first handle, and is asked for another one before.

        There is no network until the post stands in the feed. Once there is, it is sent by itself,
        and the page is loaded again before any of the files has arrived: they go on by themselves,
        too."""
        self.until(_HAS_WORKER)
        self.open()
        self.press("button", "New post")
        self.press("button", "Not now")
        self.sees("heading", "New post")
        self.driver.run(_HOLD_FILES)
        self.line.cut()
        self.driver.give("dialog input[type=file]", files)
        self.write("Caption", caption)
        self.press("button", "Post")
        self.sees_text(caption)
        self.sees_text("Your post is kept here")
        self.line.mend()
        self.sees_text("Sending")
        self.open()

    def be_nobody(self) -> None:
        """Be as on a device on which nobody has signed in, from the next page on."""
        self.driver.run("() => { localStorage.clear(); sessionStorage.clear(); }")

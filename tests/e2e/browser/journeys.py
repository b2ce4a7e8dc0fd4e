"""Going from one page of the site to another without loading the site again."""

from __future__ import annotations

import time
from typing import Final

from playwright.sync_api import Page, Request

# What is shown of a page asks for the rest of it some frames later.
_PRESS: Final = """async (path) => {
  const link = document.createElement("a");
  link.href = path;
  document.body.append(link);
  link.click();
  link.remove();
  const frame = () => new Promise(requestAnimationFrame);
  await frame().then(frame).then(frame);
}"""
_QUIET_SECONDS: Final = 0.5
"""As with Playwright's `networkidle`, which it knows only of a page that is loaded."""
_MOST_SECONDS: Final = 90
_LOOK_AGAIN_MS: Final = 50


def follow(page: Page, path: str) -> None:
    """Press a link to a path of the site. Returns once nothing has been asked of the network for a
    while. Raises `AssertionError` if something is not answered."""
    under_way: set[Request] = set()
    began = changed = time.monotonic()

    def begin(request: Request) -> None:
        under_way.add(request)

    def end(request: Request) -> None:
        nonlocal changed
        under_way.discard(request)
        changed = time.monotonic()

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    page.evaluate(_PRESS, path)
    changed = time.monotonic()
    while under_way or time.monotonic() < changed + _QUIET_SECONDS:
        page.wait_for_timeout(_LOOK_AGAIN_MS)
        unanswered = [request.url for request in under_way]
        assert time.monotonic() < began + _MOST_SECONDS, unanswered
    page.remove_listener("request", begin)
    page.remove_listener("requestfinished", end)
    page.remove_listener("requestfailed", end)

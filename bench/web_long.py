"""What a long feed takes of the browser's memory, and how soon a picture opens in the viewer.

The feed is as long as wanted, and made of copies of the posts that somebody's feed really has:
publishing thousands would take an hour, and the page cannot tell them from others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.http import request

OpenPage = Callable[[], AbstractContextManager[Page]]
_MIB: Final = 1024 * 1024
_PAGE: Final = 100
"""Posts in an answer: as many as the API gives at most."""
_STEP_MS: Final = 50
_PATIENCE_STEPS: Final = 2_400
_POSTS: Final = "document.querySelectorAll('[data-post]').length"
# How long the events of interactions took, as browsers report it: from the key to the paint.
_WATCH: Final = """() => {
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const {interactionId, duration} of list.getEntries())
      if (interactionId) window.interactions.push(duration);
  }).observe({type: "event", durationThreshold: 16});
}"""
# Null until the picture is there; then the milliseconds since the key.
_DRAWN: Final = """async (began) => {
  const picture = document.querySelector("dialog.viewer img.picture");
  if (!picture?.complete) return null;
  await picture.decode();
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def figures(open_page: OpenPage, feed_url: str, token: str, posts: int) -> list[Figure]:
    """`open_page` opens the feed of somebody signed in on a slow phone; `token` is their access
    token. The long feed has `posts` posts."""
    first = request("GET", feed_url, headers={"authorization": f"Bearer {token}"}).json()
    with open_page() as page:
        to_paint, to_picture = _viewer(page)
    with open_page() as page:
        page.route("**/api/feed?*", lambda route: _answer(route, first, posts))
        heap, nodes = _long(page, posts)
    return [
        Figure("opening the viewer: interaction to next paint", to_paint, "ms", "<= 200"),
        Figure("opening the viewer: until its picture is drawn", to_picture, "ms"),
        Figure(f"script's memory over {posts:,} posts", heap / _MIB, "MB", "<= 40"),
        Figure(f"nodes of the page over {posts:,} posts", nodes, ""),
    ]


def _viewer(page: Page) -> tuple[float, float]:
    """Milliseconds until something is painted after the key that opens the viewer, and until the
    picture is."""
    button = page.get_by_role("button", name="Look closer").first
    button.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    button.focus()
    began = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    to_picture = _waited(page, lambda: page.evaluate(_DRAWN, began))
    return _waited(
        page, lambda: max(page.evaluate("window.interactions"), default=None)
    ), to_picture


def _waited(page: Page, look: Callable[[], float | None]) -> float:
    for _ in range(_PATIENCE_STEPS):
        if (found := look()) is not None:
            return found
        page.wait_for_timeout(_STEP_MS)
    raise TimeoutError("the viewer's picture is not drawn")


def _long(page: Page, posts: int) -> tuple[float, float]:
    """The bytes of the script's heap and the nodes of the page, once all posts have been seen."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 1})  # the time is of no interest
    page.reload()
    page.get_by_role("article").first.wait_for()
    seen = 0
    while seen < posts:
        page.evaluate("window.scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
        page.wait_for_timeout(_STEP_MS)
        seen = page.evaluate(_POSTS)
        show(f"{seen:,} of {posts:,} posts")
    clear()
    page.wait_for_timeout(1_000)
    for _ in range(2):
        tools.send("HeapProfiler.collectGarbage")
    heap = tools.send("Runtime.getHeapUsage")["usedSize"]
    return float(heap), float(tools.send("Memory.getDOMCounters")["nodes"])


def _answer(route: Route, first: dict[str, Any], posts: int) -> None:
    """A page of copies; its cursor is the number of posts before it."""
    asked = parse_qs(urlsplit(route.request.url).query)
    if "since" in asked:
        body: dict[str, Any] = {**first, "items": [], "new": None}
    else:
        start = int(asked.get("cursor", ["0"])[0])
        end = min(posts, start + _PAGE)
        items = [_copy(first["items"], number) for number in range(start, end)]
        body = {**first, "items": items, "next_cursor": str(end) if end < posts else None}
    route.fulfill(content_type="application/json", body=json.dumps(body))


def _copy(items: Sequence[dict[str, Any]], number: int) -> dict[str, Any]:
    post = items[number % len(items)]
    author_id, _, _ = post["id"].partition("-")
    return {**post, "id": f"{author_id}-{number:026d}", "caption": f"{post['caption']}, {number}"}

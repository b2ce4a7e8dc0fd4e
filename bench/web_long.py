"""What a long feed takes of the browser's memory.

The feed is as long as wanted, and made of copies of the posts that somebody's feed really has:
publishing thousands would take an hour, and the page cannot tell them from others. The browser
itself says what the page takes: of its script, and of all that it draws. It says so to a page that
is isolated from others, which the answer with the page makes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from bench.figures import Figure
from bench.progress import clear, show
from bench.web_acts import OpenPage
from shutterfeed_cli.client.http import request

_MB: Final = 1_000_000
_PAGE: Final = 100
"""Posts in an answer: as many as the API gives at most."""
_STEP_MS: Final = 50
_PATIENCE_MS: Final = 30_000
"""How long to wait for the next posts, without the time that the browser itself takes."""
_POSTS: Final = "document.querySelectorAll('[data-post]').length"
_ISOLATION: Final = {
    "cross-origin-opener-policy": "same-origin",
    # Pictures of another origin are shown, too, which that of `require-corp` would not do.
    "cross-origin-embedder-policy": "credentialless",
}
# Its text, and its headers but that by which it was compressed.
_PAGE_ITSELF: Final = """async () => {
  const response = await fetch("/");
  const headers = Object.fromEntries(response.headers);
  delete headers["content-encoding"];
  delete headers["content-length"];
  return [await response.text(), headers];
}"""
_MEASURE: Final = "() => performance.measureUserAgentSpecificMemory()"


def figures(open_page: OpenPage, feed_url: str, token: str, posts: int) -> list[Figure]:
    """`open_page` opens the feed of somebody signed in; `token` is their access token. The long
    feed has `posts` posts."""
    first = request("GET", feed_url, headers={"authorization": f"Bearer {token}"}).json()
    with open_page() as page:
        page.route("**/api/feed?*", lambda route: _answer(route, first, posts))
        _isolate(page)
        _scroll(page, posts)
        memory: dict[str, Any] = page.evaluate(_MEASURE)
        tools = page.context.new_cdp_session(page)
        nodes = float(tools.send("Memory.getDOMCounters")["nodes"])
    script, drawn = (_bytes(memory, kind) for kind in ("JavaScript", "DOM"))
    return [
        Figure(f"memory over {posts:,} posts", memory["bytes"] / _MB, "MB", "<= 40"),
        Figure("of that, the script's", script / _MB, "MB"),
        Figure("of that, what is drawn", drawn / _MB, "MB"),
        Figure(f"nodes of the page over {posts:,} posts", nodes, ""),
    ]


def _bytes(memory: dict[str, Any], kind: str) -> int:
    return sum(part["bytes"] for part in memory["breakdown"] if kind in part["types"])


def _scroll(page: Page, posts: int) -> None:
    """See all posts, from the first to the last. Raises `RuntimeError` if no more come."""
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 1})  # the time is of no interest
    page.reload()
    page.get_by_role("article").first.wait_for()
    seen = waited = 0
    while seen < posts:
        page.evaluate("window.scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
        page.wait_for_timeout(_STEP_MS)
        before, seen = seen, page.evaluate(_POSTS)
        waited = 0 if seen > before else waited + _STEP_MS
        if waited > _PATIENCE_MS:
            raise RuntimeError(f"The feed ends at {seen:,} of {posts:,} posts.")
        show(f"{seen:,} of {posts:,} posts")
    clear()
    page.wait_for_timeout(1_000)


def _isolate(page: Page) -> None:
    """Have the page, from its next load on, as one that the browser tells how much it takes."""
    html, headers = page.evaluate(_PAGE_ITSELF)
    answer = {**headers, **_ISOLATION}
    page.route(
        lambda url: urlsplit(url).path == "/",
        lambda route: route.fulfill(body=html, headers=answer),
    )


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

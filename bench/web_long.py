"""What a long feed takes of the browser's memory.

The feed is as long as wanted, and made of copies of the posts that somebody's feed really has:
publishing thousands would take an hour, and the page cannot tell them from others. The browser's
tools say what is in use once garbage is collected: by its script, and by what the browser keeps for
it, above all the nodes of the page.
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


def figures(open_page: OpenPage, feed_url: str, token: str, posts: int) -> list[Figure]:
    """`open_page` opens the feed of somebody signed in; `token` is their access token. The long
    feed has `posts` posts."""
    first = request("GET", feed_url, headers={"authorization": f"Bearer {token}"}).json()
    with open_page() as page:
        page.route("**/api/feed?*", lambda route: _answer(route, first, posts))
        _scroll(page, posts)
        tools = page.context.new_cdp_session(page)
        tools.send("HeapProfiler.collectGarbage")
        used = tools.send("Runtime.getHeapUsage")
        nodes = float(tools.send("Memory.getDOMCounters")["nodes"])
    script = used["usedSize"] / _MB
    kept = (used["embedderHeapUsedSize"] + used["backingStorageSize"]) / _MB
    return [
        Figure(f"memory over {posts:,} posts", script + kept, "MB", "<= 40"),
        Figure("of that, the script's", script, "MB"),
        Figure("of that, what the browser keeps for it", kept, "MB"),
        Figure(f"nodes of the page over {posts:,} posts", nodes, ""),
    ]


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

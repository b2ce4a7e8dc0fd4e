"""How soon the page answers somebody on a slow phone: a like, a picture that is opened, the dialog
of a new post, and a post that is seen where it will be.

Each is done from the keyboard, since a press is one event whatever the screen. What is measured is
what browsers report as interaction to next paint: from the event to the next frame. They report
nothing of an event that took less than 16 ms: it counts as 16, which is an upper bound.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median
from typing import Any, Final

from playwright.sync_api import FilePayload, Locator, Page, Route

from bench.figures import Figure
from tools.pictures import landscape

OpenPage = Callable[[], AbstractContextManager[Page]]
_STEP_MS: Final = 50
_PATIENCE_STEPS: Final = 2_400
# The shortest time that browsers report of an event, in milliseconds: the least threshold of the
# Event Timing API. An interaction of which nothing is reported was painted sooner.
_SHORTEST_MS: Final = 16
# What is reported of events from here on: from the event to the paint.
_WATCH: Final = f"""() => {{
  window.interactions = [];
  window.allReported = false;
  const watch = new PerformanceObserver((list) => {{
    for (const {{interactionId, duration, startTime}} of list.getEntries())
      if (startTime >= window.lastKey) window.allReported = true;
      else if (interactionId) window.interactions.push(duration);
    if (window.allReported) watch.disconnect();
  }});
  watch.observe({{type: "event", durationThreshold: {_SHORTEST_MS}}});
}}"""
# The next key takes so long that it is reported for certain. Events are reported in their order.
_REPORT_NEXT_KEY: Final = f"""() => {{
  addEventListener("keydown", ({{timeStamp}}) => {{
    window.lastKey = timeStamp;
    while (performance.now() < timeStamp + {3 * _SHORTEST_MS});
  }}, {{capture: true, once: true}});
}}"""
# A key that does nothing on any page.
_KEY_OF_NO_EFFECT: Final = "Shift"
# Null until the picture is there; then the milliseconds since the key.
_DRAWN: Final = """async (began) => {
  const picture = document.querySelector("dialog.viewer img.picture");
  if (!picture?.complete) return null;
  await picture.decode();
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
# The milliseconds from a click to the frame in which the post stands in the feed.
_POSTED: Final = """() => {
  addEventListener("click", ({timeStamp}) => {
    const look = () => {
      if (document.querySelector(".pending-post") === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => {
        window.posted = performance.now() - timeStamp;
      }));
    };
    look();
  }, {capture: true, once: true});
}"""


def figures(open_page: OpenPage, visits: int) -> list[Figure]:
    """`open_page` opens the feed of somebody signed in on a slow phone. Medians of `visits`."""
    seen = [_visit(open_page) for _ in range(visits)]
    return [
        Figure(name, median(visit[name] for visit in seen), "ms", goal)
        for name, goal in _GOALS.items()
    ]


_GOALS: Final = {
    "like: interaction to next paint": "<= 200",
    "opening the viewer: interaction to next paint": "<= 200",
    "opening the viewer: until its picture is drawn": None,
    "opening the post dialog: interaction to next paint": "<= 200",
    "from Post to seen as posted": "<= 100",
}


def _visit(open_page: OpenPage) -> dict[str, float]:
    with open_page() as page:
        like = page.get_by_role("button", name="Like").first
        to_liked = to_next_paint(page, like)
        to_viewer, to_picture = _viewer(page)
    with open_page() as page:
        to_dialog, to_posted = _post(page)
    measured = (to_liked, to_viewer, to_picture, to_dialog, to_posted)
    return dict(zip(_GOALS, measured, strict=True))


def to_next_paint(page: Page, button: Locator) -> float:
    """Milliseconds until something is painted after the key that presses a button, 16 at least:
    what is painted sooner is not reported."""
    _press(page, button)
    return _reported(page)


def _press(page: Page, button: Locator) -> None:
    button.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    button.focus()
    page.keyboard.press("Enter")


def _reported(page: Page) -> float:
    """What is reported of the interaction, once everything is that happened until now."""
    page.evaluate(_REPORT_NEXT_KEY)
    page.keyboard.press(_KEY_OF_NO_EFFECT)
    _waited(page, lambda: page.evaluate("window.allReported || null"))
    reported: list[float] = page.evaluate("window.interactions")
    return max(reported, default=_SHORTEST_MS)


def _viewer(page: Page) -> tuple[float, float]:
    """Milliseconds until something is painted after the key that opens the viewer, and until the
    picture is."""
    began = page.evaluate("performance.now()")
    _press(page, page.get_by_role("button", name="Look closer").first)
    to_picture = _waited(page, lambda: page.evaluate(_DRAWN, began))
    return _reported(page), to_picture


def _post(page: Page) -> tuple[float, float]:
    """Milliseconds until something is painted after the key that opens the dialog of a new post,
    and from its last button to the post in the feed. The post itself is refused."""
    page.route("**/api/posts", _refuse)
    to_paint = to_next_paint(page, page.get_by_role("button", name="New post"))
    dialog = page.get_by_role("dialog", name="New post")
    picture = FilePayload(name="lake.jpg", mimeType="image/jpeg", buffer=landscape(1))
    dialog.locator("input[type=file]").first.set_input_files([picture])
    post = dialog.get_by_role("button", name="Post", exact=True)
    post.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(_POSTED)
    post.focus()
    page.keyboard.press("Enter")
    return to_paint, _waited(page, lambda: page.evaluate("window.posted"))


def _refuse(route: Route) -> None:
    error = {"code": "too_many_requests", "message": "Not now.", "field": None}
    route.fulfill(status=400, content_type="application/json", body=json.dumps({"error": error}))


def _waited(page: Page, look: Callable[[], Any]) -> float:
    for _ in range(_PATIENCE_STEPS):
        if (found := look()) is not None:
            return float(found)
        page.wait_for_timeout(_STEP_MS)
    raise TimeoutError("the page does not answer")

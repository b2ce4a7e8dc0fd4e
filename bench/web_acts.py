"""How soon the page answers somebody on a slow phone: a like, a picture that is opened, the dialog
of a new post, and a post that is seen where it will be.

Each is done from the keyboard, since a press is one event whatever the screen. What is measured is
what browsers report as interaction to next paint: from the event to the next frame.
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
        to_liked = _to_next_paint(page, like)
        to_viewer, to_picture = _viewer(page)
    with open_page() as page:
        to_dialog, to_posted = _post(page)
    measured = (to_liked, to_viewer, to_picture, to_dialog, to_posted)
    return dict(zip(_GOALS, measured, strict=True))


def _to_next_paint(page: Page, button: Locator) -> float:
    """Milliseconds until something is painted after the key that presses a button."""
    button.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    button.focus()
    page.keyboard.press("Enter")
    return _waited(page, lambda: max(page.evaluate("window.interactions"), default=None))


def _viewer(page: Page) -> tuple[float, float]:
    """Milliseconds until something is painted after the key that opens the viewer, and until the
    picture is."""
    began = page.evaluate("performance.now()")
    to_paint = _to_next_paint(page, page.get_by_role("button", name="Look closer").first)
    return to_paint, _waited(page, lambda: page.evaluate(_DRAWN, began))


def _post(page: Page) -> tuple[float, float]:
    """Milliseconds until something is painted after the key that opens the dialog of a new post,
    and from its last button to the post in the feed. The post itself is refused."""
    page.route("**/api/posts", _refuse)
    to_paint = _to_next_paint(page, page.get_by_role("button", name="New post"))
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

"""The web client's first screen, as fast as on a mid-range phone, on a local cloud of its own; how
soon it answers there, and a long feed.

Chromium is slowed down as Lighthouse slows it for its mobile score: a quarter of this machine's
speed, 1.6 Mbit/s down, 0.75 up, 150 ms to and fro. Nothing is cached, somebody is signed in, and
their feed has 20 posts. Figures are medians of several visits. On the local cloud the site's files
are compressed where they are stored, as CloudFront compresses them on the way in AWS; the API's
answers are not.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, cast

from playwright.sync_api import Browser, Page, StorageState

from bench import web_acts, web_long
from bench.deployment import PASSWORD, Deployment, deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.accounts import SignIn
from shutterfeed_cli.client.content import Photo
from tools import browser, paths
from tools.errors import Unavailable
from tools.pictures import landscape

_AUTHOR, _READER = "web_author", "web_reader"
_KIB: Final = 1024
_SLOW_CPU: Final = 4
_NETWORK: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_PHONE: Final = {"width": 412, "height": 823}
_OBSERVE: Final = """
window.measured = {paint: 0, shifts: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.measured.paint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.measured.shifts.push([entry.startTime, entry.value]);
}).observe({type: "layout-shift", buffered: true});
"""
# On a busy machine the network is idle for long enough before the picture is even asked for.
_DRAWN: Final = """async (image) => {
  await image.decode();
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}"""
_RESOURCES: Final = """() => performance.getEntriesByType("resource").map(
  ({name, startTime, encodedBodySize}) => ({name, startTime, size: encodedBodySize}))"""


@dataclass(frozen=True, slots=True)
class Visit:
    """The measurements of one visit; times are in milliseconds since it began."""

    paint: float
    """When the largest picture or text of the first screen was drawn."""
    shift: float
    script_bytes: int
    """Bytes of scripts, as transferred, whose requests began before that paint."""
    requests: int
    """The number of requests that began before that paint, including the page itself."""
    api_calls: int
    """The number of calls to the API that began before the first picture was requested."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many posts the feeds have, and how often the first is opened in each way."""

    posts: int
    visits: int
    long: int
    """How many posts the feed has whose memory is measured."""


FULL: Final = Size(posts=20, visits=5, long=5_000)
TOY: Final = Size(posts=1, visits=1, long=60)
MINUTES: Final = 6.0


def run(size: Size) -> list[Figure]:
    path = browser.executable()
    if path is None:
        raise Unavailable(f"This needs one of {', '.join(browser.NAMES)}.")
    with deployed() as deployment:
        tokens = _reader_of_posts(deployment, size.posts)
        with browser.chromium(path) as chromium:
            site = deployment.outputs["SiteUrl"]
            feed_url = f"{site}/api/feed?limit=20"

            def open_page() -> AbstractContextManager[Page]:
                return _opened(chromium, site, tokens, renews=False)

            return [
                *_figures(chromium, site, tokens, size.visits),
                Figure("all scripts together, compressed", _together() / _KIB, "KB", "<= 80"),
                *web_acts.figures(open_page, size.visits),
                *web_long.figures(open_page, feed_url, tokens.access, size.long),
            ]


def _together() -> int:
    """The compressed bytes of all scripts that a browser keeps of the app: not the moderators', nor
    the documentation's."""
    kept = (paths.SITE / "service-worker.js").read_text()
    return sum(
        len(gzip.compress(script.read_bytes()))
        for script in (paths.SITE / "assets").glob("*.js")
        if script.name in kept
    )


def _reader_of_posts(deployment: Deployment, posts: int) -> SignIn:
    """Somebody whose feed is full of pictures."""
    author, reader = map(deployment.person, (_AUTHOR, _READER))
    reader.follow(_AUTHOR)
    for number in range(posts):
        show(f"post {number + 1} of {posts}")
        author.wait_until_final(
            author.publish([Photo(landscape(number))], caption=f"Picture {number}")
        )
    clear()
    return deployment.accounts.sign_in(f"{_READER}@example.com", PASSWORD)


def _figures(chromium: Browser, site: str, tokens: SignIn, count: int) -> list[Figure]:
    _visit(chromium, site, tokens, renews=False)  # the functions are warm from here on
    visits = [_visit(chromium, site, tokens, renews=False) for _ in range(count)]
    renewing = [_visit(chromium, site, tokens, renews=True) for _ in range(count)]
    return [
        Figure("largest contentful paint", median(v.paint for v in visits) / 1000, "s", "<= 1.5"),
        Figure(
            "the same, where the session is renewed first",
            median(v.paint for v in renewing) / 1000,
            "s",
        ),
        Figure("cumulative layout shift", median(v.shift for v in visits), "", "<= 0.02"),
        Figure(
            "script of the first screen, compressed",
            median(v.script_bytes for v in visits) / _KIB,
            "KB",
            "<= 25",
        ),
        Figure("requests for the first screen", median(v.requests for v in visits), ""),
        Figure(
            "API calls before the first picture", median(v.api_calls for v in visits), "", "<= 1"
        ),
    ]


def _visit(chromium: Browser, site: str, tokens: SignIn, *, renews: bool) -> Visit:
    """A first visit with an empty cache; `renews`: without an access token at hand."""
    with _opened(chromium, site, tokens, renews=renews) as page:
        page.get_by_role("article").first.locator("img").first.evaluate(_DRAWN)
        page.wait_for_load_state("networkidle")
        return _measured(page)


@contextmanager
def _opened(chromium: Browser, site: str, tokens: SignIn, *, renews: bool) -> Iterator[Page]:
    """The site in a browser of its own, as slow as a phone."""
    held = {"name": "shutterfeed.refresh", "value": tokens.refresh}
    state = cast("StorageState", {"origins": [{"origin": site, "localStorage": [held]}]})
    context = chromium.new_context(
        viewport={"width": _PHONE["width"], "height": _PHONE["height"]},
        device_scale_factor=2.6,
        is_mobile=True,
        has_touch=True,
        storage_state=state,
    )
    try:
        context.add_init_script(_OBSERVE)
        if not renews:
            access = json.dumps({"token": tokens.access, "expiresAt": 10**14})
            context.add_init_script(
                f"sessionStorage.setItem('shutterfeed.access', {json.dumps(access)})"
            )
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", _NETWORK)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOW_CPU})
        page.goto(site, timeout=60_000)
        yield page
    finally:
        context.close()


def _measured(page: Page) -> Visit:
    measured: dict[str, Any] = page.evaluate("window.measured")
    resources: list[dict[str, Any]] = page.evaluate(_RESOURCES)
    paint = measured["paint"]
    pictures = [r["startTime"] for r in resources if "/media/" in r["name"]]
    return Visit(
        paint=paint,
        shift=_largest_window(measured["shifts"]),
        script_bytes=sum(
            r["size"] for r in resources if r["name"].endswith(".js") and r["startTime"] < paint
        ),
        requests=1 + sum(r["startTime"] < paint for r in resources),
        api_calls=sum("/api/" in r["name"] and r["startTime"] < min(pictures) for r in resources),
    )


def _largest_window(shifts: Sequence[Sequence[float]]) -> float:
    """The sum of shifts that follow one another within a second, five seconds at most, where it is
    largest: what is called cumulative layout shift."""
    largest = total = 0.0
    first = last = float("-inf")
    for time, value in shifts:
        if time - last > 1_000 or time - first > 5_000:
            first, total = time, 0.0
        total += value
        last = time
        largest = max(largest, total)
    return largest

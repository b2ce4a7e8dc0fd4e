"""The main job in the engines of Firefox and of Safari."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.browser import drivers, line, samples
from tests.e2e.browser.guest import DESKTOP, ESCAPE, PHONE, Guest
from tests.e2e.conftest import Deployment, Person

_OPEN: dict[str, Callable[[str, int], AbstractContextManager[drivers.Driver]]] = {
    drivers.FIREFOX: drivers.firefox,
    drivers.WEBKIT: drivers.webkit,
}
_LINK = """(caption) => {
  const cards = [...document.querySelectorAll("[role=feed] article")];
  const card = cards.find((one) => one.textContent.includes(caption));
  return card?.querySelector("a[href^='/p/']")?.getAttribute("href") ?? null;
}"""
_PICTURE = """() => [...document.querySelectorAll("main img.picture")]
  .some((image) => image.complete && image.naturalWidth > 0)"""
# Firefox says so of a file that a page was still loading when it was left.
_LEFT = "A ServiceWorker intercepted the request and encountered an unexpected error."
# What one does on a phone in the one engine, one does before a desktop in the other.
_SCREENS = {drivers.FIREFOX: (DESKTOP, PHONE), drivers.WEBKIT: (PHONE, DESKTOP)}


@pytest.fixture(params=_OPEN)
def guest(request: pytest.FixtureRequest, stack: Deployment) -> Iterator[Guest]:
    """Nobody yet; at the end, the browser may have complained of nothing."""
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed")
    port = urlsplit(stack.endpoint).port
    assert port is not None
    with line.laid(port) as way, _OPEN[request.param](path, way.port) as driver:
        yield Guest(driver, stack.outputs["SiteUrl"], way)
        if isinstance(driver, drivers.Firefox):
            assert [said for said in driver.complaints if not said.endswith(_LEFT)] == []


@pytest.mark.slow
def test_signing_up_posting_offline_liking_looking_searching_and_a_shared_link(
    guest: Guest, person: Callable[[], Person], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first, second = _SCREENS[request.node.callspec.params["guest"]]
    author = person()
    handle = f"web_{author.handle}"
    guest.turn_into(first)
    guest.open()
    guest.sign_up(f"{handle}@example.com")
    guest.sees("heading", "Welcome to Shutterfeed")
    guest.press("button", "Skip all")
    guest.sees("heading", "Your feed is empty")

    caption = f"From another engine, {author.handle}"
    guest.post(_files(tmp_path), caption)
    guest.sees_post(caption)
    guest.fits()
    guest.turn_into(second)
    guest.fits()
    guest.press("button", "Like")
    guest.sees_text("Liked by you")
    _looks_closely(guest)
    _finds(guest, author.handle)
    _reads_from_right_to_left(guest)
    _opens_a_shared_link_signed_out(guest, caption)


def _files(folder: Path) -> list[Path]:
    photos = [samples.photo(21), samples.heic(22)]
    paths = [folder / photo["name"] for photo in photos]
    for path, photo in zip(paths, photos, strict=True):
        path.write_bytes(photo["buffer"])
    return paths


def _looks_closely(guest: Guest) -> None:
    guest.press("picture", "")
    guest.sees("button", "Close")
    guest.type(ESCAPE)
    guest.until("() => document.querySelector('dialog[open]') === null")


def _finds(guest: Guest, handle: str) -> None:
    guest.press("link", "Explore")
    guest.write("Search", handle)
    guest.press("option", f"@{handle}", is_whole=True)
    guest.until("(path) => location.pathname === path", f"/u/{handle}")


def _reads_from_right_to_left(guest: Guest) -> None:
    guest.driver.run("() => localStorage.setItem('shutterfeed.language', 'ar')")
    guest.open()
    guest.until(
        "() => document.documentElement.dir === 'rtl'"
        " && document.querySelector('[role=feed] article') !== null"
    )
    guest.fits()


def _opens_a_shared_link_signed_out(guest: Guest, caption: str) -> None:
    """What everybody may see of a post, from its link: its picture, its words and a way to join."""
    path = guest.until(_LINK, caption)
    guest.be_nobody()
    guest.open(path)
    guest.sees_text(caption)
    guest.until(_PICTURE)
    guest.sees("link", "Create an account")
    guest.fits()

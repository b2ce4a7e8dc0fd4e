"""The app without a network, and installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from playwright.sync_api import Locator, Page, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape, photo
from tests.e2e.browser.visitor import PHONE, Visitor
from tests.e2e.conftest import Person, eventually, published

_IS_KEPT: Final = """async () => {
  const cache = await caches.open("shutterfeed.feed");
  const [posts, pictures] = [await cache.match("/kept-feed.json"), await cache.keys()];
  return posts !== undefined && pictures.length > 1;
}"""
_PICTURE: Final = "img => img.complete && img.naturalWidth > 0"


def test_the_app_opens_without_a_network_and_can_be_installed(
    visit: Visit, person: Callable[[], Person]
) -> None:
    reader, author = person(), person()
    reader.api.follow(author.handle)
    post_id = author.api.publish([Photo(landscape(611))], caption="Before the tunnel")
    published(author.api, post_id)
    somebody = visit(reader, screen=replace(PHONE, has_worker=True)).open()
    card = somebody.sees_post("Before the tunnel")
    somebody.waits_until("navigator.serviceWorker.ready.then(() => true)")
    somebody.waits_until(f"({_IS_KEPT})()")
    _can_be_installed(somebody.page)

    somebody.expects("net::ERR_INTERNET_DISCONNECTED")
    somebody.context.set_offline(True)
    somebody.page.reload()
    expect(somebody.page.get_by_text("There is no connection").first).to_be_visible()
    picture = card.locator("picture img").first.element_handle()
    eventually(lambda: picture.evaluate(_PICTURE), until=bool)
    _like(card).click()
    expect(somebody.page.get_by_text("This is sent as soon as")).to_be_visible()
    somebody.page.reload()
    expect(_like(card)).to_have_attribute("aria-pressed", "true")
    assert not reader.api.post(post_id)["liked_by_me"]
    somebody.post(photo(612), caption="From within the tunnel")
    own = somebody.page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Your post is kept here until")).to_be_visible()

    somebody.context.set_offline(False)
    eventually(lambda: reader.api.post(post_id)["liked_by_me"], until=bool)
    somebody.sees_post("From within the tunnel")
    expect(somebody.page.get_by_text("There is no connection")).to_have_count(0)
    _leaves_nothing(somebody)


def _like(card: Locator) -> Locator:
    return card.get_by_role("button", name="Like", exact=True)


def _can_be_installed(page: Page) -> None:
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    # The contexts of tests are private windows, of which none installs anything.
    assert {e["errorId"] for e in errors["installabilityErrors"]} <= {"in-incognito"}


def _leaves_nothing(somebody: Visitor) -> None:
    """Signing out takes what was kept with it."""
    somebody.open_settings()
    somebody.page.get_by_role("button", name="Sign out", exact=True).click()
    expect(somebody.page.get_by_label("E-mail")).to_be_visible()
    somebody.waits_until("caches.has('shutterfeed.feed').then((has) => !has)")

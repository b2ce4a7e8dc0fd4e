"""What goes wrong on the way: sessions that end, networks that break, pages that are none."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser import samples
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import ACCESS_KEY, Visitor, expired
from tests.e2e.conftest import PASSWORD, Deployment, Person, eventually, published

REFUSED = r"status of 40[01]"
UNREACHED = r"net::ERR_"


def _set_access(visitor: Visitor, **changes: object) -> None:
    visitor.page.evaluate(
        """([key, changes]) => sessionStorage.setItem(
             key, JSON.stringify({...JSON.parse(sessionStorage.getItem(key)), ...changes}))""",
        [ACCESS_KEY, changes],
    )


def test_an_expired_access_token_is_renewed_in_silence(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(51))], caption="Still here"))
    somebody = visit(owner).open()
    somebody.sees_post("Still here")
    first = somebody.session()["token"]

    _set_access(somebody, expiresAt=0)
    somebody.open()
    somebody.sees_post("Still here")
    second = somebody.session()["token"]
    assert second != first

    # One that the API refuses although its time has not come: the first call is asked again.
    somebody.expects(REFUSED)
    _set_access(somebody, token=second[:-4] + "AAAA")
    somebody.open()
    somebody.sees_post("Still here")
    assert somebody.session()["token"] not in {first, second, second[:-4] + "AAAA"}


def test_a_session_that_was_ended_elsewhere_leads_to_signing_in_and_back(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    owner = person()
    somebody = visit(owner).open(f"/u/{owner.handle}")
    expect(somebody.page.get_by_role("link", name="Edit profile")).to_be_visible()
    stack.accounts.call("RevokeToken", {"Token": owner.tokens.refresh})
    somebody.expects(REFUSED)
    _set_access(somebody, expiresAt=0)
    somebody.open(f"/u/{owner.handle}")
    expect(somebody.page.get_by_role("heading", name="Sign in")).to_be_visible()
    somebody.sees_text("Your session has ended.")
    somebody.sign_in(owner.email)
    expect(somebody.page.get_by_role("link", name="Edit profile")).to_be_visible()
    expect(somebody.page).to_have_url(re.compile(f"/u/{owner.handle}$"))


def _end_session(somebody: Visitor, owner: Person, stack: Deployment) -> None:
    """The API refuses the access token, and the user pool the refresh token."""
    somebody.expects(REFUSED)
    stack.accounts.call("RevokeToken", {"Token": owner.tokens.refresh})
    somebody.page.route(
        re.compile(r"/api/posts(/[^/]+/draft)?$"),
        lambda route: route.fulfill(status=401, json={"message": "Unauthorized"}),
    )


def test_a_session_that_ends_while_one_writes_loses_nothing(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    owner = person()
    somebody = visit(owner).open()
    page = somebody.page
    dialog = somebody.choose_files(samples.photo(53), samples.photo(54, "pier.jpg"))
    dialog.get_by_label("Caption").fill("Written before the session ended")
    dialog.get_by_label("Description of pier.jpg").fill("A pier")
    somebody.has_sent("lake.jpg", "pier.jpg")
    _end_session(somebody, owner, stack)
    dialog.get_by_role("button", name="Post", exact=True).click()
    again = page.get_by_role("dialog", name="Sign in again")
    expect(again).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(again).to_be_visible()
    own = page.get_by_role("region", name="Your posts in progress")
    expect(own.get_by_text("Written before the session ended")).to_be_attached()
    assert somebody.accessibility() == []
    page.unroute_all()
    # What was asked for goes on by itself.
    again.get_by_label("E-mail").fill(owner.email)
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(again).to_be_hidden()
    expect(dialog).to_be_hidden()
    card = somebody.sees_post("Written before the session ended")
    expect(card.get_by_alt_text("A pier")).to_be_attached()


def test_nobody_else_finds_what_was_written(
    visit: Visit, person: Callable[[], Person], stack: Deployment
) -> None:
    owner, other = person(), person()
    somebody = visit(owner).open()
    page = somebody.page
    dialog = somebody.choose_files(samples.photo(55))
    dialog.get_by_label("Caption").fill("None of their business")
    somebody.has_sent("lake.jpg")
    _end_session(somebody, owner, stack)
    dialog.get_by_role("button", name="Post", exact=True).click()
    again = page.get_by_role("dialog", name="Sign in again")
    expect(again).to_be_visible()
    page.unroute_all()
    # Nor if the first question who it is now stays without an answer.
    somebody.expects(UNREACHED)
    unanswered: list[Route] = []

    def lose_first(route: Route) -> None:
        if not unanswered:
            unanswered.append(route)
            route.abort("connectionreset")
        else:
            route.fallback()

    page.route("**/api/me", lose_first)
    again.get_by_label("E-mail").fill(other.email)
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    # Both feeds are empty: only the profile tells whose page it is now.
    profile = page.get_by_role("link", name="Profile", exact=True)
    expect(profile).to_have_attribute("href", f"/u/{other.handle}")
    assert unanswered
    expect(page.get_by_role("heading", name="Your feed is empty")).to_be_visible()
    page.get_by_role("button", name="New post").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    assert owner.api.feed()["items"] == other.api.feed()["items"] == []


def test_signing_out_leaves_nothing_behind(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open_settings()
    somebody.page.get_by_role("button", name="Sign out").click()
    expect(somebody.page.get_by_role("heading", name="Sign in")).to_be_visible()
    left = somebody.page.evaluate(
        "[...Object.values(localStorage), ...Object.values(sessionStorage)]"
    )
    assert not [value for value in left if "eyJ" in value]
    somebody.open("/settings")
    expect(somebody.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told_beside_the_form(
    visit: Visit, person: Callable[[], Person]
) -> None:
    nobody = visit().open()
    nobody.expects(REFUSED)
    nobody.page.get_by_label("E-mail").fill(person().email)
    nobody.page.get_by_label("Password", exact=True).fill("not-the-password")
    nobody.page.get_by_role("button", name="Sign in").click()
    expect(nobody.page.get_by_role("alert")).to_have_text(
        "The e-mail address or the password is wrong."
    )


def test_an_upload_that_fails_is_tried_again_when_asked(
    visit: Visit, person: Callable[[], Person]
) -> None:
    somebody = visit(person()).open()
    somebody.expects(UNREACHED)
    page = somebody.page
    tried = []

    def break_off(route: Route) -> None:
        tried.append(route.request.url)
        route.abort("connectionreset")

    page.route(re.compile(r"-uploads-\d+"), break_off)
    somebody.post(samples.photo(61), caption="At the second try")
    retry = page.get_by_role("button", name="Try again")
    # It tries again by itself first, some seconds apart.
    expect(retry).to_be_visible(timeout=300_000)
    assert len(tried) > 1
    page.unroute(re.compile(r"-uploads-\d+"))
    retry.click()
    somebody.sees_post("At the second try")


def test_being_offline_is_said_and_over_when_it_is_over(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(71))], caption="Seen offline"))
    somebody = visit(owner).open()
    somebody.sees_post("Seen offline")
    somebody.expects(UNREACHED)
    somebody.context.set_offline(True)
    somebody.sees_text("You are offline.")
    # What was seen stays; what is new says how to go on.
    expect(somebody.card("Seen offline")).to_be_visible()
    somebody.go("Explore")
    expect(somebody.page.get_by_role("button", name="Try again")).to_be_visible()
    # With the network back, it goes on by itself.
    somebody.context.set_offline(False)
    expect(somebody.page.get_by_text("What is on the screen stays")).to_have_count(0)
    expect(somebody.page.get_by_role("combobox", name="Search")).to_be_visible()


def test_a_part_whose_code_cannot_be_fetched_leaves_the_page_as_it_is(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(75))], caption="Stays as it is"))
    somebody = visit(owner)
    page = somebody.page
    somebody.expects(rf"{UNREACHED}|Failed to fetch dynamically imported module")
    page.route(re.compile(r"/assets/all-"), lambda route: route.abort("failed"))
    with page.expect_event("requestfailed", lambda request: "/assets/all-" in request.url):
        somebody.open()  # at its end are people whom one may know
    card = somebody.sees_post("Stays as it is")
    options = card.get_by_role("button", name="Post options")
    options.click()
    somebody.sees_text("Something went wrong. Please try again.")
    expect(card).to_be_visible()
    page.unroute_all()
    options.click()
    expect(page.get_by_role("button", name="Delete post")).to_be_visible()


def test_a_profile_that_cannot_be_reached_says_so_once(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(72))], caption="Later"))
    somebody = visit(owner)
    somebody.expects(UNREACHED)
    page = somebody.page
    page.route("**/api/users/**", lambda route: route.abort("failed"))
    somebody.open(f"/u/{owner.handle}")
    expect(page.get_by_role("button", name="Try again")).to_have_count(1)
    expect(page.get_by_label("Loading profile")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Try again")).to_have_count(1)
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Edit profile")).to_be_visible()
    expect(page.locator('a[href^="/p/"]')).to_have_count(1)


def test_a_list_that_broke_off_goes_on_by_itself(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(72))], caption="Came in the end"))
    somebody = visit(owner)
    page = somebody.page
    somebody.expects(UNREACHED)
    page.route("**/api/feed*", lambda route: route.abort("connectionreset"))
    somebody.open()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_text("You have seen everything")).to_have_count(0)
    page.unroute_all()
    somebody.sees_post("Came in the end")
    expect(page.get_by_text("You have seen everything")).to_be_visible()


def test_pictures_that_did_not_come_are_fetched_once_the_network_is_back(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(73))], caption="Without its picture"))
    somebody = visit(owner)
    page = somebody.page
    somebody.expects(UNREACHED)
    page.route("**/media/**", lambda route: route.abort("connectionreset"))
    somebody.open()
    picture = somebody.card("Without its picture").locator("img.picture")
    expect(picture).to_have_class(re.compile("picture-failed"))
    page.unroute_all()
    somebody.context.set_offline(True)
    somebody.context.set_offline(False)
    expect(picture).not_to_have_class(re.compile("picture-failed"))
    eventually(lambda: picture.evaluate("(image) => image.naturalWidth"), lambda width: width > 0)


def test_a_slow_network_shows_that_something_is_coming(
    visit: Visit, person: Callable[[], Person]
) -> None:
    owner = person()
    published(owner.api, owner.api.publish([Photo(landscape(81))], caption="Worth waiting for"))
    somebody = visit(owner)
    somebody.network(down=50, up=20, latency=400)
    somebody.page.goto("/", wait_until="commit")
    expect(somebody.page.get_by_role("status", name="Loading posts")).to_be_visible()
    somebody.sees_post("Worth waiting for")


def test_addresses_that_lead_nowhere_say_so(visit: Visit, person: Callable[[], Person]) -> None:
    somebody = visit(person()).open("/no/such/page")
    expect(somebody.page.get_by_role("heading").first).to_be_visible()
    somebody.expects("status of 404")
    somebody.open("/u/nobody.at.all")
    expect(
        somebody.page.get_by_role("heading", name="Nobody is called @nobody.at.all")
    ).to_be_visible()


def test_the_settings_lead_to_the_licences(visit: Visit, person: Callable[[], Person]) -> None:
    page = visit(person()).open_settings().page
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Licences of the software in this app").click()
    expect(opened.value.locator("body")).to_contain_text("preact")


@pytest.mark.parametrize("path", ["/", "/u/{handle}", "/p/{post}", "/search?q={handle}&type=posts"])
def test_pictures_whose_links_have_expired_renew_themselves(
    visit: Visit, person: Callable[[], Person], path: str
) -> None:
    """A page that was open for days: all its links have expired, and each post is read once."""
    owner = person()
    album = [Photo(landscape(seed)) for seed in (74, 75)]
    post_id = owner.api.publish(album, caption=f"From the day before yesterday, {owner.handle}")
    published(owner.api, post_id)
    found = f"/search?q={owner.handle}&type=posts"
    eventually(lambda: owner.api.call("GET", found)["posts"], until=bool)
    somebody = visit(owner)
    somebody.expects("status of 403")
    page, read = somebody.page, []

    shown = re.compile(r"/api/(feed|search|users/[^/]+/posts|posts/[^/]+$)")
    page.route(shown, expired, times=1)
    page.on("request", lambda asked: read.append(asked.url) if "/api/posts/" in asked.url else None)
    somebody.open(path.format(handle=owner.handle, post=post_id))
    picture = page.locator("img.picture").first
    expect(picture).not_to_have_class(re.compile("picture-failed"))
    eventually(lambda: picture.evaluate("(image) => image.naturalWidth"), lambda width: width > 0)
    reads = [url.rpartition("/")[2] for url in read].count(post_id)
    assert reads == (2 if path.startswith("/p/") else 1)

"""Links as messengers and search engines read them: the raw answers of the site's own domain, in
which no script has run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image

from shutterfeed_cli.client.content import Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.cards import Head, read_head
from tests.e2e.conftest import Deployment, Person, eventually, published

HOSTILE = '"><script>alert(1)</script> \u202e#headland 👩\u200d👩\u200d👧\nsecond line & more'


@dataclass(frozen=True, slots=True)
class Shared:
    """A person who has shared a link to a post."""

    site: str
    author: Person
    post_id: str

    def get(self, path: str) -> httpx.Response:
        """An answer of the site's domain to whoever has no token."""
        return request("GET", self.site + path)

    def head(self, path: str) -> Head:
        answer = self.get(path)
        assert answer.status_code == 200, path
        return read_head(answer.text)


@pytest.fixture
def shared(stack: Deployment, person: Callable[[], Person]) -> Shared:
    author = person()
    author.api.edit_me(display_name="Ada & Co")
    photo = Photo(pictures.jpeg(800, 600))
    post_id = author.api.publish([photo], caption=HOSTILE)
    published(author.api, post_id)
    return Shared(stack.outputs["SiteUrl"], author, post_id)


def test_a_shared_post_shows_its_card_and_opens_in_the_client(shared: Shared) -> None:
    answer = shared.get(f"/p/{shared.post_id}")
    plain = shared.get("/settings")
    assert (answer.status_code, plain.status_code) == (200, 200)
    for name in ("content-security-policy", "referrer-policy", "permissions-policy"):
        assert answer.headers[name] == plain.headers[name]
    assert "s-maxage=60" in answer.headers["cache-control"]
    head, bare = read_head(answer.text), read_head(plain.text)
    assert head.tags.count("script") == bare.tags.count("script")
    assert head.title.startswith("Ada & Co on Shutterfeed: “")
    assert head.property("og:title") == head.title
    assert "second line & more" in (head.property("og:description") or "")
    assert head.link("canonical") == f"{shared.site}/p/{shared.post_id}"
    assert head.name("twitter:card") == "summary_large_image"
    picture = head.property("og:image")
    assert picture is not None
    fetched = request("GET", picture)
    assert fetched.headers["content-type"] == "image/jpeg"
    size = Image.open(io.BytesIO(fetched.content)).size
    assert [str(pixels) for pixels in size] == [
        head.property("og:image:width"),
        head.property("og:image:height"),
    ]


def test_a_shared_profile_shows_its_card_and_its_feed(shared: Shared) -> None:
    handle = shared.author.handle
    head = shared.head(f"/u/{handle}")
    assert head.title == f"Ada & Co (@{handle})"
    assert head.property("og:type") == "profile"
    address = head.link("alternate", "application/atom+xml")
    assert address is not None
    feed = ET.fromstring(request("GET", address).content)
    links = [link.get("href") for link in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert f"{shared.site}/p/{shared.post_id}" in links


def test_other_sites_can_embed_it(shared: Shared) -> None:
    address = shared.head(f"/p/{shared.post_id}").link("alternate", "application/json+oembed")
    assert address is not None
    assert parse_qs(urlsplit(address).query)["url"] == [f"{shared.site}/p/{shared.post_id}"]
    embedded = json.loads(request("GET", address + "&maxwidth=320").content)
    assert (embedded["type"], embedded["width"]) == ("photo", 320)


def test_a_sensitive_post_has_a_card_without_its_picture(shared: Shared) -> None:
    shared.author.api.call("PATCH", f"/posts/{shared.post_id}", body={"sensitive": True})
    head = shared.head(f"/p/{shared.post_id}")
    assert head.property("og:image") is None
    assert head.name("twitter:card") == "summary"
    post = shared.get(f"/api/public/posts/{shared.post_id}").json()
    assert post["sensitive"] is True


def test_strangers_see_what_is_public_and_nothing_of_what_is_not(shared: Shared) -> None:
    handle = shared.author.handle
    paths = (
        *(f"/p/{shared.post_id}", f"/u/{handle}"),
        *(f"/api/public/posts/{shared.post_id}", f"/api/public/users/{handle}"),
        f"/api/public/users/{handle}/posts",
    )
    assert [shared.get(path).status_code for path in paths] == [200] * 5
    eventually(
        lambda: shared.get("/api/public/hashtags/headland/posts").text,
        lambda text: shared.post_id in text,
    )
    shared.author.api.call("PATCH", "/me", body={"public_page": False})
    gone = [shared.get(path) for path in paths]
    assert [answer.status_code for answer in gone] == [404] * 5
    unknown = shared.get("/p/3Z7TD5472D9E79YR1ABP61WYSM-01KJMMA2G038NKRKAYDXX8Q70D")
    assert (unknown.status_code, unknown.text) == (404, gone[0].text)
    assert read_head(gone[0].text).name("robots") == "noindex"
    assert shared.post_id not in shared.get("/api/public/hashtags/headland/posts").text


def test_paths_below_a_profile_are_the_clients_own(shared: Shared) -> None:
    plain = shared.get("/settings")
    followers = shared.get(f"/u/{shared.author.handle}/followers")
    assert (followers.status_code, followers.text) == (200, plain.text)


def test_crawlers_are_told_where_they_may_go(shared: Shared) -> None:
    assert "Disallow: /api/\n" in shared.get("/robots.txt").text

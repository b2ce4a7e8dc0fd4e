"""What is shown to people who are not signed in: posts, profiles, hashtags, places and posts to
explore, the pages with their cards, oEmbed and feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from api.cards import BEGIN, END
from api.http import EDGE_SECONDS, ROUTES
from tests.cards import Head, read_head
from tests.integration.client import Answer, Client, draft, for_strangers
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, set_avatar
from tests.integration.world import MEDIA_BASE_URL, SITE_URL, Person, World
from tests.pictures import jpeg

CAPTION = "Herons #birds"
PLACE = {"name": "Wetland"}
AT_THE_EDGE = f"public, max-age=0, s-maxage={EDGE_SECONDS}"
ATOM = "{http://www.w3.org/2005/Atom}"
PUBLIC = [route for route in ROUTES if route.cached]


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada has a published post."""

    client: Client
    world: World
    ada: Person
    post_id: str
    media_id: str

    def everything(self, post_id: str = "", handle: str = "ada") -> dict[str, Answer]:
        """What somebody without a token is shown of Ada and her post, by the way of asking."""
        client, post_id = self.client, post_id or self.post_id
        urls = {"post": f"{SITE_URL}/p/{post_id}", "user": f"{SITE_URL}/u/{handle}"}
        return {
            "post": client.get(f"/public/posts/{post_id}"),
            "user": client.get(f"/public/users/{handle}"),
            "posts": client.get(f"/public/users/{handle}/posts"),
            "feed": client.get(f"/public/users/{handle}/feed.atom"),
            "page of post": client.get("/public/index.html", post=post_id),
            "page of user": client.get("/public/index.html", user=handle),
            "oembed of post": client.get("/oembed", url=urls["post"]),
            "oembed of user": client.get("/oembed", url=urls["user"]),
            "zoom": client.get(f"/public/posts/{post_id}/media/{self.media_id}/zoom"),
        }

    def topics(self) -> dict[str, Answer]:
        """The pages of the hashtag and the place of Ada's post."""
        return {
            "hashtag": self.client.get("/public/hashtags/birds/posts"),
            "place": self.client.get("/public/places/wetland/posts"),
        }

    def tagged(self) -> list[Any]:
        items: list[Any] = self.topics()["hashtag"].json["items"]
        return items

    def card(self, **asked: str) -> Head:
        answer = self.client.request("GET", "/public/index.html", query=asked)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return read_head(answer.text)


@pytest.fixture
def scene(client: Client, pipeline: Pipeline, ada: Person) -> Scene:
    pipeline.world.create_site()
    client.patch("/me", ada, {"handle": "ada", "display_name": "Ada Linde", "bio": "Birds."})
    post_id = publish(client, pipeline, ada, [jpeg(400, 300)], caption=CAPTION, place=PLACE)
    (medium,) = client.get(f"/posts/{post_id}", ada).json["media"]
    return Scene(client, pipeline.world, ada, post_id, medium["id"])


def test_who_is_not_signed_in_sees_what_everybody_sees(scene: Scene, ben: Person) -> None:
    shown, client = scene.everything(), scene.client
    assert {answer.status for answer in shown.values()} == {200}
    post = for_strangers(client.get(f"/posts/{scene.post_id}", ben).json)
    assert shown["post"].json == post
    assert shown["posts"].json == {"items": [post], "next_cursor": None}
    for answer in (*scene.topics().values(), client.get("/public/explore")):
        assert answer.json == {"items": [post], "next_cursor": None}
    seen = client.get("/users/ada", ben).json["user"]
    assert shown["user"].json == seen


def test_every_public_route_is_asked_here(scene: Scene) -> None:
    # And what there is to explore.
    assert len(PUBLIC) == len(scene.everything()) - 2 + len(scene.topics()) + 1


def test_what_is_shown_is_kept_at_the_edge_for_a_minute_and_nowhere_else(scene: Scene) -> None:
    explored = {"explored": scene.client.get("/public/explore")}
    answers = {**scene.everything(), **scene.topics(), **explored}
    for name, answer in answers.items():
        assert answer.headers["Cache-Control"] == AT_THE_EDGE, name
    unknown = scene.client.get("/public/users/nobody")
    assert (unknown.status, unknown.headers["Cache-Control"]) == (404, AT_THE_EDGE)
    wrong = scene.client.get("/public/users/ada/posts", limit="0")
    assert (wrong.status, wrong.headers["Cache-Control"]) == (400, "no-store")
    health = scene.client.get("/health")
    assert health.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "hiding", [{"private": True}, {"public_page": False}, {"private": True, "public_page": False}]
)
def test_who_is_not_shown_to_strangers_is_not_there_for_them(
    scene: Scene, ben: Person, hiding: Mapping[str, bool]
) -> None:
    scene.client.patch("/me", scene.ada, hiding)
    nobody = "3Z7TD5472D9E79YR1ABP61WYSM-01KJMMA2G038NKRKAYDXX8Q70D"
    hidden, unknown = scene.everything(), scene.everything(nobody, "adb")
    for name, answer in hidden.items():
        assert answer.status == unknown[name].status == 404, name
        assert answer.headers == unknown[name].headers, name
        assert answer.text.replace("ada", "adb") == unknown[name].text, name
    for answer in (*scene.topics().values(), scene.client.get("/public/explore")):
        assert answer.json["items"] == []
    assert scene.client.get("/users/ada", ben).status == 200
    seen = scene.client.get(f"/posts/{scene.post_id}", ben).status
    assert seen == (404 if hiding.get("private") else 200)


def test_the_setting_takes_effect_at_once_and_is_taken_back(scene: Scene) -> None:
    scene.client.patch("/me", scene.ada, {"public_page": False})
    assert {answer.status for answer in scene.everything().values()} == {404}
    assert scene.client.get("/users/ada", scene.ada).status == 200
    scene.client.patch("/me", scene.ada, {"public_page": True})
    assert {answer.status for answer in scene.everything().values()} == {200}


def test_strangers_get_links_for_a_day_or_two_and_never_those_for_two_hours(
    scene: Scene, pipeline: Pipeline, ada: Person
) -> None:
    set_avatar(scene.client, pipeline, ada, jpeg(64, 64, seed=3))

    def public() -> dict[str, Answer]:
        shown = scene.everything() | scene.topics()
        del shown["zoom"]  # Nobody has enlarged it.
        return shown

    scene.client.patch("/me", ada, {"private": True})
    own = scene.client.get(f"/posts/{scene.post_id}", ada)
    assert min(_lives(scene, own)) <= timedelta(hours=2)
    assert not [name for name, answer in public().items() if _lives(scene, answer)]
    scene.client.patch("/me", ada, {"private": False})
    for name, answer in public().items():
        lives = _lives(scene, answer)
        assert lives, name
        assert all(timedelta(days=1) < life <= timedelta(days=2) for life in lives), name


def _lives(scene: Scene, answer: Answer) -> list[timedelta]:
    """For how long each link to media in an answer is good, whatever the answer's form. Atom has
    HTML in XML, which is escaped twice."""
    text = unescape(unescape(answer.text))
    links = re.findall(rf"{re.escape(MEDIA_BASE_URL)}/[^\s\"<>]+", text)
    expiries = [parse_qs(urlsplit(link).query)["e"] for link in links]
    now = scene.world.clock.now()
    return [datetime.fromtimestamp(int(expiry), UTC) - now for (expiry,) in expiries]


def test_who_was_blocked_is_answered_like_everybody_on_the_public_routes(
    scene: Scene, ben: Person
) -> None:
    """The edge keeps one answer for all, so it must not depend on who asks."""
    scene.client.patch("/me", ben, {"handle": "ben"})
    scene.client.put("/me/blocks/ben", scene.ada)
    assert scene.client.get("/users/ada", ben).status == 404
    for path in ("/public/users/ada", f"/public/posts/{scene.post_id}"):
        asked, told = scene.client.get(path, ben), scene.client.get(path)
        assert asked.status == told.status == 200
        assert asked.text == told.text


def test_a_post_that_is_deleted_or_not_published_yet_is_not_there(scene: Scene) -> None:
    pending = scene.client.create_post(scene.ada, draft(), "pending").json["post"]["id"]
    scene.client.delete(f"/posts/{scene.post_id}", scene.ada)
    for post_id in (scene.post_id, pending):
        shown = scene.everything(post_id)
        for name in ("post", "page of post", "oembed of post"):
            assert shown[name].status == 404, name
        assert shown["posts"].json["items"] == []
        assert post_id not in shown["feed"].text
    assert scene.tagged() == []
    scene.client.request("POST", f"/posts/{scene.post_id}/restore", scene.ada)
    assert {answer.status for answer in scene.everything().values()} == {200}


def test_lists_are_paged_for_strangers_with_cursors_of_their_own(
    scene: Scene, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    publish(
        scene.client, pipeline, ada, [jpeg(32, 32, seed=2)], "second", caption=CAPTION, place=PLACE
    )
    client = scene.client
    for public, own in (
        ("/public/users/ada/posts", "/users/ada/posts"),
        ("/public/hashtags/birds/posts", "/hashtags/birds/posts"),
        ("/public/places/wetland/posts", "/places/wetland/posts"),
        ("/public/explore", "/explore"),
    ):
        first = client.get(public, limit="1").json
        cursor = first["next_cursor"]
        second = client.get(public, limit="1", cursor=cursor).json
        # A token changes nothing: the edge does not pass any on.
        assert client.get(public, ben, limit="1", cursor=cursor).json == second
        items = client.get(own, ben).json["items"]
        assert [*first["items"], *second["items"]] == list(map(for_strangers, items))
        assert client.get(own, ben, cursor=cursor).error == ("invalid_cursor", "cursor")
        theirs = client.get(own, ben, limit="1").json["next_cursor"]
        assert client.get(public, cursor=theirs).error == ("invalid_cursor", "cursor")
    tagged = client.get("/public/hashtags/birds/posts", limit="1").json["next_cursor"]
    refused = client.get("/public/users/ada/posts", cursor=tagged)
    assert refused.error == ("invalid_cursor", "cursor")


def test_the_page_of_a_post_has_its_card(scene: Scene) -> None:
    head = scene.card(post=scene.post_id)
    post = scene.client.get(f"/public/posts/{scene.post_id}").json
    picture = max(
        (r for r in post["media"][0]["renditions"] if r["name"].endswith(".jpg")),
        key=lambda rendition: rendition["width"],
    )
    assert head.title == f"Ada Linde on Shutterfeed: “{CAPTION}”"
    assert head.property("og:description") == CAPTION
    assert head.property("og:image") == head.name("twitter:image") == picture["url"]
    assert picture["url"].startswith(MEDIA_BASE_URL)
    assert head.link("canonical") == head.property("og:url") == f"{SITE_URL}/p/{scene.post_id}"
    assert head.name("robots") is None
    found = head.link("alternate", "application/json+oembed")
    assert found is not None
    assert found.startswith(f"{SITE_URL}/api/oembed?url=")


def test_the_page_of_a_user_has_its_card(scene: Scene) -> None:
    head = scene.card(user="ADA")
    assert head.title == "Ada Linde (@ada)"
    assert head.name("description") == "Birds."
    assert head.property("og:type") == "profile"
    assert head.property("profile:username") == "ada"
    assert head.link("canonical") == f"{SITE_URL}/u/ada"
    feed = head.link("alternate", "application/atom+xml")
    assert feed == f"{SITE_URL}/api/public/users/ada/feed.atom"


def test_a_sensitive_post_is_shown_without_its_picture_to_machines(scene: Scene) -> None:
    scene.client.patch(f"/posts/{scene.post_id}", scene.ada, {"sensitive": True})
    shown = scene.everything()
    assert shown["post"].json["sensitive"] is True
    for name in ("page of post", "feed", "oembed of post"):
        assert shown[name].status == 200
        assert MEDIA_BASE_URL not in shown[name].text, name
    assert read_head(shown["page of post"].text).name("twitter:card") == "summary"
    assert shown["oembed of post"].json["type"] == "rich"


def test_a_page_that_is_none_of_a_post_or_user_is_as_it_is(scene: Scene) -> None:
    answer = scene.client.get("/public/index.html")
    assert answer.status == 200
    assert BEGIN in answer.text
    assert read_head(answer.text).name("robots") is None


def test_what_is_hidden_has_a_page_without_a_card(scene: Scene) -> None:
    answer = scene.client.get("/public/index.html", post="nothing")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    head = read_head(answer.text)
    assert (head.title, head.name("robots")) == ("Shutterfeed", "noindex")
    assert head.properties == {}


def test_a_new_version_of_the_page_is_seen_after_a_minute(scene: Scene) -> None:
    scene.card(user="ada")
    scene.world.put_page(f"<head>{BEGIN}{END}<script src=new.js></script></head>")
    assert "new.js" not in scene.client.get("/public/index.html", user="ada").text
    scene.world.clock.advance(timedelta(minutes=1))
    assert "new.js" in scene.client.get("/public/index.html", user="ada").text


def test_the_page_may_be_stored_compressed(scene: Scene) -> None:
    scene.world.put_page(f"<head>{BEGIN}{END}</head>", compressed=True)
    assert scene.card(user="ada").title == "Ada Linde (@ada)"


def test_without_its_page_the_api_fails_so_that_the_bucket_answers(scene: Scene) -> None:
    scene.world.put_page("<html></html>")
    answer = scene.client.get("/public/index.html", user="ada")
    assert (answer.status, answer.headers["Cache-Control"]) == (500, "no-store")


def test_oembed_gives_the_largest_picture_that_fits(scene: Scene) -> None:
    url = f"{SITE_URL}/p/{scene.post_id}"
    whole = scene.client.get("/oembed", url=url).json
    assert (whole["type"], whole["version"]) == ("photo", "1.0")
    assert (whole["width"], whole["height"]) == (400, 300)
    assert (whole["author_name"], whole["author_url"]) == ("Ada Linde", f"{SITE_URL}/u/ada")
    small = scene.client.get("/oembed", url=url + "?utm=1#x", maxwidth="320").json
    assert (small["width"], small["height"]) == (320, 240)
    square = scene.client.get("/oembed", url=url + "/", maxheight="150").json
    assert (square["width"], square["height"]) == (150, 150)
    quoted = scene.client.get("/oembed", url=url, maxwidth="100", maxheight="90").json
    assert (quoted["type"], quoted["width"], quoted["height"]) == ("rich", 100, 90)
    assert CAPTION in quoted["html"]


def test_oembed_of_a_user_is_a_quotation_without_scripts(scene: Scene) -> None:
    scene.client.patch("/me", scene.ada, {"bio": "<script>alert(1)</script>"})
    answer = scene.client.get("/oembed", url=f"{SITE_URL}/u/ada", format="json").json
    assert answer["type"] == "rich"
    assert read_head(answer["html"]).tags == ["blockquote", "p", "a"]
    assert "&lt;script&gt;" in answer["html"]


def test_oembed_knows_no_other_pages(scene: Scene) -> None:
    for url in (
        "",
        "https://elsewhere.example/u/ada",
        f"{SITE_URL}.evil.example/u/ada",
        f"{SITE_URL}/x/ada",
        f"{SITE_URL}/u/ada/followers",
        f"{SITE_URL}/p/u/ada",
        f"{SITE_URL}/u/",
        SITE_URL,
    ):
        answer = scene.client.get("/oembed", url=url)
        assert (answer.status, answer.error) == (404, ("page_not_found", "url")), url


def test_oembed_says_what_is_wrong_with_a_request(scene: Scene) -> None:
    url, get = f"{SITE_URL}/u/ada", scene.client.get
    assert get("/oembed").error == ("missing_url", "url")
    for size in ("0", "-1", "1.5", "wide", "1234567"):
        assert get("/oembed", url=url, maxwidth=size).error == ("invalid_dimensions", "maxwidth")
    other = get("/oembed", url=url, format="xml")
    assert (other.status, other.error) == (501, ("unsupported_format", "format"))


def test_a_feed_has_the_newest_posts(scene: Scene, pipeline: Pipeline, ada: Person) -> None:
    newer = publish(scene.client, pipeline, ada, [jpeg(32, 32, seed=2)], "second", caption="<b>")
    answer = scene.client.get("/public/users/Ada/feed.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.text.encode())
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{SITE_URL}/api/public/users/ada/feed.atom",
        "alternate": f"{SITE_URL}/u/ada",
    }
    entries = root.findall(f"{ATOM}entry")
    found = [entry.find(f"{ATOM}link") for entry in entries]
    assert [link.get("href") for link in found if link is not None] == [
        f"{SITE_URL}/p/{newer}",
        f"{SITE_URL}/p/{scene.post_id}",
    ]
    assert entries[0].findtext(f"{ATOM}title") == "<b>"
    content = entries[1].findtext(f"{ATOM}content") or ""
    assert read_head(content.replace("/>", ">")).tags == ["p", "img", "p"]
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}published")


def test_an_id_in_a_feed_outlives_the_handle(scene: Scene) -> None:
    def ids() -> list[str | None]:
        handle = scene.client.handle(scene.ada)
        text = scene.client.get(f"/public/users/{handle}/feed.atom").text
        return [found.text for found in ET.fromstring(text.encode()).iter(f"{ATOM}id")]

    before = ids()
    assert len(before) == 2
    scene.client.patch("/me", scene.ada, {"handle": "lovelace"})
    assert ids() == before


def test_whoever_checks_a_link_gets_its_headers_alone(scene: Scene) -> None:
    for path, query in (
        (f"/public/posts/{scene.post_id}", {}),
        ("/public/index.html", {"user": "ada"}),
        ("/health", {}),
    ):
        whole = scene.client.request("GET", path, query=query)
        head = scene.client.request("HEAD", path, query=query)
        assert (head.status, head.text) == (200, "")
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]


def test_no_route_but_those_for_everybody_is_kept_at_the_edge() -> None:
    assert {route.name for route in ROUTES if route.public} == {
        "get_health",
        *(route.name for route in PUBLIC),
    }
    assert all(route.method == "GET" for route in PUBLIC)
    assert replace(PUBLIC[0], cached=False).checks_session is False

"""Exploring over HTTP: from the photo and the like to the lists, pages and places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconcile.handler import handler
from tests.integration import payloads
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.rights import held_against
from tests.integration.world import Person
from tests.pictures import jpeg

PHOTO = jpeg(16, 16)
PIER = {"name": "Old Pier", "latitude": 57.7209, "longitude": 10.5882}


def _make_lists() -> None:
    """What happens every few minutes."""
    with held_against("reconcile"):
        handler({}, payloads.context())


def _ids(client: Client, person: Person, path: str, **query: str) -> list[str]:
    answer = client.get(path, person, **query)
    assert answer.status == 200, answer.text
    return [post["id"] for post in answer.json["items"]]


@pytest.fixture
def posts(client: Client, pipeline: Pipeline, ada: Person, ben: Person) -> list[str]:
    """Three posts at the same pier, oldest first, of which Ada's is the first."""

    def made(person: Person, number: int, **fields: Any) -> str:
        pipeline.world.clock.advance(timedelta(minutes=1))
        return publish_unrendered(client, pipeline, person, [PHOTO], f"key-{number}", **fields)

    client.patch("/me", ada, {"handle": "ada"})
    client.patch("/me", ben, {"handle": "ben"})
    return [
        made(ada, 1, caption="#sea one", place=PIER),
        made(ben, 2, caption="#Sea two", place={"name": "old pier"}),
        made(ben, 3, caption="#sea three", place={"name": "OLD  PIER"}),
    ]


def test_posts_are_explored_at_once_in_a_new_deployment(
    client: Client, ada: Person, eve: Person, posts: list[str]
) -> None:
    newest_first = posts[::-1]
    assert _ids(client, eve, "/explore") == newest_first
    first = client.get("/explore", eve, limit="2").json
    second = client.get("/explore", eve, limit="2", cursor=first["next_cursor"]).json
    assert [post["id"] for post in (*first["items"], *second["items"])] == newest_first
    assert second["next_cursor"] is None
    # Whoever becomes private leaves at once, whatever the list says.
    client.patch("/me", ada, {"private": True})
    assert _ids(client, eve, "/explore") == newest_first[:2]
    assert _ids(client, ada, "/explore") == newest_first[:2]
    client.put("/me/mutes/ben", eve)
    assert _ids(client, eve, "/explore") == []


def test_a_liked_post_stands_above_newer_ones(
    client: Client, pipeline: Pipeline, eve: Person, posts: list[str]
) -> None:
    for number in range(4):
        client.put(f"/posts/{posts[0]}/like", Person.number(0x11FE + number))
    pipeline.run()
    _make_lists()
    best_first = [posts[0], posts[2], posts[1]]
    assert _ids(client, eve, "/explore") == best_first
    assert _ids(client, eve, "/hashtags/sea/posts", order="best") == best_first
    assert _ids(client, eve, "/places/old-pier/posts", order="best") == best_first
    for order in ({"order": "newest"}, {}):
        assert _ids(client, eve, "/hashtags/sea/posts", **order) == posts[::-1]
        assert _ids(client, eve, "/places/Old%20Pier/posts", **order) == posts[::-1]


def test_the_best_go_on_page_by_page(client: Client, eve: Person, posts: list[str]) -> None:
    cursor: dict[str, str] = {}
    found: list[str] = []
    while True:
        page = client.get("/hashtags/sea/posts", eve, order="best", limit="1", **cursor).json
        found += [post["id"] for post in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == posts[::-1]
    answer = client.get("/hashtags/sea/posts", eve, order="newest", limit="1", **cursor)
    assert answer.error == ("invalid_cursor", "cursor")
    answer = client.get("/hashtags/sea/posts", eve, order="oldest")
    assert answer.error == ("invalid_order", "order")


def test_hashtags_and_places_are_counted(client: Client, ada: Person, posts: list[str]) -> None:
    assert client.get("/hashtags/%23SEA", ada).json == {"hashtag": "sea", "posts": 3}
    assert client.get("/hashtags/lake", ada).json == {"hashtag": "lake", "posts": 0}
    assert client.get("/hashtags/🐦", ada).json == {"hashtag": "🐦", "posts": 0}
    assert client.get("/hashtags/a-b", ada).error == ("invalid_hashtag", "tag")
    counted = {"place": "old-pier", "name": "Old Pier", "posts": 3}
    # The gateway decodes a path, quotation marks and emoji in it, too.
    for name in ("old-pier", "Old%20Pier", 'Old "Pier"', "Old `Pier`?"):
        assert client.get(f"/places/{name}", ada).json == counted
    nowhere = {"place": "nowhere", "name": "nowhere", "posts": 0}
    assert client.get("/places/Nowhere", ada).json == nowhere
    assert client.get("/places/--", ada).error == ("invalid_place_name", "place")
    assert client.get("/places/--/posts", ada).error == ("invalid_place_name", "place")


def _places(client: Client, person: Person, **query: str) -> list[tuple[str, bool]]:
    answer = client.get("/places", person, **query)
    assert answer.status == 200, answer.text
    return [(place["name"], place["used_before"]) for place in answer.json["items"]]


def test_places_are_offered_by_what_one_used_by_nearness_and_by_name(
    client: Client, ada: Person, ben: Person, eve: Person, posts: list[str]
) -> None:
    assert posts
    # One's own, whatever others call them.
    assert _places(client, ada) == [("Old Pier", True)]
    assert _places(client, ben) == [("OLD  PIER", True)]
    assert _places(client, eve) == []
    assert _places(client, ada, q="pie") == [("Old Pier", True)]
    assert _places(client, ada, q="port") == []
    assert [name for name, _ in _places(client, eve, q="old p")] == ["Old Pier"]
    assert _places(client, eve, near="57.72,10.59") == [("Old Pier", False)]
    assert _places(client, eve, near="0,0") == []
    (near,) = client.get("/places", eve, near="57.72,10.59").json["items"]
    assert near == {**PIER, "used_before": False}
    assert client.get("/places", eve, near="north").error == ("invalid_near", "near")
    assert client.get("/places", eve, q="!").error == ("empty_query", "q")


def test_places_of_private_accounts_are_offered_to_themselves_alone(
    client: Client, pipeline: Pipeline, ada: Person, eve: Person
) -> None:
    client.patch("/me", ada, {"private": True})
    secret = {"name": "Secret Garden", "latitude": 1.0, "longitude": 2.0}
    publish_unrendered(client, pipeline, ada, [PHOTO], place=secret)
    assert _places(client, ada) == [("Secret Garden", True)]
    assert _places(client, eve, q="secret", near="1,2") == []
    assert client.get("/places/secret-garden", eve).json["posts"] == 0

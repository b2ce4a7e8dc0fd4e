"""Mentions in captions and comments, and people tagged in photos, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg


@pytest.fixture(autouse=True)
def _handles(client: Client, ada: Person, ben: Person, eve: Person) -> None:
    for person, handle in ((ada, "ada"), (ben, "ben"), (eve, "eve")):
        client.patch("/me", person, {"handle": handle})


@pytest.fixture
def post(client: Client, pipeline: Pipeline, ada: Person) -> dict[str, Any]:
    """Ada's, with Ben and Eve in caption and photo."""
    post_id = publish_unrendered(
        client, pipeline, ada, [jpeg(16, 16)], caption="@Ben, @eve, @nobody #sea"
    )
    (medium,) = client.get(f"/posts/{post_id}", ada).json["media"]
    people = [{"handle": "ben", "x": 0.25, "y": 1}, {"handle": "eve", "x": 0, "y": 0.5}]
    body = {"people": {medium["id"]: people}}
    found: dict[str, Any] = client.patch(f"/posts/{post_id}", ada, body).json
    return found


def _tagged(post: dict[str, Any]) -> list[tuple[str, float, float]]:
    (medium,) = post["media"]
    return [(p["user"]["handle"], p["x"], p["y"]) for p in medium["people"]]


def test_a_post_is_shown_with_todays_handles(
    client: Client, pipeline: Pipeline, post: dict[str, Any], ada: Person, ben: Person, eve: Person
) -> None:
    assert post["mentions"] == ["ben", "eve"]
    assert _tagged(post) == [("ben", 0.25, 1), ("eve", 0, 0.5)]
    client.patch("/me", ben, {"handle": "benjamin"})
    pipeline.run()
    path = f"/posts/{post['id']}"
    listed = client.get("/users/ada/posts", eve).json["items"]
    found = client.get("/hashtags/sea/posts", eve).json["items"]
    public = client.get(f"/public{path}").json
    for shown in (client.get(path, ada).json, *listed, *found, public):
        assert shown["caption"] == "@benjamin, @eve, @nobody #sea"
        assert shown["mentions"] == ["benjamin", "eve"]
        assert _tagged(shown) == [("benjamin", 0.25, 1), ("eve", 0, 0.5)]


def test_nothing_shows_whoever_is_hidden(
    client: Client, post: dict[str, Any], ada: Person, ben: Person, eve: Person
) -> None:
    client.patch("/me", ben, {"handle": "benjamin", "public_page": False})
    client.put("/me/blocks/eve", ben)
    path = f"/posts/{post['id']}"
    listed = client.get("/users/ada/posts", eve).json["items"]
    for shown in (client.get(path, eve).json, *listed, client.get(f"/public{path}").json):
        assert "benjamin" not in str(shown)
        assert (shown["caption"], shown["mentions"]) == ("@Ben, @eve, @nobody #sea", ["eve"])
        assert _tagged(shown) == [("eve", 0, 0.5)]
    assert client.get(path, ada).json["mentions"] == ["benjamin", "eve"]


def test_a_feed_shows_a_handle_that_it_does_not_look_up_as_it_was_written(
    client: Client, pipeline: Pipeline, post: dict[str, Any], ada: Person, ben: Person, eve: Person
) -> None:
    client.put("/me/following/ada", eve)
    client.patch("/me", ben, {"handle": "benjamin"})
    pipeline.run()
    (shown,) = client.get("/feed", eve).json["items"]
    assert (shown["id"], shown["caption"]) == (post["id"], "@Ben, @eve, @nobody #sea")
    assert shown["mentions"] == ["eve"], "the reader is known"


def test_a_tag_is_removed_for_good(
    client: Client, post: dict[str, Any], ada: Person, ben: Person
) -> None:
    path, (medium,) = f"/posts/{post['id']}", post["media"]
    assert client.delete(f"{path}/people/me", ben).status == 204
    assert _tagged(client.get(path, ada).json) == [("eve", 0, 0.5)]
    again = {"people": {medium["id"]: [{"handle": "ben", "x": 0, "y": 0}]}}
    refused = client.patch(path, ada, again)
    field = f"people.{medium['id']}[0].handle"
    assert (refused.status, refused.error) == (400, ("cannot_be_tagged", field))


def test_one_finds_the_posts_in_which_one_is_tagged(
    client: Client,
    pipeline: Pipeline,
    post: dict[str, Any],
    ada: Person,
    ben: Person,
    eve: Person,
) -> None:
    pipeline.run()
    for person, listed in ((ben, [post["id"]]), (eve, [post["id"]]), (ada, [])):
        page = client.get("/me/tagged", person).json
        assert ([shown["id"] for shown in page["items"]], page["next_cursor"]) == (listed, None)
    client.delete(f"/posts/{post['id']}/people/me", ben)
    client.put("/me/blocks/eve", ada)
    for person in (ben, eve):
        assert client.get("/me/tagged", person).json["items"] == []
    pipeline.run()
    client.delete("/me/blocks/eve", ada)
    assert client.get("/me/tagged", ben).json["items"] == []
    assert len(client.get("/me/tagged", eve).json["items"]) == 1


def test_the_setting_decides_who_is_mentioned(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    assert client.get("/me", ben).json["mentions_from"] == "everyone"
    client.patch("/me", ben, {"mentions_from": "followed"})
    first = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)], "first", caption="@ben")
    client.put("/me/following/ada", ben)
    second = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)], "second", caption="@ben")
    shown = [client.get(f"/posts/{i}", ada).json["mentions"] for i in (first, second)]
    assert shown == [[], ["ben"]]


def test_a_mention_is_no_word_to_search_for(
    client: Client, pipeline: Pipeline, post: dict[str, Any], ada: Person
) -> None:
    pipeline.run()
    for words, found in (("nobody", [post["id"]]), ("ben", []), ("#sea", [post["id"]])):
        posts = client.get("/search", ada, q=f"{words} ", type="posts").json["posts"]
        assert [shown["id"] for shown in posts] == found, words

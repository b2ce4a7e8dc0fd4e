"""Private accounts over HTTP: asking, accepting, and what others see meanwhile."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg

_RELATION: Final = ("followed_by_me", "follows_me", "requested_by_me")


@pytest.fixture
def post_id(client: Client, pipeline: Pipeline, ada: Person) -> str:
    """A post of Ada's, whose account is private."""
    client.patch("/me", ada, {"handle": "ada"})
    found = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)], caption="A grey heron #birds")
    assert client.patch("/me", ada, {"private": True}).json["private"] is True
    pipeline.run()
    return found


def _relation(body: Any) -> list[str]:
    return [name for name in _RELATION if body[name]]


def _found(client: Client, person: Person) -> list[list[str]]:
    """What a search and a hashtag find, as ids of posts."""
    pages = [
        client.get("/search", person, q="heron").json["posts"],
        client.get("/hashtags/birds/posts", person).json["items"],
    ]
    return [[post["id"] for post in page] for page in pages]


def _feed(client: Client, person: Person) -> list[str]:
    return [post["id"] for post in client.get("/feed", person).json["items"]]


def test_a_private_account_is_asked_accepts_and_is_seen(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, post_id: str
) -> None:
    bens = client.handle(ben)
    for _ in range(2):
        asked = client.put("/me/following/ada", ben)
        assert (asked.status, _relation(asked.json)) == (202, ["requested_by_me"])
    assert client.get("/me", ada).json["requests"] == 1
    (row,) = client.get("/me/requests", ada).json["items"]
    assert (row["handle"], _relation(row)) == (bens, [])
    assert _feed(client, ben) == []
    for _ in range(2):
        accepted = client.put(f"/me/requests/{bens}", ada)
        assert (accepted.status, _relation(accepted.json)) == (200, ["follows_me"])
    pipeline.run()
    assert client.get("/me", ada).json["requests"] == 0
    assert client.get("/me/requests", ada).json["items"] == []
    followed = client.put("/me/following/ada", ben)
    assert (followed.status, _relation(followed.json)) == (200, ["followed_by_me"])
    assert _feed(client, ben) == [post_id]
    assert client.get(f"/posts/{post_id}", ben).status == 200
    assert client.get("/users/ada/posts", ben).json["items"][0]["id"] == post_id
    assert client.get("/users/ada", ben).json["user"]["counts"]["posts"] == 1


def test_others_see_the_profile_and_nothing_of_the_posts(
    client: Client, ada: Person, ben: Person, post_id: str
) -> None:
    client.put("/me/following/ada", ben)
    shown = client.get("/users/ada", ben).json["user"]
    assert shown["private"] is True
    assert shown["counts"] == {"followers": 0, "following": 0, "posts": None}
    missing = f"{post_id[:-1]}{'0' if post_id[-1] != '0' else '1'}"
    for method in ("GET", "DELETE", "PATCH"):
        body = {"caption": "mine"} if method == "PATCH" else None
        answers = [
            client.request(method, f"/posts/{i}", ben, body=body) for i in (post_id, missing)
        ]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].json == answers[1].json
    for name in ("posts", "followers", "following"):
        refused = client.get(f"/users/ada/{name}", ben)
        assert (refused.status, refused.error) == (403, ("private_account", None))
    assert _found(client, ben) == [[], []]
    assert [user["handle"] for user in client.get("/search", ben, q="ada").json["users"]] == ["ada"]
    assert client.get(f"/posts/{post_id}", ada).status == 200
    assert [post["id"] for post in client.get("/users/ada/posts", ada).json["items"]] == [post_id]


def test_a_private_post_leaves_the_index_and_comes_back_when_the_account_is_public(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, post_id: str
) -> None:
    kinds = [suggestion["text"] for suggestion in _suggested(client, ben)]
    assert kinds == [], "not even the hashtag is known any more"
    publish_unrendered(
        client, pipeline, ada, [jpeg(17, 17)], "another", caption="A white heron #birds"
    )
    assert _found(client, ben) == [[], []]
    assert _suggested(client, ben) == []
    client.patch("/me", ada, {"private": False})
    pipeline.run()
    assert [len(page) for page in _found(client, ben)] == [2, 2]
    assert post_id in _found(client, ben)[1]
    assert [suggestion["text"] for suggestion in _suggested(client, ben)] == ["birds"]


def _suggested(client: Client, person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/search/suggest", person, q="#bir").json["items"]
    return found


def test_all_who_wait_are_accepted_when_the_account_is_public_again(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person, post_id: str
) -> None:
    for person in (ben, eve):
        client.put("/me/following/ada", person)
    client.patch("/me", ada, {"private": False})
    pipeline.run()
    me = client.get("/me", ada).json
    assert (me["requests"], me["counts"]["followers"]) == (0, 2)
    assert _feed(client, ben) == _feed(client, eve) == [post_id]


def test_a_removed_follower_has_to_ask_again(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, post_id: str
) -> None:
    bens = client.handle(ben)
    client.put("/me/following/ada", ben)
    client.put(f"/me/requests/{bens}", ada)
    pipeline.run()
    assert _feed(client, ben) == [post_id]
    for _ in range(2):
        removed = client.delete(f"/me/followers/{bens}", ada)
        assert (removed.status, _relation(removed.json)) == (200, [])
    assert _feed(client, ben) == []
    assert client.get(f"/posts/{post_id}", ben).status == 404
    pipeline.run()
    assert client.put("/me/following/ada", ben).status == 202
    pipeline.run()
    assert _feed(client, ben) == []
    assert client.get("/me", ada).json["counts"]["followers"] == 0


def test_a_request_that_was_declined_or_withdrawn_is_gone(
    client: Client, ada: Person, ben: Person, post_id: str
) -> None:
    bens = client.handle(ben)
    client.put("/me/following/ada", ben)
    assert client.delete(f"/me/requests/{bens}", ada).status == 200
    refused = client.put(f"/me/requests/{bens}", ada)
    assert (refused.status, refused.error) == (404, ("request_not_found", None))
    client.put("/me/following/ada", ben)
    assert _relation(client.delete("/me/following/ada", ben).json) == []
    assert client.put(f"/me/requests/{bens}", ada).status == 404
    assert client.get("/me", ada).json["requests"] == 0


def test_third_persons_lists_show_the_account_with_its_button(
    client: Client, ada: Person, ben: Person, eve: Person, post_id: str
) -> None:
    bens = client.handle(ben)
    client.put(f"/me/following/{bens}", ada)
    client.put("/me/following/ada", eve)
    (row,) = client.get(f"/users/{bens}/followers", eve).json["items"]
    assert (row["handle"], _relation(row)) == ("ada", ["requested_by_me"])
    assert (row["private"], row["counts"]["posts"]) == (True, None)
    (row,) = client.get(f"/users/{bens}/followers", ben).json["items"]
    assert _relation(row) == ["follows_me"]


def test_requests_are_listed_page_by_page_newest_first(
    client: Client, ada: Person, post_id: str
) -> None:
    people = [Person.number(number) for number in range(1, 6)]
    handles = [client.handle(person) for person in people]
    for person in people:
        client.put("/me/following/ada", person)
    for limit in (1, 2, 5, 100):
        rows = client.all_pages("/me/requests", ada, limit)
        assert [row["handle"] for row in rows] == handles[::-1]


def test_a_switch_is_a_boolean(client: Client, ada: Person) -> None:
    answer = client.patch("/me", ada, {"private": "yes"})
    assert (answer.status, answer.error) == (400, ("invalid_body", "private"))


@pytest.mark.parametrize(
    ("method", "route", "status"),
    [
        ("PUT", "following", 400),
        ("DELETE", "following", 200),
        ("PUT", "requests", 404),
        ("DELETE", "requests", 200),
        ("DELETE", "followers", 200),
        ("PUT", "blocks", 400),
        ("DELETE", "blocks", 204),
        ("PUT", "mutes", 400),
        ("DELETE", "mutes", 204),
    ],
)
def test_nobody_has_a_relation_to_themselves(
    client: Client, ada: Person, method: str, route: str, status: int
) -> None:
    path = f"/me/{route}/{client.handle(ada)}"
    client.patch("/me", ada, {"private": True})
    answer = client.put(path, ada) if method == "PUT" else client.delete(path, ada)
    assert answer.status == status
    counts = client.get("/me", ada).json["counts"]
    assert (counts["followers"], counts["following"]) == (0, 0)

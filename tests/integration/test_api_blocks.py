"""Blocks and mutes over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from shutterfeed.adapters.dynamodb import blocks, mutes
from tests.integration.client import Answer, Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg

UNTIL = "2099-12-31T00:00:00Z"


@pytest.fixture
def people(client: Client, ada: Person, ben: Person, eve: Person) -> None:
    for person, handle in ((ada, "ada"), (ben, "heron"), (eve, "eve")):
        client.patch("/me", person, {"handle": handle})


def _names(page: Answer) -> list[str]:
    return [row["handle"] for row in page.json["items"]]


def _without_name(answer: Answer) -> tuple[int, Any]:
    """An answer, whatever handle it repeats."""
    text = answer.text.replace("heron", "<handle>").replace("nobody", "<handle>")
    return answer.status, text


@pytest.mark.usefixtures("people")
def test_a_block_is_made_listed_and_taken_back(client: Client, ada: Person, ben: Person) -> None:
    first = client.put("/me/blocks/heron", ada)
    assert first.status == 200
    assert first.json["user"]["id"] == ben.user_id
    assert client.put("/me/blocks/Heron", ada).json == first.json
    assert client.get("/me/blocks", ada).json["items"] == [first.json]
    assert client.get("/me/blocks", ben).json["items"] == []
    for _ in range(2):
        assert client.delete("/me/blocks/heron", ada).status == 204
    assert client.get("/me/blocks", ada).json["items"] == []
    assert client.get("/users/heron", ada).status == 200


@pytest.mark.usefixtures("people")
def test_who_is_blocked_gets_the_answers_of_somebody_who_asks_for_nobody(
    client: Client, ada: Person, ben: Person
) -> None:
    client.put("/me/following/heron", ada)
    client.put("/me/following/ada", ben)
    client.put("/me/blocks/ada", ben)
    asked = [
        ("GET", "/users/{}"),
        ("GET", "/users/{}/posts"),
        ("GET", "/users/{}/followers"),
        ("GET", "/users/{}/following"),
        ("PUT", "/me/following/{}"),
        ("DELETE", "/me/following/{}"),
        ("DELETE", "/me/followers/{}"),
        ("PUT", "/me/requests/{}"),
        ("DELETE", "/me/requests/{}"),
        ("PUT", "/me/blocks/{}"),
        ("DELETE", "/me/blocks/{}"),
        ("PUT", "/me/mutes/{}"),
        ("DELETE", "/me/mutes/{}"),
    ]
    for method, path in asked:
        hidden, unknown = (
            client.request(method, path.format(handle), ada) for handle in ("heron", "nobody")
        )
        assert _without_name(hidden) == _without_name(unknown), (method, path)
    assert client.get("/me", ada).json["counts"]["following"] == 0


@pytest.mark.usefixtures("people")
def test_neither_finds_the_other_and_a_third_finds_both(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person
) -> None:
    theirs = {
        person.user_id: publish_unrendered(
            client, pipeline, person, [jpeg(16, 16)], caption="Dawn #birds"
        )
        for person in (ada, ben)
    }
    client.put("/me/following/heron", eve)
    pipeline.run()
    client.put("/me/blocks/ada", ben)
    pipeline.run()
    for viewer, hidden in ((ada, ben), (ben, ada), (eve, None)):
        shown = {i for i in theirs if hidden is None or i != hidden.user_id}
        posts = {theirs[user_id] for user_id in shown}
        found = client.get("/search", viewer, q="dawn", type="posts").json["posts"]
        assert {post["id"] for post in found} == posts
        tagged = client.get("/hashtags/birds/posts", viewer).json["items"]
        assert {post["id"] for post in tagged} == posts
        for user_id, post_id in theirs.items():
            status = client.get(f"/posts/{post_id}", viewer).status
            assert status == (200 if user_id in shown else 404)
        for handle, person in (("heron", ben), ("ada", ada)):
            people = client.get("/search", viewer, q=handle, type="users").json["users"]
            ids = {row["user"]["id"] for row in _suggested(client, viewer, handle)}
            expected = {person.user_id} & shown
            assert {user["id"] for user in people} == ids == expected
    assert _names(client.get("/users/eve/following", ada)) == []
    assert _names(client.get("/users/eve/following", eve)) == ["heron"]


def _suggested(client: Client, viewer: Person, text: str) -> list[Any]:
    rows = client.get("/search/suggest", viewer, q=f"@{text}").json["items"]
    return [row for row in rows if row["user"] is not None]


@pytest.mark.usefixtures("people")
def test_a_muted_users_posts_stay_out_of_what_nobody_asked_for(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    client.put("/me/following/heron", ada)
    post_id = publish_unrendered(client, pipeline, ben, [jpeg(16, 16)], caption="Dawn #birds")
    muted = client.put("/me/mutes/heron", ada, until=UNTIL)
    assert (muted.status, muted.json["until"]) == (200, UNTIL)
    assert client.put("/me/mutes/heron", ada, until=UNTIL).json == muted.json
    assert client.get("/me/mutes", ada).json["items"] == [muted.json]
    for hits in (False, True):
        expected = [post_id] if hits else []
        feed = client.get("/feed", ada).json["items"]
        found = client.get("/search", ada, q="dawn", type="posts").json["posts"]
        tagged = client.get("/hashtags/birds/posts", ada).json["items"]
        for posts in (feed, found, tagged):
            assert [post["id"] for post in posts] == expected
        assert client.get(f"/posts/{post_id}", ada).status == 200
        assert len(client.get("/users/heron/posts", ada).json["items"]) == 1
        seen = client.get("/users/heron", ada).json
        assert (seen["followed_by_me"], seen["muted_by_me"]) == (True, not hits)
        assert client.delete("/me/mutes/heron", ada).status == 204


@pytest.mark.usefixtures("people")
def test_what_cannot_be_blocked_or_muted_is_refused(client: Client, ada: Person) -> None:
    for path, code in (("/me/blocks/ada", "block_oneself"), ("/me/mutes/ada", "mute_oneself")):
        answer = client.put(path, ada)
        assert (answer.status, answer.error) == (400, (code, "handle"))
    for until, code in (
        ("2020-01-01T00:00:00Z", "until_out_of_range"),
        ("2100-01-01T00:00:00Z", "until_out_of_range"),
        ("soon", "invalid_until"),
    ):
        answer = client.put("/me/mutes/heron", ada, until=until)
        assert (answer.status, answer.error) == (400, (code, "until"))
    assert client.get("/me/mutes", ada).json["items"] == []


@pytest.mark.usefixtures("people")
def test_there_are_only_so_many(
    client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MAX_BLOCKS", 1)
    monkeypatch.setattr(mutes, "MAX_MUTES", 1)
    for name in ("mutes", "blocks"):
        assert client.put(f"/me/{name}/eve", ada).status == 200
        refused = client.put(f"/me/{name}/heron", ada)
        assert (refused.status, refused.error) == (409, (f"too_many_{name}", None))

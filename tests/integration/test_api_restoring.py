"""Deleting a post and bringing it back, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.integration.client import Client, draft, listed, tokenless
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, upload_all
from tests.integration.world import Person
from tests.pictures import jpeg


@pytest.fixture
def published(client: Client, pipeline: Pipeline, ada: Person) -> str:
    return publish(client, pipeline, ada, [jpeg(32, 32)], caption="here")


def test_a_restored_post_is_as_before_everywhere(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, published: str
) -> None:
    client.put(f"/me/following/{client.handle(ada)}", ben)
    newer = publish(client, pipeline, ada, [jpeg(32, 32, seed=2)], key="key-2")
    paths = ("/feed", f"/users/{client.handle(ada)}/posts")
    before = [client.get(path, ben).json["items"] for path in paths]
    assert [post["id"] for post in before[0]] == [newer, published]

    client.delete(f"/posts/{published}", ada)
    pipeline.run()
    assert [post["id"] for post in client.get("/feed", ben).json["items"]] == [newer]
    restored = client.request("POST", f"/posts/{published}/restore", ada)
    assert (restored.status, restored.json) == (200, before[0][1])
    pipeline.run()
    assert [client.get(path, ben).json["items"] for path in paths] == before
    assert client.get("/me", ada).json["counts"]["posts"] == 2


def test_a_repeated_delivery_changes_nothing(
    client: Client, pipeline: Pipeline, ada: Person, published: str
) -> None:
    pipeline.twice = True
    for _ in range(2):
        client.delete(f"/posts/{published}", ada)
        client.request("POST", f"/posts/{published}/restore", ada)
    pipeline.run()
    assert [post["id"] for post in client.get("/feed", ada).json["items"]] == [published]
    assert client.get("/me", ada).json["counts"]["posts"] == 1


def test_a_deleted_post_is_listed_for_its_author_until_it_goes(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, published: str
) -> None:
    before = client.get(f"/posts/{published}", ada).json
    client.delete(f"/posts/{published}", ada)
    (entry,) = client.get("/me/deleted", ada).json["items"]
    # Its links are good for a shorter time, since nobody else may see it now.
    shown = listed(before) | {"state": "deleted", "can_comment": False}
    assert tokenless(entry["post"]) == tokenless(shown)
    assert entry["returns_to"] == "published"
    deleted_at, until = (
        datetime.fromisoformat(entry[name]) for name in ("deleted_at", "restorable_until")
    )
    assert until - deleted_at == timedelta(days=30)
    assert client.get("/me/deleted", ben).json["items"] == []
    assert client.get(f"/posts/{published}", ada).status == 404

    # TTL has not come by yet.
    pipeline.world.clock.advance(timedelta(days=30))
    assert client.get("/me/deleted", ada).json["items"] == []
    late = client.request("POST", f"/posts/{published}/restore", ada)
    assert (late.status, late.error) == (409, ("restore_expired", None))


def test_deleted_posts_come_in_pages(client: Client, ada: Person) -> None:
    ids = []
    for number in range(3):
        post_id = client.create_post(ada, draft(), key=str(number)).json["post"]["id"]
        client.delete(f"/posts/{post_id}", ada)
        ids.append(post_id)
    entries = client.all_pages("/me/deleted", ada, 2)
    assert [entry["post"]["id"] for entry in entries] == ids[::-1]
    assert {entry["returns_to"] for entry in entries} == {"pending"}


def test_what_arrived_while_the_post_was_deleted_is_published_when_it_is_back(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    photo = jpeg(32, 32)
    created = client.create_post(ada, draft([photo])).json
    path = f"/posts/{created['post']['id']}"
    client.delete(path, ada)
    upload_all(pipeline.world, created, [photo])
    pipeline.run()
    assert client.request("POST", f"{path}/restore", ada).status == 200
    pipeline.run()
    assert client.get(path, ada).json["state"] == "published"


def test_only_the_author_restores_and_what_is_not_deleted_stays_as_it_is(
    client: Client, ada: Person, ben: Person, published: str
) -> None:
    path = f"/posts/{published}/restore"
    as_it_is = client.request("POST", path, ada)
    post = listed(client.get(f"/posts/{published}", ada).json)
    assert (as_it_is.status, as_it_is.json) == (200, post)
    for _ in range(2):
        answer = client.request("POST", path, ben)
        assert (answer.status, answer.error) == (404, ("post_not_found", None))
        client.delete(f"/posts/{published}", ada)
    unknown = client.request("POST", "/posts/x/restore", ada)
    assert (unknown.status, unknown.error) == (404, ("post_not_found", None))

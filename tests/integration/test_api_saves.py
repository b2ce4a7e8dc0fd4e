"""Saves and collections over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.bootstrap import aws as composed
from shutterfeed.domain.ids import PostId
from tests.integration.client import Answer, Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import METADATA, Person
from tests.pictures import jpeg

PHOTO = jpeg(32, 32)


@pytest.fixture
def posts(client: Client, pipeline: Pipeline, ada: Person, ben: Person) -> list[str]:
    """The ids of three posts of Ada's, in the order of publishing."""
    client.patch("/me", ada, {"handle": "ada"})
    client.handle(ben)
    return [
        publish_unrendered(client, pipeline, ada, [PHOTO], f"key-{number}") for number in range(3)
    ]


def _saved(client: Client, person: Person, path: str = "/me/saved") -> list[str]:
    return [post["id"] for post in client.all_pages(path, person, 2)]


def _collection(client: Client, person: Person, name: str) -> Answer:
    return client.request("POST", "/me/collections", person, body={"name": name})


def _of(answer: Answer) -> Any:
    return answer.json["name"], answer.json["count"]


def test_saved_posts_are_listed_last_saved_first_and_shown_as_saved(
    client: Client, posts: list[str], ada: Person, ben: Person
) -> None:
    for index in (1, 2, 0, 1):
        assert client.put(f"/posts/{posts[index]}/save", ben).json == {"saved_by_me": True}
    assert _saved(client, ben) == [posts[0], posts[2], posts[1]]
    assert _saved(client, ada) == []
    assert client.get(f"/posts/{posts[0]}", ben).json["saved_by_me"] is True
    assert client.get(f"/posts/{posts[0]}", ada).json["saved_by_me"] is False
    listed = client.get("/users/ada/posts", ben).json["items"]
    assert all(post["saved_by_me"] for post in listed)
    for _ in range(2):
        assert client.delete(f"/posts/{posts[2]}/save", ben).json == {"saved_by_me": False}
    assert _saved(client, ben) == [posts[0], posts[1]]


def test_what_is_hidden_is_left_out_and_comes_back(
    client: Client, posts: list[str], ada: Person, ben: Person
) -> None:
    collection = _collection(client, ben, "Kept").json["id"]
    for post in posts:
        client.put(f"/me/collections/{collection}/posts/{post}", ben)
    client.delete(f"/posts/{posts[1]}", ada)
    left = [posts[2], posts[0]]
    assert _saved(client, ben) == left
    assert _saved(client, ben, f"/me/collections/{collection}") == left
    client.patch("/me", ada, {"private": True})
    assert _saved(client, ben) == []
    assert client.put(f"/posts/{posts[0]}/save", ben).status == 404
    client.patch("/me", ada, {"private": False})
    client.request("POST", f"/posts/{posts[1]}/restore", ada)
    assert _saved(client, ben) == [posts[2], posts[1], posts[0]]


def test_a_save_can_be_taken_back_where_one_does_not_see_the_post_any_more(
    client: Client, posts: list[str], ada: Person, ben: Person
) -> None:
    collection = _collection(client, ben, "Kept").json["id"]
    within = f"/me/collections/{collection}/posts"
    for post in posts[:2]:
        client.put(f"{within}/{post}", ben)
    client.patch("/me", ada, {"private": True})
    assert _of(client.delete(f"{within}/{posts[0]}", ben)) == ("Kept", 1)
    assert client.delete(f"/posts/{posts[1]}/save", ben).json == {"saved_by_me": False}
    for unsaved in (posts[1], posts[2], posts[2][:-1] + "0", "nonsense"):
        for path in (f"/posts/{unsaved}/save", f"{within}/{unsaved}"):
            refused = client.delete(path, ben)
            assert (refused.status, refused.error[0]) == (404, "post_not_found")
    client.patch("/me", ada, {"private": False})
    assert _saved(client, ben) == [posts[0]]
    assert _saved(client, ben, f"/me/collections/{collection}") == []


def test_collections_hold_saved_posts(client: Client, posts: list[str], ben: Person) -> None:
    created = _collection(client, ben, "Lakes")
    assert (created.status, _of(created)) == (201, ("Lakes", 0))
    lakes = created.json["id"]
    assert _collection(client, ben, " LAKES ").json["id"] == lakes
    for post in posts[:2]:
        client.put(f"/me/collections/{lakes}/posts/{post}", ben)
    path = f"/me/collections/{lakes}/posts/{posts[0]}"
    assert _of(client.put(path, ben)) == ("Lakes", 2)
    assert _saved(client, ben) == [posts[1], posts[0]], "put in, they are saved"
    assert _of(client.delete(path, ben)) == ("Lakes", 1)
    assert _saved(client, ben) == [posts[1], posts[0]], "taken out, they are saved still"
    client.delete(f"/posts/{posts[1]}/save", ben)
    seas = _collection(client, ben, "Seas").json["id"]
    found = client.get("/me/collections", ben).json["items"]
    assert [(one["name"], one["count"]) for one in found] == [("Seas", 0), ("Lakes", 0)]
    assert client.all_pages("/me/collections", ben, 1) == found
    client.put(f"/me/collections/{seas}/posts/{posts[2]}", ben)
    assert client.delete(f"/me/collections/{seas}", ben).status == 204
    assert _saved(client, ben) == [posts[2], posts[0]]


def test_a_new_collection_has_nothing_of_one_whose_deletion_broke_off(
    client: Client, posts: list[str], ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lakes = _collection(client, ben, "Lakes").json["id"]
    client.put(f"/me/collections/{lakes}/posts/{posts[0]}", ben)
    with monkeypatch.context() as broken:
        broken.delattr(DynamoSaves, "take_out")
        assert client.delete(f"/me/collections/{lakes}", ben).status == 500
    assert client.get("/me/collections", ben).json["items"] == []
    again = _collection(client, ben, "lakes")
    assert again.json["id"] != lakes
    assert _of(again) == ("lakes", 0)
    assert _saved(client, ben, f"/me/collections/{again.json['id']}") == []
    assert client.delete(f"/me/collections/{lakes}", ben).status == 204, "repeated late"
    assert _collection(client, ben, "Lakes").json == again.json
    assert _saved(client, ben) == [posts[0]]


def test_the_list_of_collections_goes_on_after_one_that_was_deleted(
    client: Client, posts: list[str], ben: Person
) -> None:
    assert len(posts) == 3
    ids = {name: _collection(client, ben, name).json["id"] for name in ("Lakes", "Seas", "Ponds")}
    whole = [one["id"] for one in client.get("/me/collections", ben).json["items"]]
    assert sorted(whole) == sorted(ids.values())
    first = client.get("/me/collections", ben, limit="1").json
    client.delete(f"/me/collections/{whole[0]}", ben)
    rest = client.get("/me/collections", ben, cursor=first["next_cursor"]).json
    assert [one["id"] for one in rest["items"]] == whole[1:]
    assert rest["next_cursor"] is None


def test_names_of_collections(client: Client, posts: list[str], ada: Person, ben: Person) -> None:
    assert len(posts) == 3
    lakes = _collection(client, ben, "Lakes").json["id"]
    _collection(client, ben, "Seas")
    path = f"/me/collections/{lakes}"
    assert client.patch(path, ben, {"name": "lakes"}).json["name"] == "lakes"
    taken = client.patch(path, ben, {"name": "SEAS"})
    assert (taken.status, taken.error[0]) == (409, "collection_exists")
    assert client.patch(path, ben, {"name": "Ponds"}).json["id"] == lakes
    other = _collection(client, ben, "Lakes").json["id"]
    assert other != lakes
    for bad, code in ((" ", "invalid_collection_name"), ("a\nb", "invalid_text")):
        refused = _collection(client, ben, bad)
        assert (refused.status, refused.error) == (400, (code, "name"))
    for unknown in (path, "/me/collections/x"):
        for answer in (
            client.get(unknown, ada),
            client.patch(unknown, ada, {"name": "Mine"}),
            client.put(f"{unknown}/posts/{posts[0]}", ada),
            client.delete(f"{unknown}/posts/{posts[0]}", ada),
        ):
            assert (answer.status, answer.error[0]) == (404, "collection_not_found")
    assert client.delete(path, ada).status == 204, "it may have been there"
    assert client.delete("/me/collections/x", ada).status == 404


def test_nobody_has_more_than_a_hundred_collections(
    client: Client, posts: list[str], ben: Person
) -> None:
    assert len(posts) == 3
    for number in range(100):
        _collection(client, ben, f"Number {number}")
    refused = _collection(client, ben, "One more")
    assert (refused.status, refused.error[0]) == (409, "too_many_collections")
    assert _collection(client, ben, "number 7").status == 201


def test_the_save_of_a_post_that_is_gone_goes_when_its_list_is_read(
    client: Client, posts: list[str], ada: Person, ben: Person
) -> None:
    client.put(f"/posts/{posts[0]}/save", ben)
    client.delete(f"/posts/{posts[0]}", ada)
    post_id, table = PostId.parse(posts[0]), composed.table(METADATA)
    assert _saved(client, ben) == []
    assert table.get(keys.save(ben.user_id, post_id)), "it may be restored"
    table.write_many(deletes=[keys.post(post_id)])
    assert _saved(client, ben) == []
    assert table.get(keys.save(ben.user_id, post_id)) is None

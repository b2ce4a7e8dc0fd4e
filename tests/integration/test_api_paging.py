"""Cursors and limits, on every list."""

from __future__ import annotations

from itertools import islice

import pytest

from api.http import ROUTES
from tests.integration import contract, payloads
from tests.integration.client import Answer, Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg

LISTS = [
    path
    for _, path, operation in contract.operations()
    if any(parameter["name"] == "cursor" for parameter in operation["parameters"])
]

ASKED = {"/search": {"q": "winter"}}


def _read(client: Client, lists: dict[str, str], path: str, person: Person, **query: str) -> Answer:
    """A list, read by a moderator, since some lists are for moderators alone."""
    claims = payloads.moderator_claims(person.subject, client.session_began)
    query = ASKED.get(path, {}) | query
    return client.request("GET", lists[path], claims=claims, query=query)


@pytest.fixture
def lists(client: Client, pipeline: Pipeline, ada: Person) -> dict[str, str]:
    """A path that exists for each list, by the path in the document."""
    handle = client.patch("/me", ada, {"handle": "ada"}).json["handle"]
    post = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)], "of-lists")
    said = client.request(
        "POST",
        f"/posts/{post}/comments",
        ada,
        body={"text": "here"},
        headers={"Idempotency-Key": "of-lists"},
    )
    named = client.request("POST", "/me/collections", ada, body={"name": "Winter"})
    names = {"handle": handle, "tag": "winter", "place": "lindau"}
    names |= {"id": post, "comment_id": said.json["id"]}
    names["collection_id"] = named.json["id"]
    return {path: path.format_map(names) for path in LISTS}


@pytest.fixture
def handle(client: Client, ada: Person) -> str:
    found: str = client.patch("/me", ada, {"handle": "ada"}).json["handle"]
    return found


@pytest.fixture
def cursor(client: Client, ada: Person) -> str:
    """A cursor in Ada's upload ledger, after the first entry."""
    client.create_post(ada, draft([b"1", b"2", b"3"]))
    found: str = client.get("/me/uploads", ada, limit="1").json["next_cursor"]
    return found


def test_every_answer_with_a_next_cursor_is_a_list() -> None:
    answering = {
        route.path
        for route in ROUTES
        if route.returns is not None and "next_cursor" in route.returns.__struct_fields__
    }
    assert answering == set(LISTS)
    assert {"/feed", "/me/uploads", "/users/{handle}/followers"} <= answering


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1000", "1.5", "ten", "", "1,2", "٣", " 1"])
def test_limits_outside_the_bounds_are_refused(
    client: Client, ada: Person, lists: dict[str, str], limit: str
) -> None:
    for path in LISTS:
        answer = _read(client, lists, path, ada, limit=limit)
        assert (path, answer.status) == (path, 400)
        assert answer.error == ("invalid_limit", "limit")


@pytest.mark.parametrize("limit", ["1", "100"])
def test_limits_at_the_bounds_are_taken(
    client: Client, ada: Person, lists: dict[str, str], limit: str
) -> None:
    for path in LISTS:
        assert _read(client, lists, path, ada, limit=limit).status == 200


@pytest.mark.parametrize("bad", ["", "x", "AAAA", "!", "ü", "A" * 22, "A" * 2000, "0:", "null"])
def test_made_up_cursors_are_refused(
    client: Client, ada: Person, lists: dict[str, str], bad: str
) -> None:
    for path in LISTS:
        answer = _read(client, lists, path, ada, cursor=bad)
        assert (path, answer.status) == (path, 400)
        assert answer.error == ("invalid_cursor", "cursor")


def test_an_altered_cursor_is_refused(client: Client, ada: Person, cursor: str) -> None:
    assert client.get("/me/uploads", ada, cursor=cursor).status == 200
    swapped = (
        cursor[:place] + ("B" if cursor[place] == "A" else "A") + cursor[place + 1 :]
        for place in range(len(cursor))
    )
    padded = (cursor + "=", cursor[:-1], " " + cursor, cursor + cursor)
    for altered in (*islice(swapped, 0, None, 5), *padded):
        answer = client.get("/me/uploads", ada, cursor=altered)
        assert (altered, answer.status) == (altered, 400)
        assert answer.error == ("invalid_cursor", "cursor")


def test_a_cursor_is_its_users_alone(client: Client, ada: Person, ben: Person, cursor: str) -> None:
    client.create_post(ben, draft([b"1", b"2"]))
    assert client.get("/me/uploads", ben, cursor=cursor).error == ("invalid_cursor", "cursor")


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/me/uploads"])
def test_a_cursor_is_its_lists_alone(
    client: Client, ada: Person, lists: dict[str, str], cursor: str, path: str
) -> None:
    answer = _read(client, lists, path, ada, cursor=cursor)
    assert answer.error == ("invalid_cursor", "cursor")


def test_a_cursor_of_one_users_followers_is_not_anothers(
    client: Client, ada: Person, ben: Person, handle: str
) -> None:
    client.patch("/me", ben, {"handle": "ben"})
    for number in (1, 2):
        client.put(f"/me/following/{handle}", Person.number(number))
    cursor = client.get(f"/users/{handle}/followers", ben, limit="1").json["next_cursor"]
    assert client.get("/users/ADA/followers", ben, cursor=cursor).status == 200
    answer = client.get("/users/ben/followers", ben, cursor=cursor)
    assert answer.error == ("invalid_cursor", "cursor")


def test_a_feed_is_read_whole_in_pages_of_any_size(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    newest_first = [
        publish_unrendered(client, pipeline, ada, [jpeg(16, 16, seed=n)], key=f"key-{n}")
        for n in range(5)
    ][::-1]
    for path in ("/feed", f"/users/{client.handle(ada)}/posts"):
        for limit in (1, 2, 5, 100):
            items = client.all_pages(path, ada, limit)
            assert [item["id"] for item in items] == newest_first


def test_a_users_posts_are_read_from_a_moment_backwards(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    for number in range(3):
        photo = jpeg(16, 16, seed=number)
        publish_unrendered(client, pipeline, ada, [photo], key=f"key-{number}")
    path = f"/users/{client.handle(ada)}/posts"
    posts = client.get(path, ada).json["items"]
    for moment in (*(post["published_at"] for post in posts), "2020-01-01T00:00:00+01:00"):
        before = [post["id"] for post in posts if post["published_at"] < moment]
        listed = client.get(path, ada, before=moment).json["items"]
        assert [post["id"] for post in listed] == before
    later = {"before": "2090-01-01T00:00:00Z", "limit": "2"}
    page = client.get(path, ada, **later).json
    rest = client.get(path, ada, **later, cursor=page["next_cursor"]).json
    assert page["items"] + rest["items"] == posts
    # A cursor is for the list that it was given for.
    moved = client.get(path, ada, cursor=page["next_cursor"])
    assert moved.error == ("invalid_cursor", "cursor")
    for wrong in ("", "yesterday", "2026-05-01", "2026-05-01T12:00:00"):
        assert client.get(path, ada, before=wrong).error == ("invalid_before", "before")
    assert client.get(path, ada, before="0001-01-01T00:00:00Z").json["items"] == []


def test_pages_stay_whole_while_posts_come_and_go(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    ids = [
        publish_unrendered(client, pipeline, ada, [jpeg(16, 16, seed=n)], key=f"k-{n}")
        for n in range(4)
    ]
    first = client.get("/feed", ada, limit="2").json
    publish_unrendered(client, pipeline, ada, [jpeg(16, 16, seed=9)], key="k-9")
    client.delete(f"/posts/{ids[1]}", ada)
    rest = client.get("/feed", ada, cursor=first["next_cursor"]).json
    assert [item["id"] for item in first["items"] + rest["items"]] == [ids[3], ids[2], ids[0]]


def test_the_ledger_is_read_whole_newest_first(client: Client, ada: Person) -> None:
    for number in range(3):
        client.create_post(ada, draft([b"a", b"b"]), key=f"key-{number}")
    whole = client.all_pages("/me/uploads", ada, 100)
    assert len({entry["media_id"] for entry in whole}) == 6
    assert [entry["media_id"] for entry in whole] == sorted(
        (entry["media_id"] for entry in whole), reverse=True
    )
    for limit in (1, 2, 4, 5, 6):
        assert client.all_pages("/me/uploads", ada, limit) == whole

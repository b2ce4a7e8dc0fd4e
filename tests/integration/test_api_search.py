"""Searching over HTTP: through table, stream, queue and index to the answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration import payloads
from tests.integration.client import Client, listed
from tests.integration.pipeline import Pipeline, invoke
from tests.integration.publishing import publish_unrendered
from tests.integration.world import SEARCH, Person, World, aws
from tests.pictures import jpeg

PLACE = {"name": "Skagen Harbour", "latitude": 57.7209, "longitude": 10.5882}


@pytest.fixture
def heron(client: Client, pipeline: Pipeline, ada: Person) -> str:
    client.patch("/me", ada, {"handle": "ada.lens", "display_name": "Ada Lovelace"})
    caption = "A grey heron at dawn #Birds"
    return publish_unrendered(client, pipeline, ada, [jpeg(16, 16)], caption=caption, place=PLACE)


def _ids(client: Client, person: Person, **query: str) -> list[str]:
    answer = client.get("/search", person, type="posts", **query)
    assert answer.status == 200, answer.text
    return [post["id"] for post in answer.json["posts"]]


def test_a_post_is_found(client: Client, ada: Person, heron: str) -> None:
    for query in (
        {"q": "heron"},
        {"q": "grey herno "},
        {"q": "#birds"},
        {"q": "skagen"},
        {"q": "her"},
        {"near": "57.7,10.6", "km": "20"},
        {"near": "57.7,10.6", "q": "dawn"},
        {"q": "heron", "media": "photo"},
    ):
        assert _ids(client, ada, **query) == [heron], query


def test_and_is_not_where_it_does_not_match(client: Client, ada: Person, heron: str) -> None:
    assert heron
    for query in (
        {"q": "stork"},
        {"q": "#bird"},
        {"near": "0,0", "km": "500"},
        {"near": "0,0", "q": "heron"},
        {"q": "heron", "media": "video"},
    ):
        assert _ids(client, ada, **query) == [], query


def test_a_found_post_is_shown_as_it_is_elsewhere(client: Client, ada: Person, heron: str) -> None:
    (shown,) = client.get("/search", ada, q="heron", type="posts").json["posts"]
    assert shown == listed(client.get(f"/posts/{heron}", ada).json)


def test_everything_at_once_is_the_best_of_each_kind(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, heron: str
) -> None:
    client.patch("/me", ben, {"handle": "birdsong", "display_name": "Ben"})
    pipeline.run()
    page = client.get("/search", ada, q="birds").json
    assert [post["id"] for post in page["posts"]] == [heron]
    assert [user["handle"] for user in page["users"]] == ["birdsong"]
    assert page["hashtags"] == ["birds"]
    assert page["next_cursor"] is None


def test_people_are_found_by_handle_and_name_as_they_are_now(
    client: Client, pipeline: Pipeline, ada: Person, heron: str
) -> None:
    assert heron

    def handles(text: str) -> list[str]:
        page = client.get("/search", ada, q=text, type="users").json
        return [user["handle"] for user in page["users"]]

    assert handles("@ada.lens") == handles("lovelase") == handles("lovel") == ["ada.lens"]
    client.patch("/me", ada, {"handle": "countess"})
    pipeline.run()
    assert handles("ada.lens") == []
    assert handles("countess") == handles("lovelace") == ["countess"]


def test_type_ahead(client: Client, ada: Person, heron: str) -> None:
    assert heron

    def texts(text: str) -> list[tuple[str, str]]:
        items = client.get("/search/suggest", ada, q=text).json["items"]
        return [(item["kind"], item["text"]) for item in items]

    assert texts("ada") == texts("lovel") == texts("@a") == [("user", "ada.lens")]
    assert texts("bir") == texts("#b") == [("hashtag", "birds")]
    assert texts("harb") == texts("skag") == [("place", "Skagen Harbour")]
    assert texts("zzz") == []


def test_a_hashtags_posts_in_pages_newest_first(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    ids = [
        publish_unrendered(
            client, pipeline, ada, [jpeg(16, 16, seed=n)], f"k{n}", caption=f"{n} #Sea"
        )
        for n in range(3)
    ]
    for limit in (1, 2, 100):
        items = client.all_pages("/hashtags/sea/posts", ada, limit)
        assert [item["id"] for item in items] == ids[::-1]
    assert client.get("/hashtags/%23SEA/posts", ada).json["items"]
    for path in ("/hashtags/🌩/posts", "/hashtags/%F0%9F%8C%A9/posts", "/hashtags/北海/posts"):
        assert client.get(path, ada).json["items"] == []
    assert client.get("/hashtags/a-b/posts", ada).error == ("invalid_hashtag", "tag")


def test_deleted_posts_are_not_found_even_before_the_index_knows(
    client: Client, pipeline: Pipeline, ada: Person, heron: str
) -> None:
    client.delete(f"/posts/{heron}", ada)
    assert _ids(client, ada, q="heron") == []
    assert client.get("/hashtags/birds/posts", ada).json["items"] == []
    pipeline.run()
    assert _ids(client, ada, q="heron") == []
    assert client.get("/search/suggest", ada, q="bird").json["items"] == []
    client.request("POST", f"/posts/{heron}/restore", ada)
    pipeline.run()
    assert _ids(client, ada, q="heron") == [heron]


def test_an_edited_caption_is_what_finds_it(
    client: Client, pipeline: Pipeline, ada: Person, heron: str
) -> None:
    client.patch(f"/posts/{heron}", ada, {"caption": "A stork", "place": None})
    pipeline.run()
    assert _ids(client, ada, q="stork") == [heron]
    assert _ids(client, ada, q="heron") == _ids(client, ada, q="skagen") == []


def test_pages_of_results_have_no_duplicates_while_posts_arrive(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    for n in range(5):
        publish_unrendered(
            client, pipeline, ada, [jpeg(16, 16, seed=n)], f"k{n}", caption=f"wave {n}"
        )
    first = client.get("/search", ada, q="wave", type="posts", limit="2").json
    publish_unrendered(client, pipeline, ada, [jpeg(16, 16, seed=9)], "k9", caption="wave 9")
    seen = [post["id"] for post in first["posts"]]
    cursor = first["next_cursor"]
    while cursor:
        page = client.get("/search", ada, q="wave", type="posts", limit="2", cursor=cursor).json
        seen += [post["id"] for post in page["posts"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_is_its_querys_alone(client: Client, pipeline: Pipeline, ada: Person) -> None:
    for n in range(2):
        publish_unrendered(
            client, pipeline, ada, [jpeg(16, 16, seed=n)], f"k{n}", caption="wave wind"
        )
    query = {"q": "wave", "type": "posts", "limit": "1"}
    cursor = client.get("/search", ada, **query).json["next_cursor"]
    assert client.get("/search", ada, **query, cursor=cursor).status == 200
    for other in ({"q": "wind"}, {"type": "users"}, {"media": "photo"}, {"near": "0,0"}):
        answer = client.get("/search", ada, **(query | other), cursor=cursor)
        assert (other, answer.status) == (other, 400)
        assert answer.error == ("invalid_cursor", "cursor")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, ("empty_query", "q")),
        ({"q": ""}, ("empty_query", "q")),
        ({"q": "?!"}, ("empty_query", "q")),
        ({"q": "x" * 10_000}, ("query_too_long", "q")),
        ({"q": "a\x00b"}, ("invalid_text", "q")),
        ({"q": "a", "type": "everything"}, ("invalid_type", "type")),
        ({"q": "a", "media": "sound"}, ("invalid_media", "media")),
        ({"q": "a", "near": "here"}, ("invalid_near", "near")),
        ({"q": "a", "near": "1,1", "km": "9999"}, ("invalid_km", "km")),
        ({"near": "1,1", "type": "users"}, ("empty_query", "q")),
        ({"near": "1,1", "type": "hashtags"}, ("empty_query", "q")),
    ],
)
def test_bad_queries_are_refused(
    client: Client, ada: Person, query: dict[str, str], error: tuple[str, str]
) -> None:
    answer = client.get("/search", ada, **query)
    assert (answer.status, answer.error) == (400, error)


def test_everything_near_a_place_is_its_posts(client: Client, ada: Person, heron: str) -> None:
    page = client.get("/search", ada, near="57.7,10.6", km="20").json
    assert [post["id"] for post in page["posts"]] == [heron]
    assert page["users"] == page["hashtags"] == []


def test_nobody_searches_without_signing_in(client: Client) -> None:
    for path in ("/search", "/search/suggest", "/hashtags/sea/posts"):
        assert client.get(path, q="sea").status == 401


def test_one_message_that_cannot_be_indexed_fails_alone(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    heron: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author_id, _, ulid = heron.partition("-")
    bodies = [
        payloads.message("IndexUser", user_id=ada.user_id),
        payloads.message("IndexPost", post_id={"author_id": author_id, "ulid": ulid}),
        "nonsense",
    ]

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if "DOC#P#" in params["Key"]["pk"]["S"]:
            params["TableName"] = "no-such-table"

    event = "provide-client-params.dynamodb.GetItem"
    aws("dynamodb").meta.events.register(event, refuse)
    try:
        answer = invoke("index", payloads.sqs_event(bodies))
    finally:
        aws("dynamodb").meta.events.unregister(event, refuse)
    assert [f["itemIdentifier"] for f in answer["batchItemFailures"]] == ["message-1", "message-2"]
    assert SEARCH in world.environment().values()

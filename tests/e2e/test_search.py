"""What is published is found in seconds, by what people remember of it; what is deleted never."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from operations import search_index
from operations.deployment import Deployment as Operated
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tests import pictures
from tests.e2e.conftest import Deployment, Person, eventually, published, signing_up
from tools import opensearch_node
from tools.cloud import LocalCloud
from tools.deploy import LocalAws, deploy
from tools.errors import Unavailable


@pytest.fixture(scope="module")
def opensearch_stack(
    opensearch_server: str | Unavailable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Another deployment, whose functions search in a real OpenSearch node."""
    if isinstance(opensearch_server, Unavailable):
        pytest.skip(str(opensearch_server))
    opensearch_node.empty(opensearch_server)
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud") / "state")
    try:
        cloud.start()
        context = {"search": "opensearch", "search_endpoint": opensearch_server}
        yield Deployment(cloud.endpoint, deploy(cloud.endpoint, context=context))
    finally:
        cloud.stop()


@pytest.fixture(params=["dynamodb", "opensearch"])
def searching(request: pytest.FixtureRequest) -> Deployment:
    """A deployment that searches with this engine."""
    name = "stack" if request.param == "dynamodb" else "opensearch_stack"
    found: Deployment = request.getfixturevalue(name)
    return found


@pytest.fixture
def person(searching: Deployment) -> Callable[[], Person]:
    """Signs up somebody new there."""
    return signing_up(searching)


def _found(api: Api, **query: str) -> list[str]:
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    page = api.call("GET", f"/search?type=posts&{asked}")
    return [post["id"] for post in page["posts"]]


def _handles(api: Api, text: str) -> list[str]:
    page = api.call("GET", f"/search?type=users&q={quote(text)}")
    return [user["handle"] for user in page["users"]]


def test_a_post_is_found_by_what_people_remember_of_it_until_it_is_deleted(
    person: Callable[[], Person],
) -> None:
    author, reader = person(), person()
    author.api.edit_me(display_name="Beatrix Featherstonehaugh")
    place = {"name": "Råbjerg Mile", "latitude": 57.6536, "longitude": 10.4067}
    caption = "Quicksilver dunes before the thunderstorm 🌩️ #Wanderdüne #北海"

    post_id = author.api.publish(
        [Photo(pictures.jpeg(320, 240, seed=70))], caption=caption, place=place
    )
    published(author.api, post_id)
    eventually(lambda: _found(reader.api, q="quicksilver"), lambda ids: ids == [post_id])

    # What completes and corrects words comes to the index a little later than the post.
    for text in ("quicks", "Quicksilber thundersorm "):
        eventually(
            lambda text=text: _found(reader.api, q=text),  # type: ignore[misc]
            lambda ids: ids == [post_id],
        )
    for query in (
        {"q": "quicksilver dunes"},
        {"q": "#wanderdune"},
        {"q": "#北海"},
        {"q": "海"},
        {"q": "🌩"},
        {"q": "rabjerg"},
        {"near": "57.65,10.4", "km": "5"},
        {"q": "dunes", "media": "photo"},
    ):
        assert (query, _found(reader.api, **query)) == (query, [post_id])
    assert _found(reader.api, q="quicksilver", media="video") == []
    for tag in ("wanderdüne", "北海"):
        tagged = reader.api.call("GET", f"/hashtags/{quote(tag)}/posts")
        assert [post["id"] for post in tagged["items"]] == [post_id]
    suggested = reader.api.call("GET", "/search/suggest?q=wand")["items"]
    assert [(item["kind"], item["text"]) for item in suggested] == [("hashtag", "wanderdune")]

    for text in (author.handle, f"@{author.handle}", "featherstonehaugh", "fetherstonehaugh "):
        eventually(
            lambda text=text: _handles(reader.api, text),  # type: ignore[misc]
            lambda handles: author.handle in handles,
        )

    author.api.call("PATCH", f"/posts/{post_id}", body={"caption": "Something calmer"})
    eventually(lambda: _found(reader.api, q="calmer"), lambda ids: ids == [post_id])
    assert _found(reader.api, q="quicksilver") == []

    assert author.api.send("DELETE", f"/posts/{post_id}").status_code == 204
    assert _found(reader.api, q="calmer") == []
    assert _found(reader.api, near="57.65,10.4", km="5") == []


def test_a_bad_query_is_the_callers_error(person: Callable[[], Person]) -> None:
    api = person().api
    for query in ("", "q=", "q=%21%21", f"q={'x' * 5_000}", "q=a%00b", "q=a&near=1", "q=a&type=x"):
        answer = api.send("GET", f"/search?{query}")
        assert (query, answer.status_code) == (query, 400)
    for text in ("{}", '"', "a AND (b OR", "*:*", "../../x", "'; --x", "<b>"):
        assert api.send("GET", f"/search?q={quote(text)}").status_code in {200, 400}
    assert api.send("GET", "/search/suggest?q=%00").status_code == 400
    assert api.send("GET", f"/hashtags/{quote('🌩')}/posts").status_code == 200


def test_the_index_is_built_anew_and_checked_while_people_search(
    searching: Deployment, person: Callable[[], Person], request: pytest.FixtureRequest
) -> None:
    author = person()
    ids = []
    for number in range(2):
        post_id = author.api.publish(
            [Photo(pictures.jpeg(160, 120, seed=80 + number))], caption=f"kingfisher {number}"
        )
        ids.append(published(author.api, post_id)["id"])
    eventually(lambda: _found(author.api, q="kingfisher"), lambda found: set(found) == set(ids))
    deployment = Operated(LocalAws(searching.endpoint).client, "local", searching.outputs)
    seen: list[list[str]] = []

    def pause(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen.append(_found(author.api, q="kingfisher"))
            time.sleep(0.5)

    assert search_index.reindex(deployment, pause)["indexed"] >= 3

    assert {frozenset(found) for found in seen} == {frozenset(ids)}
    found = search_index.check(deployment, repair=False)
    assert found["looked at"] >= 6
    # OpenSearch has no entries beside its documents that could be left over.
    is_table = request.node.callspec.params["searching"] == "dynamodb"
    assert (found["entries"] > 6) == is_table
    assert set(found) == {"looked at", "entries", "mended"}

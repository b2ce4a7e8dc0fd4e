"""Followed hashtags over HTTP, from the photo to the feed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.adapters.dynamodb import hashtags
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person, World
from tests.pictures import jpeg

PHOTO = jpeg(16, 16)


@pytest.fixture
def people(client: Client, ada: Person, ben: Person, eve: Person) -> None:
    for person, handle in ((ada, "ada"), (ben, "heron"), (eve, "eve")):
        client.patch("/me", person, {"handle": handle})


def _feed(client: Client, person: Person) -> list[tuple[str, str | None]]:
    return [(post["id"], post["hashtag"]) for post in client.get("/feed", person).json["items"]]


@pytest.mark.usefixtures("people")
def test_a_hashtag_is_followed_listed_and_unfollowed(
    client: Client, tables: World, ada: Person
) -> None:
    first = client.put("/me/hashtags/%23Birds", ada)
    assert (first.status, first.json["hashtag"]) == (200, "birds")
    tables.clock.advance(timedelta(hours=1))
    assert client.put("/me/hashtags/birds", ada).json == first.json
    assert client.put("/me/hashtags/北海", ada).status == 200
    listed = client.get("/me/hashtags", ada).json
    assert [item["hashtag"] for item in listed["items"]] == ["birds", "北海"]
    assert listed["items"][0] == first.json
    for _ in range(2):
        assert client.delete("/me/hashtags/BIRDS", ada).status == 204
    assert [i["hashtag"] for i in client.get("/me/hashtags", ada).json["items"]] == ["北海"]


def test_what_is_no_hashtag_and_one_too_many_are_refused(
    client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("PUT", "DELETE"):
        answer = client.request(method, "/me/hashtags/a-b", ada)
        assert answer.error == ("invalid_hashtag", "tag")
    monkeypatch.setattr(hashtags, "MAX_FOLLOWED", 1)
    assert client.put("/me/hashtags/one", ada).status == 200
    answer = client.put("/me/hashtags/two", ada)
    assert (answer.status, answer.json["error"]["code"]) == (409, "too_many_hashtags")


@pytest.mark.usefixtures("people")
def test_a_hashtags_posts_come_into_the_feed_and_go_with_their_authors_will(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    earlier = publish_unrendered(client, pipeline, ben, [PHOTO], "earlier", caption="Dusk #birds")
    client.put("/me/hashtags/birds", ada)
    assert _feed(client, ada) == [(earlier, "birds")]
    later = publish_unrendered(client, pipeline, ben, [PHOTO], "later", caption="Dawn #Birds")
    assert _feed(client, ada) == [(later, "birds"), (earlier, "birds")]
    assert client.get(f"/posts/{later}", ada).json["hashtag"] is None
    client.delete(f"/posts/{later}", ben)
    assert _feed(client, ada) == [(earlier, "birds")]
    client.request("POST", f"/posts/{later}/restore", ben)
    client.patch("/me", ben, {"private": True})
    assert _feed(client, ada) == []
    pipeline.run()
    client.patch("/me", ben, {"private": False})
    pipeline.run()
    assert _feed(client, ada) == [(later, "birds"), (earlier, "birds")]
    client.put("/me/blocks/ada", ben)
    assert _feed(client, ada) == []
    client.delete("/me/blocks/ada", ben)
    client.put("/me/following/heron", ada)
    pipeline.run()
    assert _feed(client, ada) == [(later, None), (earlier, None)]
    client.delete("/me/following/heron", ada)
    client.put("/me/mutes/heron", ada)
    assert _feed(client, ada) == []
    client.delete("/me/mutes/heron", ada)
    assert len(_feed(client, ada)) == 2
    client.delete("/me/hashtags/birds", ada)
    assert _feed(client, ada) == []

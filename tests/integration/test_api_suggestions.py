"""Suggestions of whom to follow, from the follow and the photo to the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconcile.handler import handler
from shutterfeed import keys
from tests.integration import payloads
from tests.integration.client import Client
from tests.integration.conftest import Logs
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.rights import held_against
from tests.integration.world import Person, World
from tests.pictures import jpeg

PHOTO = jpeg(16, 16)


def _count() -> None:
    """What happens every few minutes."""
    with held_against("reconcile"):
        handler({}, payloads.context())


def _suggested(client: Client, person: Person, **query: str) -> list[str]:
    answer = client.get("/suggestions", person, **query)
    assert answer.status == 200
    return [user["handle"] for user in answer.json["items"]]


@pytest.fixture
def people(client: Client, ada: Person, ben: Person, eve: Person) -> None:
    for person, handle in ((ada, "ada"), (ben, "ben"), (eve, "eve")):
        client.patch("/me", person, {"handle": handle})


@pytest.mark.usefixtures("people")
def test_who_publishes_and_who_is_followed_is_suggested_within_minutes(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person, logs: Logs
) -> None:
    assert _suggested(client, ada) == []
    publish(client, pipeline, ben, [PHOTO])
    assert _suggested(client, ada) == ["ben"]
    client.put("/me/following/eve", ben)
    pipeline.run()
    _count()
    assert 2 in [line.get("listed") for line in logs.entries]
    assert _suggested(client, ada) == ["eve", "ben"]
    assert _suggested(client, ada, limit="1") == ["eve"]
    (first, _) = client.get("/suggestions", ada).json["items"]
    assert first == {
        "id": eve.user_id,
        "handle": "eve",
        "display_name": first["display_name"],
        "avatar": None,
        "followed_by_me": False,
        "follows_me": False,
        "requested_by_me": False,
        "blocked_by_me": False,
        "muted_by_me": False,
        "reason": "popular",
    }
    client.put("/me/following/ada", ben)
    assert client.get("/suggestions", ada).json["items"][1]["follows_me"]
    client.put("/me/following/eve", ada)
    assert _suggested(client, ada) == ["ben"]
    assert "ben" not in _suggested(client, ben)


@pytest.mark.usefixtures("people")
def test_whom_those_follow_whom_one_follows_is_found_in_the_background(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    client.put("/me/following/ben", ada)
    client.put("/me/following/eve", ben)
    pipeline.run()
    # Until then she is popular.
    assert _suggested(client, ada) == ["eve"]
    assert [message["kind"] for message in world.waiting("deliver")] == ["FindAcquaintances"]
    pipeline.run()
    assert _suggested(client, ada) == ["eve"]
    (eve_again,) = client.get("/suggestions", ada).json["items"]
    assert eve_again["reason"] == "acquaintance"
    assert world.waiting("deliver") == []
    world.clock.advance(timedelta(days=1))
    assert _suggested(client, ada) == ["eve"]
    assert len(world.waiting("deliver")) == 1


@pytest.mark.usefixtures("people")
def test_whoever_becomes_private_is_not_suggested_from_then_on(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, eve: Person
) -> None:
    for person in (ben, eve):
        publish(client, pipeline, person, [PHOTO])
    _count()
    assert sorted(_suggested(client, ada)) == ["ben", "eve"]
    client.patch("/me", eve, {"private": True})
    assert _suggested(client, ada) == ["ben"]
    publish(client, pipeline, ben, [PHOTO], "another")
    _count()
    kept = world.item(keys.POPULAR)
    assert kept is not None
    assert set(kept["scores"]) == {ben.user_id}


@pytest.mark.usefixtures("people")
def test_a_block_hides_at_once_and_both_ways(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    for person in (ada, ben):
        publish(client, pipeline, person, [PHOTO])
    _count()
    assert (_suggested(client, ada), _suggested(client, ben)) == (["ben"], ["ada"])
    client.put("/me/blocks/ben", ada)
    assert (_suggested(client, ada), _suggested(client, ben)) == ([], [])
    client.delete("/me/blocks/ben", ada)
    client.put("/me/mutes/ben", ada)
    assert (_suggested(client, ada), _suggested(client, ben)) == ([], ["ada"])


@pytest.mark.parametrize("limit", ["0", "21", "-1", "1.5", "ten", "", "٣"])
def test_limits_outside_the_bounds_are_refused(client: Client, ada: Person, limit: str) -> None:
    answer = client.get("/suggestions", ada, limit=limit)
    assert answer.status == 400
    assert answer.error == ("invalid_limit", "limit")


def test_nothing_is_counted_and_logged_while_nothing_happens(world: World, logs: Logs) -> None:
    _count()
    assert world.item(keys.POPULAR) is None
    assert not any("listed" in line for line in logs.entries)

"""Links to media over HTTP: for how long they are good, by who may see the medium."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Put
from shutterfeed.domain.links import signature, signing_key
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, set_avatar
from tests.integration.world import MEDIA_KEYS, Person, World
from tests.pictures import jpeg

DAY, TWO_DAYS = timedelta(days=1), timedelta(days=2)
TWO_HOURS = timedelta(hours=2)
PHOTO, OTHER = jpeg(400, 300, seed=1), jpeg(300, 400, seed=2)


def _urls(answer: Any) -> Iterator[str]:
    """Every link to media in an answer."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name in {"url", "thumbnail"} and value:
                yield value
            else:
                yield from _urls(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _urls(value)


def _parameters(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def _lives(world: World, answer: Any) -> list[timedelta]:
    now = world.clock.now()
    found = [datetime.fromtimestamp(int(_parameters(url)["e"]), UTC) - now for url in _urls(answer)]
    assert found
    return found


def test_every_link_has_a_token_for_its_medium_and_blob(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO, OTHER])
    set_avatar(client, pipeline, ada, PHOTO)
    answers = [client.get(path, ada).json for path in (f"/posts/{post_id}", "/me/uploads", "/me")]
    urls = list(_urls(answers))
    for url in urls:
        blob_id, _ = urlsplit(url).path.split("/")[-2:]
        token = _parameters(url)
        assert token.keys() == {"m", "e", "s"}
        key = signing_key(MEDIA_KEYS)
        assert token["s"] == signature(key, blob_id, token["m"], int(token["e"]))


def test_links_to_what_everybody_may_see_are_good_for_one_to_two_days(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    set_avatar(client, pipeline, ada, PHOTO)
    for path in (f"/posts/{post_id}", f"/users/{client.handle(ada)}/posts"):
        answer = client.get(path, ben).json
        assert all(DAY < life <= TWO_DAYS for life in _lives(world, answer))


def test_links_of_a_private_account_are_good_for_two_hours_but_for_its_avatar(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    set_avatar(client, pipeline, ada, PHOTO)
    make_private(world, ada)
    answer = client.get(f"/posts/{post_id}", ada).json
    assert all(life <= TWO_HOURS for life in _lives(world, answer["media"]))
    assert all(life > DAY for life in _lives(world, answer["author"]))


def test_links_to_what_only_its_owner_sees_are_good_for_two_hours(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    assert all(life <= TWO_HOURS for life in _lives(world, client.get("/me/uploads", ada).json))
    client.request("DELETE", f"/posts/{post_id}", ada)
    assert all(life <= TWO_HOURS for life in _lives(world, client.get("/me/deleted", ada).json))


@pytest.mark.parametrize("private", [False, True])
def test_a_link_is_new_whenever_its_window_is(
    client: Client, pipeline: Pipeline, world: World, ada: Person, private: bool
) -> None:
    path = f"/posts/{publish(client, pipeline, ada, [PHOTO])}"
    if private:
        make_private(world, ada)
    before = set(_urls(client.get(path, ada).json))
    world.clock.advance(timedelta(minutes=15) if private else DAY)
    after = set(_urls(client.get(path, ada).json))
    assert not before & after
    assert {url.partition("&")[0] for url in before} == {url.partition("&")[0] for url in after}


def make_private(world: World, person: Person) -> None:
    profile = world.metadata.get(keys.profile(person.user_id))
    assert profile is not None
    world.metadata.write(Put({**profile, "private": True}))


def test_links_to_what_was_erased_or_replaced_are_given_out_no_more_and_end_within_two_days(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    post_id = publish(client, pipeline, ada, [PHOTO])
    set_avatar(client, pipeline, ada, PHOTO)
    handle = client.handle(ada)
    paths = (f"/posts/{post_id}", f"/users/{handle}", f"/users/{handle}/posts")
    before = [client.get(path, ben).json for path in paths]
    assert max(_lives(pipeline.world, before)) <= TWO_DAYS
    client.request("POST", f"/posts/{post_id}/erasure", ada)
    set_avatar(client, pipeline, ada, OTHER, "another")
    after = [client.get(path, ben).json for path in paths]
    former = {urlsplit(url).path for url in _urls(before)}
    assert not former & {urlsplit(url).path for url in _urls(after)}
    # The erased post's are dead at once; the avatar's blob is no reason to deny it to others.
    medium = before[0]["media"][0]["id"]
    assert pipeline.world.edge.stored.keys() == {medium}
    (shown,) = {
        parse_qs(urlsplit(url).query)["m"][0] for url in _urls([client.get("/me", ada).json])
    }
    client.delete("/me/avatar", ada)
    pipeline.run()
    assert not list(_urls([client.get(path, ben).json for path in paths]))
    assert pipeline.world.edge.stored.keys() == {medium, shown}, "so are those of what is removed"

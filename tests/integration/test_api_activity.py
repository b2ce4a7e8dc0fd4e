"""What others did, through the API and the workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.client import Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered, upload_all
from tests.integration.world import Person
from tests.pictures import jpeg

EVERYONE = dict.fromkeys(("likes", "comments", "mentions", "tags", "follows"), "everyone")


@pytest.fixture
def told(client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person) -> Told:
    for person, handle in ((ada, "ada"), (ben, "ben"), (eve, "eve")):
        client.patch("/me", person, {"handle": handle})
    return Told(client, pipeline)


class Told:
    """Asks for what is told once the workers have told it, and it has appeared."""

    def __init__(self, client: Client, pipeline: Pipeline) -> None:
        self.client, self.pipeline = client, pipeline

    def __call__(self, person: Person) -> list[dict[str, Any]]:
        # A queue of moto's has no delay.
        self.pipeline.world.clock.advance(timedelta(seconds=6))
        self.pipeline.run()
        self.pipeline.world.clock.advance(timedelta(seconds=6))
        answer = self.client.get("/me/activity", person)
        assert answer.status == 200
        count = self.client.get("/me/activity/count", person).json["count"]
        assert count == sum(group["new"] for group in answer.json["items"])
        return list(answer.json["items"])

    def kinds(self, person: Person) -> list[tuple[str, list[str], int]]:
        return [
            (group["kind"], [user["handle"] for user in group["users"]], group["count"])
            for group in self(person)
        ]


def test_likes_comments_and_follows_are_told_with_what_they_are_about(
    told: Told, client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person
) -> None:
    post_id = publish_unrendered(client, pipeline, ada, [jpeg(16, 16)])
    client.patch("/me", eve, {"private": True})
    client.put(f"/posts/{post_id}/like", ben)
    client.put("/me/following/ada", eve)
    body, key = {"text": "A heron"}, {"Idempotency-Key": "key"}
    comment = client.request("POST", f"/posts/{post_id}/comments", ben, body=body, headers=key)
    groups = {group["kind"]: group for group in told(ada)}
    assert groups.keys() == {"like", "follow", "comment"}
    like, follow = groups["like"], groups["follow"]
    assert [user["handle"] for user in like["users"]] == ["ben"]
    assert like["post"]["id"] == groups["comment"]["post"]["id"] == post_id
    assert like["post"]["thumbnail"].startswith("https://")
    assert groups["comment"]["comment"]["id"] == comment.json["id"]
    assert groups["comment"]["comment"]["text"] == "A heron"
    assert (follow["count"], follow["post"], follow["comment"]) == (1, None, None)
    assert (like["users"][0]["private"], follow["users"][0]["private"]) == (False, True)
    assert follow["users"][0]["followed_by_me"] is False
    client.delete(f"/posts/{post_id}/like", ben)
    client.delete("/me/following/ada", eve)
    client.delete(f"/comments/{comment.json['id']}", ben)
    assert told(ada) == []


def test_a_look_makes_the_badge_empty_until_something_happens(
    told: Told, client: Client, ada: Person, ben: Person, eve: Person
) -> None:
    client.put("/me/following/ada", ben)
    assert [group["new"] for group in told(ada)] == [True]
    assert client.put("/me/activity/seen", ada).status == 204
    assert client.get("/me/activity/count", ada).json == {"count": 0}
    client.put("/me/following/ada", eve)
    groups = told(ada)
    assert [(g["new"], g["users"][0]["handle"]) for g in groups] == [(True, "eve"), (False, "ben")]


def test_whoever_asks_and_is_accepted_is_told(
    told: Told, client: Client, ada: Person, ben: Person
) -> None:
    client.patch("/me", ada, {"private": True})
    client.put("/me/following/ada", ben)
    assert told.kinds(ada) == [("follow_request", ["ben"], 1)]
    client.put("/me/requests/ben", ada)
    assert told.kinds(ada) == []
    assert told.kinds(ben) == [("request_accepted", ["ada"], 1)]


def test_a_failed_upload_is_told_with_its_reason(
    told: Told, client: Client, pipeline: Pipeline, ada: Person
) -> None:
    contents = [b"\xff\xd8\xff no photo"]
    created = client.create_post(ada, draft(contents)).json
    upload_all(pipeline.world, created, contents)
    [group] = told(ada)
    assert (group["kind"], group["users"], group["count"]) == ("upload_failed", [], 0)
    assert group["upload"]["state"] == "failed"
    assert group["upload"]["failure"]["message"]
    client.delete(f"/posts/{group['post']['id']}", ada)
    assert told(ada) == []


def test_the_settings_are_kept_field_by_field_and_hold_at_once(
    told: Told, client: Client, ada: Person, ben: Person
) -> None:
    assert client.get("/me", ada).json["activity"] == EVERYONE
    client.put("/me/following/ada", ben)
    assert len(told(ada)) == 1
    changed = client.patch("/me", ada, {"activity": {"follows": "nobody", "tags": "followed"}})
    assert changed.json["activity"] == {**EVERYONE, "follows": "nobody", "tags": "followed"}
    assert told(ada) == []
    client.patch("/me", ada, {"activity": {"follows": "everyone"}})
    assert client.get("/me", ada).json["activity"] == {**EVERYONE, "tags": "followed"}
    assert len(told(ada)) == 1


@pytest.mark.parametrize("wrong", [{"likes": "friends"}, {"posts": "nobody"}, "nobody", None])
def test_wrong_settings_are_refused(client: Client, ada: Person, wrong: object) -> None:
    assert client.patch("/me", ada, {"activity": wrong}).status == 400


def test_every_message_twice_tells_once(
    told: Told, client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    pipeline.twice = True
    client.put("/me/following/ada", ben)
    assert told.kinds(ada) == [("follow", ["ben"], 1)]
